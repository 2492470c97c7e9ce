//! An AWS that misbehaves: each fault ends in an answer or a clear failure,
//! in bounded time, and heals once AWS does.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the world")]

mod common;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use common::{DEV, World, answered, at_once, check_failure_text, failed};
use stand_in::{Fault, IdentityCenter, Operation, Output, Times};

/// Only tells a hang from a slow machine.
const LONGEST: Duration = Duration::from_secs(45);

/// Whether asking again may help.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Passing,
    Final,
}
use Kind::{Final, Passing};

/// Every fault, whether it may pass, and a piece of the text that tells it.
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

fn kept_short(fault: &Fault) -> String {
    format!("{fault:?}").chars().take(80).collect()
}

/// A world with the operation ahead: a token that is good, or one to be refreshed.
fn world_before(operation: Operation) -> World {
    let world = World::new();
    world.sign_in(if operation == Operation::CreateToken { -1 } else { 3600 });
    world
}

fn boxed<'a, T>(job: impl FnOnce() -> T + Send + 'a) -> Box<dyn FnOnce() -> T + Send + 'a> {
    Box::new(job)
}

fn check_lasting(operation: Operation, fault: Fault, kind: Kind, words: &str) {
    let name = format!("{operation:?} {}", kept_short(&fault));
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
        Final => assert_eq!(asked, 1, "{name}: asking again would not help"),
        Passing => assert!((2..=40).contains(&asked), "{name}: asked {asked} times"),
    }
    assert_eq!(world.requests(), asked, "{name}: nothing else is asked");
    assert_eq!(fs::read(world.token_file()).unwrap(), token, "{name}: the sign-in is not lost");
    assert!(!world.role_file().exists(), "{name}");
    assert!(!output.stderr.contains(stand_in::SECRET_MARK), "{name}: {}", output.stderr);

    world.aws.clear_faults();
    answered(&world.run(&[]));
}

/// All of it at once, since most of it is waiting.
#[test]
fn every_lasting_fault_ends_in_time_in_a_clear_failure_and_heals() {
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

/// A run while AWS answers nothing, with so many seconds left of the token and
/// of the cached role credentials.
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

/// Somebody accepts the connection and says nothing at all.
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
        ("nobody signed in", World::new()),
        ("session ended", ended),
        ("offline", offline),
    ]
}

/// And then nobody is asked for a while.
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
    assert_eq!(world.requests(), asked, "{name}: quiet for half a minute");
}

#[test]
fn every_passing_fault_is_survived() {
    let jobs = [Operation::GetRoleCredentials, Operation::CreateToken].into_iter().flat_map(|operation| {
        let passing = faults().into_iter().filter(|(_, kind, _)| *kind == Passing);
        passing.map(move |(fault, _, _)| {
            boxed(move || {
                let name = format!("{operation:?} {}", kept_short(&fault));
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
fn retry_after_is_obeyed() {
    let world = World::signed_in();
    let fault = Fault::RetryAfter { status: 429, seconds: 3 };
    world.aws.fault(Operation::GetRoleCredentials, fault, Times::Once);
    answered(&world.run(&[]));
    let requests = world.aws.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests[1].at.duration_since(requests[0].at) >= Duration::from_secs(3));
}

/// AWS did not keep throttling whom it asked once, and no flag is in the way that was not given.
#[test]
fn throttling_is_told_as_it_was() {
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
    assert_eq!(decoy.requests().len(), 0, "tokens go nowhere else");
}

#[test]
fn a_clock_that_is_wrong_is_told_from_the_servers_date() {
    // Each half an hour from where another number is told: a second may begin between
    // AWS's look at its clock and ours.
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
fn credentials_that_are_dead_on_arrival_are_not_handed_out() {
    let world = World::signed_in();
    world.aws.set_role_credentials_lifetime(Duration::from_secs(30));
    let lines = failed(&world.run(&[]), 4);
    assert!(lines[2].contains("clock"), "{lines:?}");
    assert!(!world.role_file().exists());
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_there_is_told_with_the_region_to_check() {
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

/// A proxy that leads every tunnel to `target`, and the requests it got.
fn tunnels_to(target: String) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://user:pass-SECRETMARK@{}", listener.local_addr().unwrap());
    let (sender, heads) = mpsc::channel();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && client.read_exact(&mut byte).is_ok() {
                head.push(byte[0]);
            }
            let _ = sender.send(String::from_utf8_lossy(&head).into_owned());
            let mut server = TcpStream::connect(&target).unwrap();
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
            let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            std::thread::spawn(move || std::io::copy(&mut server, &mut client));
        }
    });
    (url, heads)
}

#[test]
fn requests_go_through_the_proxy_and_say_so_when_it_fails() {
    let mut world = World::of(IdentityCenter::builder().tls().start());
    world.sign_in(3600);
    let target = world.aws.url().rsplit('/').next().unwrap().replace("localhost", "127.0.0.1");
    let (proxy, heads) = tunnels_to(target);
    // A host that only the proxy knows.
    world.home.env("AWS_ENDPOINT_URL_SSO", "https://stand-in.example:1");
    world.home.env("HTTPS_PROXY", &proxy);
    answered(&world.run(&[]));
    assert!(heads.recv_timeout(LONGEST).unwrap().starts_with("CONNECT stand-in.example:1 HTTP/1.1\r\n"));

    world.home.env("NO_PROXY", "stand-in.example");
    failed(&world.run(&["--no-cache"]), 4);
    assert!(heads.try_recv().is_err(), "an exception goes past it");

    world.home.env_remove("NO_PROXY");
    world.home.env("HTTPS_PROXY", "http://user:pass-SECRETMARK@127.0.0.1:9");
    let output = world.run(&["--no-cache"]);
    let lines = failed(&output, 4);
    assert!(output.stderr.contains("proxy 127.0.0.1:9"), "{lines:?}");
    assert!(!output.stderr.contains("SECRETMARK"), "{lines:?}");

    world.home.env("HTTPS_PROXY", "socks5://user:pass-SECRETMARK@127.0.0.1:9");
    let output = world.run(&["--no-cache"]);
    failed(&output, 2);
    assert!(!output.stderr.contains("SECRETMARK"), "{}", output.stderr);

    world.home.env_remove("HTTPS_PROXY");
    world.home.env("all_proxy", "socks5h://user:pass-SECRETMARK@127.0.0.1:9");
    world.home.env("ALL_PROXY", &proxy);
    answered(&world.run(&["--no-cache", "--debug"]));
    let log =
        fs::read_to_string(world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt")).unwrap();
    assert!(log.contains("all_proxy is passed over"), "{log}");
    assert!(!log.contains("pass-SECRETMARK"), "{log}");
}

/// Nothing is known of the endpoint, and so not of the region.
#[test]
fn a_proxy_out_of_reach_is_blamed_itself_by_the_variable_that_names_it() {
    for (variable, proxy) in [
        ("HTTPS_PROXY", "http://user:pass-SECRETMARK@127.0.0.1:9"),
        ("HTTPS_PROXY", "http://no-such-host.invalid:3128"),
        ("all_proxy", "127.0.0.1:9"),
        ("ALL_PROXY", "https://127.0.0.1:9"),
    ] {
        let mut world = World::signed_in();
        world.home.env("AWS_ENDPOINT_URL_SSO", "https://portal.sso.eu-west-1.example");
        world.home.env(variable, proxy);
        let output = world.run(&[]);
        let lines = failed(&output, 4);
        let what = "aws-sso-cred: cannot reach the proxy on the way to portal.sso.eu-west-1.example";
        assert_eq!(lines[0], what, "{lines:?}");
        assert!(lines[1].starts_with("proxy "), "{lines:?}");
        assert_eq!(lines[2], format!("hint: check {variable} and the network"));
        assert!(!output.stderr.contains("SECRETMARK"), "{lines:?}");
    }
}

#[test]
fn a_proxy_that_is_passed_over_is_named_where_there_is_no_other_way() {
    let mut world = World::signed_in();
    world.home.env("AWS_ENDPOINT_URL_SSO", "https://no-such-host.invalid");
    world.home.env("ALL_PROXY", "socks5h://user:pass-SECRETMARK@127.0.0.1:1080");
    let passed_over = "; ALL_PROXY was passed over, for it names no http:// or https:// proxy";
    let output = world.run(&[]);
    let lines = failed(&output, 4);
    assert!(lines[1].ends_with(passed_over), "{lines:?}");
    assert!(!output.stderr.contains("SECRETMARK"), "{lines:?}");
    // It would not have been used.
    world.home.env("NO_PROXY", "no-such-host.invalid");
    assert!(!failed(&world.run(&[]), 4)[1].contains("ALL_PROXY"));
}

#[test]
fn a_proxy_without_a_host_is_shown_without_its_password() {
    for (value, shown) in
        [("//127.0.0.1:1", "//127.0.0.1:1"), ("http:///user:pass-SECRETMARK@\u{1b}", "\\u{1b}")]
    {
        let mut world = World::signed_in();
        world.home.env("AWS_ENDPOINT_URL_SSO", "https://no-such-host.invalid");
        world.home.env("ALL_PROXY", value);
        let output = world.run(&[]);
        let lines = failed(&output, 2);
        assert!(lines[0].starts_with("aws-sso-cred: ALL_PROXY `") && lines[0].contains(shown), "{lines:?}");
        assert!(!output.stderr.contains("SECRETMARK"), "{lines:?}");
    }
}

#[test]
fn a_proxy_that_refuses_the_tunnel_is_told_from_aws() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let proxy = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 1024];
        let length = stream.read(&mut head).unwrap();
        let _ = stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        String::from_utf8_lossy(&head[..length]).into_owned()
    });
    let mut world = World::signed_in();
    world.home.env("AWS_ENDPOINT_URL_SSO", "https://portal.sso.eu-west-1.example:444");
    world.home.env("ALL_PROXY", &format!("http://{address}"));
    let output = world.run(&[]);
    let lines = failed(&output, 4);
    assert!(lines[1].starts_with(&format!("proxy {address}")), "{lines:?}");
    assert!(lines[2].starts_with("hint: check ALL_PROXY; "), "{lines:?}");
    assert!(proxy.join().unwrap().starts_with("CONNECT portal.sso.eu-west-1.example:444 HTTP/1.1\r\n"));
}

#[test]
fn a_certificate_that_is_not_trusted_is_told_at_once() {
    let mut world = World::of(IdentityCenter::builder().tls().start());
    world.sign_in(3600);
    answered(&world.run(&["--no-cache"]));
    world.home.env_remove("AWS_CA_BUNDLE");
    let asked = world.requests();
    let output = world.run(&["--no-cache"]);
    let lines = failed(&output, 4);
    assert!(lines[0].contains("is not trusted"), "{lines:?}");
    assert!(output.stderr.contains(stand_in::CERTIFICATE_AUTHORITY), "names the issuer: {lines:?}");
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
