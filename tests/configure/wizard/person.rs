//! A person at a terminal who answers the questions of `configure`.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use stand_in::{OnTerminal, Place, Screen, Stream, Terminal};

use crate::base::new_home;
use crate::common::{PROGRAM, World};

/// Stdin and stderr are the terminal, stdout is a pipe.
pub const TERMINAL: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };

/// Runs the program, and tells how it ended and whether the terminal's mode is as it was.
const SCRIPT: &str = r#"
    trap : INT
    before=$(stty -g </dev/tty)
    "$0" "$@"
    code=$?
    test "$(stty -g </dev/tty)" = "$before" && mode="as before" || mode="in another mode"
    echo "ended with $code, $mode" >&2
"#;

/// The first session's questions, in their order, with answers.
pub const START_URL: (&str, &str) =
    ("Start URL of the AWS access portal:", "https://corp.awsapps.com/start\r");
pub const REGION: (&str, &str) = ("Region of Identity Center:", "eu-west-1\r");
pub const NAME: (&str, &str) = ("Name of the session [corp]:", "\r");
pub const ROLE: (&str, &str) = ("Role:", "read\r");
pub const PROFILE: (&str, &str) = ("Name of the profile [Production.ReadOnly]:", "\r");
pub const CLIENT_REGION: (&str, &str) = ("Region of your workload [eu-west-1]:", "us-west-2\r");
pub const WRITE: (&str, &str) = ("Write this? [Y/n]", "\r");

/// All of them.
pub const QUESTIONS: [(&str, &str); 7] = [START_URL, REGION, NAME, ROLE, PROFILE, CLIENT_REGION, WRITE];

/// No config, but a sign-in to session `corp`, as after a config was lost.
pub fn signed_in_without_config() -> World {
    let world = new_home();
    world.sign_in(3600);
    world
}

/// Gives the world a browser that opens every page.
pub fn with_browser(world: &mut World) {
    let directory = world.home.temporary();
    stand_in::follow_links(directory.join("opened"), directory.join("page"));
    let browser = directory.join("browser");
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >>'{}/opened'\n", directory.display());
    std::fs::write(&browser, script).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    world.home.env("BROWSER", browser.to_str().unwrap());
}

pub fn command(world: &World, arguments: &[&str]) -> Command {
    let mut command = world.home.command_of("/bin/sh");
    command.args(["-c", SCRIPT, PROGRAM, "configure"]).args(arguments);
    if !command.get_envs().any(|(name, _)| name == "TERM") {
        command.env("TERM", "xterm-256color");
    }
    command
}

pub struct Person {
    running: OnTerminal,
    columns: usize,
    rows: usize,
}

/// Starts `configure` on a terminal of 80 columns and 24 rows.
pub fn start(world: &World, arguments: &[&str]) -> Person {
    start_on(80, 24, &command(world, arguments))
}

pub fn start_on(columns: u16, rows: u16, command: &Command) -> Person {
    let running = TERMINAL.start_sized(command, columns, rows);
    Person { running, columns: columns.into(), rows: rows.into() }
}

impl Person {
    /// Waits until the terminal shows `part`, and gives all that it shows.
    #[track_caller]
    pub fn sees(&mut self, part: &str) -> String {
        let (columns, rows) = (self.columns, self.rows);
        let screen = |output: &str| Screen::of(columns, rows, &complete(output)).text();
        screen(&self.running.wait_for_screen(|output| screen(output).contains(part)))
    }

    /// Waits until the last line of the terminal has `part`, and gives all that it shows.
    #[track_caller]
    pub fn sees_at_the_end(&mut self, part: &str) -> String {
        let (columns, rows) = (self.columns, self.rows);
        let screen = |output: &str| Screen::of(columns, rows, &complete(output)).text();
        let is_there = |output: &str| screen(output).lines().last().is_some_and(|line| line.contains(part));
        screen(&self.running.wait_for_screen(is_there))
    }

    pub fn types(&mut self, text: &str) -> &mut Self {
        self.running.type_text(text);
        self
    }

    /// Answers questions as soon as each is asked.
    #[track_caller]
    pub fn answers(&mut self, questions: &[(&str, &str)]) -> &mut Self {
        for (question, answer) in questions {
            self.sees(question);
            self.types(answer);
        }
        self
    }

    /// Waits for the end with this exit code, and gives the screen before the end and all output.
    #[track_caller]
    pub fn ends(self, code: i32) -> Ended {
        let (ended, data) = self.ends_with_data(code);
        assert_eq!(data, "", "{}", ended.text);
        ended
    }

    /// As [`Self::ends`], of a run that writes to stdout.
    #[track_caller]
    pub fn ends_with_data(self, code: i32) -> (Ended, String) {
        let seen = self.running.finish();
        let screen = Screen::of(self.columns, self.rows, &seen.screen);
        let text = screen.text();
        assert!(!screen.marks_pastes(), "{text}");
        let end = format!("ended with {code}, as before");
        let before = text.strip_suffix(&end);
        let text = before.unwrap_or_else(|| panic!("not {end}: {text}")).to_owned();
        (Ended { text, output: seen.screen, styles: screen.styles() }, seen.output.stdout)
    }
}

pub struct Ended {
    /// What the terminal shows.
    pub text: String,
    /// All that was written to it.
    pub output: String,
    /// How often text became coloured or bold.
    pub styles: usize,
}

/// `output` up to the last sequence that is whole: the rest of it is on its way.
fn complete(output: &str) -> String {
    let cut = output.rfind('\x1b').filter(|at| !output[*at..].contains(|c: char| c.is_ascii_alphabetic()));
    // A character may be cut in the middle, too.
    output[..cut.unwrap_or(output.len())].trim_end_matches('\u{fffd}').to_owned()
}
