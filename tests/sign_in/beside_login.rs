//! A `login` that waits for the person, or was left waiting, beside other processes: a process that
//! needs no sign-in is not delayed.

use std::time::Duration;

use rustix::process::Signal;
use stand_in::Operation;

use crate::common::{ACCOUNT, DEV, answered, at_once, failed};
use crate::desk::{A_PAUSE_AFTER_A_KILL, Desk, Running, SOON, signed_in, wait_for_file};

type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

const LOGIN: [&str; 3] = ["login", "--sso-session", "corp"];

/// A `login` by code that nothing approves.
fn login_by_code(desk: &Desk) -> Running {
    let login = desk.start(&[&LOGIN[..], &["--use-device-code"]].concat());
    // The code is stored before the tab opens: a kill in between would leave no tab.
    wait_for_file(&desk.state_file("pending.json"));
    desk.assert_tabs(1);
    login
}

fn login_by_redirect(desk: &Desk) -> Running {
    let login = desk.start(&LOGIN);
    desk.assert_tabs(1);
    login
}

#[test]
fn a_killed_login_does_not_block_a_refresh() {
    let desk = Desk::new();
    desk.aws().add_role(ACCOUNT, "Other");
    desk.world.sign_in(-60);
    let login = login_by_code(&desk);
    desk.aws().wait_for_outcomes(Operation::CreateToken, 1, SOON);
    login.end_by(Signal::KILL);
    desk.aws().clear_requests();
    desk.aws().delay(Operation::CreateToken, Duration::from_secs(1));
    let start = |allowed, role| desk.start(&[&DEV[..], &[allowed, "--role-name", role]].concat());
    let runs =
        [("-n", "Developer"), ("-n", "Developer"), ("-n", "Other"), ("-i", "Developer"), ("-i", "Other")];
    for output in runs.map(|(allowed, role)| start(allowed, role)).map(Running::finish) {
        answered(&output);
    }
    assert_eq!((desk.world.refreshes(), desk.world.fetches()), (1, 2));
    desk.assert_tabs(1);
}

#[test]
fn a_waiting_login_does_not_block_a_refresh() {
    for begin in [login_by_code, login_by_redirect] {
        let desk = Desk::new();
        desk.world.sign_in(-60);
        let login = begin(&desk);
        answered(&desk.run(&["-n"]));
        desk.world.sign_in(-60);
        answered(&desk.run(&["-i", "--role-name", "ReadOnly"]));
        assert_eq!(desk.world.refreshes(), 2);
        // A waiting `login` does not block `login --if-needed` when a refresh is enough.
        desk.world.sign_in(-60);
        let if_needed = desk.start(&[&LOGIN[..], &["--if-needed"]].concat()).finish();
        assert_eq!(if_needed.status, 0, "{if_needed:?}");
        assert!(if_needed.stderr.starts_with("already signed in to sso-session `corp`"), "{if_needed:?}");
        login.end_by(Signal::KILL);
        desk.assert_tabs(1);
    }
}

/// A `login` that waits for its redirect, and a sign-in that waits for that `login`.
fn behind_a_redirect() -> (Desk, Running, Running) {
    let desk = Desk::new();
    let login = login_by_redirect(&desk);
    let waiting = desk.start(&[&DEV[..], &["-i", "--wait", "65"]].concat());
    (desk, login, waiting)
}

/// The person completes the sign-in in the tab that was opened.
fn complete_redirect(desk: &Desk) {
    let tab = desk.tabs().remove(0);
    let address = tab.lines().next().unwrap();
    stand_in::visit(address).unwrap();
}

/// Another process cannot take part in a redirect, but it can name what it waits for.
#[test]
fn a_sign_in_behind_a_login_by_redirect_says_so_when_its_wait_ends() {
    let desk = Desk::new();
    let login = login_by_redirect(&desk);
    let lines = failed(&desk.sign_in(&["--wait", "1"]), 6);
    login.end_by(Signal::KILL);
    assert_eq!(lines[0], "aws-sso-cred: sso-session `corp`: another aws-sso-cred is waiting for the sign-in");
    assert!(!desk.state_file("last-error.json").exists(), "a wait that ends is not recorded as an error");
}

#[test]
#[ignore = "takes a minute: the person needs longer than the network may"]
fn a_sign_in_that_waited_long_for_a_redirect_still_fetches() {
    let (desk, login, waiting) = behind_a_redirect();
    std::thread::sleep(Duration::from_secs(44));
    complete_redirect(&desk);
    assert_eq!(login.finish().status, 0);
    signed_in(waiting.finish());
}

#[test]
fn a_sign_in_behind_a_login_by_redirect_waits_its_time_and_takes_the_token() {
    let in_vain = |wait: &'static str| {
        move || {
            let desk = Desk::new();
            let login = login_by_redirect(&desk);
            let output = desk.sign_in(&["--wait", wait]);
            let lines = failed(&output, 6);
            assert!(lines[0].ends_with("another aws-sso-cred is waiting for the sign-in"), "{lines:?}");
            login.end_by(Signal::KILL);
            desk.assert_tabs(1);
        }
    };
    let not_in_vain = || {
        let (desk, login, waiting) = behind_a_redirect();
        complete_redirect(&desk);
        assert_eq!(login.finish().status, 0);
        signed_in(waiting.finish());
        assert_eq!(desk.authorizations(), 0);
    };
    at_once::<()>(vec![
        Box::new(in_vain("0")) as Job,
        Box::new(in_vain("2")),
        // Longer than any process waits for the request of another.
        Box::new(in_vain("32")),
        Box::new(not_in_vain),
    ]);
}

/// A `login` that waits for its redirect, and the code of a second `login` that was killed.
fn abandoned_code_behind_a_redirect() -> (Desk, Running) {
    let desk = Desk::new();
    let forgotten = login_by_redirect(&desk);
    let killed = desk.start(&[&LOGIN[..], &["--use-device-code"]].concat());
    desk.aws().wait_for_outcomes(Operation::CreateToken, 1, SOON);
    killed.end_by(Signal::KILL);
    (desk, forgotten)
}

#[test]
fn an_abandoned_code_is_polled_again_behind_a_login_by_redirect() {
    let approved_before = |wait: &'static str| {
        move || {
            let (desk, forgotten) = abandoned_code_behind_a_redirect();
            desk.approve();
            let polls = desk.polls();
            desk.wait_until_a_poll_is_due();
            let prompt = signed_in(desk.sign_in(&["--wait", wait]));
            assert_eq!((prompt.as_str(), desk.polls()), ("", polls + 1), "the first poll brings the token");
            assert_eq!(desk.authorizations(), 1);
            forgotten.end_by(Signal::KILL);
        }
    };
    let approved_later = || {
        let (desk, forgotten) = abandoned_code_behind_a_redirect();
        let (polls, start) =
            (desk.polls(), |role| desk.start(&[&DEV[..], &["-i", "--role-name", role]].concat()));
        let first = start("Developer");
        desk.aws().wait_for_outcomes(Operation::CreateToken, polls + 2, SOON);
        // The second run waits for the run that polls now.
        let second = start("ReadOnly");
        desk.aws().wait_for_outcomes(Operation::CreateToken, polls + 4, SOON);
        desk.approve();
        signed_in(first.finish());
        signed_in(second.finish());
        assert_eq!(desk.authorizations(), 1);
        desk.assert_pace(A_PAUSE_AFTER_A_KILL);
        forgotten.end_by(Signal::KILL);
    };
    at_once::<()>(vec![
        Box::new(approved_before("20")) as Job,
        Box::new(approved_before("0")),
        Box::new(approved_later),
    ]);
}

#[test]
fn login_does_not_show_the_code_of_a_killed_login_as_the_waiting_processs_code() {
    let (desk, forgotten) = abandoned_code_behind_a_redirect();
    let code = desk.approve();
    let output = desk.start(&[&LOGIN[..], &["--use-device-code"]].concat()).finish();
    assert_eq!(output.status, 0, "{output:?}");
    assert!(
        output.stderr.contains(" is signing in to sso-session `corp`; this login waits for it\n"),
        "{output:?}"
    );
    assert!(!output.stderr.contains(&code), "{output:?}");
    assert!(output.elapsed < Duration::from_secs(20), "{output:?}");
    assert_eq!(desk.authorizations(), 1);
    forgotten.end_by(Signal::KILL);
}

#[test]
fn the_wait_flag_limits_the_wait_behind_another_sign_in() {
    let desk = Desk::new();
    let first = desk.start_asking(&["--wait", "20"]);
    for (wait, role) in [("1", "Developer"), ("3", "ReadOnly")] {
        let output = desk.sign_in(&["--wait", wait, "--role-name", role]);
        assert_eq!(output.status, 6, "{output:?}");
        // Less than the polling interval of the other sign-in would add.
        let most = Duration::from_secs(wait.parse().unwrap()) + Duration::from_secs(3);
        assert!(output.elapsed < most, "{output:?}");
    }
    first.end_by(Signal::KILL);
}
