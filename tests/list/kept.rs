//! The list that was kept: its age, its use where AWS cannot be reached, and its end.

use std::fs;

use serde_json::json;
use stand_in::{Fault, Operation, Times};

use super::{LIST, company, list, rows, state};
use crate::common::{World, at_once, failed, now, read_json};

fn set_age(world: &World, seconds: i64) {
    let path = state(world, "accounts.json");
    let mut note = read_json(&path);
    note["at"] = json!(now() - seconds);
    fs::write(path, note.to_string()).unwrap();
}

#[test]
fn a_kept_list_is_shown_without_a_request_and_its_age_is_told() {
    let world = company();
    let first = list(&world, &[]);
    set_age(&world, 12 * 60);
    world.aws.clear_requests();
    let second = list(&world, &[]);
    assert_eq!((second.status, &second.stdout), (0, &first.stdout));
    assert_eq!(second.stderr, "this list is 12 minutes old; `--refresh` asks AWS again\n");
    assert_eq!(world.requests(), 0);
}

#[test]
fn a_list_that_is_too_old_is_asked_for_again() {
    let world = company();
    rows(&world, &[]);
    let asked = |more: &[&str], age: i64| {
        set_age(&world, age);
        world.aws.clear_requests();
        rows(&world, more);
        world.aws.count(Operation::ListAccounts)
    };
    assert_eq!(asked(&[], 3500), 0);
    assert_eq!(asked(&[], 3700), 1);
    assert_eq!(asked(&["--max-age", "2h"], 3700), 0);
    assert_eq!(asked(&["--max-age", "5m"], 400), 1);
    assert_eq!(asked(&["--refresh"], 1), 1);
    assert_eq!(asked(&[], -3600), 1, "kept before the clock was set back");
}

#[test]
fn an_older_list_is_shown_with_a_warning_where_aws_cannot_be_reached() {
    let world = company();
    let expected = rows(&world, &[]);
    set_age(&world, 3 * 3600);
    world.aws.fault(Operation::ListAccounts, Fault::HtmlPage(511), Times::Always);
    let output = list(&world, &["--output", "json"]);
    assert_eq!(super::rows_of(&output), expected);
    assert!(output.stderr.starts_with("aws-sso-cred: 127.0.0.1:"), "{}", output.stderr);
    let warning = "\nwarning: this list is 3 hours old, because AWS cannot be asked now\n";
    assert!(output.stderr.ends_with(warning), "{}", output.stderr);
    assert_eq!(rows(&world, &["--account", "sandbox", "--refresh"]), ["222233334444 Admin"]);
}

#[test]
fn an_older_list_without_what_is_wanted_does_not_hide_that_aws_cannot_be_reached() {
    let world = company();
    rows(&world, &[]);
    set_age(&world, 3 * 3600);
    for operation in [Operation::ListAccounts, Operation::ListAccountRoles] {
        world.aws.fault(operation, Fault::HtmlPage(511), Times::Always);
    }
    for pattern in ["999900001111", "new"] {
        let lines = failed(&list(&world, &["--account", pattern]), 4);
        assert!(lines[0].starts_with("aws-sso-cred: 127.0.0.1:"), "{lines:?}");
    }
}

#[test]
fn an_expired_sign_in_shows_an_older_list_where_aws_cannot_be_reached() {
    let world = company();
    let expected = rows(&world, &[]);
    set_age(&world, 86_400);
    let mut token = world.token();
    token["expiresAt"] = crate::common::in_seconds(-60).into();
    world.home.write_token("corp", &token);
    world.aws.fault(Operation::CreateToken, Fault::HtmlPage(200), Times::Always);
    assert_eq!(rows(&world, &[]), expected);
}

#[test]
fn an_older_list_is_shown_at_once_where_the_portal_asks_for_a_long_pause() {
    let world = company();
    let expected = rows(&world, &[]);
    set_age(&world, 3 * 3600);
    let busy = |seconds| Fault::RetryAfter { status: 429, seconds };
    let (accounts, roles) = (Operation::ListAccounts, Operation::ListAccountRoles);
    for (operation, seconds) in [(accounts, 30), (accounts, 3600), (roles, 3600)] {
        forget_the_rate(&world);
        world.aws.fault(operation, busy(seconds), Times::Always);
        let output = list(&world, &["--output", "json"]);
        assert_eq!(super::rows_of(&output), expected);
        let lines: Vec<_> = output.stderr.lines().collect();
        assert!(lines[0].starts_with(&format!("aws-sso-cred: AWS throttled {operation:?} at ")), "{lines:?}");
        let wait = seconds.max(60);
        assert_eq!(lines[2], format!("hint: wait {wait} seconds (`sleep {wait}`), then run this again"));
        assert_eq!(lines[3..], ["warning: this list is 3 hours old, because AWS cannot be asked now"]);
        world.aws.clear_faults();
    }
    // The pause holds for the next process, too.
    world.aws.clear_requests();
    let output = list(&world, &["--output", "json"]);
    assert_eq!(super::rows_of(&output), expected);
    assert!(output.stderr.starts_with("aws-sso-cred: AWS throttled ListAccounts at "), "{}", output.stderr);
    assert_eq!(world.requests(), 0);
}

/// Ends the pause that the portal has asked for.
fn forget_the_rate(world: &World) {
    let _ = fs::remove_file(state(world, "portal-rate.json"));
}

#[test]
fn without_an_older_list_a_pause_of_an_hour_is_told_and_not_waited_for() {
    let world = company();
    world.aws.fault(Operation::ListAccounts, Fault::RetryAfter { status: 429, seconds: 3600 }, Times::Always);
    let lines = failed(&list(&world, &[]), 4);
    assert!(lines[0].starts_with("aws-sso-cred: AWS throttled ListAccounts at "), "{lines:?}");
    assert_eq!(lines[2..], ["hint: wait 3600 seconds (`sleep 3600`), then run this again"]);
    assert_eq!(world.aws.count(Operation::ListAccounts), 1);
}

#[test]
fn without_an_older_list_the_failure_is_told() {
    let world = company();
    world.aws.fault(Operation::ListAccounts, Fault::HtmlPage(511), Times::Always);
    let lines = failed(&list(&world, &[]), 4);
    assert!(lines[0].ends_with(" gave no usable answer to ListAccounts"), "{lines:?}");
}

#[test]
fn the_note_is_private_and_compact_and_has_no_secret() {
    let world = company();
    rows(&world, &[]);
    let path = state(&world, "accounts.json");
    let note = read_json(&path);
    assert_eq!(note["version"], 1);
    assert_eq!(
        note["accounts"][0],
        json!(["000000000001", "Ärzte & Söhne, Berlin", "aerzte@example.com", ["Admin", "ReadOnly"]])
    );
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(world.home.search_for_secrets(&[&text], &world.aws.take_secrets()), Vec::<String>::new());
    for (path, mode, _) in world.home.all_files() {
        if path.starts_with(world.home.state_dir()) && cfg!(unix) {
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
    }
}

#[test]
fn junk_in_the_note_is_a_miss_and_heals() {
    let world = company();
    let expected = rows(&world, &[]);
    let good = fs::read_to_string(state(&world, "accounts.json")).unwrap();
    let other = |from: &str, to: &str| good.replacen(from, to, 1);
    let junk = [
        String::new(),
        "[]".to_owned(),
        good[..good.len() / 2].to_owned(),
        other("\"version\":1", "\"version\":2"),
        other("\"000000000001\"", "\"1\""),
        other("\"Admin\"", "7"),
        other("awsapps", "elsewhere"),
        "x".repeat(9 << 20),
    ];
    for junk in junk {
        fs::write(state(&world, "accounts.json"), &junk).unwrap();
        world.aws.clear_requests();
        assert_eq!(rows(&world, &[]), expected, "{}", &junk[..junk.len().min(200)]);
        assert_eq!(world.aws.count(Operation::ListAccounts), 1);
    }
}

#[test]
fn logout_removes_the_list_and_nothing_of_it_is_shown() {
    let world = company();
    rows(&world, &[]);
    assert_eq!(world.home.run(&["logout", "--sso-session", "corp"]).status, 0);
    assert!(!state(&world, "accounts.json").exists());
    failed(&list(&world, &["--noninteractive"]), 1);
}

#[test]
fn a_list_is_not_shown_after_another_tool_signed_out_or_another_person_signed_in() {
    let world = company();
    rows(&world, &[]);
    let token = fs::read_to_string(world.token_file()).unwrap();
    fs::remove_file(world.token_file()).unwrap();
    failed(&list(&world, &[]), 1);
    fs::write(world.token_file(), token).unwrap();
    world.aws.clear_requests();
    assert_eq!(rows(&world, &[]).len(), 5);
    assert_eq!(world.requests(), 0, "the same sign-in");
    world.sign_in(3600);
    assert_eq!(rows(&world, &[]).len(), 5);
    assert_eq!(world.aws.count(Operation::ListAccounts), 1, "another sign-in");
}

#[test]
fn a_list_survives_many_refreshes_of_its_sign_in() {
    let world = company();
    rows(&world, &[]);
    for _ in 0..10 {
        let mut token = world.token();
        token["expiresAt"] = crate::common::in_seconds(-60).into();
        world.home.write_token("corp", &token);
        assert_eq!(world.run(&["--force-refresh"]).status, 0);
    }
    assert!(world.refreshes() >= 10);
    world.aws.clear_requests();
    assert_eq!(rows(&world, &[]).len(), 5);
    assert_eq!(world.requests(), 0);
}

#[test]
fn many_at_once_ask_once() {
    let world = company();
    let lists = at_once(
        (0..8).map(|_| -> Box<dyn FnOnce() -> _ + Send> { Box::new(|| rows(&world, &[])) }).collect(),
    );
    assert!(lists.iter().all(|list| *list == lists[0] && list.len() == 5));
    assert_eq!(world.aws.count(Operation::ListAccounts), 1);
    assert_eq!(world.aws.count(Operation::ListAccountRoles), 3);
    let lists = at_once(
        (0..4)
            .map(|_| -> Box<dyn FnOnce() -> _ + Send> { Box::new(|| rows(&world, &["--refresh"])) })
            .collect(),
    );
    assert!(lists.iter().all(|list| list.len() == 5));
    assert!(world.aws.count(Operation::ListAccounts) <= 5);
}

#[test]
fn processes_that_wait_fail_with_the_one_that_asked() {
    let mut world = company();
    world.home.env("AWS_SSO_CREDENTIAL_PROCESS_DEBUG", "1");
    world.aws.fault(Operation::ListAccounts, Fault::Status(403), Times::Always);
    world.aws.hold(Operation::ListAccounts);
    let outputs = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..3).map(|_| scope.spawn(|| list(&world, &[]))).collect();
        world.aws.wait_for_requests(Operation::ListAccounts, 1, crate::common::HANG);
        world.wait_for_logged_waiters(2);
        world.aws.release(Operation::ListAccounts);
        runs.into_iter().map(|run| run.join().unwrap()).collect::<Vec<_>>()
    });
    for output in &outputs {
        failed(output, 4);
    }
    assert_eq!(world.aws.count(Operation::ListAccounts), 1);
}

#[cfg(unix)]
#[test]
fn without_a_state_directory_the_list_is_shown_all_the_same() {
    let mut world = company();
    fs::write(world.home.temporary().join("file"), "").unwrap();
    let blocked = world.home.temporary().join("file").join("state");
    world.home.env("XDG_STATE_HOME", blocked.to_str().unwrap());
    assert_eq!(rows(&world, &[]).len(), 5);
    assert_eq!(world.home.run(&LIST).stderr, "", "nothing was kept");
}
