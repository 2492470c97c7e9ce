//! Secrets as a property: they are on stdout where a command prints them, in AWS's caches and in
//! files with mode 0600, and nowhere else.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests play the caller and the thief"
)]

#[cfg(target_os = "linux")]
mod calls;
#[path = "../common/mod.rs"]
mod common;
#[cfg(target_os = "linux")]
mod core_dumps;
mod debug_log;
#[cfg(target_os = "linux")]
mod hunt;
mod modes;
#[cfg(target_os = "linux")]
mod on_terminal;
#[cfg(target_os = "linux")]
mod property;
mod repeated;
#[cfg(target_os = "linux")]
mod scenarios;
#[cfg(target_os = "linux")]
mod served;
