//! A `login` that waits for its person, or was left waiting, and everybody else:
//! whoever needs no person does not notice.

use std::time::Duration;

use rustix::process::Signal;
use stand_in::Operation;

use crate::common::{ACCOUNT, DEV, answered, at_once, failed};
use crate::desk::{A_PAUSE_AFTER_A_KILL, Desk, Running, SOON, signed_in, wait_for_file};

type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

const LOGIN: [&str; 3] = ["login", "--sso-session", "corp"];

/// Somebody has typed `login` and does nothing in the browser.
fn login_by_code(desk: &Desk) -> Running {
    let login = desk.start(&[&LOGIN[..], &["--use-device-code"]].concat());
    // Noted before the tab opens: a kill in between would leave no tab.
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
fn a_login_that_was_given_up_costs_nobody_a_refresh() {
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
fn a_login_that_waits_for_its_person_keeps_nobody_from_refreshing() {
    for begin in [login_by_code, login_by_redirect] {
        let desk = Desk::new();
        desk.world.sign_in(-60);
        let login = begin(&desk);
        answered(&desk.run(&["-n"]));
        desk.world.sign_in(-60);
        answered(&desk.run(&["-i", "--role-name", "ReadOnly"]));
        assert_eq!(desk.world.refreshes(), 2);
        // Another `login` is no reason either, if only a refresh is needed.
        desk.world.sign_in(-60);
        let if_needed = desk.start(&[&LOGIN[..], &["--if-needed"]].concat()).finish();
        assert_eq!(if_needed.status, 0, "{if_needed:?}");
        assert!(if_needed.stderr.starts_with("already signed in to sso-session `corp`"), "{if_needed:?}");
        login.end_by(Signal::KILL);
        desk.assert_tabs(1);
    }
}

/// A `login` that waits for its redirect, and a sign-in that waits for that.
fn behind_a_redirect() -> (Desk, Running, Running) {
    let desk = Desk::new();
    let login = login_by_redirect(&desk);
    let waiting = desk.start(&[&DEV[..], &["-i", "--wait", "65"]].concat());
    (desk, login, waiting)
}

/// The person signs in, in the tab that was opened.
fn follow(desk: &Desk) {
    let tab = desk.tabs().remove(0);
    let address = tab.lines().next().unwrap();
    stand_in::visit(address).unwrap();
}

#[test]
#[ignore = "takes a minute: the person needs longer than the network may"]
fn who_waited_long_for_a_redirect_still_fetches() {
    let (desk, login, waiting) = behind_a_redirect();
    std::thread::sleep(Duration::from_secs(44));
    follow(&desk);
    assert_eq!(login.finish().status, 0);
    signed_in(waiting.finish());
}

#[test]
fn a_sign_in_behind_a_login_by_redirect_waits_as_long_as_it_said_and_takes_what_comes() {
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
        follow(&desk);
        assert_eq!(login.finish().status, 0);
        signed_in(waiting.finish());
        assert_eq!(desk.authorizations(), 0);
    };
    at_once::<()>(vec![
        Box::new(in_vain("0")) as Job,
        Box::new(in_vain("2")),
        // Longer than anybody waits for another's request.
        Box::new(in_vain("32")),
        Box::new(not_in_vain),
    ]);
}

/// A `login` that waits for its redirect, and a code that another one asked for beside it
/// before it was killed.
fn behind_a_redirect_a_code_that_nobody_polls() -> (Desk, Running) {
    let desk = Desk::new();
    let forgotten = login_by_redirect(&desk);
    let killed = desk.start(&[&LOGIN[..], &["--use-device-code"]].concat());
    desk.aws().wait_for_outcomes(Operation::CreateToken, 1, SOON);
    killed.end_by(Signal::KILL);
    (desk, forgotten)
}

#[test]
fn a_code_that_no_process_polls_is_taken_up_behind_a_login_by_redirect() {
    let approved_before = |wait: &'static str| {
        move || {
            let (desk, forgotten) = behind_a_redirect_a_code_that_nobody_polls();
            desk.approve();
            let polls = desk.polls();
            desk.wait_until_a_poll_is_due();
            let prompt = signed_in(desk.sign_in(&["--wait", wait]));
            assert_eq!((prompt.as_str(), desk.polls()), ("", polls + 1), "at the first poll");
            assert_eq!(desk.authorizations(), 1);
            forgotten.end_by(Signal::KILL);
        }
    };
    let approved_later = || {
        let (desk, forgotten) = behind_a_redirect_a_code_that_nobody_polls();
        let (polls, start) =
            (desk.polls(), |role| desk.start(&[&DEV[..], &["-i", "--role-name", role]].concat()));
        let first = start("Developer");
        desk.aws().wait_for_outcomes(Operation::CreateToken, polls + 2, SOON);
        // The next one waits for the one that polls now.
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
fn a_login_does_not_take_the_code_of_a_killed_one_for_that_of_the_process_it_waits_for() {
    let (desk, forgotten) = behind_a_redirect_a_code_that_nobody_polls();
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
fn a_wait_is_as_long_as_it_says_behind_another_sign_in_too() {
    let desk = Desk::new();
    let first = desk.start_asking(&["--wait", "20"]);
    for (wait, role) in [("1", "Developer"), ("3", "ReadOnly")] {
        let output = desk.sign_in(&["--wait", wait, "--role-name", role]);
        assert_eq!(output.status, 6, "{output:?}");
        // Less than the poll that is not its own would add.
        let most = Duration::from_secs(wait.parse().unwrap()) + Duration::from_secs(3);
        assert!(output.elapsed < most, "{output:?}");
    }
    first.end_by(Signal::KILL);
}
