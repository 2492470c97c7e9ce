//! Other programs of this computer, and web pages, that send requests to the endpoint.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use stand_in::SECRET_MARK;

use crate::common::World;
use crate::served::{Served, status_and_body};

#[test]
fn nothing_but_the_right_request_gets_credentials() {
    let world = World::signed_in();
    let served = Served::start(&world);
    let (port, token) = (served.port, served.token.clone());
    let host = format!("Host: 127.0.0.1:{port}\r\n");
    let right = format!("Authorization: {token}\r\n");
    let path = "/role-credentials";
    let wrong = "x".repeat(token.len());
    for (status, request) in [
        (401, format!("GET {path} HTTP/1.1\r\n{host}\r\n")),
        (401, format!("GET {path} HTTP/1.1\r\n{host}Authorization: {wrong}\r\n\r\n")),
        (401, format!("GET {path} HTTP/1.1\r\n{host}Authorization: Bearer {token}\r\n\r\n")),
        (401, format!("GET {path} HTTP/1.1\r\n{host}{right}{right}\r\n")),
        (401, format!("GET {path} HTTP/1.1\r\n{host}Authorization: {}\r\n\r\n", &token[1..])),
        (403, format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n{right}\r\n")),
        (403, format!("GET {path} HTTP/1.1\r\nHost: evil.example:{port}\r\n{right}\r\n")),
        (403, format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n{right}\r\n")),
        (400, format!("GET {path} HTTP/1.0\r\n{right}\r\n")),
        (400, format!("GET {path} HTTP/1.1\r\n{host}{host}{right}\r\n")),
        (400, format!("GET http://evil.example{path} HTTP/1.1\r\n{host}{right}\r\n")),
        (400, format!("GET http://127.0.0.1:{port}{path} HTTP/1.1\r\n{host}{right}\r\n")),
        (404, format!("GET / HTTP/1.1\r\n{host}{right}\r\n")),
        (404, format!("GET {path}?token={token} HTTP/1.1\r\n{host}{right}\r\n")),
        (404, format!("GET {path}/../{path} HTTP/1.1\r\n{host}{right}\r\n")),
        (405, format!("POST {path} HTTP/1.1\r\n{host}{right}Content-Length: 3\r\n\r\nabc")),
        (405, format!("OPTIONS {path} HTTP/1.1\r\n{host}Origin: https://evil.example\r\n\r\n")),
        (405, format!("HEAD {path} HTTP/1.1\r\n{host}{right}\r\n")),
        (400, format!("GET {path} HTTP/1.1\r\n{host}X: a\nAuthorization : {token}\r\n\r\n")),
        (400, format!("GET {path} HTTP/1.1\r\n{host} folded\r\n{right}\r\n")),
        (400, format!("CONNECT evil.example:443 HTTP/1.1\r\n{host}{right}\r\n")),
        (400, "\u{16}\u{3}\u{1}\r\n\r\n".to_owned()),
        (400, format!("GET /{} HTTP/1.1\r\n{host}{right}\r\n", "a".repeat(9000))),
        (400, format!("GET {path} HTTP/1.1\r\n{host}{right}X: {}\r\n\r\n", "a".repeat(1 << 20))),
    ] {
        let answer = served.send(request.as_bytes());
        let shown = &request[..request.len().min(200)];
        let (given, body) = status_and_body(&answer);
        assert_eq!(given, status, "{shown:?}: {answer}");
        assert!(body["code"].is_string() && body["message"].is_string(), "{shown:?}: {body}");
        assert!(!answer.contains(SECRET_MARK) && !answer.contains(&token), "{shown:?}: {answer}");
        let lower = answer.to_ascii_lowercase();
        assert!(!lower.contains("access-control") && !lower.contains("evil"), "{shown:?}: {answer}");
    }
    assert_eq!(served.ask().0, 200);
    assert_eq!(served.end(), (Some(7), String::new()));
}

#[test]
fn a_second_request_on_a_connection_gets_nothing() {
    let world = World::signed_in();
    let served = Served::start(&world);
    let bad = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    let both = [served.head().as_str(), bad, &served.head()].concat();
    let answers = served.send(both.as_bytes());
    assert_eq!(answers.matches("HTTP/1.1 ").count(), 1, "{answers}");
    assert_eq!(status_and_body(&answers).0, 200);
    let smuggled = served.send([bad, &served.head()].concat().as_bytes());
    assert_eq!((smuggled.matches("HTTP/1.1 ").count(), status_and_body(&smuggled).0), (1, 404));
    served.end();
}

#[test]
fn slow_and_silent_peers_stop_nobody_and_are_closed() {
    let world = World::signed_in();
    let served = Served::start(&world);
    let started = Instant::now();
    let mut silent: Vec<TcpStream> = (0..10).map(|_| served.connect(b"")).collect();
    let mut slow: Vec<TcpStream> = (0..10).map(|_| served.connect(b"GET /role-cr")).collect();
    let asked = Instant::now();
    assert_eq!(served.ask().0, 200);
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    // One byte after the other does not prolong the time.
    while started.elapsed() < Duration::from_secs(4) {
        slow.iter_mut().for_each(|stream| drop(stream.write_all(b"e")));
        std::thread::sleep(Duration::from_millis(200));
    }
    for stream in silent.iter_mut().chain(&mut slow) {
        let read = stream.read(&mut [0; 64]);
        assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    }
    assert!(started.elapsed() < Duration::from_secs(12), "{:?}", started.elapsed());
    served.end();
}

#[test]
fn two_hundred_connections_do_not_shut_out_a_request() {
    let world = World::signed_in();
    let served = Served::start(&world);
    let before = served.descriptors();
    let open: Vec<TcpStream> = (0..200).map(|_| served.connect(b"")).collect();
    for _ in 0..5 {
        assert_eq!(served.ask().0, 200);
    }
    let opened = served.descriptors().zip(before).map(|(now, before)| now.saturating_sub(before));
    assert!(opened.is_none_or(|opened| opened <= 40), "{opened:?} more descriptors");
    drop(open);
    assert_eq!(served.ask().0, 200);
    assert_eq!(served.end(), (Some(7), String::new()));
}

#[test]
fn the_log_tells_of_requests_and_holds_neither_token_nor_key() {
    let world = World::signed_in();
    let served = Served::with(&world, &["--debug"], crate::served::WAITS);
    let token = served.token.clone();
    assert_eq!(served.ask().0, 200);
    served.send(format!("GET /?{token} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").as_bytes());
    served.end();
    let log = world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("endpoint: refused a request: WrongPath"), "{log}");
    assert!(!log.contains(&token) && !log.contains(SECRET_MARK), "{log}");
}
