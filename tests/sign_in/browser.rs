//! The browser of a sign-in: it prints noise and keeps running, it cannot be started, or the
//! terminal ends the sign-in.

use std::fs;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getsid, kill_process};
use stand_in::Output;

use crate::common::{answered, failed, finish};
use crate::desk::{Desk, wait_for_file, write_script};

/// Starts a sign-in with a browser that runs for a minute; gives the browser's process id.
fn with_endless_browser(desk: &mut Desk, check: impl FnOnce(&Desk)) -> Pid {
    let directory = desk.world.home.temporary();
    let (script, note) = (directory.join("endless"), directory.join("process"));
    write_script(
        &script,
        &format!(
            "#!/bin/sh\necho noise; echo noise >&2\nenv > '{0}.env'\n\
             echo $$ > '{0}.new'; mv '{0}.new' '{0}'\nexec sleep 60\n",
            note.display()
        ),
    );
    desk.world.home.env("BROWSER", script.to_str().unwrap());
    desk.aws().auto_approve(0);
    check(desk);
    wait_for_file(&note);
    let process = fs::read_to_string(&note).unwrap().trim().parse().unwrap();
    Pid::from_raw(process).unwrap()
}

#[test]
fn a_browser_that_never_ends_holds_no_pipe_and_no_terminal() {
    let mut desk = Desk::new();
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"] {
        desk.world.home.env(name, "of-the-caller");
    }
    let browser = with_endless_browser(&mut desk, |desk| {
        let (output, lag) = desk.start(&["--profile", "dev", "-i"]).finish_and_lag();
        // A browser that held the pipes would hold them for a whole minute.
        assert!(lag < Duration::from_secs(30), "the pipes were held for {lag:?}");
        assert!(!output.stderr.contains("noise"), "{output:?}");
        answered(&Output { stderr: String::new(), ..output });
    });
    assert_eq!(getsid(Some(browser)), Ok(browser), "the browser has its own session");
    let environment = desk.world.home.temporary().join("process.env");
    let environment = fs::read_to_string(environment).unwrap();
    assert!(!environment.contains("AWS_") && !environment.contains("of-the-caller"), "{environment}");
    kill_process(browser, Signal::KILL).unwrap();
}

#[test]
fn ctrl_c_does_not_end_the_browser() {
    let mut desk = Desk::new();
    let browser = with_endless_browser(&mut desk, |desk| {
        desk.aws().no_auto_decision();
        desk.start_asking(&[]).end_by(Signal::INT);
    });
    let deadline = Instant::now() + Duration::from_millis(300);
    while Instant::now() < deadline {
        assert!(rustix::process::test_kill_process(browser).is_ok());
        std::thread::sleep(Duration::from_millis(20));
    }
    kill_process(browser, Signal::KILL).unwrap();
}

/// Without a terminal and a browser the sign-in exits with 3 at once.
#[test]
fn without_a_terminal_a_browser_that_cannot_start_ends_the_sign_in_at_once() {
    let mut desk = Desk::new();
    let browser = desk.world.home.temporary().join("broken");
    write_script(&browser, "#!/nonexistent/interpreter\n");
    desk.world.home.env("BROWSER", browser.to_str().unwrap());
    let mut command = desk.world.home.command(&["--profile", "dev", "-i", "--wait", "20"]);
    let lines = failed(&finish(stand_in::in_new_session(&mut command, None)), 3);
    assert!(lines[1].contains("could not be started"), "{lines:?}");
    assert_eq!(desk.polls(), 0, "no poll: the code was not shown");
    assert!(!desk.state_file("pending.json").exists(), "a code that was not shown is not kept");
}
