//! AWS misbehaves: each fault ends in an answer or a clear error, in bounded time, and the next run
//! works once AWS does.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the world")]

mod common;

use std::fs;
use std::net::TcpListener;
use std::time::Duration;

use common::{DEV, World, answered, at_once, check_failure_text, failed};
use stand_in::{Fault, IdentityCenter, Operation, Output, Times};

/// A limit that only a hang exceeds, however slow the machine is.
const LONGEST: Duration = Duration::from_secs(45);

/// Whether a retry may help.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Passing,
    Final,
}
use Kind::{Final, Passing};

/// Every fault, whether it may be temporary, and a part of its error text.
fn faults() -> Vec<(Fault, Kind, &'static str)> {
    let throttled = Fault::Error { status: 400, code: "TooManyRequestsException", message: "Rate exceeded" };
    vec![
        (Fault::Status(500), Passing, "AWS failed to answer"),
        (Fault::Status(503), Passing, "AWS failed to answer"),
        (Fault::Status(429), Passing, "AWS kept throttling"),
        (throttled, Passing, "AWS kept throttling"),
        (Fault::EmptyBody(502), Passing, "AWS failed to answer"),
        (Fault::RetryAfter { status: 503, seconds: 1 }, Passing, "AWS failed to answer"),
        (Fault::CloseBeforeAnswer, Passing, "broke during"),
        (Fault::CutMidBody, Passing, "broke during"),
        (Fault::Reset, Passing, "broke during"),
        (Fault::Hang, Passing, "did not answer"),
        (Fault::HangMidBody, Passing, "did not answer"),
        (Fault::RetryAfter { status: 429, seconds: 3600 }, Final, "AWS throttled"),
        (Fault::Garbage(b"{\"not\": \"ours\"".to_vec()), Final, "gave no usable answer"),
        (Fault::Garbage(b"\x00\xff\xfe".to_vec()), Final, "gave no usable answer"),
        (Fault::Garbage(b"[".repeat(20_000)), Final, "gave no usable answer"),
        (Fault::Garbage(b"null".to_vec()), Final, "gave no usable answer"),
        (Fault::RawBytes(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()), Final, "gave no usable answer"),
        (Fault::HtmlPage(200), Final, "gave no usable answer"),
        (Fault::HtmlPage(403), Final, "gave no usable answer"),
        (Fault::HtmlPage(429), Final, "gave no usable answer"),
        (Fault::HtmlPage(503), Passing, "gave no usable answer"),
        (Fault::HtmlPage(511), Final, "gave no usable answer"),
        (Fault::EmptyBody(511), Final, "gave no usable answer"),
        (Fault::EmptyBody(200), Final, "gave no usable answer"),
        (Fault::EmptyBody(204), Final, "gave no usable answer"),
        (Fault::HugeBody(8 << 20), Final, "gave no usable answer"),
        (Fault::HugeBody(500_000), Final, "gave no usable answer"),
        (Fault::WrongTypes, Final, "gave no usable answer"),
        (Fault::RedirectTo("http://127.0.0.1:9/evil".to_owned()), Final, "gave no usable answer"),
        (Fault::Status(418), Final, "AWS refused"),
    ]
}

fn short_name(fault: &Fault) -> String {
    format!("{fault:?}").chars().take(80).collect()
}

/// A world in which the next run calls `operation`: with a valid token, or with a token to be
/// refreshed.
fn world_before(operation: Operation) -> World {
    let world = World::new();
    world.sign_in(if operation == Operation::CreateToken { -1 } else { 3600 });
    world
}

fn boxed<'a, T>(job: impl FnOnce() -> T + Send + 'a) -> Box<dyn FnOnce() -> T + Send + 'a> {
    Box::new(job)
}

fn check_lasting(operation: Operation, fault: Fault, kind: Kind, words: &str) {
    let name = format!("{operation:?} {}", short_name(&fault));
    let world = world_before(operation);
    let token = fs::read(world.token_file()).unwrap();
    world.aws.fault(operation, fault, Times::Always);

    let output = world.run(&[]);

    let lines = failed(&output, 4);
    assert!(lines[0].contains(words), "{name}: {lines:?}");
    assert!(lines.last().unwrap().starts_with("hint: "), "{name}: {lines:?}");
    assert!(output.elapsed < LONGEST, "{name}: {:?}", output.elapsed);
    let asked = world.aws.count(operation);
    match kind {
        Final => assert_eq!(asked, 1, "{name}: a retry would not help"),
        Passing => assert!((2..=40).contains(&asked), "{name}: asked {asked} times"),
    }
    assert_eq!(world.requests(), asked, "{name}: no other request is sent");
    assert_eq!(fs::read(world.token_file()).unwrap(), token, "{name}: the sign-in is not lost");
    assert!(!world.role_file().exists(), "{name}");
    assert!(!output.stderr.contains(stand_in::SECRET_MARK), "{name}: {}", output.stderr);

    world.aws.clear_faults();
    answered(&world.run(&[]));
}

/// All faults at once, since most of the time is waiting.
#[test]
fn every_lasting_fault_ends_in_time_with_a_clear_error() {
    let operations = [Operation::GetRoleCredentials, Operation::CreateToken];
    let lasting = operations.into_iter().flat_map(|operation| {
        faults()
            .into_iter()
            .map(move |(fault, kind, words)| boxed(move || check_lasting(operation, fault, kind, words)))
    });
    let hanging = [
        boxed(|| drop(failed(&run_hanging(3600, None), 4))),
        boxed(|| drop(failed(&run_hanging(-1, None), 4))),
        boxed(|| drop(failed(&run_hanging(300, None), 4))),
        boxed(|| drop(failed(&run_hanging(300, Some(60)), 4))),
        boxed(|| drop(answered(&run_hanging(300, Some(600))))),
        boxed(|| drop(answered(&run_hanging(-1, Some(600))))),
        boxed(|| run_against_silence("http")),
        boxed(|| run_against_silence("https")),
        boxed(many_at_a_hanging_portal_end_together),
        boxed(many_roles_at_a_hanging_refresh_end_together),
    ];
    let fallbacks = failing_worlds()
        .into_iter()
        .map(|(name, world)| boxed(move || live_credentials_are_the_fallback(name, &world)));
    at_once(lasting.chain(hanging).chain(fallbacks).collect());
}

/// A run while AWS does not answer, with `token` and `cached` seconds left of the token and of the
/// cached role credentials.
fn run_hanging(token: i64, cached: Option<i64>) -> Output {
    let world = World::new();
    world.sign_in(token);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Hang, Times::Always);
    world.aws.fault(Operation::CreateToken, Fault::Hang, Times::Always);
    if let Some(seconds) = cached {
        world.cache_role(seconds);
    }
    let output = world.run(&[]);
    assert!(output.elapsed < LONGEST, "{token} {cached:?}: {:?}", output.elapsed);
    output
}

/// A server that accepts the connection and sends nothing.
fn run_against_silence(scheme: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut world = World::signed_in();
    world.home.env("AWS_ENDPOINT_URL_SSO", &format!("{scheme}://{}", listener.local_addr().unwrap()));
    let output = world.run(&[]);
    failed(&output, 4);
    assert!(output.elapsed < LONGEST, "{scheme}: {:?}", output.elapsed);
}

fn many_at_a_hanging_portal_end_together() {
    let world = World::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Hang, Times::Always);
    let outputs = world.home.run_many(6, |_| DEV.to_vec());
    for output in &outputs {
        failed(output, 4);
        assert!(output.elapsed < LONGEST, "{:?}", output.elapsed);
    }
}

fn many_roles_at_a_hanging_refresh_end_together() {
    let world = World::new();
    world.sign_in(-1);
    world.aws.fault(Operation::CreateToken, Fault::Hang, Times::Always);
    let role = |number: usize| ["Developer", "ReadOnly", "A", "B", "C", "D"][number];
    let outputs = world.home.run_many(6, |number| vec!["--profile", "dev", "--role-name", role(number)]);
    for output in &outputs {
        failed(output, 4);
        assert!(output.elapsed < LONGEST, "{:?}", output.elapsed);
    }
}

/// A world in which fetching fails, by name of the failure.
fn failing_worlds() -> Vec<(&'static str, World)> {
    let fetching = |name: &'static str, fault: Fault| {
        let world = World::signed_in();
        world.aws.fault(Operation::GetRoleCredentials, fault, Times::Always);
        (name, world)
    };
    let ended = World::new();
    ended.sign_in(-1);
    ended.aws.end_session();
    let mut offline = World::signed_in();
    offline.home.env("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:9");
    vec![
        fetching("403", Fault::Status(403)),
        fetching("401", Fault::Status(401)),
        fetching("404", Fault::Status(404)),
        fetching("429", Fault::Status(429)),
        fetching("503", Fault::Status(503)),
        fetching("captive portal", Fault::HtmlPage(200)),
        fetching("cut", Fault::CutMidBody),
        fetching("reset", Fault::Reset),
        fetching("hang", Fault::Hang),
        ("no sign-in", World::new()),
        ("session ended", ended),
        ("offline", offline),
    ]
}

/// The cached credentials are printed, and no request is sent for the next half minute.
fn live_credentials_are_the_fallback(name: &str, world: &World) {
    let cached = world.cache_role(10 * 60);
    let output = world.run(&[]);
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{name}: {output:?}");
    assert_eq!(output.stdout, cached, "{name}");
    assert!(output.elapsed < LONGEST, "{name}");
    let asked = world.requests();
    for _ in 0..3 {
        let output = world.run(&[]);
        answered(&output);
        assert_eq!(output.stdout, cached, "{name}");
    }
    assert_eq!(world.requests(), asked, "{name}: no request for half a minute");
}

#[test]
fn every_temporary_fault_is_retried() {
    let jobs = [Operation::GetRoleCredentials, Operation::CreateToken].into_iter().flat_map(|operation| {
        let passing = faults().into_iter().filter(|(_, kind, _)| *kind == Passing);
        passing.map(move |(fault, _, _)| {
            boxed(move || {
                let name = format!("{operation:?} {}", short_name(&fault));
                let world = world_before(operation);
                world.aws.fault(operation, fault, Times::Once);
                let output = world.run(&[]);
                assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{name}: {output:?}");
                answered(&output);
                assert_eq!(world.aws.count(operation), 2, "{name}");
            })
        })
    });
    at_once(jobs.collect());
}

#[test]
fn the_retry_after_header_is_obeyed() {
    let world = World::signed_in();
    let fault = Fault::RetryAfter { status: 429, seconds: 3 };
    world.aws.fault(Operation::GetRoleCredentials, fault, Times::Once);
    answered(&world.run(&[]));
    let requests = world.aws.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests[1].at.duration_since(requests[0].at) >= Duration::from_secs(3));
}

/// The text says "kept doing so" only after more than one request, and names only flags that were
/// given.
#[test]
fn throttling_is_reported_with_a_fitting_hint() {
    let told = |fault: Fault, flags: &[&str]| {
        let world = World::signed_in();
        world.aws.fault(Operation::GetRoleCredentials, fault, Times::Always);
        let lines = failed(&world.run(flags), 4);
        (world.fetches(), lines[0].contains("AWS kept throttling "), lines.last().unwrap().clone())
    };
    let later = || Fault::RetryAfter { status: 429, seconds: 30 };
    let hint = |more: &str| format!("hint: wait 60 seconds (`sleep 60`), then run this again{more}");
    assert_eq!(told(later(), &[]), (1, false, hint("")));
    assert_eq!(told(later(), &["--no-cache"]), (1, false, hint(", without `--no-cache`")));
    assert_eq!(told(later(), &["--force-refresh"]), (1, false, hint(", without `--force-refresh`")));
    let hour = Fault::RetryAfter { status: 429, seconds: 3600 };
    assert_eq!(told(hour, &[]).2, "hint: wait 3600 seconds (`sleep 3600`), then run this again");
    let (asked, kept, last) = told(Fault::RetryAfter { status: 429, seconds: 8 }, &[]);
    assert!(asked > 1 && kept, "{asked}");
    assert_eq!(last, hint(""));
}

#[test]
fn a_redirect_is_not_followed() {
    let decoy = IdentityCenter::start();
    for operation in [Operation::GetRoleCredentials, Operation::CreateToken] {
        let world = world_before(operation);
        world.aws.fault(
            operation,
            Fault::RedirectTo(format!("{}/federation/credentials", decoy.url())),
            Times::Always,
        );
        failed(&world.run(&[]), 4);
    }
    assert_eq!(decoy.requests().len(), 0, "the token is sent to no other server");
}

#[test]
fn a_wrong_clock_is_recognised_by_the_servers_date() {
    // Each is half an hour away from a rounding limit: a second may begin between AWS's clock
    // reading and the program's.
    for (skew, words) in [
        (-3 * 3600 - 1800, "clock is 3 hours ahead of AWS's"),
        (2 * 86_400 + 1800, "clock is 2 days behind AWS's"),
    ] {
        let world = World::signed_in();
        world.aws.set_clock_skew(skew);
        world.aws.fault(Operation::GetRoleCredentials, Fault::Status(418), Times::Always);
        let lines = failed(&world.run(&[]), 4);
        assert!(lines[1].contains(words), "{lines:?}");
    }
}

#[test]
fn credentials_that_arrive_expired_are_not_handed_out() {
    let world = World::signed_in();
    world.aws.set_role_credentials_lifetime(Duration::from_secs(30));
    let lines = failed(&world.run(&[]), 4);
    assert!(lines[2].contains("clock"), "{lines:?}");
    assert!(!world.role_file().exists());
}

#[cfg(target_os = "linux")]
#[test]
fn an_unreachable_endpoint_is_reported_with_the_region_to_check() {
    let mut world = World::signed_in();
    world.home.env("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:9");
    let output = world.run(&[]);
    assert_eq!(
        failed(&output, 4),
        [
            "aws-sso-cred: cannot reach 127.0.0.1:9",
            "Connection refused",
            "hint: check the network, HTTPS_PROXY and `sso_region` (`eu-west-1`)"
        ]
    );
}

#[test]
fn an_untrusted_certificate_is_reported_at_once() {
    let mut world = World::of(IdentityCenter::builder().tls().start());
    world.sign_in(3600);
    answered(&world.run(&["--no-cache"]));
    world.home.env_remove("AWS_CA_BUNDLE");
    let asked = world.requests();
    let output = world.run(&["--no-cache"]);
    let lines = failed(&output, 4);
    assert!(lines[0].contains("is not trusted"), "{lines:?}");
    assert!(output.stderr.contains(stand_in::CERTIFICATE_AUTHORITY), "the error names the issuer: {lines:?}");
    assert_eq!(world.requests(), asked);

    for bundle in ["/nowhere/ca.pem", "/dev/null", "/"] {
        world.home.env("AWS_CA_BUNDLE", bundle);
        let output = world.run(&["--no-cache"]);
        assert_eq!(output.stdout, "");
        check_failure_text(&output.stderr);
        assert!(
            output.stderr.contains("AWS_CA_BUNDLE") || output.stderr.contains(bundle),
            "{}",
            output.stderr
        );
    }
    assert_eq!(world.requests(), asked);
}
