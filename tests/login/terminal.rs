//! What a person sees on a terminal, and what a pipe gets.

use std::process::Command;

use crate::common::{PROGRAM, World};
use crate::support::{browser_in, with_browser};

/// Runs the program with a terminal as stderr until that shows a text (or, where none is
/// to come, for some seconds), then approves by the stand-in's page; prints what the
/// terminal got, and the exit code.
const ON_A_TERMINAL: &str = r#"
import os, pty, re, subprocess, sys, threading, time, urllib.request
text, seconds, program, *arguments = sys.argv[1:]
master, slave = pty.openpty()
process = subprocess.Popen([program, *arguments], stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=slave, start_new_session=True)
os.close(slave)
seen = b""
def read():
    global seen
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            return
        if not piece:
            return
        seen += piece
reader = threading.Thread(target=read)
reader.start()
def wait_for(pattern):
    deadline = time.monotonic() + 60
    while not re.search(pattern, seen) and process.poll() is None:
        if time.monotonic() > deadline:
            process.kill()
            sys.exit(f"{pattern} does not come: {seen}")
        time.sleep(0.02)
wait_for(rb"/device\?user_code=[A-Z-]+\r?\n|/authorize\?\S+\r?\n")
wait_for(re.escape(text.encode()))
time.sleep(float(seconds))
link = re.search(rb"(http://\S+)(/device|/authorize)\?(\S+)", seen)
base, page, query = (part.decode() for part in link.groups())
if page == "/device":
    urllib.request.urlopen(base + page, data=(query + "&decision=approve").encode())
else:
    urllib.request.urlopen(base + page + "?" + query).read()
out = process.stdout.read()
code = process.wait(30)
reader.join(10)
sys.stdout.buffer.write(seen)
print(f"\n[stdout {len(out)} bytes, exit {code}]")
"#;

/// When the person approves.
#[derive(Clone, Copy)]
enum Approved {
    /// When this is on the terminal.
    Seeing(&'static str),
    /// After so many seconds, in which nothing is to come.
    After(&'static str),
}

fn on_a_terminal(
    world: &World,
    approved: Approved,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> String {
    let (text, seconds) = match approved {
        Approved::Seeing(text) => (text, "0"),
        Approved::After(seconds) => ("", seconds),
    };
    let like = world.home.command(&[]);
    let mut command = Command::new("python3");
    command.args(["-c", ON_A_TERMINAL, text, seconds, PROGRAM]).args(arguments);
    for (name, value) in like.get_envs() {
        if name != "PATH" {
            command.env(name, value.unwrap_or_default());
        }
    }
    for name in ["CI", "DISPLAY", "SSH_CONNECTION", "SSH_TTY", "NO_COLOR", "TERM"] {
        command.env_remove(name);
    }
    for (name, value) in variables {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    assert!(text.ends_with("[stdout 0 bytes, exit 0]\n"), "{text:?}");
    text
}

const BY_CODE: [&str; 4] = ["login", "--sso-session", "corp", "--use-device-code"];

/// The text as a screen would hold it: what was rewritten in place is gone.
fn screen(text: &str) -> String {
    let lines = text.split("\r\n").map(|line| line.rsplit("\r\x1b[K").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_terminal_shows_that_somebody_waits_and_is_left_clean() {
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
    // The line never comes before the prompt is whole.
    assert!(text.find("To type the code").unwrap() < text.find("waiting for").unwrap(), "{text:?}");
}

#[test]
fn the_redirect_waits_alike() {
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
fn a_terminal_without_abilities_and_a_person_without_taste_for_colour_get_plain_text() {
    let world = with_browser();
    let text = on_a_terminal(&world, Approved::After("1.6"), &[("TERM", "dumb")], &BY_CODE);
    assert!(!text.contains('\x1b') && !text.contains("waiting for"), "{text:?}");
    let text = on_a_terminal(&world, Approved::After("0.1"), &[], &BY_CODE);
    assert!(!text.contains('\x1b'), "{text:?}");
    let text =
        on_a_terminal(&world, Approved::After("0.1"), &[("TERM", "xterm"), ("NO_COLOR", "1")], &BY_CODE);
    assert!(!text.contains("\x1b[1m"), "{text:?}");
}

#[test]
fn a_pipe_gets_lines_and_nothing_that_moves() {
    let world = with_browser();
    world.aws.auto_approve(2);
    let output = world.home.run(&BY_CODE);
    assert_eq!(output.status, 0);
    assert!(!output.stderr.contains(['\x1b', '\r']) && !output.stderr.contains("waiting for"));
}
