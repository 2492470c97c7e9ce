//! Sign-in from within the credential process: the real program, a stand-in for AWS, and a browser
//! that records its starts. Every run has its own process group, so that nothing is written to the
//! terminal of the person who runs the tests.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

#[path = "../common/mod.rs"]
mod common;

mod beside_login;
mod browser;
mod browser_variable;
mod cache_files;
mod cool_down;
mod desk;
mod interrupted;
mod many_at_once;
mod permission;
mod polling;
mod secrets;
mod terminal;
