//! Faults, delays, rate limits, and many connections at once.

mod common;

use std::io::{ErrorKind, Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use common::{CREDENTIALS, connect, exchange, portal, refresh};
use stand_in::{Fault, IdentityCenter, Operation, Times, TokenOptions};

const OPERATION: Operation = Operation::GetRoleCredentials;

/// A limit that only a hang exceeds, however slow the machine is.
const A_HANG: Duration = Duration::from_secs(60);

fn with_token() -> (IdentityCenter, String) {
    let aws = IdentityCenter::start();
    let token = aws.issue_token(&TokenOptions::default()).access_token;
    (aws, token)
}

#[test]
fn faults_happen_in_order_and_as_often_as_requested() {
    let (aws, token) = with_token();
    aws.fault(OPERATION, Fault::Status(503), Times::Times(2));
    aws.fault(OPERATION, Fault::RetryAfter { status: 429, seconds: 7 }, Times::Once);
    let answers: Vec<_> = (0..4).map(|_| portal(&aws, CREDENTIALS, &token)).collect();
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [503, 503, 429, 200]);
    assert_eq!(answers[2].header("retry-after"), Some("7"));
    assert_eq!(answers[2].header("x-amzn-errortype"), Some("TooManyRequestsException"));
    aws.fault(OPERATION, Fault::Status(500), Times::Always);
    assert_eq!(portal(&aws, CREDENTIALS, &token).status, 500);
    assert_eq!(portal(&aws, CREDENTIALS, &token).status, 500);
    aws.clear_faults();
    assert_eq!(portal(&aws, CREDENTIALS, &token).status, 200);
    assert_eq!(aws.minted(), 2);
    assert_eq!(aws.count(OPERATION), 7);
}

#[test]
fn errors_have_the_shape_of_their_service() {
    let aws = IdentityCenter::start();
    let token = aws.issue_token(&TokenOptions::default());
    let refused = |fault| {
        aws.fault(Operation::CreateToken, fault, Times::Once);
        refresh(&aws, &token, "any")
    };
    let error = Fault::Error { status: 400, code: "ExpiredTokenException", message: "late" };
    assert_eq!(refused(error).body, r#"{"error":"expired_token","error_description":"late"}"#);
    let error = refused(Fault::Error { status: 401, code: "invalid_client", message: "who" });
    assert!(error.header("x-amzn-errortype").unwrap().starts_with("InvalidClientException:"));
    assert_eq!(refused(Fault::SlowDown).error(), "slow_down");
    assert_eq!(refused(Fault::Status(500)).error(), "server_error");
    aws.fault(OPERATION, Fault::Error { status: 418, code: "Tea", message: "pot" }, Times::Once);
    let answer = portal(&aws, CREDENTIALS, &token.access_token);
    assert_eq!(answer.body, r#"{"message":"pot","__type":"com.amazonaws.switchboard.portal#Tea"}"#);
}

#[test]
fn answers_can_have_any_body() {
    let (aws, token) = with_token();
    let answered = |fault| {
        aws.fault(OPERATION, fault, Times::Once);
        portal(&aws, CREDENTIALS, &token)
    };
    assert_eq!(answered(Fault::Garbage(b"{\"a\":".to_vec())).body, "{\"a\":");
    let page = answered(Fault::HtmlPage(200));
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(answered(Fault::EmptyBody(502)).body, "");
    assert_eq!(answered(Fault::HugeBody(1_000_000)).body.len(), 1_000_000);
    assert!(answered(Fault::WrongTypes).json()["roleCredentials"]["accessKeyId"].is_number());
    let redirect = answered(Fault::RedirectTo("http://127.0.0.1:9/".to_owned()));
    assert_eq!((redirect.status, redirect.header("location")), (302, Some("http://127.0.0.1:9/")));
    assert_eq!(aws.minted(), 0);
}

/// What a client receives: the bytes, and how they end.
fn observe(aws: &IdentityCenter, token: &str, fault: Fault) -> (String, Option<ErrorKind>) {
    let hangs = matches!(fault, Fault::Hang | Fault::HangMidBody);
    let (comes_first, asked) = (matches!(fault, Fault::HangMidBody), aws.requests().len());
    aws.fault(OPERATION, fault, Times::Once);
    let mut stream = connect(aws);
    let head = format!("{CREDENTIALS} HTTP/1.1\r\nHost: x\r\nx-amz-sso_bearer_token: {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    if hangs {
        // The part before the hang may arrive late; after it nothing arrives.
        aws.wait_for_requests(OPERATION, asked + 1, A_HANG);
        let mut buffer = [0; 4096];
        while comes_first && !String::from_utf8_lossy(&bytes).contains("accessKeyId") {
            let length = stream.read(&mut buffer).unwrap();
            bytes.extend_from_slice(&buffer[..length]);
        }
        stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    }
    let end = stream.read_to_end(&mut bytes).err().map(|error| error.kind());
    (String::from_utf8_lossy(&bytes).into_owned(), end)
}

#[test]
fn connections_can_be_cut_reset_and_held() {
    let (aws, token) = with_token();
    assert_eq!(observe(&aws, &token, Fault::CloseBeforeAnswer), (String::new(), None));
    let reset = Some(ErrorKind::ConnectionReset);
    assert_eq!(observe(&aws, &token, Fault::Reset), (String::new(), reset));
    let (text, end) = observe(&aws, &token, Fault::Hang);
    assert!(matches!(end, Some(ErrorKind::WouldBlock | ErrorKind::TimedOut)) && text.is_empty());
    let raw = observe(&aws, &token, Fault::RawBytes(b"\x16\x03\x01 not http".to_vec()));
    assert_eq!(raw, ("\u{16}\u{3}\u{1} not http".to_owned(), None));
    assert_eq!(aws.minted(), 0);
    let (text, end) = observe(&aws, &token, Fault::CutMidBody);
    assert!(text.contains("accessKeyId") && !text.ends_with('}') && end.is_none(), "{text}");
    let (text, end) = observe(&aws, &token, Fault::HangMidBody);
    assert!(text.contains("accessKeyId") && !text.ends_with('}') && end.is_some(), "{text}");
    assert_eq!(aws.minted(), 2);
    let statuses: Vec<u16> = aws.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [0, 0, 0, 0, 200, 200]);
}

#[test]
fn stopping_the_server_ends_hanging_connections() {
    let (aws, token) = with_token();
    aws.fault(OPERATION, Fault::Hang, Times::Once);
    let mut stream = connect(&aws);
    let head = format!("{CREDENTIALS} HTTP/1.1\r\nx-amz-sso_bearer_token: {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    aws.wait_for_requests(OPERATION, 1, A_HANG);
    drop(aws);
    assert_eq!(stream.read(&mut [0; 16]).unwrap_or(0), 0);
}

#[test]
fn an_operation_can_be_delayed_and_others_are_not() {
    let (aws, token) = with_token();
    // Longer than this client waits for an answer.
    aws.delay(OPERATION, Duration::from_secs(3600));
    assert_eq!(portal(&aws, "GET /assignment/accounts", &token).status, 200);
    let delay = Duration::from_millis(500);
    aws.delay(OPERATION, delay);
    let start = Instant::now();
    assert_eq!(portal(&aws, CREDENTIALS, &token).status, 200);
    assert!(start.elapsed() >= delay);
}

#[test]
fn an_operation_can_be_held_until_it_is_released() {
    let (aws, token) = with_token();
    aws.hold(OPERATION);
    thread::scope(|scope| {
        let held: Vec<_> = (0..3).map(|_| scope.spawn(|| portal(&aws, CREDENTIALS, &token))).collect();
        aws.wait_for_requests(OPERATION, 3, A_HANG);
        assert_eq!(
            portal(&aws, "GET /assignment/accounts", &token).status,
            200,
            "other operations are not held"
        );
        assert_eq!(aws.minted(), 0);
        aws.release(OPERATION);
        assert!(held.into_iter().all(|held| held.join().unwrap().status == 200));
    });
    assert_eq!(portal(&aws, CREDENTIALS, &token).status, 200);
    assert_eq!(aws.minted(), 4);
}

#[test]
fn stopping_the_server_ends_held_connections() {
    let (aws, token) = with_token();
    aws.hold(OPERATION);
    let mut stream = connect(&aws);
    let head = format!("{CREDENTIALS} HTTP/1.1\r\nx-amz-sso_bearer_token: {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    aws.wait_for_requests(OPERATION, 1, A_HANG);
    drop(aws);
    let _ = stream.read_to_end(&mut Vec::new());
}

#[test]
fn a_rate_limit_allows_a_burst_and_then_its_rate() {
    let (aws, token) = with_token();
    aws.rate_limit(OPERATION, 10, Some(1));
    let start = Instant::now();
    let mut answers = Vec::new();
    let mut refused = None;
    // A slow machine sends fewer requests per second and is refused later.
    while refused.is_none() || aws.minted() <= 15 {
        assert!(start.elapsed() < A_HANG, "{} were allowed, refused: {refused:?}", aws.minted());
        answers.push(portal(&aws, CREDENTIALS, &token));
        refused = refused.or_else(|| answers.last().filter(|answer| answer.status != 200).cloned());
    }
    let allowed = f64::from(u32::try_from(aws.minted()).unwrap());
    let most = 10.0 + 10.0 * start.elapsed().as_secs_f64();
    assert!(allowed <= most, "{allowed} of {most}");
    assert!(answers.iter().take(10).all(|answer| answer.status == 200));
    let refused = refused.unwrap();
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
    assert_eq!(refused.json()["message"], "HTTP 429 Unknown Code");
    aws.rate_limit(OPERATION, 0, None);
    assert!((0..30).all(|_| portal(&aws, CREDENTIALS, &token).status == 200));
}

#[test]
fn three_hundred_connections_are_served_at_the_same_time() {
    let (aws, token) = with_token();
    aws.delay(OPERATION, Duration::from_millis(500));
    let start = Instant::now();
    thread::scope(|scope| {
        let ask = || assert_eq!(portal(&aws, CREDENTIALS, &token).status, 200);
        for _ in 0..300 {
            scope.spawn(ask);
        }
    });
    assert!(start.elapsed() < A_HANG, "one after the other takes 150 s: {:?}", start.elapsed());
    assert_eq!(aws.minted(), 300);
}

#[test]
fn one_connection_serves_many_requests() {
    let (aws, token) = with_token();
    let mut stream = connect(&aws);
    let head = format!("{CREDENTIALS} HTTP/1.1\r\nx-amz-sso_bearer_token: {token}\r\n\r\n");
    // Two requests in one piece, as a client that pipelines sends them.
    stream.write_all(head.repeat(2).as_bytes()).unwrap();
    let last = head.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    for byte in last.as_bytes() {
        stream.write_all(&[*byte]).unwrap();
    }
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 3);
    assert_eq!(text.matches("Connection: keep-alive").count(), 2);
}

#[test]
fn junk_gets_400_and_an_unknown_path_404() {
    let aws = IdentityCenter::start();
    assert_eq!(exchange(&aws, "\x16\x03\x01junk", "").unwrap().status, 400);
    assert_eq!(exchange(&aws, "GET /nowhere HTTP/1.1", "").unwrap().status, 404);
    assert_eq!(exchange(&aws, "HEAD /nowhere HTTP/1.1", "").unwrap().body, "");
    assert_eq!(aws.count(Operation::Other), 2);
    aws.clear_requests();
    assert!(aws.requests().is_empty());
}
