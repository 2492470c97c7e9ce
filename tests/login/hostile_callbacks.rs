//! Other processes of this computer that send requests to the listener of a real login.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use stand_in::{AuthorizeBehaviour, Operation};

use crate::redirect::SIGNED_IN;
use crate::support::{Running, comparable, parameter, visit, with_browser};

/// Sends bytes and reads the answer, which may be empty.
fn send(port: u16, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(port: u16, target: &str) -> String {
    send(port, format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").as_bytes())
}

#[test]
fn only_a_valid_callback_ends_or_completes_a_login() {
    let world = with_browser();
    world.aws.authorize_behaviour(AuthorizeBehaviour::Hold);
    let mut running = Running::start(&world, &["login", "--sso-session", "corp", "--no-browser"]);
    let url = running.line("/authorize?");
    let redirect_uri = parameter(&url, "redirect_uri");
    let port = redirect_uri.trim_start_matches("http%3A%2F%2F127.0.0.1%3A");
    let port: u16 = port.trim_end_matches("%2Foauth%2Fcallback").parse().unwrap();
    let state = parameter(&url, "state");

    let idle: Vec<_> = (0..8).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    for target in [
        "/oauth/callback?code=stolen&state=wrong",
        "/oauth/callback?code=stolen",
        "/oauth/callback?error=access_denied&state=wrong",
        "/oauth/callback?error=access_denied",
        "/oauth/callback",
        "/favicon.ico",
    ] {
        let answer = get(port, target);
        assert!(answer.starts_with("HTTP/1.1 4"), "{target}: {answer}");
        assert!(!answer.contains("stolen") && !answer.contains(&state), "{answer}");
    }
    for path in ["/", "/oauth/callback/", "//oauth/callback", "/oauth"] {
        let answer = get(port, &format!("{path}?code=stolen&state={state}"));
        assert!(answer.starts_with("HTTP/1.1 4"), "{path}: {answer}");
    }
    send(port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\xff\xff\xff\r\n\r\n");
    let long = format!("GET /oauth/callback?code={} HTTP/1.1\r\n\r\n", "x".repeat(1 << 20));
    send(port, long.as_bytes());
    assert!(
        !send(
            port,
            format!("POST /oauth/callback?code=c&state={state} HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
                .as_bytes()
        )
        .contains("200 OK")
    );
    assert_eq!(world.aws.count(Operation::CreateToken), 0, "no invalid code is exchanged");
    // The listener accepts no connection from another address.
    if let Some(address) = address_of_this_machine() {
        assert!(TcpStream::connect_timeout(&(address, port).into(), Duration::from_secs(2)).is_err());
    }

    world.aws.auto_approve_authorize(true);
    let page = visit(&url);
    assert!(page.contains("signed in") || page.contains("Signed in"), "{page}");
    let (status, text) = running.finish();
    assert_eq!(status, 0, "{text}");
    assert!(comparable(&text).ends_with(SIGNED_IN), "{text}");
    assert_eq!(world.aws.count(Operation::CreateToken), 1);
    drop(idle);
}

/// An address of this computer other than loopback, if there is one. Nothing is sent.
fn address_of_this_machine() -> Option<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback())
}

#[test]
fn a_forged_code_is_refused_by_aws_and_the_login_fails() {
    // A program that reads the authorize URL knows the state. It can make the sign-in fail, but
    // cannot complete it: the verifier never leaves the process.
    let world = with_browser();
    world.aws.authorize_behaviour(AuthorizeBehaviour::Hold);
    let mut running = Running::start(&world, &["login", "--sso-session", "corp", "--no-browser"]);
    let url = running.line("/authorize?");
    let redirect_uri = parameter(&url, "redirect_uri").replace("%3A", ":").replace("%2F", "/");
    let page = visit(&format!("{redirect_uri}?code=stolen&state={}", parameter(&url, "state")));
    assert!(!page.contains("stolen"), "{page}");
    let (status, text) = running.finish();
    assert_eq!(status, 4, "{text}");
    assert!(!text.contains("stolen"), "{text}");
    assert!(!world.token_file().exists());
}
