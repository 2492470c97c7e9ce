//! Sign-in by the authorization code grant: which requests complete it, which do not, and what the
//! browser shows.

use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use aws_sso_cred::authorization_code::{
    Answer, AuthorizationCodeError, CallbackListener, PageFacts, Steps, WaitError, code_challenge, sign_in,
};
use aws_sso_cred::context::Context;
use aws_sso_cred::error::ServiceErrorKind;
use aws_sso_cred::identifiers::SessionName;
use aws_sso_cred::request::SsoSession;
use aws_sso_cred::secret::Secret;
use aws_sso_cred::timestamp::Timestamp;

use crate::LONG_ENOUGH;
use crate::support::{Browser, Run, StandIn, client, corp, login, parameter, pause, read_all};

// Sign-ins that succeed

#[test]
fn the_browser_shows_success_after_the_exchange() {
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
fn pages_load_no_resources_and_run_no_scripts() {
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
fn a_prefetch_does_not_complete_the_sign_in() {
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
    assert!(
        head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"),
        "a HEAD request gets the head only: {head}"
    );
    for refused in &run.answers[1..4] {
        assert!(
            refused.starts_with("HTTP/1.1 503 ") && refused.contains("Cache-Control: no-store"),
            "{refused}"
        );
    }
    assert!(run.answers[4].contains("Signed in to corp"), "{}", run.answers[4]);
}

#[test]
fn a_tab_that_repeats_the_callback_of_a_scanner_gets_the_success_page() {
    let aws = StandIn::default();
    let run = Run::new(&aws, |browser| {
        let scanner = format!("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", browser.right("once"));
        let first = browser.send(&scanner);
        // The first answer was written long ago, and the port is still open.
        pause(Duration::from_millis(500));
        vec![first, browser.get(&browser.right("once"))]
    });
    assert!(run.outcome.is_ok());
    assert_eq!(aws.codes(), ["once"]);
    assert!(run.answers.iter().all(|page| page.contains("Signed in to corp")), "{:?}", run.answers);
}

#[test]
fn the_page_before_a_second_attempt_does_not_mention_a_failure() {
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

// Requests that neither end nor complete the sign-in

#[test]
fn invalid_requests_neither_end_nor_complete_the_sign_in() {
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
fn idle_slow_and_broken_connections_do_not_delay_the_browser() {
    let aws = StandIn::default();
    let clock = Context::real();
    let run = Run::new(&aws, |browser| {
        let mut held: Vec<TcpStream> = (0..50).map(|_| browser.connect()).collect();
        for (index, stream) in held.iter_mut().enumerate() {
            match index % 5 {
                // The first half of a request; the rest does not follow.
                0 => stream.write_all(b"GET /oauth/call").unwrap(),
                // The first half of a request, then the end of the stream.
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
    // A single idle connection may stay open for ten seconds.
    assert!(clock.elapsed() < Duration::from_secs(9), "{:?}", clock.elapsed());
}

#[test]
fn two_hundred_open_connections_do_not_block_the_browser() {
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

// Sign-ins that fail

#[test]
fn a_refusal_ends_the_sign_in_and_is_shown_escaped_in_the_browser() {
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
fn an_unknown_error_code_ends_the_sign_in_and_is_named() {
    let run = Run::new(&StandIn::default(), |browser| {
        vec![browser.get(&format!("/oauth/callback?error=server_error&state={}", browser.state))]
    });
    let Err(error) = run.outcome else { panic!() };
    assert_eq!(error.to_string(), "AWS says `server_error`");
    assert!(!error.is_about_the_client());
    assert!(run.answers[0].contains("<p>AWS says <code>server_error</code>.</p>"), "{}", run.answers[0]);
}

#[test]
fn a_failed_exchange_is_shown_in_the_browser() {
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
fn a_session_name_with_markup_is_escaped_in_the_page() {
    let session =
        SsoSession { name: Some(SessionName::parse("<script>{{tone}}</script>&").unwrap()), ..corp() };
    let run =
        Run::with_session(&StandIn::default(), &session, |browser| vec![browser.get(&browser.right("c"))]);
    let page = &run.answers[0];
    assert!(page.contains("<h1>Signed in to &lt;script&gt;{{tone}}&lt;/script&gt;&amp;</h1>"), "{page}");
    assert!(!page.contains("<script"), "{page}");
}

#[test]
fn a_missing_callback_is_a_time_out() {
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
fn dropping_the_callback_closes_the_browsers_connection() {
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
fn a_browser_that_does_not_read_the_page_causes_no_delay() {
    let clock = Context::real();
    let connected = Arc::new(Mutex::new(None));
    let browsers = Arc::clone(&connected);
    let run = Run::new(&StandIn::default(), move |browser| {
        *browsers.lock().unwrap() = Some(browser.ask(&browser.right("c")));
        vec![]
    });
    assert!(run.outcome.is_ok());
    assert!(clock.elapsed() < Duration::from_secs(9), "{:?}", clock.elapsed());
    assert!(connected.lock().unwrap().is_some(), "the connection was still open");
}
