//! What is particular to Windows, in the real program: paths, locks, files that another program has
//! open, the console, the browser, `exec` and batch files.
#![cfg(windows)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test"
)]

mod batch_files;
mod browser;
mod child;
#[path = "../common/mod.rs"]
mod common;
mod configuration;
mod console;
mod exec;
mod locks;
mod open_files;
mod paths;
