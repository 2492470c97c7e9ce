//! The cool-down after a refusal or an unanswered code: a time without prompts.

use std::time::{Duration, SystemTime};

use serde_json::json;
use stand_in::{Fault, Operation, Times};

use crate::common::{answered, at_once, failed, in_seconds, now, read_json};
use crate::desk::{Desk, signed_in};

/// A desk after the person has refused.
fn refused() -> Desk {
    let desk = Desk::new();
    desk.aws().auto_deny(0);
    assert_eq!(desk.sign_in(&[]).status, 3);
    desk.aws().no_auto_decision();
    desk
}

/// A desk after a code has expired.
fn unanswered() -> Desk {
    let desk = Desk::new();
    desk.aws().set_device(1, 2, true);
    assert_eq!(desk.sign_in(&[]).status, 3);
    desk.aws().set_device(1, 600, true);
    desk
}

/// A desk with a waiting code and no running process.
fn waiting() -> Desk {
    let desk = Desk::new();
    assert_eq!(desk.sign_in(&["--wait", "0"]).status, 6);
    desk.assert_tabs(1);
    desk
}

/// Asserts that the next run does not ask, and says why.
#[track_caller]
fn assert_cooling_down(desk: &Desk, how: &str, longest: &str) -> Vec<String> {
    let requests = desk.world.requests();
    let lines = failed(&desk.sign_in(&[]), 3);
    let told = format!(
        "aws-sso-cred: sso-session `corp`: the last sign-in was {how}; aws-sso-cred does not ask again for "
    );
    assert!(lines[0].starts_with(&told) && lines[1].starts_with("that sign-in ended at 20"), "{lines:?}");
    assert!(lines[0].ends_with(longest), "{lines:?}");
    assert_eq!(
        lines[2],
        "hint: to sign in now, run `aws-sso-cred login --sso-session corp` (or `aws sso login --sso-session corp`)"
    );
    assert_eq!(desk.world.requests(), requests, "no request is sent");
    lines
}

/// Asserts that of a cool-down of `whole` seconds that began `ago` seconds ago the rest is left,
/// less the time that the run took.
#[track_caller]
fn assert_remaining(desk: &Desk, how: &str, ago: i64, whole: i64) {
    let before = now();
    desk.change_state("cool-down.json", |state| state["since"] = json!(before - ago));
    let lines = assert_cooling_down(desk, how, "seconds");
    let took = now() - before;
    let rest: i64 = lines[0].rsplit(' ').nth(1).unwrap().parse().unwrap();
    assert!((whole - ago - took..=whole - ago).contains(&rest), "{lines:?} after {took} s");
}

/// Asserts that the next run asks the person again.
#[track_caller]
fn assert_asks(desk: &Desk) {
    let before = desk.authorizations();
    desk.aws().auto_approve(0);
    signed_in(desk.sign_in(&[]));
    assert_eq!(desk.authorizations(), before + 1);
}

#[test]
fn a_cool_down_after_a_refusal_lasts_ten_seconds() {
    let desk = refused();
    assert_cooling_down(&desk, "refused", "seconds");
    assert_remaining(&desk, "refused", 0, 10);
    desk.change_state("cool-down.json", |state| state["since"] = json!(now() - 11));
    assert_asks(&desk);
    assert!(!desk.state_file("cool-down.json").exists(), "a success ends the cool-down");
}

#[test]
fn a_cool_down_after_no_answer_lasts_five_minutes() {
    let desk = unanswered();
    assert_cooling_down(&desk, "left unanswered", "minutes");
    assert_remaining(&desk, "left unanswered", 200, 300);
    desk.change_state("cool-down.json", |state| state["since"] = json!(now() - 301));
    assert_asks(&desk);
}

#[test]
fn a_code_that_expired_between_runs_counts_as_unanswered() {
    let desk = waiting();
    let (started, expired) = (in_seconds(-660), in_seconds(-60));
    desk.change_state("pending.json", |pending| {
        pending["startedAt"] = json!(started);
        pending["expiresAt"] = json!(expired);
    });
    assert_cooling_down(&desk, "left unanswered", "minutes");
    desk.change_state("pending.json", |pending| {
        pending["startedAt"] = json!(in_seconds(-960));
        pending["expiresAt"] = json!(in_seconds(-360));
    });
    assert_asks(&desk);
}

#[test]
fn the_cool_down_doubles_with_each_unanswered_request_up_to_four_hours() {
    let desk = unanswered();
    for (count, minutes) in [(2, 10), (3, 20), (6, 160), (7, 240)] {
        // The cool-down is over, and another code expires.
        desk.change_state("cool-down.json", |state| {
            state["since"] = json!(now() - 14_401);
            state["unanswered"] = json!(count - 1);
        });
        desk.aws().set_device(1, 2, true);
        assert_eq!(desk.sign_in(&[]).status, 3);
        assert_eq!(read_json(&desk.state_file("cool-down.json"))["unanswered"], count);
        assert_remaining(&desk, "left unanswered", minutes * 60 - 59, minutes * 60);
        let status = desk.start(&["status", "--sso-session", "corp"]).finish();
        let told =
            format!("  cool-down         {count} sign-ins in a row were left unanswered; aws-sso-cred does");
        assert!(status.stdout.contains(&told), "{}", status.stdout);
    }
    // An answer from the person resets the count, even a refusal.
    desk.aws().set_device(1, 600, true);
    desk.aws().auto_deny(0);
    let login = ["login", "--sso-session", "corp", "--use-device-code", "--no-browser"];
    assert_eq!(desk.start(&login).finish().status, 3);
    desk.aws().no_auto_decision();
    desk.change_state("cool-down.json", |state| state["since"] = json!(now() - 11));
    desk.aws().set_device(1, 2, true);
    assert_eq!(desk.sign_in(&[]).status, 3);
    assert_remaining(&desk, "left unanswered", 299 - 59, 300);
}

#[test]
fn codes_that_expired_between_runs_are_counted() {
    let desk = waiting();
    for (count, minutes) in [(1, 5), (2, 10), (3, 20)] {
        desk.change_state("pending.json", |pending| {
            pending["startedAt"] = json!(in_seconds(-660 - minutes * 60));
            pending["expiresAt"] = json!(in_seconds(-60 - minutes * 60));
        });
        let broken = Fault::Error { status: 400, code: "invalid_request", message: "no" };
        desk.aws().fault(Operation::StartDeviceAuthorization, broken, Times::Once);
        assert_eq!(desk.sign_in(&["--wait", "0"]).status, 4);
        let before = desk.authorizations();
        assert_eq!(desk.sign_in(&["--wait", "0"]).status, 6);
        assert_eq!(desk.authorizations(), before + 1, "after {minutes} minutes");
        assert_eq!(read_json(&desk.state_file("cool-down.json"))["unanswered"], count);
    }
    desk.change_state("pending.json", |pending| {
        pending["startedAt"] = json!(in_seconds(-600 - 2300));
        pending["expiresAt"] = json!(in_seconds(-2300));
    });
    assert_cooling_down(&desk, "left unanswered", "seconds");
}

/// A cool-down that has been over for a long time must not hide a new one.
#[test]
fn an_old_cool_down_does_not_hide_a_code_that_expired_later() {
    let desk = waiting();
    desk.change_state("pending.json", |pending| {
        pending["startedAt"] = json!(in_seconds(-660));
        pending["expiresAt"] = json!(in_seconds(-60));
    });
    let old = json!({ "refused": false, "since": now() - 86_400 });
    std::fs::write(desk.state_file("cool-down.json"), old.to_string()).unwrap();
    let lines = failed(&desk.sign_in(&["--wait", "0"]), 3);
    assert!(lines[0].contains("left unanswered"), "{lines:?}");
    assert_eq!(desk.authorizations(), 1);
}

#[test]
fn credentials_after_a_sign_in_with_another_tool_reset_the_count() {
    let desk = unanswered();
    desk.change_state("cool-down.json", |state| state["unanswered"] = json!(6));
    desk.world.sign_in(3600);
    answered(&desk.run(&[]));
    assert!(desk.state_file("cool-down.json").exists(), "the cool-down is still in force");
    desk.change_state("cool-down.json", |state| state["since"] = json!(now() - 14_401));
    std::fs::remove_file(desk.world.role_file()).unwrap();
    answered(&desk.run(&[]));
    assert!(!desk.state_file("cool-down.json").exists());
}

/// A desk without a usable state directory.
fn without_state() -> Desk {
    let mut desk = Desk::new();
    let blocked = desk.world.home.temporary().join("blocked");
    std::fs::write(&blocked, "a file").unwrap();
    desk.world.home.env("XDG_STATE_HOME", blocked.to_str().unwrap());
    desk
}

/// Makes the client's registration file look `seconds` old.
fn registered_ago(desk: &Desk, seconds: u64) {
    let file = std::fs::File::options().write(true).open(desk.registration_file()).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
}

#[test]
fn without_a_state_directory_an_unanswered_code_causes_a_cool_down() {
    let desk = without_state();
    assert_eq!(desk.sign_in(&["--wait", "0"]).status, 6);
    assert_cooling_down(&desk, "left unanswered", "");
    desk.assert_tabs(1);
    let status = desk.start(&["status", "--sso-session", "corp"]).finish();
    assert!(status.stdout.contains("  cool-down         a sign-in was left unanswered; "), "{status:?}");
    // An old registration counts from the time of its use for a sign-in.
    registered_ago(&desk, 1);
    assert_eq!(desk.sign_in(&["--wait", "0"]).status, 6);
    assert_cooling_down(&desk, "left unanswered", "");
    desk.assert_tabs(2);
    // `login` always asks.
    desk.aws().auto_approve(0);
    let login = ["login", "--sso-session", "corp", "--use-device-code"];
    assert_eq!(desk.start(&login).finish().status, 0);
    desk.assert_tabs(3);
}

#[test]
fn without_a_state_directory_an_answered_sign_in_causes_no_cool_down() {
    let sign_out = |desk: &Desk| {
        let output = desk.start(&["logout", "--sso-session", "corp"]).finish();
        assert_eq!(output.status, 0, "{output:?}");
    };
    let login = ["login", "--sso-session", "corp", "--use-device-code", "--no-browser"];
    at_once::<()>(vec![
        Box::new(|| {
            let desk = without_state();
            desk.aws().auto_approve(0);
            assert_eq!(desk.start(&login).finish().status, 0);
            sign_out(&desk);
            assert_asks(&desk);
            sign_out(&desk);
            assert_asks(&desk);
        }) as Box<dyn FnOnce() + Send>,
        // `login` ends the cool-down, even if it fails.
        Box::new(|| {
            let desk = without_state();
            assert_eq!(desk.sign_in(&["--wait", "0"]).status, 6);
            // On a slow machine the first run may have polled already.
            let polls = desk.polls();
            let running = desk.start(&login);
            desk.aws().wait_for_outcomes(Operation::CreateToken, polls + 1, crate::desk::SOON);
            running.end_by(rustix::process::Signal::KILL);
            assert_asks(&desk);
        }),
        // Fetched credentials end the cool-down as well, whichever tool signed in.
        Box::new(|| {
            let desk = without_state();
            assert_eq!(desk.sign_in(&["--wait", "0"]).status, 6);
            desk.world.sign_in(3600);
            answered(&desk.run(&[]));
            let status = desk.start(&["status", "--sso-session", "corp"]).finish();
            assert!(!status.stdout.contains("cool-down"), "{status:?}");
        }),
        // As after `aws sso login`.
        Box::new(|| {
            let desk = without_state();
            desk.aws().auto_approve(0);
            assert_eq!(desk.start(&login).finish().status, 0);
            sign_out(&desk);
            registered_ago(&desk, 60);
            assert_asks(&desk);
        }),
    ]);
}

#[test]
fn no_browser_is_opened_when_neither_state_nor_cache_can_be_written() {
    let mut desk = Desk::new();
    let blocked = desk.world.home.temporary().join("blocked");
    std::fs::write(&blocked, "a file").unwrap();
    desk.world.home.env("XDG_STATE_HOME", blocked.to_str().unwrap());
    std::fs::write(desk.world.home.home().join(".aws/sso"), "a file").unwrap();
    assert_ne!(desk.sign_in(&["--wait", "0"]).status, 0);
    desk.assert_tabs(0);
}

#[test]
fn login_ends_the_cool_down() {
    let ended_by_login = |desk: Desk| {
        desk.aws().auto_approve(0);
        let login = ["login", "--sso-session", "corp", "--use-device-code", "--no-browser"];
        let output = desk.start(&login).finish();
        assert_eq!(output.status, 0, "{output:?}");
        std::fs::remove_file(desk.world.token_file()).unwrap();
        assert_asks(&desk);
    };
    at_once::<()>(vec![
        Box::new(|| ended_by_login(refused())) as Box<dyn FnOnce() + Send>,
        Box::new(|| ended_by_login(unanswered())),
    ]);
}

#[test]
fn noninteractive_runs_ignore_the_cool_down() {
    let desk = refused();
    assert_eq!(desk.run(&["-n"]).status, 1);
    assert_cooling_down(&desk, "refused", "seconds");
}

#[test]
fn a_cool_down_does_not_affect_live_credentials_or_other_sessions() {
    let desk = refused();
    let cached = desk.world.cache_role(600);
    assert_eq!(desk.sign_in(&[]).stdout, cached);

    let other = "https://other.awsapps.com/start";
    desk.aws().allow_start_url(other);
    desk.aws().auto_approve(0);
    signed_in(desk.sign_in(&["--start-url", other]));
}

#[test]
fn a_clock_that_was_set_back_ends_the_cool_down() {
    let desk = refused();
    desk.change_state("cool-down.json", |state| state["since"] = json!(now() + 86_400));
    assert_asks(&desk);

    let desk = waiting();
    let code = desk.aws().waiting_user_code().unwrap();
    desk.change_state("pending.json", |pending| {
        pending["startedAt"] = json!(in_seconds(86_400));
        pending["expiresAt"] = json!(in_seconds(87_000));
        pending["nextPollAt"] = json!(in_seconds(86_405));
    });
    assert_eq!(desk.approve(), code);
    signed_in(desk.sign_in(&["--wait", "10"]));
    assert_eq!(desk.authorizations(), 1, "the same code is used");
}

#[test]
fn a_clock_that_was_set_forward_causes_one_extra_prompt_at_most() {
    let desk = waiting();
    desk.change_state("pending.json", |pending| {
        pending["startedAt"] = json!(in_seconds(-86_400));
        pending["expiresAt"] = json!(in_seconds(-85_800));
    });
    assert_asks(&desk);
}
