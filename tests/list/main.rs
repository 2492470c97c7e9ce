//! `list`: the accounts and roles, from AWS and from the list that was kept.
#![cfg_attr(not(unix), allow(unused_imports, dead_code, reason = "some tests are for Unix only"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod answers;
#[path = "../common/mod.rs"]
mod common;
mod kept;
mod output;
mod rate;
mod sign_in;

use std::path::PathBuf;

use common::World;
use stand_in::{IdentityCenter, Output};

/// The options of most runs.
const LIST: [&str; 3] = ["list", "--sso-session", "corp"];

/// A signed-in world with accounts of which the names, addresses and roles differ.
fn company() -> World {
    let world = World::signed_in();
    add_company(&world.aws);
    world
}

/// Beside `Production` with `Developer` and `ReadOnly`, which every stand-in has.
fn add_company(aws: &IdentityCenter) {
    aws.add_account("222233334444", "Sandbox", "root+sandbox@example.com");
    aws.add_role("222233334444", "Admin");
    aws.add_account("000000000001", "Ärzte & Söhne, Berlin", "aerzte@example.com");
    aws.add_role("000000000001", "ReadOnly");
    aws.add_role("000000000001", "Admin");
}

fn list(world: &World, more: &[&str]) -> Output {
    world.home.run(&[&LIST[..], more].concat())
}

/// `account role` of each row, from JSON.
#[track_caller]
fn rows(world: &World, more: &[&str]) -> Vec<String> {
    rows_of(&list(world, &[more, &["--output", "json"]].concat()))
}

#[track_caller]
fn rows_of(output: &Output) -> Vec<String> {
    assert_eq!(output.status, 0, "{}", output.stderr);
    let document = output.json();
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
    let row = |row| format!("{} {}", text(row, "accountId"), text(row, "roleName"));
    document.as_array().unwrap().iter().map(row).collect()
}

/// A file about the session in the state directory.
fn state(world: &World, name: &str) -> PathBuf {
    let session = world.token_file().file_stem().unwrap().to_owned();
    world.home.state_dir().join("sessions").join(session).join(name)
}

/// Asserts the failure that a sign-in is needed.
#[track_caller]
fn failed_needs_login(output: &Output) {
    let lines = common::failed(output, 1);
    assert_eq!(format!("{}\n", lines.last().unwrap()), common::LOGIN_HINT, "{lines:?}");
}
