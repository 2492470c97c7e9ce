//! The authorize URL, the socket of the listener, and callbacks that come twice.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use aws_sso_cred::authorization_code::{CallbackListener, authorize_url, code_challenge};

use crate::LONG_ENOUGH;
use crate::support::{Hold, Run, StandIn, read_all};

// The authorize URL

#[test]
fn authorize_urls_are_those_of_the_aws_cli() {
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("../data/authorize_urls.json")).unwrap();
    let vectors = vectors.as_array().unwrap();
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        let text = |key: &str| vector[key].as_str().unwrap();
        let scopes: Vec<String> = vector["scopes"]
            .as_array()
            .map(|scopes| scopes.iter().map(|scope| scope.as_str().unwrap().to_owned()).collect())
            .unwrap_or_default();
        let url = authorize_url(
            &format!("{}/authorize", text("base")),
            text("client_id"),
            &format!("http://127.0.0.1:{}/oauth/callback", vector["redirect_port"]),
            text("state"),
            &code_challenge(text("code_verifier")),
            &scopes,
        );
        assert_eq!(url, text("url"));
    }
}

// The listener's socket

#[test]
fn the_listener_is_reachable_on_127_0_0_1_only() {
    let listener = CallbackListener::bind(None).unwrap();
    let port = listener.port();
    assert_eq!(listener.redirect_uri(), format!("http://127.0.0.1:{port}/oauth/callback"));
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
    if cfg!(target_os = "linux") {
        // All of 127.0.0.0/8 is this machine; a listener on 0.0.0.0 would answer here.
        assert!(TcpStream::connect((Ipv4Addr::new(127, 0, 0, 2), port)).is_err());
    }
    if let Some(address) = another_local_address() {
        let reached = TcpStream::connect_timeout(&SocketAddr::new(address, port), Duration::from_millis(500));
        assert!(reached.is_err(), "reached at {address}");
    }
}

/// The address this machine would speak from; connecting a datagram socket sends nothing.
fn another_local_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|address| !address.is_loopback())
}

#[test]
fn a_port_in_use_is_named_in_the_error() {
    let first = CallbackListener::bind(None).unwrap();
    let error = CallbackListener::bind(Some(first.port())).unwrap_err();
    assert_eq!(error.exit_code(), 3);
    let text = error.to_string();
    let what = format!("aws-sso-cred: cannot wait for the browser on 127.0.0.1 port {}: ", first.port());
    assert!(text.starts_with(&what), "{text}");
    assert!(text.contains("--redirect-port") && text.contains("--use-device-code"), "{text}");
}

#[test]
fn the_requested_port_is_used() {
    // Binds at once: a port that was free a moment ago may be in use now.
    let bound = (10_000..u16::MAX).find_map(|port| Some((port, CallbackListener::bind(Some(port)).ok()?)));
    let (port, listener) = bound.unwrap();
    assert_eq!(listener.port(), port);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
}

// Callbacks that come twice

#[test]
fn two_valid_callbacks_at_once_make_one_exchange() {
    // The listener closes shortly after the answer: both callbacks must arrive before.
    let (hold, _, asked) = Hold::until(2);
    let aws = StandIn { hold: Some(hold), ..StandIn::default() };
    let run = Run::new(&aws, move |browser| {
        let barrier = Arc::new(Barrier::new(2));
        let racers: Vec<JoinHandle<String>> = (0..2)
            .map(|_| {
                let (browser, barrier, asked) = (browser.clone(), Arc::clone(&barrier), asked.clone());
                thread::spawn(move || {
                    barrier.wait();
                    let stream = browser.ask(&browser.right("once"));
                    asked.send(()).unwrap();
                    read_all(stream)
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    assert!(run.outcome.is_ok());
    assert_eq!(aws.codes(), ["once"]);
    let count = |text: &str| run.answers.iter().filter(|answer| answer.contains(text)).count();
    assert_eq!((count("Signed in to corp"), count("Answered already")), (1, 1), "{:?}", run.answers);
}

#[test]
fn a_reload_during_the_exchange_shows_that_the_answer_was_received() {
    let (hold, begun, reloaded) = Hold::until(1);
    let aws = StandIn { hold: Some(hold), ..StandIn::default() };
    let run = Run::new(&aws, move |browser| {
        let impatient = browser.ask(&browser.right("once"));
        begun.recv_timeout(LONG_ENOUGH).unwrap();
        drop(impatient);
        let reload = browser.ask(&browser.right("once"));
        reloaded.send(()).unwrap();
        vec![read_all(reload)]
    });
    assert!(run.outcome.is_ok());
    assert_eq!(aws.codes(), ["once"]);
    assert!(run.answers[0].contains("Answered already"), "{}", run.answers[0]);
}
