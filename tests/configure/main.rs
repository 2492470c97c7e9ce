//! `configure` and its subcommands: what they write to the config file.
#![cfg(unix)]
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
mod convert;
mod convert_plan;
mod convert_round_trip;
mod files;
mod import;
mod import_aws_sso_cli;
#[path = "../ordinary_user/mod.rs"]
mod ordinary_user;
mod populate;
mod populate_names;
mod populate_prune;
mod populate_questions;
mod refused;
mod secrets;
#[cfg(target_os = "linux")]
mod wizard;
mod written;
