//! Proxies from the environment: how the credential process uses and names them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the proxy")]

mod common;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};

use common::{HANG, World, answered, failed};
use stand_in::IdentityCenter;

/// Starts a proxy that connects every tunnel to `target`; gives its URL and the heads of the
/// requests.
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
fn requests_go_through_the_proxy_and_its_failure_is_reported() {
    let mut world = World::of(IdentityCenter::builder().tls().start());
    world.sign_in(3600);
    let target = world.aws.url().rsplit('/').next().unwrap().replace("localhost", "127.0.0.1");
    let (proxy, heads) = tunnels_to(target);
    // A host name that only the proxy can resolve.
    world.home.env("AWS_ENDPOINT_URL_SSO", "https://stand-in.example:1");
    world.home.env("HTTPS_PROXY", &proxy);
    answered(&world.run(&[]));
    assert!(heads.recv_timeout(HANG).unwrap().starts_with("CONNECT stand-in.example:1 HTTP/1.1\r\n"));

    world.home.env("NO_PROXY", "stand-in.example");
    failed(&world.run(&["--no-cache"]), 4);
    assert!(heads.try_recv().is_err(), "a host in NO_PROXY uses no proxy");

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

/// The endpoint may be right, so the text does not mention the region.
#[test]
fn an_unreachable_proxy_is_reported_with_its_variable() {
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
fn an_ignored_proxy_is_named_when_the_endpoint_is_unreachable() {
    let mut world = World::signed_in();
    world.home.env("AWS_ENDPOINT_URL_SSO", "https://no-such-host.invalid");
    world.home.env("ALL_PROXY", "socks5h://user:pass-SECRETMARK@127.0.0.1:1080");
    let ignored = "; ALL_PROXY is ignored because it does not name an http:// or https:// proxy";
    let output = world.run(&[]);
    let lines = failed(&output, 4);
    assert!(lines[1].ends_with(ignored), "{lines:?}");
    assert!(!output.stderr.contains("SECRETMARK"), "{lines:?}");
    // NO_PROXY excludes the host, so the proxy is not named.
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
fn a_tunnel_refused_by_the_proxy_is_not_attributed_to_aws() {
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
fn an_invalid_proxy_that_no_request_uses_is_ignored() {
    let mut world = World::signed_in();
    world.home.env("HTTPS_PROXY", "socks5://127.0.0.1:1080");
    answered(&world.run(&["--no-cache"]));
    world.home.env("AWS_ENDPOINT_URL_SSO", "https://portal.invalid");
    failed(&world.run(&["--no-cache"]), 2);
    world.home.env("NO_PROXY", "portal.invalid,localhost");
    failed(&world.run(&["--no-cache"]), 4);
}
