//! Secrets that a server repeats in odd places, or that are in an address.

use stand_in::{Fault, Operation, SECRET_MARK, Times};

use crate::common::{World, failed};

/// Secrets of the stand-in on stderr and in the debug log.
fn misplaced_secrets(world: &World, stderr: &str) -> Vec<String> {
    let log = std::fs::read_to_string(crate::debug_log::log_file(world)).unwrap_or_default();
    let text = [stderr, &log].concat();
    let secrets = world.aws.take_secrets();
    secrets.into_iter().filter(|secret| text.contains(secret) || text.contains(SECRET_MARK)).collect()
}

#[test]
fn a_token_that_the_server_repeats_is_not_printed() {
    let world = World::signed_in();
    let token = world.token()["accessToken"].as_str().unwrap().to_owned();
    for body in [
        format!("{{\"message\":\"bad token {token}\",\"__type\":\"ForbiddenException\"}}"),
        format!("{{\"message\":\"x\",\"__type\":\"{token}\"}}"),
        format!("{{\"reason\":\"{token}\",\"error\":\"{token}\"}}"),
    ] {
        let raw = format!(
            "HTTP/1.1 403 {token}\r\nContent-Type: application/json\r\nServer: {token}\r\n\
             Location: https://x/{token}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        world.aws.fault(Operation::GetRoleCredentials, Fault::RawBytes(raw.into_bytes()), Times::Once);
        let output = world.run(&["--debug"]);
        failed(&output, 4);
        let found = misplaced_secrets(&world, &output.stderr);
        assert!(found.is_empty(), "{found:#?}\n{}", output.stderr);
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
fn a_part_of_the_token_that_the_server_repeats_is_not_shown() {
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
