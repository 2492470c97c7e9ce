//! Where nobody can be asked, nothing is: the options that are missing are named.

use stand_in::{Place, Stream, Terminal};

use super::person::TERMINAL;
use crate::base::{SESSION, config, new_home, with_config};

#[track_caller]
fn asks_nothing(terminal: Terminal, variable: Option<(&str, &str)>, arguments: &[&str]) {
    let world = new_home();
    let mut command = world.home.command(&[&["configure"], arguments].concat());
    command.env("TERM", "xterm").envs(variable);
    let seen = terminal.start_sized(&command, 80, 24).finish();
    let text = [&*seen.screen, &seen.output.stdout, &seen.output.stderr].concat();
    assert_eq!((seen.output.status, seen.stopped), (2, false), "{text}");
    assert!(
        !text.contains('\x1b') && text.contains("missing: `--sso-session NAME`, `--start-url URL`"),
        "{text}"
    );
    assert!(!world.home.config_path().exists());
    assert_eq!(world.requests(), 0);
}

#[test]
fn noninteractive_and_a_ci_job_get_no_question() {
    asks_nothing(TERMINAL, None, &["--noninteractive"]);
    asks_nothing(TERMINAL, None, &["-n"]);
    asks_nothing(TERMINAL, Some(("CI", "1")), &[]);
    asks_nothing(TERMINAL, Some(("CI", "true")), &[]);
}

#[test]
fn a_stream_that_is_no_terminal_gets_no_question() {
    asks_nothing(Terminal { stdin: Stream::Pipe, ..TERMINAL }, None, &[]);
    asks_nothing(Terminal { stderr: Stream::Pipe, ..TERMINAL }, None, &[]);
    asks_nothing(
        Terminal { stderr: Stream::Stdout, stdin: Stream::Pipe, place: Place::NoTerminal },
        None,
        &[],
    );
}

#[test]
fn noninteractive_writes_without_a_question_if_the_options_say_everything() {
    let world = with_config(SESSION);
    let role = ["--account-id", "111122223333", "--role-name", "Developer"];
    let arguments = [&["configure", "-n", "--profile", "dev", "--sso-session", "corp"][..], &role].concat();
    let seen = TERMINAL.start_sized(&world.home.command(&arguments), 80, 24).finish();
    assert_eq!(seen.output.status, 0, "{}", seen.screen);
    assert!(config(&world).contains("[profile dev]\n"));
}
