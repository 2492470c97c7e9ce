//! `login` as a person runs it: the real program, a stand-in for AWS, and scripts as browsers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]
#![cfg(unix)]

mod all_sessions;
mod browser_variable;
mod cannot_be_stored;
#[path = "../common/mod.rs"]
mod common;
mod device_code;
mod hostile_callbacks;
mod if_needed;
#[path = "../ordinary_user/mod.rs"]
mod ordinary_user;
mod redirect;
mod redirect_or_code;
mod start_url;
mod support;
mod terminal;
mod waiting;
