//! `logout`: what it removes, what it leaves, and what it says about both.
#![cfg_attr(not(unix), allow(unused_imports, dead_code, reason = "some tests are for Unix only"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod all_sessions;
#[path = "../common/mod.rs"]
mod common;
#[cfg(unix)]
mod links;
#[cfg(unix)]
mod not_removed;
#[cfg(unix)]
mod obstacles;
#[cfg(unix)]
#[path = "../ordinary_user/mod.rs"]
mod ordinary_user;
#[cfg(unix)]
mod role_credentials;
mod session;

use std::fs;
use std::path::{Path, PathBuf};

use common::World;
use stand_in::Output;

const LOGOUT: [&str; 3] = ["logout", "--sso-session", "corp"];

const ALL: [&str; 2] = ["logout", "--all"];

#[track_caller]
fn told(output: &Output, expected: &str) {
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, "", expected));
}

fn cli_cache(world: &World) -> PathBuf {
    world.role_file().parent().unwrap().to_owned()
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

const NOT_SIGNED_IN: &str = "sso-session `corp`: you were not signed in\n";
