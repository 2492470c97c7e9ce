//! Faults of the federation endpoint.

use std::time::Duration;

use stand_in::{Fault, Operation, SECRET_MARK, Times};

use crate::common::{World, failed};
use crate::{address, asked, console};

/// The lines of the failure of `console --url` while the endpoint has `fault`.
fn failure(world: &World, fault: Fault) -> Vec<String> {
    world.aws.clear_faults();
    world.aws.fault(Operation::GetSigninToken, fault, Times::Always);
    let output = console(world, &["--url", "--debug"]);
    let log = world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
    let log = std::fs::read_to_string(log).unwrap();
    for text in [&output.stderr, &log] {
        assert!(!text.contains(SECRET_MARK) && !text.contains("hotel"), "{text}");
    }
    let host = world.aws.url().replace("http://", "");
    failed(&output, 4).into_iter().map(|line| line.replace(&host, "HOST")).collect()
}

#[test]
fn every_fault_is_a_clear_error_without_the_body() {
    let world = World::signed_in();
    let no_answer = "aws-sso-cred: HOST gave no usable answer to getSigninToken";
    let refused = "aws-sso-cred: AWS did not give role `Developer` in account `111122223333` a sign-in token for the console";
    let unusable = "the answer has no usable `SigninToken`";
    let redirect = Fault::RedirectTo("https://evil.example/".to_owned());
    for (fault, first, second) in [
        (Fault::HtmlPage(400), refused, "HOST answered with HTTP status 400, and did not say why"),
        (Fault::Status(401), refused, "HOST answered with HTTP status 401, and did not say why"),
        (Fault::Status(403), refused, "HOST answered with HTTP status 403, and did not say why"),
        (Fault::Status(404), no_answer, "HTTP status 404"),
        (Fault::HtmlPage(200), no_answer, "the answer is a web page"),
        (Fault::HtmlPage(511), no_answer, "the network asks you to sign in to it first (HTTP status 511)"),
        (Fault::Garbage(b"{\"SigninToken\": 5}".to_vec()), no_answer, unusable),
        (Fault::Garbage(b"{\"SigninToken\": \"a\\u001b[2J\"}".to_vec()), no_answer, unusable),
        (Fault::Garbage(b"{\"SigninT".to_vec()), no_answer, unusable),
        (Fault::EmptyBody(200), no_answer, unusable),
        (Fault::HugeBody(2 << 20), no_answer, "the answer is larger than 1 MiB"),
        (Fault::RawBytes(b"SSH-2.0-x\r\n\r\n".to_vec()), no_answer, "the answer is not HTTP"),
        (redirect, no_answer, "the answer leads to another address (HTTP status 302)"),
    ] {
        let lines = failure(&world, fault.clone());
        assert_eq!((lines[0].as_str(), lines[1].as_str()), (first, second), "{fault:?}");
        assert_eq!(lines.len(), 3, "{lines:?}");
    }
    let lines = failure(&world, Fault::HtmlPage(400));
    assert_eq!(lines[2], "hint: open the console through the access portal instead: add `--shortcut`");
    assert_eq!(asked(&world), 14, "none of them is tried again");
}

#[test]
fn a_token_counts_whatever_type_its_answer_claims_to_have() {
    let world = World::signed_in();
    for kind in ["text/html;charset=UTF-8", "application/json", "text/plain"] {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: 21\r\n\r\n{{\"SigninToken\":\"abc\"}}"
        );
        let fault = Fault::RawBytes(answer.into_bytes());
        world.aws.fault(Operation::GetSigninToken, fault, Times::Once);
        assert!(address(&world, &[]).ends_with("&SigninToken=abc"), "{kind}");
    }
}

#[test]
fn what_may_pass_is_tried_again() {
    let world = World::signed_in();
    for fault in
        [Fault::Reset, Fault::CloseBeforeAnswer, Fault::Status(503), Fault::HtmlPage(500), Fault::Status(429)]
    {
        world.aws.fault(Operation::GetSigninToken, fault, Times::Once);
    }
    address(&world, &[]);
    assert_eq!(asked(&world), 6);
}

#[test]
fn an_endpoint_that_is_throttled_for_long_is_told() {
    let world = World::signed_in();
    let lines = failure(&world, Fault::RetryAfter { status: 429, seconds: 120 });
    assert_eq!(lines[0], "aws-sso-cred: AWS throttled getSigninToken at HOST");
    assert_eq!(lines[2], "hint: wait 120 seconds (`sleep 120`), then run this again");
    assert_eq!(asked(&world), 1);
}

#[test]
fn an_endpoint_that_hangs_ends_in_time() {
    let world = World::signed_in();
    let began = std::time::Instant::now();
    let lines = failure(&world, Fault::Hang);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert_eq!(lines[0], "aws-sso-cred: HOST did not answer getSigninToken in time");
}

#[test]
fn credentials_that_aws_does_not_know_are_refused() {
    let world = World::new();
    world.cache_role(3600);
    let lines = failed(&console(&world, &["--url"]), 4);
    assert!(lines[1].ends_with("answered with HTTP status 400, and did not say why"), "{lines:?}");
    assert_eq!(world.requests(), 1);
}
