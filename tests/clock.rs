//! A wrong clock on this computer: expired credentials are not handed out, and the difference is
//! reported.
#![cfg_attr(not(unix), allow(unused_imports, dead_code, reason = "some tests are for Unix only"))]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the caller")]

mod common;

use std::fs;
use std::time::Duration;

use common::{LOGIN_HINT, World, answered, failed, in_seconds, read_json, refused};
use serde_json::{Value, json};
use stand_in::{Fault, Operation, Times};

/// Two hours and half a minute: half a minute away from a rounding limit.
const TWO_HOURS: i64 = 2 * 3600 + 30;

fn status(world: &World) -> Value {
    world.home.run(&["status", "--output", "json"]).json()["sessions"][0].clone()
}

fn status_table(world: &World) -> String {
    world.home.run(&["status"]).stdout
}

/// AWS's clock is two hours ahead: credentials for one hour look valid for three.
fn with_a_clock_that_is_behind() -> World {
    let world = World::new();
    world.aws.set_clock_skew(TWO_HOURS);
    world.sign_in(3600);
    world
}

#[test]
fn with_a_slow_clock_every_run_fetches_new_credentials() {
    let world = with_a_clock_that_is_behind();
    let first = world.run(&[]);
    let second = world.run(&[]);
    assert_ne!(answered(&first)["AccessKeyId"], answered(&second)["AccessKeyId"]);
    assert_eq!(world.fetches(), 2);
    assert!(!world.role_file().exists(), "cached credentials would be handed out after they expired");
}

#[test]
fn credentials_that_are_expired_by_awss_clock_are_removed_from_the_cache() {
    let world = with_a_clock_that_is_behind();
    // Another tool cached them: valid for an hour and a half by the local clock.
    let dead = world.cache_role(90 * 60);
    let output = world.run(&["--force-refresh"]);
    answered(&output);
    assert_ne!(output.stdout, dead);
    assert!(!world.role_file().exists());
    assert_ne!(world.run(&[]).stdout, dead);
}

#[test]
fn credentials_that_are_valid_by_awss_clock_stay_in_the_cache() {
    let world = with_a_clock_that_is_behind();
    world.cache_role(5 * 3600);
    let before = fs::read(world.role_file()).unwrap();
    answered(&world.run(&["--force-refresh"]));
    assert_eq!(fs::read(world.role_file()).unwrap(), before);
}

#[test]
fn credentials_that_are_expired_by_awss_clock_are_not_used_as_fallback() {
    let world = with_a_clock_that_is_behind();
    world.cache_role(10 * 60);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Always);
    failed(&world.run(&[]), 4);
    // The clock difference stays known when the portal does not answer.
    world.aws.clear_faults();
    world.aws.fault(Operation::GetRoleCredentials, Fault::CloseBeforeAnswer, Times::Always);
    failed(&world.run(&[]), 4);
}

#[test]
fn a_small_clock_difference_counts_only_for_credentials_that_end_soon() {
    let world = World::new();
    world.aws.set_clock_skew(280);
    world.sign_in(3600);
    world.cache_role(3 * 60);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Always);
    failed(&world.run(&[]), 4);
    assert!(!status_table(&world).contains("clock"), "status does not report it");
    world.aws.clear_faults();
    answered(&world.run(&[]));
    assert!(world.role_file().exists(), "the credentials are cached");
}

#[test]
fn without_a_state_directory_credentials_expired_by_awss_clock_are_removed_from_the_cache() {
    let mut world = with_a_clock_that_is_behind();
    world.home.env("XDG_STATE_HOME", "/dev/null");
    let dead = world.cache_role(90 * 60);
    let output = world.run(&["--force-refresh"]);
    answered(&output);
    assert_ne!(output.stdout, dead);
    assert!(!world.role_file().exists());
}

/// A server that answers in AWS's place may have any clock.
#[test]
fn the_date_of_a_captive_portal_is_ignored() {
    for page in [Fault::HtmlPage(200), Fault::Status(511)] {
        let world = with_a_clock_that_is_behind();
        let cached = world.cache_role(10 * 60);
        world.aws.fault(Operation::GetRoleCredentials, page, Times::Always);
        let output = world.run(&[]);
        answered(&output);
        assert_eq!(output.stdout, cached);
        assert!(!status_table(&world).contains("clock"), "{}", status_table(&world));
    }
}

#[test]
fn status_reports_a_clock_difference_until_it_is_corrected() {
    for (skew, words) in [
        (TWO_HOURS, "this computer's clock is 2 hours behind AWS's"),
        (-TWO_HOURS, "this computer's clock is 2 hours ahead of AWS's"),
    ] {
        let world = World::signed_in();
        world.aws.set_clock_skew(skew);
        let output = world.run(&["--debug"]);
        assert_eq!(output.status == 0, skew > 0, "{output:?}");
        let table = status_table(&world);
        assert!(table.contains(&format!("  clock             {words}")), "{table}");
        let told = status(&world)["clock_skew_seconds"].as_i64().unwrap();
        assert!((told + skew).abs() < 30, "{told} {skew}");
        let log = fs::read_to_string(world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt"));
        assert!(log.unwrap().contains(words));

        world.aws.set_clock_skew(0);
        answered(&world.run(&["--force-refresh"]));
        assert!(!status_table(&world).contains("clock"), "{}", status_table(&world));
        assert_eq!(status(&world)["clock_skew_seconds"], json!(null));
        assert!(world.role_file().exists(), "the credentials are cached again");
    }
}

#[test]
fn a_clock_difference_of_five_minutes_is_ignored() {
    let world = with_a_clock_that_is_behind();
    answered(&world.run(&[]));
    let note = world.home.state_dir().join("clock.json");
    let mut document = read_json(&note);
    for (skew, told) in [(300, json!(null)), (301, json!(301)), (-300, json!(null)), (-301, json!(-301))] {
        document["skew"] = json!(skew);
        fs::write(&note, document.to_string()).unwrap();
        assert_eq!(status(&world)["clock_skew_seconds"], told);
    }
}

/// The recorded clock difference is valid for the clock that recorded it. After the clock was
/// corrected, the record is older than the difference that it names.
#[test]
fn a_corrected_clock_is_no_longer_reported() {
    let world = with_a_clock_that_is_behind();
    answered(&world.run(&[]));
    let note = world.home.state_dir().join("clock.json");
    let mut document = read_json(&note);
    document["at"] = json!(document["at"].as_i64().unwrap() - TWO_HOURS);
    fs::write(&note, document.to_string()).unwrap();
    let cached = world.cache_role(10 * 60);
    world.aws.fault(Operation::GetRoleCredentials, Fault::CloseBeforeAnswer, Times::Always);
    let output = world.run(&[]);
    answered(&output);
    assert_eq!(output.stdout, cached);
    assert!(!status_table(&world).contains("clock"));
}

/// The credentials were cached before the clock was set back: their remaining time is unknown.
#[cfg(unix)]
#[test]
fn credentials_in_a_file_dated_in_the_future_are_fetched_again() {
    let world = World::signed_in();
    let cached = world.cache_role(3600);
    let file = fs::File::options().write(true).open(world.role_file()).unwrap();
    let now = file.metadata().unwrap().modified().unwrap();
    // A file server's clock may be slightly ahead.
    file.set_modified(now + Duration::from_secs(60)).unwrap();
    assert_eq!(world.run(&[]).stdout, cached);
    file.set_modified(now + Duration::from_secs(2 * 3600)).unwrap();
    let output = world.run(&[]);
    answered(&output);
    assert_ne!(output.stdout, cached);
    assert_eq!(world.fetches(), 1);
}

#[test]
fn every_later_run_and_status_report_a_refused_token() {
    let world = World::new();
    let token = world.sign_in_for_once(3600);
    world.aws.revoke(&token.access_token);
    let text = format!("aws-sso-cred: sso-session `corp`: AWS no longer accepts the sign-in\n{LOGIN_HINT}");
    refused(&world.run(&[]), 1, &text);
    // The result is the same after the state directory was removed.
    for state_is_lost in [false, true] {
        if state_is_lost {
            fs::remove_dir_all(world.home.state_dir()).unwrap();
        }
        let table = status_table(&world);
        assert!(table.starts_with("sso-session `corp`: AWS no longer accepts the sign-in\n"), "{table}");
        assert!(!table.contains("1970"), "{table}");
        assert_eq!(status(&world)["state"], "expired");
        assert_eq!(status(&world)["signed_in_until"], json!(null));
        refused(&world.run(&[]), 1, &text);
    }
    assert_eq!(world.requests(), 1);
}

#[test]
fn a_refused_token_with_an_expired_registration_keeps_its_cause() {
    let world = World::signed_in();
    let mut token = world.token();
    token["registrationExpiresAt"] = in_seconds(-1).into();
    world.home.write_token("corp", &token);
    world.aws.revoke(token["accessToken"].as_str().unwrap());
    let text = format!("aws-sso-cred: sso-session `corp`: AWS no longer accepts the sign-in\n{LOGIN_HINT}");
    refused(&world.run(&[]), 1, &text);
    refused(&world.run(&[]), 1, &text);
}

#[test]
fn status_shows_no_expiry_for_a_refused_token_that_can_be_refreshed() {
    let world = World::signed_in();
    let token = world.token();
    world.aws.revoke(token["accessToken"].as_str().unwrap());
    world.aws.fault(Operation::CreateToken, Fault::HtmlPage(200), Times::Always);
    failed(&world.run(&[]), 4);
    let table = status_table(&world);
    assert!(table.contains("refreshed automatically"), "{table}");
    assert!(!table.contains("1970"), "{table}");
}

/// On Windows nothing is asked on stderr.
#[cfg(unix)]
#[test]
fn status_still_shows_the_refusal_during_a_cool_down() {
    let mut world = World::new();
    world.home.env("BROWSER", "/bin/true");
    world.aws.set_device(1, 600, false);
    world.aws.auto_deny(0);
    assert_eq!(world.run(&["-i"]).status, 3);
    let first = status(&world)["last_error"].clone();
    assert_eq!(first["text"], "sso-session `corp`: the sign-in was refused in the browser");
    let again = world.run(&["-i"]);
    assert!(again.stderr.contains("does not ask again for"), "{again:?}");
    assert_eq!(status(&world)["last_error"], first);
}

#[test]
fn a_clock_that_calls_new_credentials_dead_is_named_as_the_cause() {
    let world = World::signed_in();
    world.aws.set_clock_skew(-2 * 3600);
    let lines = failed(&world.run(&[]), 4);
    assert!(lines[1].contains("this computer's clock is 2 hours ahead of AWS's"), "{lines:?}");
    assert!(lines[2].contains("set this computer's clock"), "{lines:?}");
}

/// An hour, and half a minute away from a rounding limit.
const AN_HOUR: i64 = 3600 + 30;

/// AWS's clock differs by an hour, in either direction. The session has been used before.
fn with_a_clock_an_hour_off(skew: i64) -> World {
    let world = World::new();
    world.aws.set_clock_skew(skew);
    world.aws.set_refresh_single_use(true);
    world
}

/// Asserts that a run hands out credentials that AWS accepts for two minutes and more, or none and says
/// why.
#[track_caller]
fn check_handed_out(world: &World, skew: i64, more: &[&str]) {
    let output = world.run(more);
    if output.status == 0 {
        let expiration = answered(&output)["Expiration"].clone();
        assert!(common::seconds_left(&expiration) - skew >= 120, "{skew}: {expiration}");
    } else {
        let lines = failed(&output, 4);
        assert!(lines[1].contains("this computer's clock is 60 minutes"), "{skew}: {lines:?}");
    }
}

#[test]
fn with_a_clock_an_hour_off_each_start_asks_once_and_hands_out_nothing_dead() {
    for skew in [AN_HOUR, -AN_HOUR] {
        for lifetime in [15 * 60, 3600, 8 * 3600] {
            let world = with_a_clock_an_hour_off(skew);
            world.aws.set_role_credentials_lifetime(Duration::from_secs(lifetime));
            world.sign_in(-1);
            for starts in 1..=4 {
                check_handed_out(&world, skew, &[]);
                assert_eq!(world.refreshes(), 1, "{skew} {lifetime}: the new token is used");
                assert!(world.fetches() <= starts, "{skew} {lifetime}: {} fetches", world.fetches());
            }
            let is_long = lifetime > 3 * 3600;
            assert!(!is_long || skew > 0 || world.fetches() == 1, "{skew}: {} fetches", world.fetches());
        }
    }
}

#[test]
fn with_a_clock_an_hour_off_a_person_signs_in_once() {
    for skew in [AN_HOUR, -AN_HOUR] {
        let mut world = with_a_clock_an_hour_off(skew);
        world.home.env("BROWSER", "/bin/true");
        world.aws.set_role_credentials_lifetime(Duration::from_secs(8 * 3600));
        // The code is joined, not asked for anew.
        for _ in 0..2 {
            assert_eq!(world.run(&["-i", "--wait", "0"]).status, 6, "{skew}");
        }
        assert!(world.aws.approve(&world.aws.waiting_user_code().unwrap()));
        let output = world.run(&["-i"]);
        assert_eq!(output.status, 0, "{skew}: {output:?}");
        for more in [&["-i"][..], &["-i", "--force-refresh"], &["-n"]] {
            check_handed_out(&world, skew, more);
        }
        let login = ["login", "--sso-session", "corp", "--if-needed", "--min-validity", "30m"];
        assert_eq!(world.home.run(&login).status, 0, "{skew}");
        for operation in [Operation::RegisterClient, Operation::StartDeviceAuthorization] {
            assert_eq!(world.aws.count(operation), 1, "{skew}: {operation:?}");
        }
    }
}

/// A token of another computer, whose clock is right: its end is an hour away from here, or past.
#[test]
fn a_token_from_a_computer_with_a_right_clock_is_used_or_refreshed_once() {
    for skew in [AN_HOUR, -AN_HOUR] {
        let world = with_a_clock_an_hour_off(skew);
        world.aws.set_role_credentials_lifetime(Duration::from_secs(8 * 3600));
        world.aws.set_access_token_lifetime(Duration::from_secs(3600));
        world.sign_in(3600);
        let mut token = world.token();
        token["expiresAt"] = in_seconds(3600 + skew).into();
        world.home.write_token("corp", &token);
        for _ in 0..3 {
            check_handed_out(&world, skew, &["--no-cache"]);
        }
        assert_eq!(world.refreshes(), usize::from(skew < 0), "{skew}");
    }
}

#[test]
fn with_a_clock_an_hour_off_list_keeps_its_list_and_doctor_names_the_clock() {
    for (skew, words) in [(AN_HOUR, "60 minutes behind AWS's"), (-AN_HOUR, "60 minutes ahead of AWS's")] {
        let world = with_a_clock_an_hour_off(skew);
        world.sign_in(3600);
        let list = ["list", "--sso-session", "corp"];
        let first = world.home.run(&list);
        assert_eq!(first.status, 0, "{first:?}");
        let requests = world.requests();
        assert_eq!((world.home.run(&list).stdout, world.requests()), (first.stdout, requests), "{skew}");
        let report = world.home.run(&["doctor", "--profile", "dev"]).stdout;
        assert!(report.contains(words), "{skew}: {report}");
        assert!(status_table(&world).contains(words), "{skew}: {}", status_table(&world));
    }
}
