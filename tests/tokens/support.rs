//! Helpers of these tests.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::Value;
use stand_in::{IssuedToken, Operation, Output, TokenOptions};

use crate::common::{DEV, World, finish};

pub const NOT_SIGNED_IN: &str = "aws-sso-cred: sso-session `corp`: you are not signed in\n";

/// A world with a browser that runs `script`.
pub fn with_browser(script: &str) -> World {
    let mut world = World::new();
    let path = world.home.temporary().join("browser");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    world.home.env("BROWSER", path.to_str().unwrap());
    world
}

/// A run inside of `wrapper`, without a terminal.
pub fn wrapped(world: &World, wrapper: &[&str], arguments: &[&str]) -> Output {
    let words = [wrapper, &[crate::common::PROGRAM], arguments].concat();
    let mut command = world.home.command_of(words[0]);
    finish(stand_in::in_new_session(command.args(&words[1..]).current_dir(world.home.home()), None))
}

/// Runs `--profile dev -i` and `more`, without a terminal.
pub fn asks(world: &World, more: &[&str]) -> Output {
    wrapped(world, &[], &[&DEV[..], &["-i"], more].concat())
}

/// The temporary files in the token directory.
pub fn temporary_files(world: &World) -> Vec<PathBuf> {
    let entries = fs::read_dir(world.home.sso_cache()).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "tmp")).collect()
}

/// The next token of the same client, as after a refresh or a new sign-in.
pub fn next_token(world: &World, old: &IssuedToken) -> IssuedToken {
    world.aws.issue_token(&TokenOptions { client: Some(old.client.clone()), ..TokenOptions::default() })
}

/// The bearer token of the last GetRoleCredentials request.
pub fn last_bearer(world: &World) -> String {
    let requests = world.aws.requests();
    let fetch = requests.iter().rfind(|request| request.operation == Operation::GetRoleCredentials).unwrap();
    fetch.header("x-amz-sso_bearer_token").unwrap().to_owned()
}

pub fn without(mut document: Value, names: &[&str]) -> Value {
    for name in names {
        document.as_object_mut().unwrap().remove(*name);
    }
    document
}

/// Written past the capture of the test's output: a part was not tested.
pub fn not_tested(why: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "not looked at: {why}");
}
