//! A sign-in that `list` needs.

use stand_in::Operation;

use super::{LIST, company, failed_needs_login, list};
use crate::common::World;

#[test]
fn without_a_person_the_command_to_sign_in_is_told() {
    let world = World::new();
    failed_needs_login(&list(&world, &[]));
    failed_needs_login(&list(&world, &["--noninteractive"]));
    assert_eq!(world.requests(), 0);
}

#[test]
fn an_expired_token_is_refreshed() {
    let world = World::new();
    world.sign_in(-60);
    assert_eq!(super::rows(&world, &[]).len(), 2);
    assert_eq!(world.refreshes(), 1);
}

#[cfg(unix)]
#[test]
fn a_person_at_a_terminal_signs_in_on_the_way() {
    use stand_in::{Place, Stream, Terminal};
    let mut world = company();
    std::fs::remove_file(world.token_file()).unwrap();
    world.aws.auto_approve(0);
    world.home.env("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
    let terminal = Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };
    let seen = terminal.start(&world.home.command(&[&LIST[..], &["--output", "tsv"]].concat())).finish();
    assert_eq!(seen.output.status, 0, "{}", seen.screen);
    assert!(seen.screen.contains("signed in to sso-session `corp`"), "{}", seen.screen);
    assert_eq!(seen.output.stdout.lines().count(), 6);
    std::fs::remove_file(world.token_file()).unwrap();
    world.aws.clear_requests();
    let arguments = [&LIST[..], &["--noninteractive"]].concat();
    let seen = terminal.start(&world.home.command(&arguments)).finish();
    assert_eq!((seen.output.status, world.aws.count(Operation::RegisterClient)), (1, 0), "{}", seen.screen);
}
