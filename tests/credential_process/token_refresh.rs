//! The access token: when it is used, refreshed or refused, and the content of its file afterwards.

use std::fs;
use std::time::Duration;

use crate::common::{
    LOGIN_HINT, REGION, START_URL, TOKEN_MEMBERS, World, answered, cli_text, in_seconds, refused,
    seconds_left,
};
use serde_json::{Value, json};
use stand_in::{Fault, Operation, Times, TokenOptions};

#[test]
fn a_token_with_more_than_a_quarter_of_an_hour_left_is_used() {
    let world = World::new();
    world.sign_in(15 * 60 + 60);
    let before = fs::read(world.token_file()).unwrap();

    answered(&world.run(&[]));

    assert_eq!((world.requests(), world.fetches()), (1, 1));
    assert_eq!(fs::read(world.token_file()).unwrap(), before, "the token file is unchanged");
}

#[test]
fn a_token_in_its_last_quarter_of_an_hour_is_refreshed_and_the_rotated_refresh_token_stored() {
    let world = World::new();
    world.aws.set_refresh_single_use(true);
    let old = world.sign_in(15 * 60 - 30);
    let before = world.token();

    answered(&world.run(&[]));

    assert_eq!((world.refreshes(), world.fetches(), world.requests()), (1, 1, 2));
    let requests = world.aws.requests();
    let asked = &requests[0].body;
    let expected = json!({
        "clientId": old.client.client_id, "clientSecret": old.client.client_secret,
        "grantType": "refresh_token", "refreshToken": old.refresh_token,
    });
    assert_eq!(*asked, expected, "no other field is sent");
    let token = world.token();
    assert_ne!(token["accessToken"], before["accessToken"]);
    assert_ne!(token["refreshToken"], before["refreshToken"]);
    assert_eq!(requests[1].header("x-amz-sso_bearer_token"), token["accessToken"].as_str());
    for kept in ["startUrl", "region", "clientId", "clientSecret", "registrationExpiresAt"] {
        assert_eq!(token[kept], before[kept], "{kept}");
    }
    assert!((3500..=3600).contains(&seconds_left(&token["expiresAt"])));
    let text = fs::read_to_string(world.token_file()).unwrap();
    assert_eq!(text, cli_text(&token, &TOKEN_MEMBERS), "as the AWS CLI writes it, to the byte");
    assert_eq!(token.as_object().unwrap().len(), TOKEN_MEMBERS.len());
}

#[test]
fn an_answer_without_a_refresh_token_keeps_the_old_refresh_token() {
    let world = World::new();
    world.aws.set_refresh_omits_token(true);
    let old = world.sign_in(60);
    answered(&world.run(&[]));
    let token = world.token();
    assert_eq!(token["refreshToken"].as_str(), old.refresh_token.as_deref());
    assert_ne!(token["accessToken"], old.access_token.as_str());
}

#[test]
fn unknown_members_of_the_token_file_survive_a_refresh() {
    let world = World::new();
    world.sign_in(60);
    let mut token = world.token();
    token["kiroMark"] = json!({"a": [1, 2.5, null, true], "ü": "\u{1f600}\n"});
    token["region"] = Value::Null;
    fs::write(world.token_file(), token.to_string()).unwrap();

    answered(&world.run(&[]));

    let after = world.token();
    assert_eq!(after["kiroMark"], token["kiroMark"]);
    assert_eq!(after["region"], REGION, "missing members are added");
    assert!(fs::read(world.token_file()).unwrap().is_ascii());
}

#[test]
fn a_live_token_that_cannot_be_refreshed_is_used_until_it_expires() {
    let world = World::new();
    world.sign_in_for_once(300);
    answered(&world.run(&[]));
    assert_eq!(world.requests(), 1);

    world.sign_in_for_once(-1);
    world.aws.clear_requests();
    refused(
        &world.run(&["--no-cache"]),
        1,
        &format!(
            "aws-sso-cred: sso-session `corp`: the sign-in has expired and cannot be refreshed\n{LOGIN_HINT}"
        ),
    );
    assert_eq!(world.requests(), 0, "an expired token is not sent");
}

#[test]
fn a_failed_refresh_causes_no_failure_while_the_old_token_lives() {
    for (fault, at_least) in [
        (Fault::Error { status: 400, code: "invalid_grant", message: "over" }, 1),
        (Fault::Error { status: 401, code: "invalid_client", message: "who" }, 1),
        (Fault::Status(503), 1),
        (Fault::HtmlPage(200), 1),
    ] {
        let world = World::new();
        world.sign_in(120);
        let before = fs::read(world.token_file()).unwrap();
        world.aws.fault(Operation::CreateToken, fault.clone(), Times::Always);
        answered(&world.run(&[]));
        assert!(world.refreshes() >= at_least, "{fault:?}");
        assert_eq!(world.fetches(), 1, "{fault:?}");
        assert_eq!(fs::read(world.token_file()).unwrap(), before, "{fault:?}");
    }
}

/// AWS has received the refresh token: without the answer the new token would be lost.
#[test]
fn a_slow_refresh_is_not_abandoned_while_the_old_token_lives() {
    let world = World::new();
    world.aws.set_refresh_single_use(true);
    world.sign_in(600);
    let before = world.token();
    // The usual time limit of a request is 8 seconds.
    world.aws.delay(Operation::CreateToken, Duration::from_millis(5700));
    answered(&world.run(&[]));
    assert_eq!((world.refreshes(), world.fetches()), (1, 1));
    assert_ne!(world.token()["refreshToken"], before["refreshToken"]);
}

#[test]
fn a_failed_refresh_is_not_repeated_while_the_old_token_lives() {
    for fault in [Fault::Status(503), Fault::CloseBeforeAnswer] {
        let world = World::new();
        world.sign_in(600);
        world.aws.fault(Operation::CreateToken, fault.clone(), Times::Always);
        answered(&world.run(&[]));
        assert_eq!((world.refreshes(), world.fetches()), (1, 1), "{fault:?}");
    }
}

#[test]
fn an_ended_session_is_reported_with_the_login_command() {
    let world = World::new();
    world.sign_in(-1);
    world.aws.end_session();
    let before = fs::read(world.token_file()).unwrap();
    refused(
        &world.run(&[]),
        1,
        &format!("aws-sso-cred: sso-session `corp`: your sign-in session has ended\n{LOGIN_HINT}"),
    );
    assert_eq!((world.refreshes(), world.requests()), (1, 1), "one refresh and no other request");
    assert_eq!(fs::read(world.token_file()).unwrap(), before);
}

#[test]
fn a_session_of_the_older_layout_is_named_by_its_profile() {
    let world = World::new();
    refused(
        &world.home.run(&["--profile", "old"]),
        1,
        "aws-sso-cred: profile `old`: you are not signed in\n\
         hint: run `aws-sso-cred login --profile old` (or `aws sso login --profile old`)\n",
    );
    refused(
        &world.home.run(&[
            "--start-url",
            START_URL,
            "--region",
            REGION,
            "--account-id",
            "111122223333",
            "--role-name",
            "Developer",
        ]),
        1,
        "aws-sso-cred: start URL `https://corp.awsapps.com/start`: you are not signed in\n\
         hint: run `aws-sso-cred login --start-url https://corp.awsapps.com/start --region eu-west-1`\n",
    );
    assert_eq!(world.requests(), 0);
}

#[test]
fn an_expired_registration_has_its_own_text() {
    let world = World::new();
    world.sign_in(-1);
    let mut token = world.token();
    token["registrationExpiresAt"] = json!(in_seconds(-10));
    world.home.write_token("corp", &token);
    refused(
        &world.run(&[]),
        1,
        &format!(
            "aws-sso-cred: sso-session `corp`: the sign-in has expired, and its client registration too\n{LOGIN_HINT}"
        ),
    );
    assert_eq!(world.requests(), 0, "an expired client is not used");
}

#[test]
fn a_registration_that_aws_rejects_has_its_own_text() {
    let world = World::new();
    let token = world.sign_in(-1);
    world.aws.expire_client(&token.client.client_id);
    refused(
        &world.run(&[]),
        1,
        &format!(
            "aws-sso-cred: sso-session `corp`: the sign-in has expired, and AWS no longer accepts its client \
             registration\n{LOGIN_HINT}"
        ),
    );
    assert_eq!(world.requests(), 1);
}

#[test]
fn a_wrong_region_is_suspected_when_the_token_names_no_region() {
    let world = World::new();
    world.sign_in(-1);
    let mut token = world.token();
    token["region"] = Value::Null;
    world.home.write_token("corp", &token);
    world.aws.end_session();
    refused(
        &world.run(&[]),
        1,
        &format!(
            "aws-sso-cred: sso-session `corp`: AWS refused to refresh the sign-in: it has ended, or \
             `sso_region` is wrong\n{LOGIN_HINT}"
        ),
    );
}

#[test]
fn without_a_token_no_request_is_sent() {
    let world = World::new();
    for arguments in
        [&[][..], &["-n"], &["--noninteractive"], &["--force-refresh"], &["--no-cache"], &["--no-browser"]]
    {
        refused(
            &world.run(arguments),
            1,
            &format!("aws-sso-cred: sso-session `corp`: you are not signed in\n{LOGIN_HINT}"),
        );
    }
    assert_eq!(world.requests(), 0, "without permission to sign in no request is sent");
    assert!(!world.home.sso_cache().exists(), "nothing is written to AWS's caches");
}

#[test]
fn noninteractive_wins_over_environment_and_config() {
    let mut world = World::new();
    world.home.write_config(&format!("{}sso_interactive_auth = true\n", crate::common::CONFIG));
    world.home.env("AWS_SSO_INTERACTIVE_AUTH", "true");
    for veto in ["-n", "--noninteractive"] {
        let output = world.home.run(&["--profile", "old", veto]);
        assert_eq!(output.status, 1, "{output:?}");
    }
    world.home.env("AWS_SSO_INTERACTIVE_AUTH", "no");
    assert_eq!(world.home.run(&["--profile", "old"]).status, 1, "the variable wins over the config");
    assert_eq!(world.requests(), 0);
}

#[test]
fn a_token_of_another_region_is_neither_sent_nor_destroyed() {
    let world = World::new();
    world.sign_in_for_once(3600);
    let before = fs::read(world.token_file()).unwrap();
    world
        .home
        .write_config(&crate::common::CONFIG.replace("sso_region = eu-west-1", "sso_region = eu-west-3"));

    let output = world.run(&[]);

    assert_eq!((output.status, output.stdout.as_str()), (1, ""), "{output:?}");
    assert_eq!(world.requests(), 0);
    assert_eq!(fs::read(world.token_file()).unwrap(), before);
    world.home.write_config(crate::common::CONFIG);
    answered(&world.run(&[]));
}

#[test]
fn the_token_that_another_tool_refreshed_first_is_used() {
    let world = World::new();
    world.sign_in(-1);
    let newer = world.aws.issue_token(&TokenOptions::default());
    world.aws.fault(
        Operation::CreateToken,
        Fault::Error { status: 400, code: "invalid_grant", message: "used" },
        Times::Always,
    );
    let refresh = || world.run(&[]);
    let refresh_elsewhere = || world.home.write_cli_token("corp", &newer, 3600);
    answered(&world.while_asked(Operation::CreateToken, refresh, refresh_elsewhere).0);
    assert_eq!(world.token()["accessToken"], newer.access_token.as_str());
}

#[test]
fn old_spellings_of_times_are_understood() {
    for (spelling, refreshed) in [("UTC", false), (".123456Z", false), ("+00:00", false), ("", false)] {
        let world = World::new();
        world.sign_in(3600);
        let mut token = world.token();
        let at = in_seconds(3600);
        token["expiresAt"] = json!(format!("{}{spelling}", at.trim_end_matches('Z')));
        world.home.write_token("corp", &token);
        answered(&world.run(&[]));
        assert_eq!(world.refreshes() == 1, refreshed, "{spelling:?}");
    }
}
