//! `sync`: what it writes to the credentials file, and what it leaves.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod base;
mod chosen;
#[path = "../common/mod.rs"]
mod common;
mod file;
mod other_sign_in;
mod ours;
mod sign_in;
mod signed_out;
mod written;
