//! Killed anywhere: SIGKILL before each system call and at any moment, a full disk, a read-only home,
//! and two containers that share `~/.aws`. No file is ever torn, no sign-in is lost, and no later
//! run waits for a dead one.
//!
//! `KILLS` gives the number of kills at random moments: see `CONTRIBUTING.md`.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test"
)]

mod after;
mod any_moment;
#[path = "../common/mod.rs"]
mod common;
mod each_call;
mod full_disk;
mod namespace;
mod nowhere_to_write;
mod operations;
#[path = "../ordinary_user/mod.rs"]
mod ordinary_user;
mod read_only_home;
mod readers;
mod two_containers;
