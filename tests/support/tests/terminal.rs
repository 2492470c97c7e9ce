//! The pseudo-terminal, the signals, and the person's browser.
#![cfg(unix)]

use std::fs;
use std::process::Command;

use stand_in::{
    AuthorizeBehaviour, IdentityCenter, Place, Sandbox, Seen, Stream, Terminal, follow_links, visit,
    with_default_signals,
};

const SHELL: Terminal = Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Pipe };

fn run(terminal: Terminal, script: &str) -> Seen {
    let home = Sandbox::new("/bin/sh");
    terminal.start(&home.command(&["-c", script])).finish()
}

#[test]
fn a_program_in_the_foreground_has_the_terminal() {
    let seen = run(SHELL, "echo out; echo err >&2; test -t 0 && echo screen >/dev/tty; exit 7");
    let output = seen.output;
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (7, "out\n", "err\n"));
    assert_eq!((seen.screen.as_str(), seen.stopped), ("screen\r\n", false));
}

#[test]
fn typed_text_is_read_and_a_signal_is_reported() {
    let home = Sandbox::new("/bin/sh");
    let mut running = SHELL.start(&home.command(&["-c", "read line; echo \"$line\" >/dev/tty; sleep 60"]));
    running.type_text("word\n");
    assert_eq!(running.wait_for_screen(|text| text.ends_with("word\r\nword\r\n")), "word\r\nword\r\n");
    running.type_text("\u{3}");
    assert_eq!(running.finish().output.status, -2);
}

#[test]
fn a_closed_terminal_hangs_up_its_program() {
    let home = Sandbox::new("/bin/sh");
    let mut running = SHELL.start(&home.command(&["-c", "echo ready >/dev/tty; exec sleep 60"]));
    running.wait_for_screen(|text| text.contains("ready"));
    running.hang_up();
    assert_eq!(running.finish().output.status, -1);
}

#[test]
fn a_background_job_is_stopped_when_it_writes_to_the_terminal() {
    let job = Terminal { place: Place::Background, ..SHELL };
    let seen = run(job, "echo out; echo err >&2; exit 3");
    let output = seen.output;
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (3, "out\n", "err\n"));
    assert_eq!((seen.screen.as_str(), seen.stopped), ("", false));
    let seen = run(job, "echo screen >/dev/tty; echo not reached");
    assert_eq!((seen.screen.as_str(), seen.output.stdout.as_str(), seen.stopped), ("", "", true), "{seen:?}");
    let on_the_screen = Terminal { stderr: Stream::Terminal, ..job };
    assert!(run(on_the_screen, "echo screen >&2").stopped);
}

#[test]
fn a_program_without_a_terminal_cannot_open_dev_tty() {
    let nowhere = Terminal { place: Place::NoTerminal, stdin: Stream::Pipe, stderr: Stream::Stdout };
    let seen = run(nowhere, "(echo x >/dev/tty) 2>/dev/null || echo none; echo err >&2");
    assert_eq!((seen.output.stdout.as_str(), seen.output.stderr.as_str()), ("none\nerr\n", ""));
    assert_eq!(seen.screen, "");
}

/// As after `nohup`, and for background jobs of a script.
#[test]
fn a_program_starts_with_its_signals_whatever_its_parent_ignores() {
    let ignoring = "trap '' HUP INT QUIT PIPE TERM; exec \"$0\" \"$@\"";
    let mut command = Command::new("/bin/sh");
    command.args(["-c", ignoring]).arg(std::env::current_exe().unwrap());
    let output =
        command.args(["--exact", "a_program_whose_parent_ignores_signals", "--ignored"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

#[test]
#[ignore = "runs only inside of the test above"]
fn a_program_whose_parent_ignores_signals() {
    let home = Sandbox::new("/bin/sh");
    for (name, number) in [("HUP", 1), ("INT", 2), ("QUIT", 3), ("PIPE", 13), ("TERM", 15)] {
        let script = format!("kill -{name} $$; echo survived");
        let output = home.run(&["-c", &script]);
        assert_eq!((output.status, output.stdout.as_str()), (-number, ""), "{name}");
        let seen = SHELL.start(&home.command(&["-c", &script])).finish();
        assert_eq!((seen.output.status, seen.output.stdout.as_str()), (-number, ""), "{name}");
    }
    // The premise: a child that is started in another way ignores them.
    let plain = || Command::new("/bin/sh").args(["-c", "kill -INT $$"]).status().unwrap();
    assert!(plain().success());
    let mut command = Command::new("/bin/sh");
    assert!(!with_default_signals(command.args(["-c", "kill -INT $$"])).status().unwrap().success());
}

#[test]
fn the_browser_follows_redirects_and_shows_the_last_page() {
    let aws = IdentityCenter::start();
    aws.authorize_behaviour(AuthorizeBehaviour::Approve);
    let home = Sandbox::new("/bin/sh");
    let (links, page) = (home.temporary().join("links"), home.temporary().join("page"));
    follow_links(links.clone(), page.clone());
    // A link without a line break is not complete.
    fs::write(&links, format!("{}/device", aws.url())).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(50));
    assert!(!page.exists());
    fs::write(&links, format!("{}/device?user_code=ABCD-EFGH\n", aws.url())).unwrap();
    let began = std::time::Instant::now();
    while !fs::read_to_string(&page).is_ok_and(|text| text.contains("</html>")) {
        assert!(began.elapsed().as_secs() < 60);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(visit("http://127.0.0.1:1/").is_err());
}
