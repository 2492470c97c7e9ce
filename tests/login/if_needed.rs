//! `--if-needed`: a person is asked only when there is no other way, and learns why.

use stand_in::{Fault, Operation, Times};

use crate::common::{World, failed, in_seconds, seconds_left};
use crate::redirect::SIGNED_IN;
use crate::support::{comparable, opened, told, with_browser};

const IF_NEEDED: [&str; 4] = ["login", "--sso-session", "corp", "--if-needed"];
const ALREADY: &str = "already signed in to sso-session `corp` at https://corp.awsapps.com/start: \
    good for 1 profile until TIME (in SPAN), then renewed automatically\n";

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
fn a_sign_in_that_ends_too_soon_is_refreshed_and_that_will_do() {
    let world = with_browser();
    world.sign_in(1200);
    assert_eq!(told(&world.home.run(&with("30m"))), ALREADY);
    assert_eq!((world.refreshes(), opened(&world).len()), (1, 0));
    // Identity Center gives an hour, whoever asks: a new sign-in would not last longer.
    assert_eq!(told(&world.home.run(&with("2h"))), ALREADY);
    assert_eq!((world.refreshes(), opened(&world).len()), (2, 0));
}

/// Why a person is asked, for each way in which a sign-in can be over.
#[test]
fn what_cannot_be_refreshed_is_signed_in_anew_and_says_why() {
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
fn the_credential_process_tells_the_same_causes() {
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
fn a_sign_in_that_ends_too_soon_and_cannot_be_refreshed_says_how_long_it_lasts() {
    let world = with_browser();
    world.sign_in_for_once(1200);
    let text = told(&world.home.run(&with("1h")));
    assert!(text.starts_with("sso-session `corp`: the sign-in is valid for only SPAN more\n"), "{text}");
    assert!(text.ends_with(SIGNED_IN), "{text}");
}

#[test]
fn a_network_that_fails_is_no_reason_to_ask_a_person() {
    let world = with_browser();
    world.sign_in(-5);
    world.aws.fault(Operation::CreateToken, Fault::HtmlPage(200), Times::Always);
    let lines = failed(&world.home.run(&IF_NEEDED), 4);
    assert!(lines[0].contains("gave no usable answer to CreateToken"), "{lines:?}");
    assert_eq!((opened(&world).len(), comparable(&lines[0]).is_empty()), (0, false));
    assert!(world.token().get("refreshToken").is_some());
}

#[test]
fn twenty_at_once_refresh_once() {
    let world = with_browser();
    world.sign_in(-5);
    world.aws.set_refresh_single_use(true);
    let outputs = world.home.run_many(20, |_| IF_NEEDED.to_vec());
    for output in &outputs {
        assert_eq!(told(output), ALREADY);
    }
    assert_eq!((world.refreshes(), opened(&world).len()), (1, 0));
}
