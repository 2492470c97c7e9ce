//! Ctrl-Z at a question, and `fg`.

use super::program::{TERMINAL, answers, asking, in_a_shell};
use stand_in::Screen;

/// A shell with job control that starts the program, which is stopped then.
const STOPPED: &str = r#"
set -m
before=$(stty -g </dev/tty)
"$0" "$@"
echo "stopped with $?" >&2
test "$(stty -g </dev/tty)" = "$before" && echo "as before" >&2
"#;

#[test]
fn control_z_stops_the_job_and_fg_asks_again() {
    let script = format!("{STOPPED}\nfg >/dev/null\necho \"ended with $?\" >&2");
    let mut running = TERMINAL.start_sized(&in_a_shell(&script, &asking("name")), 80, 24);
    running.wait_for_screen(|screen| screen.contains("Name:"));
    running.type_text("co");
    running.wait_for_screen(|screen| Screen::of(80, 24, screen).text() == "Name: co");
    running.type_text("\u{1a}");
    running.wait_for_screen(|screen| {
        let again = screen.split_once("as before");
        again.is_some_and(|(_, again)| again.contains("Name: \x1b[0mco"))
    });
    running.type_text("rp\r");
    let seen = running.finish();
    assert_eq!(answers(&seen), "corp");
    let screen = Screen::of(80, 24, &seen.screen);
    assert_eq!(screen.text(), "stopped with 148\nas before\nName: corp\nended with 0");
    assert!(!screen.marks_pastes());
}

#[test]
fn a_stopped_program_can_be_ended() {
    let script = format!("{STOPPED}\nkill -TERM %1; fg >/dev/null; echo \"ended with $?\" >&2");
    let mut running = TERMINAL.start_sized(&in_a_shell(&script, &asking("role")), 80, 24);
    running.wait_for_screen(|screen| screen.contains("5 of 5"));
    running.type_text("\u{1a}");
    let screen = Screen::of(80, 24, &running.finish().screen).text();
    // A shell may say that the program was terminated.
    assert!(screen.starts_with("stopped with 148\nas before\n"), "{screen}");
    assert!(screen.ends_with("\nended with 143"), "{screen}");
}

/// No shell could continue it: the system does not stop it then.
#[test]
fn without_a_shell_control_z_does_nothing() {
    let mut asked = super::program::ask("name");
    asked.shows("Name:").types("co\u{1a}").types("rp").shows("Name: corp").types("\r");
    asked.answers("corp", "Name: corp");
}

/// SIGSTOP cannot be handled, and the shell changes the mode while the program is stopped.
#[test]
fn after_a_stop_without_a_warning_the_terminal_is_in_raw_mode_again() {
    let mut asked = super::program::ask("name");
    asked.shows("Name:");
    let raw = asked.running.mode();
    asked.running.signal(libc::SIGSTOP);
    let shown = asked.running.screen();
    asked.running.set_usual_mode();
    assert_ne!(asked.running.mode(), raw);
    asked.running.signal(libc::SIGCONT);
    asked.running.wait_for_screen(|screen| screen.len() > shown.len());
    assert_eq!(asked.running.mode(), raw);
    asked.types("corp\r");
    asked.answers("corp", "Name: corp");
}
