//! The session's token in unusual situations: the real program, a stand-in for AWS, and other tools
//! that use the same files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test"
)]
#![cfg(unix)]

mod cannot_be_stored;
mod changed_during_request;
mod changed_during_write;
#[path = "../common/mod.rs"]
mod common;
mod group_permission;
mod killed_before_rename;
mod left_over;
#[path = "../ordinary_user/mod.rs"]
mod ordinary_user;
mod other_start_url;
mod refreshed_elsewhere;
mod refused;
#[cfg(target_os = "linux")]
mod reserved_space;
mod support;
