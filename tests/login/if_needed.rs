//! `login --if-needed`: the person is asked only when a refresh is not enough, and is told why.

use std::time::Duration;

use stand_in::{Fault, Operation, Times};

use crate::common::{REGION, START_URL, World, failed, in_seconds, seconds_left};
use crate::redirect::SIGNED_IN;
use crate::support::{comparable, opened, told, with_browser};

const IF_NEEDED: [&str; 4] = ["login", "--sso-session", "corp", "--if-needed"];
const ALREADY: &str = "already signed in to sso-session `corp` at https://corp.awsapps.com/start: \
    good for 1 profile until TIME (in SPAN), then refreshed automatically\n";

fn with(validity: &'static str) -> Vec<&'static str> {
    [&IF_NEEDED[..], &["--min-validity", validity]].concat()
}

#[test]
fn a_good_sign_in_is_left_alone_without_a_request() {
    let world = with_browser();
    world.sign_in(3600);
    world.cache_role(3600);
    let before = world.token();
    assert_eq!(told(&world.home.run(&IF_NEEDED)), ALREADY);
    assert_eq!(told(&world.home.run(&with("30m"))), ALREADY);
    assert_eq!((world.token(), world.requests()), (before, 0));
    assert!(world.role_file().exists());
}

#[test]
fn an_expired_sign_in_is_refreshed_without_a_person() {
    let world = with_browser();
    world.sign_in(-60);
    assert_eq!(told(&world.home.run(&IF_NEEDED)), ALREADY);
    assert_eq!((world.requests(), world.refreshes(), opened(&world).len()), (1, 1, 0));
    assert!(seconds_left(&world.token()["expiresAt"]) > 3500);
}

#[test]
fn a_sign_in_that_ends_too_soon_is_refreshed() {
    let world = with_browser();
    world.sign_in(1200);
    assert_eq!(told(&world.home.run(&with("30m"))), ALREADY);
    assert_eq!((world.refreshes(), opened(&world).len()), (1, 0));
    // Identity Center always issues tokens for one hour: a new sign-in would not last longer.
    assert_eq!(told(&world.home.run(&with("2h"))), ALREADY);
    assert_eq!((world.refreshes(), opened(&world).len()), (2, 0));
}

/// The reason that is shown, for each way in which a sign-in can end.
#[test]
fn login_if_needed_says_why_a_new_sign_in_is_needed() {
    type Case<'a> = (&'a str, &'a dyn Fn(&World));
    let cases: [Case; 8] = [
        ("", &|_| {}),
        ("cannot read the cached sign-in; TOKEN ends early", &|world| {
            world.sign_in(3600);
            std::fs::write(world.token_file(), "{\"accessToken\": 1").unwrap();
        }),
        ("the sign-in has expired and cannot be refreshed", &|world| {
            world.sign_in_for_once(-5);
        }),
        ("the sign-in has expired, and its client registration too", &|world| {
            world.sign_in(-5);
            let mut token = world.token();
            token["registrationExpiresAt"] = in_seconds(-1).into();
            world.home.write_token("corp", &token);
        }),
        ("your sign-in session has ended", &|world| {
            world.sign_in(-5);
            world.aws.end_session();
        }),
        ("the sign-in has expired, and AWS no longer accepts its client registration", &|world| {
            let token = world.sign_in(-5);
            world.aws.expire_client(&token.client.client_id);
        }),
        ("AWS refused to refresh the sign-in: it has ended, or `sso_region` is wrong", &|world| {
            world.sign_in(-5);
            let mut token = world.token();
            token["region"] = serde_json::Value::Null;
            world.home.write_token("corp", &token);
            world.aws.end_session();
        }),
        ("the cached sign-in is for region `us-east-1`, but `sso_region` is `eu-west-1`", &|world| {
            world.sign_in(3600);
            let mut token = world.token();
            token["region"] = "us-east-1".into();
            world.home.write_token("corp", &token);
        }),
    ];
    for (reason, prepare) in cases {
        let world = with_browser();
        prepare(&world);
        let text = told(&world.home.run(&IF_NEEDED));
        let expected = match reason {
            "" => String::new(),
            reason => {
                let token = format!("~/.aws/sso/cache/{}", world.token_file().file_name().unwrap().display());
                format!("sso-session `corp`: {}\n", reason.replace("TOKEN", &token))
            }
        };
        assert!(
            text.starts_with(&format!("{expected}signing in to sso-session `corp`\n")),
            "{reason}: {text}"
        );
        assert!(text.ends_with(SIGNED_IN), "{text}");
        assert_eq!(opened(&world).len(), 1, "{reason}");
    }
}

#[test]
fn the_credential_process_reports_the_same_causes() {
    let world = World::new();
    world.sign_in(-5);
    world.aws.end_session();
    let lines = failed(&world.run(&[]), 1);
    assert_eq!(lines[0], "aws-sso-cred: sso-session `corp`: your sign-in session has ended");
    let token = world.sign_in(-5);
    world.aws.expire_client(&token.client.client_id);
    let lines = failed(&world.run(&[]), 1);
    let cause = "AWS no longer accepts its client registration";
    assert!(lines[0].ends_with(cause), "{lines:?}");
    let mut token = world.token();
    token["registrationExpiresAt"] = in_seconds(-1).into();
    world.home.write_token("corp", &token);
    world.aws.clear_requests();
    let lines = failed(&world.run(&[]), 1);
    assert!(lines[0].ends_with("its client registration too"), "{lines:?}");
    assert_eq!(world.requests(), 0);
}

#[test]
fn login_if_needed_says_how_long_a_token_lasts_that_cannot_be_refreshed() {
    let world = with_browser();
    world.sign_in_for_once(1200);
    let text = told(&world.home.run(&with("1h")));
    assert!(text.starts_with("sso-session `corp`: the sign-in is valid for only SPAN more\n"), "{text}");
    assert!(text.ends_with(SIGNED_IN), "{text}");
}

#[test]
fn a_refresh_that_gives_a_short_token_leads_to_a_new_sign_in() {
    let world = with_browser();
    world.sign_in(6);
    // The session is nearly over: the refresh gives what is left of it.
    world.aws.set_access_token_lifetime(Duration::from_secs(300));
    let (output, ()) = world.while_asked(
        Operation::RegisterClient,
        || world.home.run(&with("1h")),
        || world.aws.set_access_token_lifetime(Duration::from_secs(3600)),
    );
    let text = told(&output);
    assert!(text.starts_with("sso-session `corp`: the sign-in is valid for only SPAN more\n"), "{text}");
    assert!(text.ends_with(SIGNED_IN), "{text}");
    assert_eq!((world.refreshes(), opened(&world).len()), (1, 1));
}

#[test]
fn a_session_that_is_shorter_than_asked_is_a_failure_and_opens_the_browser_once() {
    let world = with_browser();
    // The administrator allows a quarter of an hour.
    world.aws.set_access_token_lifetime(Duration::from_secs(900));
    let output = world.home.run(&with("1h"));
    let end = "aws-sso-cred: sso-session `corp`: the sign-in is valid for only SPAN, and `--min-validity` asks for SPAN\n\
        a new sign-in would not be valid for longer\n\
        hint: give a shorter `--min-validity`, or ask your administrator for a longer session in Identity Center\n";
    assert_eq!(output.status, 4, "{output:?}");
    assert!(comparable(&output.stderr).ends_with(end), "{output:?}");
    assert!(output.stderr.contains("\nsigned in to sso-session `corp`"), "{output:?}");
    // Now it is known that another sign-in does not help.
    let output = world.home.run(&with("1h"));
    assert_eq!((output.status, comparable(&output.stderr)), (4, end.to_owned()));
    assert_eq!(opened(&world).len(), 1);
    // What the session can give is given.
    assert_eq!(told(&world.home.run(&with("10m"))), ALREADY);
    assert_eq!(opened(&world).len(), 1);
}

#[test]
fn a_longer_validity_than_any_sign_in_has_asks_the_person_once() {
    let too_short = "and `--min-validity` asks for SPAN\n\
        a new sign-in would not be valid for longer\n";
    let world = with_browser();
    world.aws.auto_approve(0);
    // Without an sso-session nothing is refreshed: the token lasts its eight hours.
    world.home.write_config(&format!("[default]\nsso_start_url = {START_URL}\nsso_region = {REGION}\n"));
    world.aws.set_access_token_lifetime(Duration::from_hours(8));
    for sign_ins in [1, 1] {
        let output = world.home.run(&["login", "--if-needed", "--min-validity", "12h"]);
        assert_eq!(output.status, 4, "{output:?}");
        assert!(output.stderr.contains("the sign-in is valid for only"), "{output:?}");
        assert!(comparable(&output.stderr).contains(too_short), "{output:?}");
        assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), sign_ins);
    }
    // With one, the token is refreshed until its client's registration ends.
    let world = with_browser();
    for sign_ins in [1, 1] {
        let output = world.home.run(&with("100d"));
        assert_eq!(output.status, 4, "{output:?}");
        let days = ["valid for only 89 days", "valid for only 90 days"];
        assert!(days.iter().any(|days| output.stderr.contains(days)), "{output:?}");
        assert!(comparable(&output.stderr).contains(too_short), "{output:?}");
        assert_eq!(opened(&world).len(), sign_ins);
    }
}

#[test]
fn a_network_failure_does_not_start_a_sign_in() {
    let world = with_browser();
    world.sign_in(-5);
    world.aws.fault(Operation::CreateToken, Fault::HtmlPage(200), Times::Always);
    let lines = failed(&world.home.run(&IF_NEEDED), 4);
    assert!(lines[0].contains("gave no usable answer to CreateToken"), "{lines:?}");
    assert_eq!((opened(&world).len(), comparable(&lines[0]).is_empty()), (0, false));
    assert!(world.token().get("refreshToken").is_some());
}

#[test]
fn twenty_logins_if_needed_refresh_once() {
    let world = with_browser();
    world.sign_in(-5);
    world.aws.set_refresh_single_use(true);
    let outputs = world.home.run_many(20, |_| IF_NEEDED.to_vec());
    for output in &outputs {
        assert_eq!(told(output), ALREADY);
    }
    assert_eq!((world.refreshes(), opened(&world).len()), (1, 0));
}
