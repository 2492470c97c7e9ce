//! The keys `aws_sso_cred_*` of a session: who may start a sign-in, which browser and port it uses, and
//! the audit log.
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
#[path = "../sign_in/desk.rs"]
#[allow(dead_code, reason = "shared with the tests of sign-ins")]
mod desk;

mod audit;
mod browser_and_port;
mod connection;
mod rotation;
mod who_may_sign_in;

use desk::Desk;
use stand_in::{Place, Stream, Terminal};

/// A program in the foreground with captured streams, as botocore starts it.
const FOREGROUND: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Pipe };

/// A program that a person runs in a terminal.
const PERSON: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };

/// A desk whose `[sso-session corp]` has these lines, too.
fn desk_with(lines: &str) -> Desk {
    let desk = Desk::new();
    desk.world.home.write_config(&config_with(lines));
    desk
}

/// The usual config with these lines in `[sso-session corp]`.
fn config_with(lines: &str) -> String {
    common::CONFIG.replacen("sso_region", &format!("{lines}\nsso_region"), 1)
}
