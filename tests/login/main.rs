//! `login`, as a person runs it: the real program, a stand-in for AWS, and scripts
//! in the place of browsers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]
#![cfg(unix)]

mod all;
mod browser_variable;
mod choice;
mod code;
#[path = "../common/mod.rs"]
mod common;
mod hostile;
mod if_needed;
#[path = "../ordinary_user/mod.rs"]
mod ordinary_user;
mod places;
mod redirect;
mod start_url;
mod support;
mod terminal;
mod times;
