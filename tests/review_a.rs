//! What a review of the cold path found, each as the person or the SDK meets it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the world")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use aws_sso_cred::error::{ServiceError, ServiceErrorKind};
use aws_sso_cred::identity_center::retry::next_delay;
use common::{ACCOUNT, DEV, LOGIN_HINT, World, answered, failed, refused};
use stand_in::{Fault, Operation, Times, TokenOptions};

#[test]
fn a_connection_setting_that_cannot_be_used_does_not_cost_live_credentials() {
    for (name, value) in
        [("AWS_CA_BUNDLE", "/nowhere/ca.pem"), ("AWS_ENDPOINT_URL_SSO", "http://example.com")]
    {
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
        proxy: None,
        asked_again: false,
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

#[test]
fn a_portal_that_refuses_every_token_is_not_stormed() {
    let world = World::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(401), Times::Always);
    let outputs = world.home.run_many(20, |_| DEV.to_vec());
    let text = format!("aws-sso-cred: sso-session `corp`: AWS no longer accepts the sign-in\n{LOGIN_HINT}");
    for output in &outputs {
        refused(output, 1, &text);
    }
    assert_eq!((world.fetches(), world.refreshes()), (2, 1));
    refused(&world.run(&[]), 1, &text);
    assert_eq!((world.fetches(), world.refreshes()), (2, 1), "nor by who comes after them");
}

#[test]
fn when_a_refreshed_token_is_refused_too_a_person_is_asked_if_that_is_allowed() {
    let mut world = World::signed_in();
    world.aws.set_device(1, 600, true);
    world.aws.auto_approve(0);
    let browser = world.home.temporary().join("browser");
    fs::write(&browser, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    world.home.env("BROWSER", browser.to_str().unwrap());
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(401), Times::Times(2));
    let output = world.run(&["-i"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(world.fetches(), 3);
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
    assert_eq!(world.run(&[]).stdout, output.stdout);
}

#[test]
fn a_sign_in_that_came_while_we_refreshed_is_not_overwritten() {
    let world = World::new();
    world.sign_in(-1);
    let refresh = || world.run(&[]);
    let (output, token) = world.while_asked(Operation::CreateToken, refresh, || {
        let token = world.aws.issue_token(&TokenOptions::default());
        world.home.write_cli_token("corp", &token, 3600);
        token
    });
    answered(&output);
    assert_eq!(world.token()["accessToken"], token.access_token.as_str());
}

#[test]
fn a_sign_out_that_came_while_we_refreshed_is_not_undone() {
    let world = World::new();
    world.sign_in(-1);
    let refresh = || world.run(&[]);
    let sign_out = || fs::remove_file(world.token_file()).unwrap();
    let (output, ()) = world.while_asked(Operation::CreateToken, refresh, sign_out);
    failed(&output, 1);
    assert!(!world.token_file().exists() && !world.role_file().exists());
}

#[test]
fn a_proxy_that_no_request_would_use_need_not_be_usable() {
    let mut world = World::signed_in();
    world.home.env("HTTPS_PROXY", "socks5://127.0.0.1:1080");
    answered(&world.run(&["--no-cache"]));
    world.home.env("AWS_ENDPOINT_URL_SSO", "https://portal.invalid");
    failed(&world.run(&["--no-cache"]), 2);
    world.home.env("NO_PROXY", "portal.invalid,localhost");
    failed(&world.run(&["--no-cache"]), 4);
}

#[test]
fn no_wait_is_too_long() {
    let world = World::signed_in();
    answered(&world.run(&["-i", "--wait", "18446744073709551615"]));
}

#[test]
fn credentials_that_a_wrong_clock_calls_dead_are_told_with_the_servers_date() {
    let world = World::signed_in();
    world.aws.set_clock_skew(-2 * 3600);
    let lines = failed(&world.run(&[]), 4);
    assert!(lines[1].contains("this computer's clock is 2 hours ahead of AWS's"), "{lines:?}");
    assert!(lines[2].contains("set this computer's clock"), "{lines:?}");
}

#[test]
fn a_holder_that_is_stopped_does_not_hold_up_who_has_live_credentials() {
    let world = World::signed_in();
    let cached = world.cache_role(600);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Hang, Times::Always);
    let mut holder = world.home.command(&DEV).spawn().unwrap();
    world.aws.wait_for_requests(Operation::GetRoleCredentials, 1, Duration::from_secs(20));
    let process = rustix::process::Pid::from_child(&holder);
    rustix::process::kill_process(process, rustix::process::Signal::STOP).unwrap();
    let output = world.run(&[]);
    rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
    holder.wait().unwrap();
    answered(&output);
    assert_eq!(output.stdout, cached);
    // Twenty seconds, where others stand in line for 43.
    assert!(output.elapsed < Duration::from_secs(38), "{:?}", output.elapsed);
}

#[test]
fn a_piece_of_a_token_that_a_server_repeats_is_not_shown() {
    let world = World::new();
    let token = world.sign_in(3600);
    let piece = token.access_token[12..60].to_owned();
    let message = format!("the token ...{piece}... is odd").leak();
    let fault = Fault::Error { status: 400, code: "InvalidRequestException", message };
    world.aws.fault(Operation::GetRoleCredentials, fault, Times::Always);
    let output = world.run(&["--debug"]);
    failed(&output, 4);
    assert!(!output.stderr.contains(&piece[..20]), "{}", output.stderr);
    let found = world.home.search_for_secrets(&[], &[piece]);
    assert!(found.iter().all(|place| place.contains("sso/cache")), "{found:?}");
}
