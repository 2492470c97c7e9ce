//! The program that asks, and the terminal on which it does.

use std::process::Command;
use std::time::Duration;

use aws_sso_cred::context::Context;
use aws_sso_cred::error::Error;
use aws_sso_cred::terminal::output;
use aws_sso_cred::terminal::questions::{
    ChoiceRow, RoleRow, TextQuestion, ask_text, choose, confirm, pick_role,
};
use rustix::process::{Signal, getpid as own_id};
use stand_in::{OnTerminal, Place, Screen, Seen, Stream, Terminal, with_default_signals};

/// The exit code and the terminal's last words if the person interrupts.
pub const INTERRUPTED: (i32, &str) = (130, "aws-sso-cred: stopped; your configuration is as it was");

const TERM: Signal = Signal::TERM;

/// Stdin and stderr are the terminal, stdout is a pipe.
pub const TERMINAL: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };

/// The command of a program that asks `what`, one question or several.
pub fn asking(what: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "program::a_program_that_asks", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env("ASK", what).env("TERM", "xterm-256color");
    with_default_signals(&mut command);
    command
}

/// The command of a shell that runs `script`, for which `program` is `"$0" "$@"`.
pub fn in_a_shell(script: &str, program: &Command) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]).arg(program.get_program()).args(program.get_args());
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", "/usr/bin:/bin");
    command
}

/// A question on a terminal of some size.
pub struct Asked {
    pub running: OnTerminal,
    columns: usize,
    rows: usize,
}

/// Starts a program that asks `what` on a terminal of 80 columns and 24 rows.
pub fn ask(what: &str) -> Asked {
    ask_on(80, 24, &asking(what))
}

pub fn ask_on(columns: u16, rows: u16, command: &Command) -> Asked {
    let running = TERMINAL.start_sized(command, columns, rows);
    Asked { running, columns: columns.into(), rows: rows.into() }
}

impl Asked {
    /// Waits until the terminal shows exactly `text`.
    #[track_caller]
    pub fn shows(&mut self, text: &str) -> &mut Self {
        let (columns, rows) = (self.columns, self.rows);
        let is_so = |output: &str| Screen::of(columns, rows, &complete(output)).text() == text;
        self.running.wait_for_screen(is_so);
        self
    }

    pub fn types(&mut self, text: &str) -> &mut Self {
        self.running.type_text(text);
        self
    }

    /// The program's exit code, its answers, and what the terminal shows at the end.
    pub fn ends(self) -> (i32, String, String) {
        let (columns, rows) = (self.columns, self.rows);
        let seen = self.running.finish();
        let screen = Screen::of(columns, rows, &seen.screen);
        assert!(!screen.marks_pastes(), "the terminal still marks what is pasted");
        assert!(
            seen.screen.is_empty() || seen.screen.ends_with("\r\n") || seen.screen.ends_with("\x1b[?2004l"),
            "half a line: {:?}",
            seen.screen
        );
        (seen.output.status, answers(&seen), screen.text())
    }

    /// The question is answered with `answers`, and `screen` is what is left.
    #[track_caller]
    pub fn answers(self, answers: &str, screen: &str) {
        assert_eq!(self.ends(), (0, answers.to_owned(), screen.to_owned()));
    }

    /// The question is interrupted, and nothing of it is left.
    #[track_caller]
    pub fn ends_interrupted(self) {
        assert_eq!(self.ends(), (INTERRUPTED.0, String::new(), INTERRUPTED.1.to_owned()));
    }
}

/// `output` up to the last sequence that is whole: the rest of it is on its way.
fn complete(output: &str) -> String {
    let cut = output.rfind('\x1b').filter(|at| !output[*at..].contains(|c: char| c.is_ascii_alphabetic()));
    output[..cut.unwrap_or(output.len())].to_owned()
}

/// The lines that the program wrote to stdout, without those of the test harness.
pub fn answers(seen: &Seen) -> String {
    let lines = seen.output.stdout.lines().filter_map(|line| Some(line.split_once("answer: ")?.1));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
#[ignore = "runs only inside of the other tests"]
fn a_program_that_asks() {
    std::panic::set_hook(Box::new(output::report_panic));
    let context = Context::real();
    let wanted = std::env::var("ASK").unwrap();
    let outcome: Result<(), Error> = wanted.split_whitespace().try_for_each(|what| {
        let answer = question(&context, what)?;
        if !answer.is_empty() {
            println!("answer: {answer}");
        }
        Ok(())
    });
    if let Err(error) = &outcome {
        output::tell(&error.to_string());
    }
    std::process::exit(outcome.map_or_else(|error| error.exit_code().into(), |()| 0));
}

fn question(context: &Context, what: &str) -> Result<String, Error> {
    Ok(match what {
        "name" => ask_text(context, &TextQuestion { question: "Name", default: "", check: &a_name })?,
        "region" => {
            ask_text(context, &TextQuestion { question: "Region", default: "eu-west-1", check: &|_| Ok(()) })?
        }
        "panic" => {
            ask_text(context, &TextQuestion { question: "Name", default: "", check: &|_| panic!("a bug") })?
        }
        "session" => choose(context, "Session", &rows(&["corp", "acme", "old"]))?.to_string(),
        "many" => {
            let names: Vec<String> = (0..2000).map(|number| format!("account-{number}")).collect();
            choose(context, "Account", &rows(&names))?.to_string()
        }
        "role" => pick_role(context, &roles())?.to_string(),
        "write" => confirm(context, "Write this?", true)?.to_string(),
        // A signal comes when the answer is complete.
        "killed" => {
            let check = |_: &str| {
                let sent = rustix::process::kill_process(own_id(), TERM).map_err(|error| error.to_string());
                // The thread of the test harness may get the signal, and be slow to handle it.
                std::thread::sleep(Duration::from_millis(500));
                sent
            };
            ask_text(context, &TextQuestion { question: "Name", default: "", check: &check })?
        }
        // A signal ends the program during the next question.
        "doomed" => {
            std::thread::spawn(|| {
                std::thread::sleep(Duration::from_millis(500));
                rustix::process::kill_process(own_id(), TERM)
            });
            String::new()
        }
        // Time to type ahead.
        "pause" => {
            output::tell("working");
            std::thread::sleep(Duration::from_millis(300));
            String::new()
        }
        _ => panic!("no such question: {what}"),
    })
}

fn a_name(text: &str) -> Result<(), String> {
    if text.is_empty() || text.contains(|c: char| !c.is_alphanumeric()) {
        return Err(format!("`{text}` is no name: letters and digits only"));
    }
    Ok(())
}

fn rows<T: AsRef<str>>(names: &[T]) -> Vec<ChoiceRow> {
    let row =
        |name: &T| ChoiceRow { cells: vec![name.as_ref().to_owned()], searched: name.as_ref().to_owned() };
    names.iter().map(row).collect()
}

fn roles() -> Vec<RoleRow> {
    let role = |account_id: &str, account_name: &str, role_name: &str, profiles: &[&str]| RoleRow {
        account_id: account_id.to_owned(),
        account_name: account_name.to_owned(),
        role_name: role_name.to_owned(),
        profiles: profiles.iter().map(|name| (*name).to_owned()).collect(),
    };
    vec![
        role("111122223333", "Production", "AdministratorAccess", &["prod", "prod-eu"]),
        role("111122223333", "Production", "ReadOnly", &[]),
        role("222233334444", "日本", "AdministratorAccess", &[]),
        role("333344445555", "Zürich", "Viewer", &["zh"]),
        role("444455556666", "Evil\x1b[2J\u{202e}", "Admin", &[]),
    ]
}
