//! A sign-in that `console` needs, and the role that it is for.

use stand_in::{Operation, Place, Stream, Terminal};

use crate::common::{LOGIN_HINT, World, failed, refused};
use crate::{address, console};

const AT_A_TERMINAL: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };

#[test]
fn without_a_person_the_command_to_sign_in_is_told() {
    let world = World::new();
    let text = format!("aws-sso-cred: sso-session `corp`: you are not signed in\n{LOGIN_HINT}");
    refused(&console(&world, &["--url"]), 1, &text);
    assert_eq!(world.requests(), 0);
}

#[test]
fn a_person_at_a_terminal_signs_in_on_the_way() {
    let mut world = World::new();
    world.aws.auto_approve(0);
    world.home.env("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
    let command = ["console", "--profile", "dev", "--url"];
    let seen = AT_A_TERMINAL.start(&world.home.command(&command)).finish();
    assert_eq!(seen.output.status, 0, "{}", seen.screen);
    assert!(seen.screen.contains("signed in to sso-session `corp`"), "{}", seen.screen);
    assert!(seen.output.stdout.contains("/federation?Action=login&"), "{}", seen.output.stdout);
    std::fs::remove_file(world.token_file()).unwrap();
    std::fs::remove_file(world.role_file()).unwrap();
    world.aws.clear_requests();
    let command = [&command[..], &["--noninteractive"]].concat();
    let seen = AT_A_TERMINAL.start(&world.home.command(&command)).finish();
    assert_eq!((seen.output.status, world.aws.count(Operation::RegisterClient)), (1, 0), "{}", seen.screen);
}

#[test]
fn a_word_without_an_option_is_a_profile_or_else_a_page() {
    let world = World::new();
    for (word, hint) in [
        ("dev", "--profile dev"),
        ("corp", "--sso-session corp"),
        ("s3", "--destination s3"),
        ("/a b", "--destination '/a b'"),
    ] {
        let lines = failed(&world.home.run(&["console", word]), 2);
        assert_eq!(lines[1], format!("hint: did you mean `{hint}`?"));
    }
}

#[test]
fn the_role_is_that_of_the_options_or_of_the_environment() {
    let mut world = World::signed_in();
    world.home.env("AWS_PROFILE", "dev");
    let by_variable = world.home.run(&["console", "--url", "--shortcut"]);
    assert_eq!(by_variable.stdout.trim_end(), address(&world, &["--shortcut"]));
    let options = ["console", "--url", "--sso-session", "corp", "--account-id", "111122223333"];
    let output = world.home.run(&[&options[..], &["--role-name", "ReadOnly"]].concat());
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let page = stand_in::visit(output.stdout.trim_end()).unwrap();
    assert!(page.contains("ReadOnly in 111122223333"), "{page}");
    let lines = failed(&world.home.run(&["console", "--profile", "no-such", "--url"]), 2);
    assert!(lines[0].contains("no-such"), "{lines:?}");
    failed(&world.home.run(&["console", "--pick", "--url", "--sso-session", "corp"]), 2);
}
