//! Faults of AWS and of the network: which error the gate makes of each, and what is retried.

use aws_sso_cred::error::{ServiceError, ServiceErrorKind as Kind};
use aws_sso_cred::identity_center::retry::{BUDGET, next_delay, with_retries};
use aws_sso_cred::identity_center::sdk::SdkIdentityCenter;
use aws_sso_cred::identity_center::{Client, Deadline, Grant, IdentityCenter as _, RegisterClient};
use aws_sso_cred::request::ConnectionSettings;
use aws_sso_cred::secret::Secret;
use stand_in::{Fault, Framing, IdentityCenter, Operation, SECRET_MARK, Times};
use std::time::{Duration, Instant};

use super::{FAR, SOON, context, fetch, fetch_until, gate, settings, token};

/// The error of a fetch that meets `fault`.
#[allow(clippy::needless_pass_by_value, reason = "callers make the fault on the spot")]
fn fetch_error(fault: Fault) -> ServiceError {
    let aws = IdentityCenter::start();
    let (context, token) = (context(&[]), token(&aws));
    aws.fault(Operation::GetRoleCredentials, fault.clone(), Times::Always);
    let error = fetch(&gate(&context, &settings(&aws)), &token.access_token).unwrap_err();
    assert_eq!(aws.count(Operation::GetRoleCredentials), 1, "one call is one request: {fault:?}");
    assert_eq!(error.operation, "GetRoleCredentials");
    assert_eq!(error.endpoint, aws.url().trim_start_matches("http://"));
    assert!(!format!("{error:?}").contains(SECRET_MARK));
    error
}

/// The error of another operation that meets `fault`.
fn operation_error(operation: Operation, fault: Fault) -> ServiceError {
    let aws = IdentityCenter::start();
    let (context, secret) = (context(&[]), Secret::new("secret"));
    let gate: SdkIdentityCenter<'_> = gate(&context, &settings(&aws));
    aws.fault(operation, fault, Times::Once);
    let client = Client { id: "id", secret: &secret };
    let error = match operation {
        Operation::RegisterClient => {
            let request =
                RegisterClient { client_name: "x".to_owned(), scopes: Vec::new(), authorization_code: None };
            gate.register_client(&request, FAR).err()
        }
        Operation::StartDeviceAuthorization => {
            gate.start_device_authorization(client, "https://x/start", FAR).err()
        }
        Operation::CreateToken => gate.create_token(client, Grant::RefreshToken(&secret), FAR).err(),
        Operation::ListAccounts => gate.list_accounts(&secret, None, FAR).err(),
        Operation::Logout => gate.logout(&secret, FAR).err(),
        other => panic!("{other:?}"),
    };
    error.expect("a fault")
}

#[test]
fn an_answer_that_aws_never_gives_is_reported_as_not_from_aws() {
    for fault in [
        Fault::Garbage(b"{\"roleCredentials\":".to_vec()),
        Fault::Garbage(b"\xff\xfe\x00binary".to_vec()),
        Fault::Garbage(vec![b'['; 20_000]),
        Fault::Garbage(b"null".to_vec()),
        Fault::Garbage(b"{\"roleCredentials\":null}".to_vec()),
        Fault::Garbage(b"{\"roleCredentials\":{}}".to_vec()),
        Fault::HtmlPage(200),
        Fault::HtmlPage(401),
        Fault::HtmlPage(403),
        Fault::HtmlPage(404),
        Fault::HtmlPage(429),
        Fault::HtmlPage(503),
        Fault::HtmlPage(511),
        Fault::EmptyBody(511),
        Fault::EmptyBody(200),
        Fault::EmptyBody(204),
        Fault::EmptyBody(401),
        Fault::EmptyBody(403),
        Fault::WrongTypes,
        Fault::HugeBody(1 << 25),
        Fault::RawBytes(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        Fault::RedirectTo("http://127.0.0.1:9/elsewhere".to_owned()),
    ] {
        let error = fetch_error(fault.clone());
        assert_eq!(error.kind, Kind::NotAws, "{fault:?}");
        let message = error.message.expect("words");
        assert!(!message.contains("hotel") && message.len() < 200, "{message}");
    }
}

#[test]
fn impossible_role_credentials_are_reported_as_not_from_aws() {
    let with = |expiration: &str, key: &str| {
        let keys = format!("\"accessKeyId\":\"{key}\",\"secretAccessKey\":\"s\",\"sessionToken\":\"t\"");
        Fault::Garbage(format!("{{\"roleCredentials\":{{{keys},\"expiration\":{expiration}}}}}").into_bytes())
    };
    for (expiration, key) in [
        ("0", "A"),
        ("-1", "A"),
        ("1e400", "A"),
        ("\"x\"", "A"),
        ("null", "A"),
        ("1795233600000", " "),
        ("1795233600000", ""),
    ] {
        assert_eq!(fetch_error(with(expiration, key)).kind, Kind::NotAws, "{expiration} {key:?}");
    }
    let aws = IdentityCenter::start();
    let (context, token) = (context(&[]), token(&aws));
    aws.fault(Operation::GetRoleCredentials, with("9223372036854775807", "A"), Times::Once);
    let credentials = fetch(&gate(&context, &settings(&aws)), &token.access_token).unwrap();
    assert_eq!(
        credentials.expiration.seconds_since(context.now()),
        12 * 3600,
        "no role session lasts longer"
    );
}

#[test]
fn impossible_tokens_are_reported_as_not_from_aws() {
    for body in [
        "{\"accessToken\":\"\",\"expiresIn\":3600}",
        "{\"accessToken\":\"a\"}",
        "{\"accessToken\":\"a\",\"expiresIn\":0}",
        "{\"accessToken\":\"a\",\"expiresIn\":-5}",
        "{\"accessToken\":\"a\",\"expiresIn\":99999999999999999999}",
        "{\"expiresIn\":3600}",
    ] {
        let error = operation_error(Operation::CreateToken, Fault::Garbage(body.as_bytes().to_vec()));
        assert_eq!(error.kind, Kind::NotAws, "{body}");
    }
}

#[test]
fn a_verification_address_that_is_no_web_page_is_reported_as_not_from_aws() {
    for page in ["javascript:alert(1)", "file:///etc/passwd", "http://example.com/", "--flag", "https://u@x/"]
    {
        let body = format!(
            "{{\"deviceCode\":\"d\",\"userCode\":\"u\",\"verificationUri\":\"https://x/\",\
             \"verificationUriComplete\":\"{page}\",\"expiresIn\":600}}"
        );
        let error = operation_error(Operation::StartDeviceAuthorization, Fault::Garbage(body.into_bytes()));
        assert_eq!(error.kind, Kind::NotAws, "{page}");
    }
}

#[test]
fn every_operation_refuses_a_web_page() {
    for operation in [
        Operation::RegisterClient,
        Operation::StartDeviceAuthorization,
        Operation::CreateToken,
        Operation::ListAccounts,
        Operation::Logout,
    ] {
        assert_eq!(operation_error(operation, Fault::HtmlPage(200)).kind, Kind::NotAws, "{operation:?}");
        if operation != Operation::Logout {
            assert_eq!(operation_error(operation, Fault::WrongTypes).kind, Kind::NotAws, "{operation:?}");
            assert_eq!(operation_error(operation, Fault::EmptyBody(200)).kind, Kind::NotAws, "{operation:?}");
        }
    }
}

#[test]
fn a_connection_that_breaks_is_reported_as_broken() {
    for fault in [Fault::CloseBeforeAnswer, Fault::CutMidBody, Fault::Reset] {
        let error = fetch_error(fault.clone());
        assert_eq!((error.kind, error.status), (Kind::Broken, None), "{fault:?}");
        assert!(error.message.is_some());
    }
}

#[test]
fn a_request_to_a_hanging_server_ends_at_the_deadline() {
    for fault in [Fault::Hang, Fault::HangMidBody] {
        let aws = IdentityCenter::start();
        let (context, token) = (context(&[]), token(&aws));
        aws.fault(Operation::GetRoleCredentials, fault, Times::Always);
        let gate = gate(&context, &settings(&aws));
        let soon = Deadline::at(SOON);
        let started = Instant::now();
        assert_eq!(fetch_until(&gate, &token.access_token, soon).unwrap_err().kind, Kind::TimedOut);
        assert!(started.elapsed() >= SOON);
        context.advance(SOON);
        assert_eq!(fetch_until(&gate, &token.access_token, soon).unwrap_err().kind, Kind::TimedOut);
        assert_eq!(aws.count(Operation::GetRoleCredentials), 1, "past the deadline nothing is asked");
    }
}

#[test]
fn a_closed_port_and_an_unknown_host_are_unreachable() {
    // Port 9 and not a port that was free a moment ago: another test may have taken that port.
    let url = "http://127.0.0.1:9";
    let context = context(&[]);
    let with =
        |url: &str| ConnectionSettings { sso_endpoint_url: Some(url.to_owned()), ..Default::default() };
    let error = fetch(&gate(&context, &with(url)), "token").unwrap_err();
    assert_eq!(error.kind, Kind::Unreachable, "{error:?}");
    let error = fetch(&gate(&context, &with("https://no-such-host.invalid")), "token").unwrap_err();
    assert_eq!((error.kind, error.endpoint.as_str()), (Kind::Unreachable, "no-such-host.invalid"));
}

#[test]
fn refusals_carry_the_code_and_message_of_aws() {
    let forbidden = fetch_error(Fault::Status(403));
    assert_eq!((forbidden.kind, forbidden.status), (Kind::Forbidden, Some(403)));
    assert_eq!(forbidden.code.as_deref(), Some("ForbiddenException"));
    assert_eq!(forbidden.message.as_deref(), Some("No access"));
    assert!(forbidden.server_date.is_some());
    let throttled = fetch_error(Fault::RetryAfter { status: 429, seconds: 7 });
    assert_eq!(
        (throttled.kind, throttled.retry_after.map(|wait| wait.as_secs())),
        (Kind::Throttled, Some(7))
    );
    assert_eq!(fetch_error(Fault::Status(404)).kind, Kind::NotFound);
    assert_eq!(fetch_error(Fault::Status(503)).kind, Kind::Server);
    assert_eq!(fetch_error(Fault::EmptyBody(502)).kind, Kind::Server);
}

#[test]
fn the_cause_tells_what_is_wrong_with_the_answer() {
    let cause = |fault: Fault| fetch_error(fault).message.unwrap();
    let no_json = "the answer is not the JSON that AWS documents";
    assert_eq!(cause(Fault::Garbage(b"{\"roleCredentials\":".to_vec())), no_json);
    assert_eq!(cause(Fault::WrongTypes), no_json);
    let elsewhere = "the answer leads to another address (HTTP status 302)";
    assert_eq!(cause(Fault::RedirectTo("http://127.0.0.1:9/".to_owned())), elsewhere);
    let early = "the connection closed before the answer was complete";
    for framing in [Framing::Length, Framing::Chunked] {
        for bytes in [0, 20, 150, 240] {
            assert_eq!(cause(Fault::Cut { framing, bytes }), early, "{framing:?} {bytes}");
        }
    }
}

#[test]
fn slow_down_means_throttling_where_nothing_is_polled() {
    assert_eq!(operation_error(Operation::CreateToken, Fault::SlowDown).kind, Kind::Throttled);
    assert_eq!(operation_error(Operation::RegisterClient, Fault::SlowDown).kind, Kind::Throttled);
}

#[test]
fn a_control_character_in_a_secret_is_reported_as_not_from_aws() {
    let body = "{\"accessToken\":\"a\\nb\",\"expiresIn\":3600}";
    let error = operation_error(Operation::CreateToken, Fault::Garbage(body.as_bytes().to_vec()));
    assert_eq!(error.kind, Kind::NotAws);
}

#[test]
fn a_secret_that_the_server_repeats_is_not_printed() {
    let fault = Fault::Error { status: 400, code: "invalid_grant", message: "no such token: secret" };
    let error = operation_error(Operation::CreateToken, fault);
    assert_eq!((error.kind, error.message), (Kind::InvalidGrant, None));
}

#[test]
fn only_temporary_failures_are_retried() {
    for (fault, requests) in [
        (Fault::Status(503), 3),
        (Fault::Reset, 3),
        (Fault::CutMidBody, 3),
        (Fault::RetryAfter { status: 429, seconds: 2 }, 3),
        (Fault::Status(403), 1),
        (Fault::Status(401), 1),
        (Fault::HtmlPage(200), 1),
        (Fault::HtmlPage(404), 1),
        (Fault::HtmlPage(429), 1),
        (Fault::HtmlPage(500), 3),
        (Fault::HtmlPage(502), 3),
        (Fault::HtmlPage(503), 3),
        (Fault::EmptyBody(504), 3),
        (Fault::HtmlPage(511), 1),
        (Fault::EmptyBody(511), 1),
    ] {
        let aws = IdentityCenter::start();
        let (context, token) = (context(&[]), token(&aws));
        let gate = gate(&context, &settings(&aws));
        aws.fault(Operation::GetRoleCredentials, fault.clone(), Times::Times(2));
        let result =
            with_retries(&context, Deadline::after(&context, BUDGET), |_| fetch(&gate, &token.access_token));
        assert_eq!(result.is_ok(), requests == 3, "{fault:?}");
        assert_eq!(aws.count(Operation::GetRoleCredentials), requests, "{fault:?}");
    }
}

#[test]
fn a_retry_after_of_zero_seconds_does_not_shorten_the_wait() {
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
    for (kind, least) in [(Kind::Throttled, 4.0), (Kind::Server, 0.8)] {
        for random in [0.0, 0.5, 1.0] {
            let delay = next_delay(3, &error(kind.clone()), left, random).unwrap();
            assert!(delay.as_secs_f64() >= least, "{kind:?} {random} {delay:?}");
        }
    }
}
