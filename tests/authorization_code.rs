//! Signing in by the authorization code grant, over real sockets: who may end it,
//! who may not, and what the browser is told.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failed arrangement is a failed test"
)]

use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Barrier, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use aws_sso_cred::authorization_code::{
    Answer, AuthorizationCodeError, CallbackListener, PageFacts, Steps, WaitError, authorize_url,
    code_challenge, sign_in,
};
use aws_sso_cred::context::Context;
use aws_sso_cred::error::LoginCommands;
use aws_sso_cred::identifiers::{AccountId, Region, RoleName, SessionName, StartUrl};
use aws_sso_cred::identity_center::{
    Account, Client, DeviceAuthorization, Grant, IdentityCenter, IssuedToken, Redirect, RegisterClient,
    RegisteredClient, ServiceError, ServiceErrorKind,
};
use aws_sso_cred::request::SsoSession;
use aws_sso_cred::role_credentials::RoleCredentials;
use aws_sso_cred::secret::Secret;
use aws_sso_cred::timestamp::Timestamp;

const LONG_ENOUGH: Duration = Duration::from_secs(20);
const ENDPOINT: &str = "https://oidc.eu-west-1.amazonaws.com/authorize";

// The authorize URL

#[test]
fn authorize_urls_are_those_of_the_aws_cli() {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("data/authorize_urls.json")).unwrap();
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
fn the_listener_is_bound_to_127_0_0_1_and_reachable_nowhere_else() {
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
fn a_port_that_is_taken_is_named() {
    let first = CallbackListener::bind(None).unwrap();
    let error = CallbackListener::bind(Some(first.port())).unwrap_err();
    assert_eq!(error.exit_code(), 3);
    let text = error.to_string();
    let what = format!("aws-sso-cred: cannot wait for the browser on 127.0.0.1 port {}: ", first.port());
    assert!(text.starts_with(&what), "{text}");
    assert!(text.contains("--redirect-port") && text.contains("--use-device-code"), "{text}");
}

#[test]
fn a_port_that_was_asked_for_is_used() {
    // Tried rather than looked for: a port that was free a moment ago need not be.
    let bound = (10_000..u16::MAX).find_map(|port| Some((port, CallbackListener::bind(Some(port)).ok()?)));
    let (port, listener) = bound.unwrap();
    assert_eq!(listener.port(), port);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
}

// A sign-in that goes well

#[test]
fn the_browser_is_told_of_success_after_the_exchange() {
    let aws = StandIn::default();
    let run = Run::new(&aws, |browser| vec![browser.get(&browser.right("the-code"))]);

    let token = run.outcome.unwrap();
    assert_eq!(token.access_token.expose(), "access-token");
    let exchanges = aws.exchanges.borrow();
    assert_eq!(exchanges.len(), 1);
    assert_eq!(exchanges[0].code, "the-code");
    assert_eq!(exchanges[0].redirect_uri, parameter(&run.url, "redirect_uri"));
    assert_eq!(code_challenge(&exchanges[0].code_verifier), parameter(&run.url, "code_challenge"));
    assert_eq!(exchanges[0].code_verifier.len(), 64);

    let [page] = run.answers.as_slice() else { panic!("{:?}", run.answers) };
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    for expected in ["<h1>Signed in to corp</h1>", "eu-west-1", "corp.awsapps.com", "UTC", "close this tab"] {
        assert!(page.contains(expected), "{expected} is not in {page}");
    }
    for secret in [&*exchanges[0].code_verifier, "the-code", "access-token", "refresh-token", "client-secret"]
    {
        assert!(!page.contains(secret) && !run.url.contains(secret), "{secret} was shown");
    }
}

#[test]
fn every_sign_in_has_its_own_state_and_verifier() {
    let aws = StandIn::default();
    let one = Run::new(&aws, |browser| vec![browser.get(&browser.right("c"))]);
    let other = Run::new(&aws, |browser| vec![browser.get(&browser.right("c"))]);
    for name in ["state", "code_challenge"] {
        assert_ne!(parameter(&one.url, name), parameter(&other.url, name));
    }
    assert_ne!(aws.exchanges.borrow()[0].code_verifier, aws.exchanges.borrow()[1].code_verifier);
}

#[test]
fn a_page_loads_nothing_and_runs_nothing() {
    let pages = Run::new(&StandIn::default(), |browser| {
        vec![browser.get("/oauth/callback?code=c&state=old"), browser.get(&browser.right("c"))]
    });
    for page in &pages.answers {
        let (head, body) = page.split_once("\r\n\r\n").unwrap();
        for header in [
            "Content-Type: text/html; charset=utf-8",
            "Connection: close",
            "Cache-Control: no-store",
            "Referrer-Policy: no-referrer",
            "X-Content-Type-Options: nosniff",
        ] {
            assert!(head.lines().any(|line| line == header), "{header} is not in {head}");
        }
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
        let policy = head.lines().find(|line| line.starts_with("Content-Security-Policy: ")).unwrap();
        assert!(policy.starts_with("Content-Security-Policy: default-src 'none'; style-src 'sha256-"));
        assert!(!policy.contains("unsafe"), "{policy}");
        for loader in ["http", "<script", "src=", "url(", "@import", "javascript:"] {
            assert!(!body.contains(loader), "{loader} is in {body}");
        }
        assert!(!body.contains("{{") && !body.contains("}}"), "{body}");
    }
}

#[test]
fn who_looks_ahead_does_not_win_the_sign_in_and_the_tab_does() {
    let aws = StandIn::default();
    let run = Run::new(&aws, |browser| {
        let right = browser.right("once");
        let ask = |method: &str, header: &str| {
            browser.send(&format!("{method} {right} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n"))
        };
        vec![
            ask("HEAD", "Accept: */*"),
            ask("GET", "Sec-Purpose: prefetch;prerender"),
            ask("GET", "Purpose: prefetch"),
            ask("GET", "X-Moz: prefetch"),
            browser.get(&right),
        ]
    });
    assert!(run.outcome.is_ok());
    assert_eq!(aws.codes(), ["once"]);
    let head = &run.answers[0];
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"), "the head alone: {head}");
    for refused in &run.answers[1..4] {
        assert!(
            refused.starts_with("HTTP/1.1 503 ") && refused.contains("Cache-Control: no-store"),
            "{refused}"
        );
    }
    assert!(run.answers[4].contains("Signed in to corp"), "{}", run.answers[4]);
}

#[test]
fn a_tab_that_comes_after_a_scanner_has_won_gets_the_page_too() {
    let aws = StandIn::default();
    let run = Run::new(&aws, |browser| {
        let scanner = format!("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", browser.right("once"));
        let first = browser.send(&scanner);
        // Long after its answer was written; the port is still there.
        pause(Duration::from_millis(500));
        vec![first, browser.get(&browser.right("once"))]
    });
    assert!(run.outcome.is_ok());
    assert_eq!(aws.codes(), ["once"]);
    assert!(run.answers.iter().all(|page| page.contains("Signed in to corp")), "{:?}", run.answers);
}

#[test]
fn a_page_does_not_speak_of_failure_where_a_second_attempt_follows() {
    let aws = StandIn { exchange_fails: Some(ServiceErrorKind::InvalidClient), ..StandIn::default() };
    let (session, login) = (corp(), login());
    let facts = PageFacts { session: &session, login: &login, tries_again: true };
    let run = Run::with_facts(&aws, &facts, |browser| vec![browser.get(&browser.right("c"))]);
    assert!(run.outcome.unwrap_err().is_about_the_client());
    let page = &run.answers[0];
    assert!(
        page.contains("<h1>Please sign in once more</h1>") && page.contains("Another page is opening now"),
        "{page}"
    );
    assert!(!page.contains("failed"), "{page}");
}

// Callbacks that neither end nor win it

#[test]
fn hostile_requests_neither_end_nor_win_the_sign_in() {
    let aws = StandIn::default();
    let run = Run::new(&aws, |browser| {
        let right = browser.right("stolen");
        let (path, _) = right.split_once('?').unwrap();
        let state = &browser.state;
        let requests = [
            ("400", format!("GET {path}?code=evil&state=wrong HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
            ("400", format!("GET {path}?code=evil HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
            ("400", format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
            ("400", format!("GET {path}?error=access_denied HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
            ("400", format!("GET {path}?error=access_denied&state=x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
            ("400", format!("GET {path}?code=a&code=b&state={state} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
            (
                "400",
                format!("GET {path}?code=a&state={state}&state={state} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            ),
            ("400", format!("GET {path}?state={state} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
            ("400", format!("GET {right} HTTP/1.1\r\nHost: rebound.example\r\n\r\n")),
            ("400", format!("GET {right} HTTP/1.1\r\n\r\n")),
            ("400", format!("GET {right} HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\n\r\n")),
            ("404", "GET /favicon.ico HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_owned()),
            ("404", format!("GET /?code=a&state={state} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
            ("404", format!("GET {path}/?code=a&state={state} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
            ("405", format!("POST {right} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\n\r\na=b")),
            ("405", format!("OPTIONS {right} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")),
            ("400", "junk\r\n\r\n".to_owned()),
            ("400", "\u{0}\u{1}\u{2}".to_owned()),
            ("400", "\u{16}\u{3}\u{1}\u{2}\u{0}".to_owned()),
        ];
        let answers = requests.iter().map(|(expected, request)| {
            let answer = browser.send(request);
            assert!(answer.starts_with(&format!("HTTP/1.1 {expected} ")), "{request:?} got {answer:?}");
            assert!(answer.contains("\r\nConnection: close\r\n"));
            answer
        });
        let mut answers: Vec<String> = answers.collect();
        answers.push(browser.get(&browser.right("honest")));
        answers
    });
    assert!(run.outcome.is_ok());
    assert_eq!(aws.codes(), ["honest"]);
    let (_, refused) = run.answers.split_last().unwrap();
    for answer in refused {
        assert!(!answer.contains(&run.state) && !answer.contains("evil"), "{answer}");
    }
}

#[test]
fn a_request_line_of_one_mebibyte_is_cut_off() {
    let aws = StandIn::default();
    let run = Run::new(&aws, |browser| {
        let long = format!("GET /oauth/callback?state={}&code={}", browser.state, "a".repeat(1 << 20));
        vec![browser.send(&long), browser.get(&browser.right("honest"))]
    });
    assert!(run.outcome.is_ok());
    assert!(run.answers[0].starts_with("HTTP/1.1 431 "), "{}", run.answers[0]);
    assert_eq!(aws.codes(), ["honest"]);
}

#[test]
fn idle_slow_and_broken_connections_are_in_nobodys_way() {
    let aws = StandIn::default();
    let clock = Context::real();
    let run = Run::new(&aws, |browser| {
        let mut held: Vec<TcpStream> = (0..50).map(|_| browser.connect()).collect();
        for (index, stream) in held.iter_mut().enumerate() {
            match index % 5 {
                // Half a request, slowly.
                0 => stream.write_all(b"GET /oauth/call").unwrap(),
                // Half a request, and no more to come.
                1 => {
                    stream.write_all(b"GET /oauth/callback?code=half&state=").unwrap();
                    stream.shutdown(Shutdown::Write).unwrap();
                }
                2 => stream.shutdown(Shutdown::Both).unwrap(),
                _ => {}
            }
        }
        let answer = browser.get(&browser.right("honest"));
        drop(held);
        vec![answer]
    });
    assert!(run.outcome.is_ok());
    assert!(run.answers[0].contains("Signed in to corp"));
    assert_eq!(aws.codes(), ["honest"]);
    // One alone could take ten seconds to say what it wants.
    assert!(clock.elapsed() < Duration::from_secs(9), "{:?}", clock.elapsed());
}

#[test]
fn more_connections_than_are_kept_do_not_shut_the_browser_out() {
    let run = Run::new(&StandIn::default(), |browser| {
        let held: Vec<TcpStream> = (0..200).map(|_| browser.connect()).collect();
        let answer = browser.get(&browser.right("honest"));
        drop(held);
        vec![answer]
    });
    assert!(run.outcome.is_ok());
    assert!(run.answers[0].contains("Signed in to corp"));
}

#[test]
fn a_request_in_pieces_from_a_half_closed_connection_is_answered() {
    let run = Run::new(&StandIn::default(), |browser| {
        let request = format!("GET {} HTTP/1.1\r\nHost: LOCALHOST\r\n\r\n", browser.right("c"));
        let mut stream = browser.connect();
        for piece in request.as_bytes().chunks(7) {
            stream.write_all(piece).unwrap();
            pause(Duration::from_millis(3));
        }
        stream.shutdown(Shutdown::Write).unwrap();
        vec![read_all(stream)]
    });
    assert!(run.outcome.is_ok());
    assert!(run.answers[0].contains("Signed in to corp"));
}

#[test]
fn a_second_request_on_a_kept_connection_is_not_served() {
    let aws = StandIn::default();
    let run = Run::new(&aws, |browser| {
        let first = "GET /favicon.ico HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let second = format!("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", browser.right("pipelined"));
        let both = browser.send(&format!("{first}{second}"));
        vec![both, browser.get(&browser.right("honest"))]
    });
    assert_eq!(run.answers[0].matches("HTTP/1.1 ").count(), 1);
    assert_eq!(aws.codes(), ["honest"]);
}

// Callbacks that come twice

#[test]
fn two_right_callbacks_at_once_make_one_exchange() {
    // The listener goes a moment after the answer: neither may be as late as that.
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
fn a_reload_during_the_exchange_is_told_that_the_answer_was_given() {
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

// A sign-in that does not go well

#[test]
fn a_refusal_ends_the_sign_in_and_is_shown_escaped() {
    let aws = StandIn::default();
    let run = Run::new(&aws, |browser| {
        vec![browser.get(&format!(
            "/oauth/callback?error=access_denied&error_description=%3Cscript%3E'%22%26%1b%5B2J&state={}",
            browser.state
        ))]
    });
    let Err(AuthorizationCodeError::Refused { description }) = run.outcome else {
        panic!("{:?}", run.outcome)
    };
    assert_eq!(description.as_deref(), Some("<script>'\"&\u{1b}[2J"));
    assert!(aws.codes().is_empty());
    let page = &run.answers[0];
    assert!(page.contains("<h1>Sign-in refused</h1>"), "{page}");
    assert!(page.contains("&lt;script&gt;&#39;&quot;&amp;\\u{1b}[2J"), "{page}");
    assert!(page.contains("<pre>aws-sso-cred login --sso-session corp</pre>"), "{page}");
}

#[test]
fn another_error_ends_the_sign_in_under_its_name() {
    let run = Run::new(&StandIn::default(), |browser| {
        vec![browser.get(&format!("/oauth/callback?error=server_error&state={}", browser.state))]
    });
    let Err(error) = run.outcome else { panic!() };
    assert_eq!(error.to_string(), "AWS says `server_error`");
    assert!(!error.is_about_the_client());
    assert!(run.answers[0].contains("<p>AWS says <code>server_error</code>.</p>"), "{}", run.answers[0]);
}

#[test]
fn a_failed_exchange_is_told_in_the_browser_too() {
    let aws = StandIn { exchange_fails: Some(ServiceErrorKind::InvalidClient), ..StandIn::default() };
    let run = Run::new(&aws, |browser| vec![browser.get(&browser.right("c"))]);
    let Err(error) = run.outcome else { panic!() };
    assert!(error.is_about_the_client());
    assert_eq!(aws.codes(), ["c"]);
    let page = &run.answers[0];
    for expected in [
        "<h1>The sign-in failed</h1>",
        "AWS refused CreateToken at oidc.eu-west-1.amazonaws.com.",
        "InvalidClientException: no &lt;b&gt;such&lt;/b&gt; client",
        "<pre>aws-sso-cred login --sso-session corp</pre>",
    ] {
        assert!(page.contains(expected), "{expected} is not in {page}");
    }
    assert!(!page.contains("Signed in"), "{page}");
}

#[test]
fn a_session_may_be_called_anything() {
    let session =
        SsoSession { name: Some(SessionName::parse("<script>{{tone}}</script>&").unwrap()), ..corp() };
    let run =
        Run::with_session(&StandIn::default(), &session, |browser| vec![browser.get(&browser.right("c"))]);
    let page = &run.answers[0];
    assert!(page.contains("<h1>Signed in to &lt;script&gt;{{tone}}&lt;/script&gt;&amp;</h1>"), "{page}");
    assert!(!page.contains("<script"), "{page}");
}

#[test]
fn no_answer_is_a_time_out() {
    let context = Context::fake(&[], Timestamp::from_unix(1_795_233_600));
    let listener = CallbackListener::bind(None).unwrap();
    let (session, login) = (corp(), login());
    let outcome = sign_in(
        &context,
        &StandIn::default(),
        &listener,
        client(&Secret::new("client-secret")),
        &mut Steps { open: &mut |_| {}, keep: &mut |_| Ok(()), is_wanted: &|| true },
        Duration::from_mins(10),
        &PageFacts { session: &session, login: &login, tries_again: false },
    );
    assert!(matches!(outcome, Err(AuthorizationCodeError::TimedOut)), "{outcome:?}");
    assert!(context.elapsed() >= Duration::from_mins(10));
    assert!(context.elapsed() < Duration::from_mins(10) + Duration::from_secs(1));
}

#[test]
fn a_caller_that_gives_up_closes_the_connection() {
    let listener = CallbackListener::bind(None).unwrap();
    let browser = Browser { port: listener.port(), state: "right".to_owned() };
    let target = browser.right("c");
    let waiting = thread::spawn(move || browser.get(&target));
    let context = Context::real();
    let callback = listener.wait(&context, &Secret::new("right"), LONG_ENOUGH, &|| true).unwrap();
    assert!(matches!(&callback.answer, Answer::Code(code) if code.matches("c")));
    assert!(!format!("{callback:?}").contains("code="), "{callback:?}");
    drop(callback);
    assert_eq!(waiting.join().unwrap(), "");
    assert!(matches!(
        listener.wait(&context, &Secret::new("right"), Duration::ZERO, &|| true),
        Err(WaitError::TimedOut)
    ));
}

#[test]
fn a_browser_that_does_not_read_holds_nobody_up() {
    let clock = Context::real();
    let connected = Arc::new(Mutex::new(None));
    let browsers = Arc::clone(&connected);
    let run = Run::new(&StandIn::default(), move |browser| {
        *browsers.lock().unwrap() = Some(browser.ask(&browser.right("c")));
        vec![]
    });
    assert!(run.outcome.is_ok());
    assert!(clock.elapsed() < Duration::from_secs(9), "{:?}", clock.elapsed());
    assert!(connected.lock().unwrap().is_some(), "nobody was waited for to go");
}

// Arranging

/// One sign-in, the URL it opened, and what the browser read.
struct Run {
    outcome: Result<IssuedToken, AuthorizationCodeError>,
    url: String,
    state: String,
    answers: Vec<String>,
}

impl Run {
    fn new(aws: &StandIn, browse: impl FnOnce(Browser) -> Vec<String> + Send + 'static) -> Self {
        Self::with_session(aws, &corp(), browse)
    }

    fn with_session(
        aws: &StandIn,
        session: &SsoSession,
        browse: impl FnOnce(Browser) -> Vec<String> + Send + 'static,
    ) -> Self {
        Self::with_facts(aws, &PageFacts { session, login: &login(), tries_again: false }, browse)
    }

    fn with_facts(
        aws: &StandIn,
        facts: &PageFacts<'_>,
        browse: impl FnOnce(Browser) -> Vec<String> + Send + 'static,
    ) -> Self {
        let listener = CallbackListener::bind(None).unwrap();
        let port = listener.port();
        let secret = Secret::new("client-secret");
        let (mut url, mut browse, mut browsing) = (String::new(), Some(browse), None);
        let outcome = sign_in(
            &Context::real(),
            aws,
            &listener,
            client(&secret),
            &mut Steps {
                open: &mut |authorize_url| {
                    authorize_url.clone_into(&mut url);
                    let browser = Browser { port, state: parameter(authorize_url, "state") };
                    let browse = browse.take().expect("opened once");
                    browsing = Some(thread::spawn(move || browse(browser)));
                },
                keep: &mut |_| Ok(()),
                is_wanted: &|| true,
            },
            LONG_ENOUGH,
            facts,
        );
        let answers = browsing.expect("opened").join().unwrap();
        Self { outcome, state: parameter(&url, "state"), url, answers }
    }
}

/// Whoever connects to the listener.
#[derive(Clone)]
struct Browser {
    port: u16,
    state: String,
}

impl Browser {
    fn right(&self, code: &str) -> String {
        format!("/oauth/callback?code={code}&state={}", self.state)
    }

    fn get(&self, target: &str) -> String {
        self.send(&request(target))
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(LONG_ENOUGH)).unwrap();
        stream
    }

    /// Asks, and does not read the answer.
    fn ask(&self, target: &str) -> TcpStream {
        let mut stream = self.connect();
        stream.write_all(request(target).as_bytes()).unwrap();
        stream
    }

    fn send(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        read_all(stream)
    }
}

fn pause(duration: Duration) {
    Context::real().sleep(duration);
}

fn request(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Mode: navigate\r\n\r\n")
}

fn read_all(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

fn parameter(url: &str, name: &str) -> String {
    let (_, query) = url.split_once('?').unwrap();
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap();
    value.replace("%3A", ":").replace("%2F", "/")
}

fn corp() -> SsoSession {
    SsoSession {
        name: Some(SessionName::parse("corp").unwrap()),
        start_url: StartUrl::parse("https://corp.awsapps.com/start").unwrap(),
        region: Region::parse("eu-west-1").unwrap(),
        registration_scopes: None,
    }
}

fn login() -> LoginCommands {
    LoginCommands {
        session: "sso-session `corp`".to_owned(),
        ours: "aws-sso-cred login --sso-session corp".to_owned(),
        aws_cli: None,
    }
}

fn client(secret: &Secret) -> Client<'_> {
    Client { id: "client-id", secret }
}

/// An Identity Center that exchanges codes and remembers which.
#[derive(Default)]
struct StandIn {
    exchanges: RefCell<Vec<Exchange>>,
    exchange_fails: Option<ServiceErrorKind>,
    hold: Option<Hold>,
}

/// An exchange that takes until the browser has done its part, so many times.
struct Hold {
    begun: Sender<()>,
    done: Receiver<()>,
    times: usize,
}

impl Hold {
    /// The hold, what tells that the exchange has begun, and what to tell it.
    fn until(times: usize) -> (Self, Receiver<()>, Sender<()>) {
        let ((begun, has_begun), (is_done, done)) = (mpsc::channel(), mpsc::channel());
        (Self { begun, done, times }, has_begun, is_done)
    }

    fn wait(&self) {
        let _ = self.begun.send(());
        for _ in 0..self.times {
            self.done.recv_timeout(LONG_ENOUGH).unwrap();
        }
    }
}

struct Exchange {
    code: String,
    code_verifier: String,
    redirect_uri: String,
}

impl StandIn {
    fn codes(&self) -> Vec<String> {
        self.exchanges.borrow().iter().map(|exchange| exchange.code.clone()).collect()
    }
}

impl IdentityCenter for StandIn {
    fn create_token(&self, client: Client<'_>, grant: Grant<'_>) -> Result<IssuedToken, ServiceError> {
        assert_eq!((client.id, client.secret.expose()), ("client-id", "client-secret"));
        let Grant::AuthorizationCode { code, code_verifier, redirect_uri } = grant else {
            panic!("another grant")
        };
        self.exchanges.borrow_mut().push(Exchange {
            code: code.expose().to_owned(),
            code_verifier: code_verifier.expose().to_owned(),
            redirect_uri: redirect_uri.to_owned(),
        });
        if let Some(hold) = &self.hold {
            hold.wait();
        }
        match &self.exchange_fails {
            Some(kind) => Err(service_error(kind.clone())),
            None => Ok(IssuedToken {
                access_token: Secret::new("access-token"),
                expires_in: Duration::from_hours(1),
                refresh_token: Some(Secret::new("refresh-token")),
            }),
        }
    }

    fn authorize_endpoint(&self) -> Result<String, ServiceError> {
        Ok(ENDPOINT.to_owned())
    }

    fn redirect_of(&self, _: &str) -> Result<Redirect, ServiceError> {
        unreachable!()
    }

    fn register_client(&self, _: &RegisterClient) -> Result<RegisteredClient, ServiceError> {
        unreachable!()
    }

    fn start_device_authorization(
        &self,
        _: Client<'_>,
        _: &str,
    ) -> Result<DeviceAuthorization, ServiceError> {
        unreachable!()
    }

    fn get_role_credentials(
        &self,
        _: &Secret,
        _: &AccountId,
        _: &RoleName,
    ) -> Result<RoleCredentials, ServiceError> {
        unreachable!()
    }

    fn list_accounts(
        &self,
        _: &Secret,
        _: Option<&str>,
    ) -> Result<(Vec<Account>, Option<String>), ServiceError> {
        unreachable!()
    }

    fn list_account_roles(
        &self,
        _: &Secret,
        _: &AccountId,
        _: Option<&str>,
    ) -> Result<(Vec<String>, Option<String>), ServiceError> {
        unreachable!()
    }

    fn logout(&self, _: &Secret) -> Result<(), ServiceError> {
        unreachable!()
    }
}

fn service_error(kind: ServiceErrorKind) -> ServiceError {
    ServiceError {
        operation: "CreateToken",
        kind,
        status: Some(401),
        code: Some("InvalidClientException".to_owned()),
        message: Some("no <b>such</b> client".to_owned()),
        endpoint: "oidc.eu-west-1.amazonaws.com".to_owned(),
        retry_after: None,
        server_date: None,
        proxy: None,
        asked_again: false,
    }
}
