//! The files of a sign-in in the AWS CLI's cache, and how existing files are used.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::json;
use stand_in::{Fault, Operation, Times};

use crate::common::{
    REGION, START_URL, TOKEN_MEMBERS, at_once, cli_text, failed, in_seconds, read_json, seconds_left,
};
use crate::desk::{Desk, signed_in};

/// Signs in, then ends the session and removes the cached token and role credentials.
fn sign_in_and_end(desk: &Desk) {
    desk.aws().auto_approve(0);
    signed_in(desk.sign_in(&[]));
    desk.aws().end_session();
    fs::remove_file(desk.world.role_file()).unwrap();
    fs::remove_file(desk.world.token_file()).unwrap();
}

#[test]
fn the_token_and_registration_files_are_the_aws_clis() {
    let desk = Desk::new();
    desk.aws().auto_approve(0);
    signed_in(desk.sign_in(&[]));

    let text = fs::read_to_string(desk.world.token_file()).unwrap();
    let token = read_json(&desk.world.token_file());
    assert_eq!(text, cli_text(&token, &TOKEN_MEMBERS));
    assert_eq!((&token["startUrl"], &token["region"]), (&json!(START_URL), &json!(REGION)));
    assert!((3500..=3600).contains(&seconds_left(&token["expiresAt"])));

    let file = desk.registration_file();
    let registration = read_json(&file);
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text, cli_text(&registration, &["clientId", "clientSecret", "expiresAt", "scopes"]));
    assert_eq!(registration["scopes"], json!(["sso:account:access"]));
    for (name, in_token) in
        [("clientId", "clientId"), ("clientSecret", "clientSecret"), ("expiresAt", "registrationExpiresAt")]
    {
        assert_eq!(registration[name], token[in_token]);
    }
    let request = &desk.aws().requests()[0];
    assert_eq!(request.field("clientName"), Some("botocore-client-corp"));

    for (path, mode, _) in desk.world.home.all_files() {
        assert_eq!(mode, 0o600, "{}", path.display());
        let directory = fs::metadata(path.parent().unwrap()).unwrap();
        let mode = directory.permissions().mode() & 0o777;
        assert!(mode == 0o700 || path == desk.world.home.config_path(), "{mode:o} {}", path.display());
    }
    assert!(!desk.state_file("pending.json").exists(), "no sign-in is pending");
}

#[test]
fn a_registration_is_reused() {
    let desk = Desk::new();
    sign_in_and_end(&desk);
    signed_in(desk.sign_in(&[]));
    assert_eq!((desk.count(Operation::RegisterClient), desk.authorizations()), (1, 2));
    desk.assert_tabs(2);
}

#[test]
fn a_registration_that_is_rejected_is_replaced_once() {
    let when_starting = || {
        let desk = Desk::new();
        sign_in_and_end(&desk);
        let old = read_json(&desk.registration_file());
        desk.aws().expire_client(old["clientId"].as_str().unwrap());
        signed_in(desk.sign_in(&[]));
        assert_eq!((desk.count(Operation::RegisterClient), desk.authorizations()), (2, 3));
        assert_ne!(read_json(&desk.registration_file())["clientId"], old["clientId"]);
        desk.assert_tabs(2);
    };
    let when_polling = || {
        let desk = Desk::new();
        sign_in_and_end(&desk);
        let invalid = Fault::Error { status: 401, code: "invalid_client", message: "Invalid client" };
        desk.aws().fault(Operation::CreateToken, invalid, Times::Once);
        let prompt = signed_in(desk.sign_in(&[]));
        assert_eq!((desk.count(Operation::RegisterClient), desk.authorizations()), (2, 3));
        assert_eq!(crate::desk::prompts_in(&prompt), 2, "the second code is shown as well: {prompt}");
    };
    let for_good = || {
        let desk = Desk::new();
        let invalid = Fault::Error { status: 401, code: "invalid_client", message: "Invalid client" };
        desk.aws().fault(Operation::CreateToken, invalid, Times::Always);
        let output = desk.sign_in(&[]);
        assert_eq!((output.status, output.stdout.as_str()), (3, ""), "{output:?}");
        assert!(output.stderr.contains("AWS rejected the client that it had just registered"), "{output:?}");
        assert_eq!((desk.count(Operation::RegisterClient), desk.polls()), (2, 2));
    };
    let not_even_starting = || {
        let desk = Desk::new();
        let invalid = Fault::Error { status: 401, code: "invalid_client", message: "Invalid client" };
        desk.aws().fault(Operation::StartDeviceAuthorization, invalid, Times::Always);
        failed(&desk.sign_in(&[]), 4);
        assert_eq!((desk.count(Operation::RegisterClient), desk.authorizations()), (2, 2));
        desk.assert_tabs(0);
    };
    at_once(vec![
        Box::new(when_starting),
        Box::new(when_polling),
        Box::new(for_good),
        Box::new(not_even_starting) as Box<dyn FnOnce() + Send>,
    ]);
}

#[test]
fn a_registration_that_expires_soon_is_not_used() {
    let desk = Desk::new();
    desk.aws().set_registration_lifetime(Duration::from_secs(600));
    sign_in_and_end(&desk);
    desk.aws().set_registration_lifetime(Duration::from_secs(86_400));
    signed_in(desk.sign_in(&[]));
    assert_eq!(desk.count(Operation::RegisterClient), 2);
    assert!(seconds_left(&read_json(&desk.registration_file())["expiresAt"]) > 80_000);
}

#[test]
fn an_ended_session_and_an_expired_registration_lead_to_a_sign_in() {
    let ended = || {
        let desk = Desk::new();
        desk.world.sign_in(-60);
        desk.aws().end_session();
        desk.aws().auto_approve(0);
        signed_in(desk.sign_in(&[]));
        assert_eq!(desk.polls(), 2, "one refresh that AWS refuses, and one poll");
    };
    let registration_expired = || {
        let desk = Desk::new();
        desk.world.sign_in(-60);
        let mut token = desk.world.token();
        token["registrationExpiresAt"] = json!(in_seconds(-30));
        desk.world.home.write_token("corp", &token);
        desk.aws().auto_approve(0);
        signed_in(desk.sign_in(&[]));
        assert_eq!(desk.polls(), 1, "no refresh is tried");
    };
    at_once(vec![Box::new(ended), Box::new(registration_expired) as Box<dyn FnOnce() + Send>]);
}
