//! After another sign-in, perhaps of another person, no keys of the sign-in before are left.

use stand_in::{Place, Stream, Terminal};

use crate::base::{file, sign_in_by_url, synced, write};
use crate::common::World;

const TERMINAL: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };

/// A signed-in world with keys of two sessions, in which each new sign-in is approved.
fn with_keys() -> World {
    let mut world = World::signed_in();
    sign_in_by_url(&world);
    write(&world, "[mine]\naws_access_key_id = x\n");
    synced(&world, &["dev", "old"]);
    world.aws.auto_approve(0);
    world.home.env("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
    world
}

#[track_caller]
fn assert_only_keys_of_the_other_session_are_left(world: &World) {
    let left = file(world);
    assert!(left.starts_with("[mine]\naws_access_key_id = x\n\n[old]\n"), "{left}");
    assert!(!left.contains("[dev]"), "{left}");
}

#[test]
fn login_removes_the_keys_of_the_sign_in_before() {
    let world = with_keys();
    let output = world.home.run(&["login", "--sso-session", "corp"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.stderr.contains("removed the keys in [dev] from ~/.aws/credentials\n"), "{output:?}");
    assert_only_keys_of_the_other_session_are_left(&world);
}

#[test]
fn login_that_finds_a_good_sign_in_leaves_the_keys() {
    let world = with_keys();
    let before = file(&world);
    let output = world.home.run(&["login", "--sso-session", "corp", "--if-needed"]);
    assert_eq!((output.status, file(&world)), (0, before), "{output:?}");
}

#[test]
fn login_fails_if_the_keys_cannot_be_removed() {
    let world = with_keys();
    write(&world, &file(&world).replace("[dev]\n", "[dev]\nno key\n"));
    let output = world.home.run(&["login", "--sso-session", "corp"]);
    assert_eq!(output.status, 2, "{output:?}");
    assert!(output.stderr.contains("signed in to sso-session `corp`"), "{output:?}");
    assert!(output.stderr.contains("cannot change ~/.aws/credentials"), "{output:?}");
}

#[test]
fn a_sign_in_within_the_credential_process_removes_the_keys_of_the_sign_in_before() {
    let world = with_keys();
    std::fs::remove_file(world.token_file()).unwrap();
    std::fs::remove_file(world.role_file()).unwrap();
    let command = world.home.command(&["--profile", "dev", "--interactive"]);
    let seen = TERMINAL.start(&command).finish();
    assert_eq!(seen.output.status, 0, "{}", seen.screen);
    assert!(seen.screen.contains("removed the keys in [dev] from ~/.aws/credentials"), "{}", seen.screen);
    assert_only_keys_of_the_other_session_are_left(&world);
}
