//! Sign-in by the authorization code grant, over real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failed arrangement is a failed test"
)]

mod listener;
mod sign_in;
mod support;

use std::time::Duration;

const LONG_ENOUGH: Duration = Duration::from_secs(20);
const ENDPOINT: &str = "https://oidc.eu-west-1.amazonaws.com/authorize";
