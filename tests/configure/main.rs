//! `configure`: what it writes to the config file, by options and by questions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod base;
#[path = "../common/mod.rs"]
mod common;
mod compared;
mod files;
#[path = "../ordinary_user/mod.rs"]
mod ordinary_user;
mod refused;
mod secrets;
#[cfg(target_os = "linux")]
mod wizard;
mod written;
