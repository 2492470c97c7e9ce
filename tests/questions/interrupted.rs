//! Questions that are not answered: the terminal is as it was.

use super::program::{INTERRUPTED, TERMINAL, ask, asking, in_a_shell};
use stand_in::{Place, Screen, Stream, Terminal};

/// Each question, and how it begins.
const QUESTIONS: [(&str, &str); 4] =
    [("name", "Name:"), ("session", "Session:"), ("role", "Role:"), ("write", "Write this?")];

#[test]
fn control_c_d_and_escape_end_each_question_without_a_trace() {
    for (what, begins) in QUESTIONS {
        for keys in ["\u{3}", "\u{4}", "\x1b", "\x1c", "ab\u{3}", "ab\x1b", "\x1b[A\x1b[B\u{3}"] {
            let mut asked = ask(what);
            asked.running.wait_for_screen(|screen| screen.contains(begins));
            asked.types(keys);
            asked.ends_interrupted();
        }
    }
}

#[test]
fn between_two_questions_the_mode_of_the_terminal_is_the_usual_one() {
    let mut asked = ask("pause name pause");
    asked.shows("working");
    let before = asked.running.mode();
    asked.shows("working\nName:");
    assert_ne!(asked.running.mode(), before, "raw mode");
    asked.types("corp\r").shows("working\nName: corp\nworking");
    assert_eq!(asked.running.mode(), before);
    let _ = asked.ends();
}

/// A shell that shows the mode of the terminal after a program has ended there.
#[test]
fn the_mode_of_the_terminal_is_restored_however_the_program_ends() {
    const SCRIPT: &str = r#"
        before=$(stty -g </dev/tty)
        "$0" "$@"
        echo "ended with $?" >&2
        test "$(stty -g </dev/tty)" = "$before" && echo "as before" >&2
    "#;
    for (what, keys, code) in [
        ("name", "corp\r", 0),
        ("role", "\u{3}", 130),
        ("panic", "x\r", 5),
        ("doomed name", "", 143),
        ("killed", "x\r", 143),
    ] {
        let mut running = TERMINAL.start_sized(&in_a_shell(SCRIPT, &asking(what)), 80, 24);
        running.wait_for_screen(|screen| screen.contains(": "));
        running.type_text(keys);
        let screen = Screen::of(80, 24, &running.finish().screen);
        let end = format!("ended with {code}\nas before");
        assert!(screen.text().ends_with(&end) && !screen.marks_pastes(), "{what}: {}", screen.text());
    }
}

#[test]
fn a_signal_that_ends_the_program_leaves_the_terminal_as_it_was() {
    for signal in [libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT] {
        let mut asked = ask("role");
        asked.running.wait_for_screen(|screen| screen.contains("5 of 5"));
        asked.running.signal(signal);
        assert_eq!(asked.ends(), (-signal, String::new(), String::new()), "it ends by the signal");
    }
}

#[test]
fn a_signal_that_interrupts_is_control_c() {
    let mut asked = ask("name");
    asked.shows("Name:");
    asked.running.signal(libc::SIGINT);
    asked.ends_interrupted();
}

#[test]
fn a_panic_leaves_the_terminal_as_it_was() {
    let mut asked = ask("panic");
    asked.shows("Name:").types("x\r");
    let (status, _, screen) = asked.ends();
    assert_eq!(status, 5);
    assert!(screen.starts_with("aws-sso-cred: internal error at tests/questions/program.rs:"), "{screen}");
}

#[test]
fn a_closed_terminal_ends_the_program() {
    for what in ["name", "role"] {
        let mut asked = ask(what);
        asked.running.wait_for_screen(|screen| screen.contains(':'));
        asked.running.hang_up();
        // The end of the input and the signal come at the same time.
        let status = asked.running.finish().output.status;
        assert!([-libc::SIGHUP, INTERRUPTED.0].contains(&status), "{status}");
    }
}

/// `nohup` makes a program ignore the signal.
#[test]
fn a_closed_terminal_ends_a_program_that_ignores_its_hang_up() {
    let command = in_a_shell("trap '' HUP; exec \"$0\" \"$@\"", &asking("name"));
    let mut running = TERMINAL.start_sized(&command, 80, 24);
    running.wait_for_screen(|screen| screen.contains("Name:"));
    running.hang_up();
    assert_eq!(running.finish().output.status, INTERRUPTED.0);
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    for terminal in
        [Terminal { stdin: Stream::Pipe, ..TERMINAL }, Terminal { stderr: Stream::Pipe, ..TERMINAL }]
    {
        let seen = terminal.start(&asking("name")).finish();
        assert_eq!(seen.output.status, INTERRUPTED.0);
        assert!(!seen.screen.contains("Name") && !seen.output.stderr.contains("Name"), "{seen:?}");
    }
}

#[test]
fn a_background_job_asks_nothing() {
    let seen = Terminal { place: Place::Background, ..TERMINAL }.start(&asking("name")).finish();
    assert!(!seen.screen.contains("Name"), "{seen:?}");
}
