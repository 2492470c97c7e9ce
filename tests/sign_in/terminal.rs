//! The prompt on a pseudo-terminal: it reaches the person, and other streams, other screens and the
//! typed input are left alone.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use stand_in::{IdentityCenter, OnTerminal, Operation, Place, Seen, Stream, Terminal};

use crate::common::{DEV, PROGRAM, answered, at_once, failed, refused};
use crate::desk::{Desk, SOON, prompts_in, wait_until};

type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

/// A program in the foreground with captured streams, as botocore starts it.
pub const BOTOCORE: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Pipe };

/// Starts `--profile dev` and `more` on a terminal.
pub fn run(terminal: Terminal, desk: &Desk, more: &[&str]) -> OnTerminal {
    terminal.start(desk.world.home.command(&DEV).args(more))
}

/// Starts a shell script in which `"$0" "$@"` is the program with `--profile dev` and `more`.
fn run_script(terminal: Terminal, desk: &Desk, script: &str, more: &[&str]) -> OnTerminal {
    let mut shell = desk.world.home.command_of("/bin/sh");
    terminal.start(shell.args(["-c", script, PROGRAM]).args(DEV).args(more))
}

/// Waits for the first poll, approves, and waits for the end.
fn approve_and_finish(running: OnTerminal, aws: &IdentityCenter) -> Seen {
    aws.wait_for_outcomes(Operation::CreateToken, 1, SOON);
    assert!(aws.approve(&aws.wait_for_user_code(SOON)));
    running.finish()
}

#[test]
fn the_prompt_goes_to_the_terminal_and_not_to_captured_streams() {
    let desk = Desk::new();
    let seen = approve_and_finish(run(BOTOCORE, &desk, &["-i"]), desk.aws());
    answered(&seen.output);
    assert_eq!(prompts_in(&seen.screen), 1, "{}", seen.screen);
    let url = format!("    {}/device?user_code=", desk.aws().url());
    assert!(seen.screen.contains(&url), "{}", seen.screen);
    assert!(seen.screen.contains("(for role `Developer` in account 111122223333)"), "{}", seen.screen);
    assert!(seen.screen.split('\n').all(|line| line.is_empty() || line.ends_with('\r')), "{:?}", seen.screen);
    assert!(!seen.screen.contains('\u{1b}'), "no TERM, no bold: {:?}", seen.screen);
    desk.assert_tabs(1);
}

#[test]
fn the_prompt_says_how_long_this_call_waits() {
    let waits_of = |arguments: &[&str]| {
        let desk = Desk::new();
        let screen = approve_and_finish(run(BOTOCORE, &desk, arguments), desk.aws()).screen;
        let told =
            screen.split("This call waits ").nth(1).map(|rest| rest.split('.').next().unwrap().to_owned());
        assert_eq!(screen.contains("After that, run it again, or set AWS_SSO_CRED_WAIT."), told.is_some());
        told.map(|told| told.strip_suffix(" seconds").unwrap().parse::<u64>().unwrap())
    };
    // What the start of the run took is off.
    let default = waits_of(&["-i"]).unwrap();
    assert!((40..=50).contains(&default), "{default}");
    let shorter = waits_of(&["-i", "--wait", "30"]).unwrap();
    assert!((20..=30).contains(&shorter), "{shorter}");
    assert_eq!(waits_of(&["-i", "--wait", "900"]), None, "the code ends first");
}

#[test]
fn a_sign_in_works_on_a_terminal_without_a_browser() {
    let mut desk = Desk::new();
    desk.world.home.env("TERM", "xterm");
    desk.world.home.env("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
    desk.world.home.env("BROWSER", "");
    let seen = approve_and_finish(run(BOTOCORE, &desk, &["-i"]), desk.aws());
    answered(&seen.output);
    assert!(seen.screen.contains("No browser was opened: SSH without a display."), "{}", seen.screen);
    assert!(seen.screen.contains("\u{1b}[1m"), "the code is bold: {:?}", seen.screen);
    desk.assert_tabs(0);
}

#[test]
fn no_prompt_is_written_over_a_full_screen_program() {
    let go = Terminal { stderr: Stream::Terminal, ..BOTOCORE };
    for terminal in [BOTOCORE, go] {
        let mut desk = Desk::new();
        let unseen = run(terminal, &desk, &["-i", "--no-terminal", "--no-browser"]).finish();
        assert_eq!(unseen.output.status, 3, "{}", unseen.screen);
        let told = unseen.output.stderr + &unseen.screen;
        assert!(told.contains("no terminal (`--no-terminal` or AWS_SSO_CRED_NO_TERMINAL is set), and no browser (`--no-browser` or AWS_SSO_DISABLE_BROWSER is set)"), "{told}");
        assert_eq!(desk.world.requests(), 0);
        let seen = approve_and_finish(run(terminal, &desk, &["-i", "--no-terminal"]), desk.aws());
        assert_eq!((seen.output.status, seen.screen.as_str()), (0, ""));
        desk.assert_tabs(1);
        fs::remove_file(desk.world.token_file()).unwrap();
        desk.world.home.env("AWS_SSO_CRED_NO_TERMINAL", "1");
        let failure = run(BOTOCORE, &desk, &["-n", "--force-refresh"]).finish();
        assert_eq!((failure.output.status, failure.screen.as_str()), (1, ""));
    }
}

#[test]
fn stderr_that_is_the_terminal_gets_one_prompt() {
    let desk = Desk::new();
    let go = Terminal { stderr: Stream::Terminal, ..BOTOCORE };
    let seen = approve_and_finish(run(go, &desk, &["-i"]), desk.aws());
    answered(&seen.output);
    assert_eq!(prompts_in(&seen.screen), 1, "{}", seen.screen);
}

#[test]
fn stdout_and_stderr_in_one_pipe_stay_clean_on_a_terminal() {
    let desk = Desk::new();
    let old_cpp = Terminal { stderr: Stream::Stdout, ..BOTOCORE };
    let seen = approve_and_finish(run(old_cpp, &desk, &["-i"]), desk.aws());
    answered(&seen.output);
    assert_eq!(prompts_in(&seen.screen), 1, "{}", seen.screen);
}

#[test]
fn a_background_job_writes_nothing_to_the_terminal_and_is_not_stopped() {
    let captured = || {
        let desk = Desk::new();
        let job = Terminal { place: Place::Background, ..BOTOCORE };
        let seen = approve_and_finish(run(job, &desk, &["-i"]), desk.aws());
        assert!(!seen.stopped);
        assert_eq!((seen.output.status, seen.screen.as_str()), (0, ""));
        assert_eq!(prompts_in(&seen.output.stderr), 1, "the prompt is on stderr, which may be a log");
        desk.assert_tabs(1);
    };
    let on_the_screen = || {
        let desk = Desk::new();
        let job = Terminal { place: Place::Background, stderr: Stream::Terminal, ..BOTOCORE };
        let seen = approve_and_finish(run(job, &desk, &["-i"]), desk.aws());
        assert!(!seen.stopped);
        assert_eq!((seen.output.status, seen.screen.as_str()), (0, ""));
    };
    let without_a_browser = || {
        let mut desk = Desk::new();
        desk.world.home.env("BROWSER", "");
        let job = Terminal { place: Place::Background, ..BOTOCORE };
        let seen = run(job, &desk, &["-i"]).finish();
        failed(&seen.output, 3);
        assert_eq!((seen.screen.as_str(), desk.world.requests()), ("", 0));
    };
    let not_allowed = || {
        let desk = Desk::new();
        let job = Terminal { place: Place::Background, ..BOTOCORE };
        let seen = run(job, &desk, &["-n"]).finish();
        failed(&seen.output, 1);
        assert_eq!((seen.stopped, seen.screen.as_str()), (false, ""));
    };
    at_once::<()>(vec![
        Box::new(captured) as Job,
        Box::new(on_the_screen),
        Box::new(without_a_browser),
        Box::new(not_allowed),
    ]);
}

#[test]
fn without_a_terminal_and_a_browser_no_request_is_sent() {
    let nowhere = Terminal { place: Place::NoTerminal, stdin: Stream::Pipe, ..BOTOCORE };
    let mut desk = Desk::new();
    desk.world.home.env("BROWSER", "");
    let seen = run(nowhere, &desk, &["-i"]).finish();
    failed(&seen.output, 3);
    let old_cpp = Terminal { stderr: Stream::Stdout, ..nowhere };
    let seen = run(old_cpp, &desk, &["-i"]).finish();
    assert!(!seen.output.stdout.contains('{'), "{:?}", seen.output);
    assert_eq!((seen.output.status, desk.world.requests()), (3, 0));

    desk.world.home.env("CI", "1");
    let seen = run(BOTOCORE, &desk, &["-i"]).finish();
    let lines = failed(&seen.output, 3);
    assert!(lines[0].contains("this is a CI job"), "{lines:?}");
    assert_eq!(desk.world.requests(), 0);
}

#[test]
fn typed_input_is_left_to_the_calling_program() {
    let desk = Desk::new();
    let script = r#""$0" "$@"; IFS= read -r line; echo "not read: $line""#;
    let running = run_script(BOTOCORE, &desk, script, &["-i"]);
    running.type_text("for the caller\n");
    let seen = approve_and_finish(running, desk.aws());
    assert!(seen.output.stdout.ends_with("}\nnot read: for the caller\n"), "{:?}", seen.output);
}

#[test]
fn each_terminal_shows_one_prompt_for_many_runs() {
    let desk = Desk::new();
    let script = r#"i=0; while [ $i -lt 10 ]; do "$0" "$@" & i=$((i + 1)); done; wait"#;
    let terminals: Vec<_> = (0..2).map(|_| run_script(BOTOCORE, &desk, script, &["-i"])).collect();
    // On a slow machine the record of the first prompt may be gone when the second is written, so
    // both records are collected.
    let prompted = RefCell::new(BTreeSet::new());
    wait_until("a prompt on both terminals", || {
        let text = fs::read_to_string(desk.state_file("prompted.json")).unwrap_or_default();
        let places = serde_json::from_str::<BTreeMap<String, i64>>(&text).unwrap_or_default();
        prompted.borrow_mut().extend(places.into_keys());
        prompted.borrow().len() >= 2
    });
    desk.approve();
    for seen in terminals.into_iter().map(OnTerminal::finish) {
        assert_eq!(prompts_in(&seen.screen), 1, "{}", seen.screen);
        assert_eq!((seen.output.stdout.lines().count(), seen.output.stderr.as_str()), (10, ""));
    }
    assert_eq!((desk.authorizations(), desk.world.fetches()), (1, 1));
    desk.assert_tabs(1);
}

#[test]
fn ctrl_c_and_a_closed_terminal_keep_the_code() {
    let ended_by = |end: fn(&OnTerminal), status: i32| {
        let desk = Desk::new();
        let running = run(BOTOCORE, &desk, &["-i"]);
        desk.aws().wait_for_outcomes(Operation::CreateToken, 1, SOON);
        end(&running);
        let seen = running.finish();
        assert_eq!(seen.output.status, status);
        let code = desk.approve();
        desk.next_poll_is_pending();
        let seen = run(BOTOCORE, &desk, &["-i"]).finish();
        answered(&seen.output);
        assert!(seen.screen.contains("is already waiting for you") && seen.screen.contains(&code));
        assert_eq!(desk.authorizations(), 1);
        desk.assert_tabs(1);
    };
    at_once::<()>(vec![
        Box::new(|| ended_by(|running| running.type_text("\u{3}"), -2)) as Job,
        Box::new(|| ended_by(OnTerminal::hang_up, -1)),
    ]);
}

#[test]
fn a_failure_that_needs_the_person_is_shown_on_the_terminal_once() {
    let twice = r#""$0" "$@"; "$0" "$@""#;
    let not_allowed = || {
        let desk = Desk::new();
        let seen = run_script(BOTOCORE, &desk, twice, &[]).finish();
        let told = &seen.output.stderr[..seen.output.stderr.len() / 2];
        assert_eq!(told.repeat(2), seen.output.stderr);
        assert_eq!(seen.screen.replace('\r', ""), told);
        assert!(told.contains("you are not signed in"), "{told}");
    };
    let pending = || {
        let desk = Desk::new();
        let seen = run_script(BOTOCORE, &desk, twice, &["-i", "--wait", "0"]).finish();
        assert_eq!((prompts_in(&seen.screen), seen.output.status), (1, 6), "{}", seen.screen);
        assert_eq!(
            seen.screen.matches("waiting for you to sign in with the code ").count(),
            1,
            "{}",
            seen.screen
        );
    };
    let was_refused = || {
        let desk = Desk::new();
        desk.aws().auto_deny(0);
        let seen = run_script(BOTOCORE, &desk, twice, &["-i"]).finish();
        assert_eq!((prompts_in(&seen.screen), seen.output.status), (1, 3), "{}", seen.screen);
        assert_eq!(seen.screen.matches("the sign-in was refused in the browser").count(), 1);
        assert!(!seen.screen.contains("does not ask again"), "{}", seen.screen);
    };
    let shown_anyway = || {
        let desk = Desk::new();
        let go = Terminal { stderr: Stream::Terminal, ..BOTOCORE };
        let seen = run(go, &desk, &[]).finish();
        assert_eq!(seen.screen.matches("you are not signed in").count(), 1, "{}", seen.screen);
    };
    let not_about_signing_in = || {
        let desk = Desk::new();
        desk.world.sign_in(3600);
        let seen = run(BOTOCORE, &desk, &["--role-name", "Nobody"]).finish();
        failed(&seen.output, 4);
        assert_eq!(seen.screen, "");
    };
    let after_a_while = || {
        let desk = Desk::new();
        let run = || run(BOTOCORE, &desk, &[]).finish();
        let first = run();
        assert_ne!(first.screen, "");
        assert_eq!(run().screen, first.screen, "another terminal or another job has not shown the failure");
        refused(&first.output, 1, &first.output.stderr);
    };
    at_once::<()>(vec![
        Box::new(not_allowed) as Job,
        Box::new(pending),
        Box::new(was_refused),
        Box::new(shown_anyway),
        Box::new(not_about_signing_in),
        Box::new(after_a_while),
    ]);
}

#[test]
fn noninteractive_writes_nothing_to_the_terminal() {
    let desk = Desk::new();
    let seen = run(BOTOCORE, &desk, &["-n"]).finish();
    failed(&seen.output, 1);
    assert_eq!(seen.screen, "");
}

#[test]
fn a_different_failure_is_shown_and_the_same_failure_again_after_a_success() {
    let desk = Desk::new();
    let token = desk.world.token_file();
    let script = format!(
        r#""$0" "$@"; "$0" "$@"; mkdir -p {0}; cp ../good {1}; "$0" "$@" --no-cache; rm {1}; "$0" "$@"; "$0" "$@"
        echo torn > {1}; "$0" "$@"; "$0" "$@""#,
        token.parent().unwrap().display(),
        token.display(),
    );
    desk.world.sign_in(3600);
    fs::rename(&token, desk.world.home.home().join("../good")).unwrap();
    let seen = run_script(BOTOCORE, &desk, &script, &[]).finish();
    assert_eq!(seen.output.stdout.lines().count(), 1, "{:?}", seen.output);
    assert_eq!(seen.screen.matches("you are not signed in").count(), 2, "{}", seen.screen);
    assert_eq!(seen.screen.matches("cannot read the cached sign-in").count(), 1, "{}", seen.screen);
}
