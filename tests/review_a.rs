//! What a review of the cold path found, each as the person or the SDK meets it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the world")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use aws_sso_cred::identity_center::retry::next_delay;
use aws_sso_cred::identity_center::{ServiceError, ServiceErrorKind};
use common::{ACCOUNT, DEV, LOGIN_HINT, World, answered, failed, refused};
use stand_in::{Fault, Operation, Times, TokenOptions};

#[test]
fn a_connection_setting_that_cannot_be_used_does_not_cost_live_credentials() {
    for (name, value) in [("AWS_CA_BUNDLE", "/nowhere/ca.pem"), ("AWS_ENDPOINT_URL_SSO", "http://example.com")] {
        let mut world = World::signed_in();
        let cached = world.cache_role(600);
        world.home.env(name, value);
        let output = world.run(&[]);
        answered(&output);
        assert_eq!(output.stdout, cached, "{name}");
        failed(&world.run(&["--no-cache"]), 2);
    }
}

#[test]
fn a_retry_after_of_nothing_is_no_leave_to_hammer() {
    let error = |kind| ServiceError {
        operation: "GetRoleCredentials",
        kind,
        status: Some(503),
        code: None,
        message: None,
        endpoint: "portal".to_owned(),
        retry_after: Some(Duration::ZERO),
        server_date: None,
    };
    let left = Duration::from_secs(20);
    for (kind, least) in [(ServiceErrorKind::Throttled, 4.0), (ServiceErrorKind::Server, 0.8)] {
        for random in [0.0, 0.5, 1.0] {
            let delay = next_delay(3, &error(kind.clone()), left, random).unwrap();
            assert!(delay.as_secs_f64() >= least, "{kind:?} {random} {delay:?}");
        }
    }
}

#[test]
fn a_password_in_a_start_url_is_not_shown() {
    let mut world = World::signed_in();
    let bad = "https://person:hunter2@corp.awsapps.com/start";
    for output in [
        world.run(&["--start-url", bad]),
        world.home.run(&["login", "--start-url", bad, "--region", "eu-west-1"]),
    ] {
        failed(&output, 2);
        assert!(!output.stderr.contains("hunter2"), "{}", output.stderr);
        assert!(output.stderr.contains("corp.awsapps.com/start"), "{}", output.stderr);
    }
    world.home.env("AWS_SSO_START_URL", bad);
    let output = world.run(&["--debug"]);
    failed(&output, 2);
    assert!(!output.stderr.contains("hunter2"), "{}", output.stderr);
    let found = world.home.search_for_secrets(&[], &["hunter2".to_owned()]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_refresh_token_that_is_refused_while_its_token_lives_is_not_sent_for_every_role() {
    let world = World::new();
    world.sign_in(600);
    let fault = Fault::Error { status: 400, code: "invalid_grant", message: "over" };
    world.aws.fault(Operation::CreateToken, fault, Times::Always);
    for role in 0..5 {
        let role = format!("Role{role}");
        world.aws.add_role(ACCOUNT, &role);
        answered(&world.run(&["--role-name", &role]));
    }
    assert_eq!((world.refreshes(), world.fetches()), (1, 5));
}
