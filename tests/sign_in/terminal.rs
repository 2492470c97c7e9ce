//! The prompt under a pseudo-terminal (`tests/pseudo_terminal.py`): it reaches the
//! person, and nobody else's stream, screen or keyboard is touched.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use stand_in::{IdentityCenter, Operation, Output};

use crate::common::{DEV, PROGRAM, answered, at_once, failed, refused};
use crate::desk::{Desk, SOON, prompts_in};

type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

const HARNESS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pseudo_terminal.py");

/// A terminal, and how a program is started on it.
pub struct Terminal {
    place: &'static str,
    stderr: &'static str,
    stdin: &'static str,
}

/// A program captured in the foreground, as botocore starts us.
pub const BOTOCORE: Terminal = Terminal { place: "foreground", stderr: "pipe", stdin: "terminal" };

/// What was seen on a terminal in the end.
pub struct Seen {
    pub output: Output,
    pub screen: String,
    pub stopped: bool,
}

/// A program under way on a terminal.
pub struct OnTerminal(Child, ChildStdin);

impl Terminal {
    pub fn start(&self, desk: &Desk, argv: &[&str]) -> OnTerminal {
        let spec = json!({
            "argv": argv, "place": self.place, "stdin": self.stdin,
            "stdout": "pipe", "stderr": self.stderr,
        });
        let mut command = Command::new("python3");
        command.arg(HARNESS).arg(spec.to_string()).env_clear();
        let like = desk.world.home.command(&[]);
        command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.current_dir(desk.world.home.home()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let orders = child.stdin.take().unwrap();
        OnTerminal(child, orders)
    }

    /// `--profile dev` and `more`.
    pub fn run(&self, desk: &Desk, more: &[&str]) -> OnTerminal {
        self.start(desk, &[&[PROGRAM], &DEV[..], more].concat())
    }

    /// A shell script in which `"$0" "$@"` is `--profile dev` and `more`.
    pub fn script(&self, desk: &Desk, script: &str, more: &[&str]) -> OnTerminal {
        self.start(desk, &[&["/bin/sh", "-c", script, PROGRAM], &DEV[..], more].concat())
    }
}

impl OnTerminal {
    pub fn order(&mut self, order: &Value) {
        writeln!(self.1, "{order}").unwrap();
    }

    pub fn finish(mut self) -> Seen {
        let mut line = String::new();
        BufReader::new(self.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(self.0.wait().unwrap().success());
        let report: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| report[name].as_str().unwrap().to_owned();
        let output = Output {
            status: i32::try_from(report["status"].as_i64().unwrap()).unwrap(),
            stdout: text("stdout"),
            stderr: text("stderr"),
            elapsed: Duration::ZERO,
        };
        Seen { output, screen: text("screen"), stopped: report["stopped"] == true }
    }

    /// Waits for the first poll, says yes, and waits for the end.
    fn approve_and_finish(self, aws: &IdentityCenter) -> Seen {
        aws.wait_for_requests(Operation::CreateToken, 1, SOON);
        assert!(aws.approve(&aws.wait_for_user_code(SOON)));
        self.finish()
    }
}

#[test]
fn captured_streams_stay_clean_and_the_person_sees_the_prompt() {
    let desk = Desk::new();
    let seen = BOTOCORE.run(&desk, &["-i"]).approve_and_finish(desk.aws());
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
fn a_terminal_without_a_browser_is_enough() {
    let mut desk = Desk::new();
    desk.world.home.env("TERM", "xterm");
    desk.world.home.env("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
    desk.world.home.env("BROWSER", "");
    let seen = BOTOCORE.run(&desk, &["-i"]).approve_and_finish(desk.aws());
    answered(&seen.output);
    assert!(seen.screen.contains("No browser was opened: this is an SSH session"), "{}", seen.screen);
    assert!(seen.screen.contains("\u{1b}[1m"), "the code is bold: {:?}", seen.screen);
    desk.assert_tabs(0);
}

#[test]
fn nothing_is_written_over_a_full_screen_program() {
    let go = Terminal { stderr: "terminal", ..BOTOCORE };
    for terminal in [&BOTOCORE, &go] {
        let mut desk = Desk::new();
        let unseen = terminal.run(&desk, &["-i", "--no-terminal", "--no-browser"]).finish();
        assert_eq!(unseen.output.status, 3, "{}", unseen.screen);
        let told = unseen.output.stderr + &unseen.screen;
        assert!(told.contains("the terminal is not to be written to, and no browser is wanted"), "{told}");
        assert_eq!(desk.world.requests(), 0);
        let seen = terminal.run(&desk, &["-i", "--no-terminal"]).approve_and_finish(desk.aws());
        assert_eq!((seen.output.status, seen.screen.as_str()), (0, ""));
        desk.assert_tabs(1);
        fs::remove_file(desk.world.token_file()).unwrap();
        desk.world.home.env("AWS_SSO_CRED_NO_TERMINAL", "1");
        let failure = BOTOCORE.run(&desk, &["-n", "--force-refresh"]).finish();
        assert_eq!((failure.output.status, failure.screen.as_str()), (1, ""));
    }
}

#[test]
fn stderr_that_is_the_terminal_gets_one_prompt() {
    let desk = Desk::new();
    let go = Terminal { stderr: "terminal", ..BOTOCORE };
    let seen = go.run(&desk, &["-i"]).approve_and_finish(desk.aws());
    answered(&seen.output);
    assert_eq!(prompts_in(&seen.screen), 1, "{}", seen.screen);
}

#[test]
fn two_streams_in_one_pipe_stay_clean_under_a_terminal() {
    let desk = Desk::new();
    let old_cpp = Terminal { stderr: "stdout", ..BOTOCORE };
    let seen = old_cpp.run(&desk, &["-i"]).approve_and_finish(desk.aws());
    answered(&seen.output);
    assert_eq!(prompts_in(&seen.screen), 1, "{}", seen.screen);
}

#[test]
fn a_background_job_is_neither_stopped_nor_seen() {
    let captured = || {
        let desk = Desk::new();
        let job = Terminal { place: "background", ..BOTOCORE };
        let seen = job.run(&desk, &["-i"]).approve_and_finish(desk.aws());
        assert!(!seen.stopped);
        assert_eq!((seen.output.status, seen.screen.as_str()), (0, ""));
        assert_eq!(prompts_in(&seen.output.stderr), 1, "where a log may be read");
        desk.assert_tabs(1);
    };
    let on_the_screen = || {
        let desk = Desk::new();
        let job = Terminal { place: "background", stderr: "terminal", ..BOTOCORE };
        let seen = job.run(&desk, &["-i"]).approve_and_finish(desk.aws());
        assert!(!seen.stopped);
        assert_eq!((seen.output.status, seen.screen.as_str()), (0, ""));
    };
    let without_a_browser = || {
        let mut desk = Desk::new();
        desk.world.home.env("BROWSER", "");
        let job = Terminal { place: "background", ..BOTOCORE };
        let seen = job.run(&desk, &["-i"]).finish();
        failed(&seen.output, 3);
        assert_eq!((seen.screen.as_str(), desk.world.requests()), ("", 0));
    };
    let not_allowed = || {
        let desk = Desk::new();
        let job = Terminal { place: "background", ..BOTOCORE };
        let seen = job.run(&desk, &["-n"]).finish();
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
fn without_a_terminal_and_a_browser_nothing_is_requested() {
    let nowhere = Terminal { place: "no terminal", stdin: "pipe", ..BOTOCORE };
    let mut desk = Desk::new();
    desk.world.home.env("BROWSER", "");
    let seen = nowhere.run(&desk, &["-i"]).finish();
    failed(&seen.output, 3);
    let old_cpp = Terminal { stderr: "stdout", ..nowhere };
    let seen = old_cpp.run(&desk, &["-i"]).finish();
    assert!(!seen.output.stdout.contains('{'), "{:?}", seen.output);
    assert_eq!((seen.output.status, desk.world.requests()), (3, 0));

    desk.world.home.env("CI", "1");
    let seen = BOTOCORE.run(&desk, &["-i"]).finish();
    let lines = failed(&seen.output, 3);
    assert!(lines[0].contains("this is a CI job"), "{lines:?}");
    assert_eq!(desk.world.requests(), 0);
}

#[test]
fn what_is_typed_belongs_to_the_program_that_called_us() {
    let desk = Desk::new();
    let script = r#""$0" "$@"; IFS= read -r line; echo "not read: $line""#;
    let mut running = BOTOCORE.script(&desk, script, &["-i"]);
    running.order(&json!({ "type": "for the caller\n" }));
    let seen = running.approve_and_finish(desk.aws());
    assert!(seen.output.stdout.ends_with("}\nnot read: for the caller\n"), "{:?}", seen.output);
}

#[test]
fn each_terminal_has_one_prompt_however_many_ask() {
    let desk = Desk::new();
    let script = r#"i=0; while [ $i -lt 10 ]; do "$0" "$@" & i=$((i + 1)); done; wait"#;
    let terminals: Vec<_> = (0..2).map(|_| BOTOCORE.script(&desk, script, &["-i"])).collect();
    desk.aws().wait_for_requests(Operation::CreateToken, 3, SOON);
    desk.approve();
    for seen in terminals.into_iter().map(OnTerminal::finish) {
        assert_eq!(prompts_in(&seen.screen), 1, "{}", seen.screen);
        assert_eq!((seen.output.stdout.lines().count(), seen.output.stderr.as_str()), (10, ""));
    }
    assert_eq!((desk.authorizations(), desk.world.fetches()), (1, 1));
    desk.assert_tabs(1);
}

#[test]
fn ctrl_c_and_a_closed_terminal_lose_nothing() {
    let ended_by = |order: Value, status: i32| {
        let desk = Desk::new();
        let mut running = BOTOCORE.run(&desk, &["-i"]);
        desk.aws().wait_for_requests(Operation::CreateToken, 1, SOON);
        running.order(&order);
        let seen = running.finish();
        assert_eq!(seen.output.status, status, "{order}");
        let code = desk.approve();
        let seen = BOTOCORE.run(&desk, &["-i"]).finish();
        answered(&seen.output);
        assert!(seen.screen.contains("is already waiting for you") && seen.screen.contains(&code));
        assert_eq!(desk.authorizations(), 1);
        desk.assert_tabs(1);
    };
    at_once::<()>(vec![
        Box::new(|| ended_by(json!({ "type": "\u{3}" }), -2)) as Job,
        Box::new(|| ended_by(json!({ "hang up": true }), -1)),
    ]);
}

#[test]
fn a_failure_that_needs_the_person_is_told_on_the_terminal_once() {
    let twice = r#""$0" "$@"; "$0" "$@""#;
    let not_allowed = || {
        let desk = Desk::new();
        let seen = BOTOCORE.script(&desk, twice, &["-n"]).finish();
        let told = &seen.output.stderr[..seen.output.stderr.len() / 2];
        assert_eq!(told.repeat(2), seen.output.stderr);
        assert_eq!(seen.screen.replace('\r', ""), told);
        assert!(told.contains("nobody is signed in"), "{told}");
    };
    let pending = || {
        let desk = Desk::new();
        let seen = BOTOCORE.script(&desk, twice, &["-i", "--wait", "0"]).finish();
        assert_eq!((prompts_in(&seen.screen), seen.output.status), (1, 6), "{}", seen.screen);
        assert_eq!(seen.screen.matches("waiting for the sign-in: open ").count(), 1, "{}", seen.screen);
    };
    let was_refused = || {
        let desk = Desk::new();
        desk.aws().auto_deny(0);
        let seen = BOTOCORE.script(&desk, twice, &["-i"]).finish();
        assert_eq!((prompts_in(&seen.screen), seen.output.status), (1, 3), "{}", seen.screen);
        assert_eq!(seen.screen.matches("the sign-in was refused in the browser").count(), 1);
        assert!(!seen.screen.contains("not asking again"), "{}", seen.screen);
    };
    let shown_anyway = || {
        let desk = Desk::new();
        let go = Terminal { stderr: "terminal", ..BOTOCORE };
        let seen = go.run(&desk, &["-n"]).finish();
        assert_eq!(seen.screen.matches("nobody is signed in").count(), 1, "{}", seen.screen);
    };
    let not_about_signing_in = || {
        let desk = Desk::new();
        desk.world.sign_in(3600);
        let seen = BOTOCORE.run(&desk, &["--role-name", "Nobody"]).finish();
        failed(&seen.output, 4);
        assert_eq!(seen.screen, "");
    };
    let after_a_while = || {
        let desk = Desk::new();
        let run = || BOTOCORE.run(&desk, &["-n"]).finish();
        let first = run();
        assert_ne!(first.screen, "");
        assert_eq!(run().screen, first.screen, "another terminal has not seen it");
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
