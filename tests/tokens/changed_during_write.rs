//! Another tool signs in or out while the program writes a token to the disk.
#![cfg(target_os = "linux")]

use std::fs;

use stand_in::{IssuedToken, Operation, Output, SystemCall};

use crate::common::{DEV, LOGIN_HINT, World, answered, refused};
use crate::left_over::{document, leave};
use crate::support::{NOT_SIGNED_IN, last_bearer, next_token, temporary_files};

/// Runs `arguments`, and calls `this` when the run is about to make the first system call that
/// `is_it` accepts.
fn at_call(
    world: &World,
    arguments: &[&str],
    is_it: impl Fn(&SystemCall) -> bool,
    this: impl FnOnce(),
) -> Output {
    let mut this = Some(this);
    let mut command = world.home.command(arguments);
    let output = stand_in::killed_before(stand_in::in_new_session(&mut command, None), &mut |call| {
        if is_it(call)
            && let Some(this) = this.take()
        {
            this();
        }
        false
    });
    assert!(this.is_none(), "the run made no such call");
    output
}

/// Like [`at_call`], at the `fsync` of the file with the answer to `operation`.
fn while_synchronised(
    world: &World,
    operation: Operation,
    arguments: &[&str],
    this: impl FnOnce(),
) -> Output {
    at_call(world, arguments, |call| call.name == "fsync" && world.aws.count(operation) > 0, this)
}

/// Another person signs in with another tool.
fn another_signs_in(world: &World, old: &IssuedToken) -> IssuedToken {
    let token = next_token(world, old);
    world.home.write_cli_token("corp", &token, 3600);
    token
}

#[test]
fn a_refresh_does_not_replace_a_sign_in_made_during_its_fsync() {
    for more in [&[][..], &["--no-cache"]] {
        let world = World::new();
        let old = world.sign_in(-1);
        let mut other = None;
        let output = while_synchronised(&world, Operation::CreateToken, &[&DEV[..], more].concat(), || {
            other = Some(another_signs_in(&world, &old));
        });
        answered(&output);
        let other = other.unwrap().access_token;
        assert_eq!(world.token()["accessToken"], other.as_str());
        assert_eq!(last_bearer(&world), other, "the credentials belong to the other person");
        assert!(temporary_files(&world).is_empty());
    }
}

#[test]
fn a_refresh_does_not_undo_a_sign_out_made_during_its_fsync() {
    // With 600 s left the old token is still valid when the answer arrives.
    for seconds in [-1, 600] {
        let world = World::new();
        world.sign_in(seconds);
        let output = while_synchronised(&world, Operation::CreateToken, &DEV, || {
            // As `aws sso logout` does.
            fs::remove_file(world.token_file()).unwrap();
        });
        refused(&output, 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
        assert!(!world.token_file().exists() && !world.role_file().exists());
        assert!(temporary_files(&world).is_empty());
    }
}

#[test]
fn marking_a_refused_token_does_not_replace_a_sign_in_made_meanwhile() {
    let world = World::new();
    let old = world.sign_in_for_once(3600);
    world.aws.revoke(&old.access_token);
    let mut other = None;
    let output = while_synchronised(&world, Operation::GetRoleCredentials, &DEV, || {
        other = Some(another_signs_in(&world, &old));
    });
    answered(&output);
    assert_eq!(world.token()["accessToken"], other.unwrap().access_token.as_str());
    assert!(temporary_files(&world).is_empty());
}

#[test]
fn marking_a_refused_token_does_not_undo_a_sign_out_made_meanwhile() {
    let world = World::new();
    let old = world.sign_in_for_once(3600);
    world.aws.revoke(&old.access_token);
    let output = while_synchronised(&world, Operation::GetRoleCredentials, &DEV, || {
        fs::remove_file(world.token_file()).unwrap();
    });
    refused(&output, 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
    assert!(!world.token_file().exists() && temporary_files(&world).is_empty());
}

#[test]
fn a_left_over_token_does_not_replace_a_sign_in_made_meanwhile() {
    let world = World::new();
    let old = world.sign_in(-1);
    let left = next_token(&world, &old);
    leave(&world, &document(&left).to_string());
    let mut other = None;
    let output =
        at_call(&world, &DEV, |call| call.name == "fchmod", || other = Some(another_signs_in(&world, &old)));
    answered(&output);
    assert_eq!(world.token()["accessToken"], other.unwrap().access_token.as_str());
}
