//! The editor of AWS's configuration files: what it changes, and that it changes nothing else.
#![cfg_attr(not(unix), allow(unused_imports, dead_code, reason = "some tests are for Unix only"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test"
)]

#[cfg(unix)]
mod at_once;
mod child;
mod document;
mod files;
mod home;
#[cfg(unix)]
mod obstacles;
mod one_edit;
#[cfg(windows)]
mod open_elsewhere;
mod random;
mod speed;

use stand_in as odd;
