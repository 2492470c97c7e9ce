//! What `login` shows on a terminal, and what it writes to a pipe.

use std::time::Duration;

use stand_in::{Place, Stream, Terminal};

use crate::common::World;
use crate::support::{browser_in, visit, with_browser};

/// When the person approves.
#[derive(Clone, Copy)]
enum Approved {
    /// When this text is on the terminal.
    Seeing(&'static str),
    /// After this time, in which the terminal must show no waiting line.
    After(Duration),
}

/// A session without a controlling terminal whose stderr is a terminal.
const STDERR: Terminal = Terminal { place: Place::NoTerminal, stdin: Stream::Pipe, stderr: Stream::Terminal };

/// Runs the program until the person can approve, approves, and gives all output of the terminal.
fn on_a_terminal(
    world: &World,
    approved: Approved,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> String {
    let mut command = world.home.command(arguments);
    let mut running = STDERR.start(command.envs(variables.iter().copied()));
    let screen = running.wait_for_screen(|text| link(text).is_some());
    match approved {
        Approved::Seeing(part) => drop(running.wait_for_screen(|text| text.contains(part))),
        Approved::After(time) => std::thread::sleep(time),
    }
    let link = link(&screen).unwrap();
    match parameter_of_device(link) {
        Some(code) => assert!(world.aws.approve(code)),
        None => drop(visit(link)),
    }
    let seen = running.finish();
    assert_eq!((seen.output.status, seen.output.stdout.as_str()), (0, ""), "{}", seen.screen);
    seen.screen
}

/// The line with the prefilled address.
fn link(text: &str) -> Option<&str> {
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).map(str::trim);
    whole.into_iter().find(|line| line.contains("/device?user_code=") || line.contains("/authorize?"))
}

fn parameter_of_device(link: &str) -> Option<&str> {
    link.split_once("/device?user_code=").map(|(_, code)| code)
}

const BY_CODE: [&str; 4] = ["login", "--sso-session", "corp", "--use-device-code"];

/// The text as a screen shows it: erased and overwritten parts are removed.
fn screen(text: &str) -> String {
    let lines = text.split("\r\n").map(|line| line.rsplit("\r\x1b[K").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn login_shows_a_waiting_line_on_a_terminal_and_erases_it() {
    let world = with_browser();
    let text = on_a_terminal(
        &world,
        Approved::Seeing("waiting for the browser, 0:02"),
        &[("TERM", "xterm")],
        &BY_CODE,
    );
    assert!(text.contains("\r\x1b[Kwaiting for the browser, 0:01 (Ctrl-C to stop)"), "{text:?}");
    assert!(text.contains("waiting for the browser, 0:02"), "{text:?}");
    assert!(text.contains(" \x1b[1m"), "the code stands out: {text:?}");
    let screen = screen(&text);
    assert!(!screen.contains("waiting for the browser"), "{screen}");
    assert!(screen.contains("\nsigned in to sso-session `corp` at "), "{screen}");
    // The waiting line never comes before the whole prompt.
    assert!(text.find("To type the code").unwrap() < text.find("waiting for").unwrap(), "{text:?}");
}

#[test]
fn login_by_redirect_shows_the_same_waiting_line() {
    let mut world = World::new();
    let browser = browser_in(&world, "exit 0");
    world.home.env("BROWSER", browser.to_str().unwrap());
    let text = on_a_terminal(
        &world,
        Approved::Seeing("waiting for the browser, 0:01"),
        &[("TERM", "xterm")],
        &["login", "--sso-session", "corp"],
    );
    assert!(text.contains("waiting for the browser, 0:01"), "{text:?}");
    assert!(screen(&text).contains("\nsigned in to sso-session `corp` at "), "{text:?}");
}

#[test]
fn a_dumb_terminal_and_no_color_get_plain_text() {
    let world = with_browser();
    let text =
        on_a_terminal(&world, Approved::After(Duration::from_millis(1600)), &[("TERM", "dumb")], &BY_CODE);
    assert!(!text.contains('\x1b') && !text.contains("waiting for"), "{text:?}");
    let text = on_a_terminal(&world, Approved::After(Duration::from_millis(100)), &[], &BY_CODE);
    assert!(!text.contains('\x1b'), "{text:?}");
    let text = on_a_terminal(
        &world,
        Approved::After(Duration::from_millis(100)),
        &[("TERM", "xterm"), ("NO_COLOR", "1")],
        &BY_CODE,
    );
    assert!(!text.contains("\x1b[1m"), "{text:?}");
}

#[test]
fn a_pipe_gets_plain_lines_without_a_waiting_line() {
    let world = with_browser();
    world.aws.auto_approve(2);
    let output = world.home.run(&BY_CODE);
    assert_eq!(output.status, 0);
    assert!(!output.stderr.contains(['\x1b', '\r']) && !output.stderr.contains("waiting for"));
}
