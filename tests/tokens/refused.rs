//! The portal refuses the token (401), or sso-oidc refuses its refresh: what is asked again,
//! and what is left in the token file.

use std::fs;

use stand_in::{Fault, Operation, Times};

use crate::common::{ACCOUNT, DEV, LOGIN_HINT, World, answered, in_seconds, refused};
use crate::support::with_browser;

#[test]
fn a_token_that_the_portal_refuses_is_refreshed_once() {
    let world = World::signed_in();
    let token = world.token();
    world.aws.revoke(token["accessToken"].as_str().unwrap());

    answered(&world.run(&[]));

    let operations: Vec<_> = world.aws.requests().iter().map(|request| request.operation).collect();
    let expected = [Operation::GetRoleCredentials, Operation::CreateToken, Operation::GetRoleCredentials];
    assert_eq!(operations, expected);
    assert_ne!(world.token()["accessToken"], token["accessToken"]);
}

#[test]
fn a_refused_token_that_cannot_be_refreshed_is_marked_as_expired() {
    let world = World::new();
    let token = world.sign_in_for_once(3600);
    let before = world.token();
    world.aws.revoke(&token.access_token);
    let text = format!("aws-sso-cred: sso-session `corp`: AWS no longer accepts the sign-in\n{LOGIN_HINT}");
    refused(&world.run(&[]), 1, &text);
    assert_eq!((world.fetches(), world.requests()), (1, 1));

    let after = world.token();
    let at = after["expiresAt"].as_str().unwrap();
    assert!(at < in_seconds(0).as_str(), "the AWS CLI treats the token as expired: {at}");
    for kept in ["startUrl", "region", "clientId", "clientSecret", "registrationExpiresAt"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }

    let again = world.run(&[]);
    assert_eq!(again.status, 1);
    assert_eq!(world.requests(), 1, "the next run sends no request");
}

#[test]
fn a_refused_token_keeps_its_refresh_token_when_the_refresh_fails() {
    let world = World::signed_in();
    let before = world.token();
    world.aws.revoke(before["accessToken"].as_str().unwrap());
    let fault = Fault::Error { status: 400, code: "invalid_scope", message: "not now" };
    world.aws.fault(Operation::CreateToken, fault, Times::Once);

    let output = world.run(&[]);

    assert_ne!((output.status, output.stdout.is_empty()), (0, false));
    assert_eq!(world.token()["refreshToken"], before["refreshToken"]);
    answered(&world.run(&[]));
    assert_eq!(world.refreshes(), 2, "the next run refreshes the token");
}

#[test]
fn a_refreshed_token_that_is_refused_too_requires_a_sign_in() {
    let world = World::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(401), Times::Always);
    refused(
        &world.run(&[]),
        1,
        &format!("aws-sso-cred: sso-session `corp`: AWS no longer accepts the sign-in\n{LOGIN_HINT}"),
    );
    assert_eq!((world.fetches(), world.refreshes()), (2, 1), "the fetch and the refresh are not repeated");
}

#[test]
fn a_401_that_is_not_from_aws_leaves_the_token_alone() {
    let world = World::signed_in();
    let before = fs::read(world.token_file()).unwrap();
    world.aws.fault(Operation::GetRoleCredentials, Fault::HtmlPage(401), Times::Always);
    let output = world.run(&[]);
    assert_eq!((output.status, output.stdout.as_str()), (4, ""), "{output:?}");
    assert_eq!(fs::read(world.token_file()).unwrap(), before);
    assert_eq!(world.refreshes(), 0);
}

#[test]
fn two_refused_tokens_lead_to_a_sign_in_when_it_is_allowed() {
    let mut world = World::signed_in();
    // No prompt can be shown here, so the sign-in ends as soon as it starts.
    world.home.env("CI", "true");
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(401), Times::Always);
    let output = world.run(&["-i"]);
    assert_eq!((output.status, output.stdout.as_str()), (3, ""), "{output:?}");
    assert_eq!((world.fetches(), world.refreshes()), (2, 1));
}

#[test]
fn a_refused_refresh_of_a_live_token_is_not_repeated_for_every_role() {
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
fn twenty_runs_at_a_portal_that_refuses_every_token_send_two_fetches() {
    let world = World::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(401), Times::Always);
    let outputs = world.home.run_many(20, |_| DEV.to_vec());
    let text = format!("aws-sso-cred: sso-session `corp`: AWS no longer accepts the sign-in\n{LOGIN_HINT}");
    for output in &outputs {
        refused(output, 1, &text);
    }
    assert_eq!((world.fetches(), world.refreshes()), (2, 1));
    refused(&world.run(&[]), 1, &text);
    assert_eq!((world.fetches(), world.refreshes()), (2, 1), "a later run sends no request either");
}

#[test]
fn a_refreshed_token_that_is_refused_too_leads_to_a_sign_in_when_it_is_allowed() {
    let world = with_browser("");
    world.sign_in(3600);
    world.aws.set_device(1, 600, true);
    world.aws.auto_approve(0);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(401), Times::Times(2));
    let output = world.run(&["-i"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(world.fetches(), 3);
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
    assert_eq!(world.run(&[]).stdout, output.stdout);
}
