//! Signing in inside the credential process: the real program, a stand-in AWS, and a
//! browser that writes down its starts. Every run is in a process group of its own, so
//! that a terminal of the person who runs the tests is never written to.
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
