//! `exec` and `exec --server`: the command, its environment and its signals; the endpoint, and whoever
//! sends requests to it.
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

mod command;
mod default_profile;
mod endpoint;
mod hostile_requests;
#[cfg(target_os = "linux")]
mod pick;
mod served;
mod signals;
