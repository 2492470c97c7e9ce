//! Polling by RFC 8628 §3.5, and servers that violate it.

use std::time::Duration;

use serde_json::json;
use stand_in::{Fault, Operation, Times};

use crate::common::{at_once, failed};
use crate::desk::{Desk, prompts_in, signed_in};

const SECOND: Duration = Duration::from_secs(1);

type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

#[test]
fn the_polling_interval_is_obeyed_and_grows_after_slow_down() {
    let plain = || {
        let desk = Desk::new();
        desk.aws().set_device(2, 600, true);
        desk.aws().auto_approve(2);
        signed_in(desk.sign_in(&[]));
        assert_eq!(desk.polls(), 3);
        desk.assert_pace(2 * SECOND);
    };
    let slowed_down = || {
        let desk = Desk::new();
        desk.aws().fault(Operation::CreateToken, Fault::SlowDown, Times::Once);
        desk.aws().auto_approve(0);
        signed_in(desk.sign_in(&[]));
        assert_eq!(desk.polls(), 2);
        desk.assert_pace(6 * SECOND);
        desk.assert_tabs(1);
    };
    let over_two_processes = || {
        let desk = Desk::new();
        desk.aws().fault(Operation::CreateToken, Fault::SlowDown, Times::Once);
        // The run ends at once: five seconds are too short for the required pause.
        let output = desk.sign_in(&["--wait", "5"]);
        assert_eq!(output.status, 6, "{output:?}");
        assert_eq!(desk.pending()["interval"], json!(6));
        desk.approve();
        signed_in(desk.sign_in(&[]));
        desk.assert_pace(6 * SECOND);
    };
    at_once::<()>(vec![Box::new(plain) as Job, Box::new(slowed_down), Box::new(over_two_processes)]);
}

#[test]
fn a_refusal_and_an_expired_code_exit_with_3() {
    let refused = || {
        let desk = Desk::new();
        desk.aws().auto_deny(1);
        let output = desk.sign_in(&[]);
        assert_eq!((output.status, output.stdout.as_str()), (3, ""), "{output:?}");
        let told = "aws-sso-cred: sso-session `corp`: the sign-in was refused in the browser\n\
                    hint: to try again, run `aws-sso-cred login --sso-session corp` \
                    (or `aws sso login --sso-session corp`)\n";
        assert!(output.stderr.ends_with(told), "{output:?}");
        assert_eq!(desk.polls(), 2);
    };
    let unanswered = |desk: &Desk| {
        let output = desk.sign_in(&[]);
        assert_eq!((output.status, output.stdout.as_str()), (3, ""), "{output:?}");
        let told = "the sign-in request expired before you answered it\n";
        assert!(output.stderr.contains(told), "{output:?}");
        assert!(!desk.state_file("pending.json").exists());
    };
    let expired_here = || {
        let desk = Desk::new();
        desk.aws().set_device(1, 3, true);
        unanswered(&desk);
    };
    let expired_there = || {
        let desk = Desk::new();
        let gone = Fault::Error { status: 400, code: "expired_token", message: "gone" };
        desk.aws().fault(Operation::CreateToken, gone, Times::Once);
        unanswered(&desk);
        assert_eq!(desk.polls(), 1);
    };
    at_once::<()>(vec![Box::new(refused) as Job, Box::new(expired_here), Box::new(expired_there)]);
}

#[test]
fn polling_continues_after_a_lost_answer() {
    let faults = [
        Fault::CloseBeforeAnswer,
        Fault::Reset,
        Fault::Status(500),
        Fault::Status(503),
        Fault::Garbage(b"not json".to_vec()),
        Fault::HtmlPage(200),
        Fault::RawBytes(b"\x00\x01 no http".to_vec()),
        Fault::EmptyBody(200),
        Fault::RetryAfter { status: 429, seconds: 1 },
        Fault::WrongTypes,
    ];
    let after = |fault: Fault| {
        move || {
            let desk = Desk::new();
            desk.aws().fault(Operation::CreateToken, fault.clone(), Times::Once);
            desk.aws().auto_approve(0);
            let output = desk.sign_in(&[]);
            assert_eq!(output.status, 0, "{fault:?}: {output:?}");
            let prompt = signed_in(output);
            assert_eq!((desk.polls(), prompts_in(&prompt)), (2, 1), "{fault:?}");
            desk.assert_pace(SECOND);
        }
    };
    at_once::<()>(faults.into_iter().map(|fault| Box::new(after(fault)) as Job).collect());
}

/// The person may have confirmed the code already.
#[test]
fn after_lost_answers_the_text_does_not_say_that_the_person_has_not_signed_in() {
    let desk = Desk::new();
    desk.aws().fault(Operation::CreateToken, Fault::HtmlPage(200), Times::Always);
    desk.aws().auto_approve(0);
    let output = desk.sign_in(&["--wait", "3"]);
    let text = output.stderr.split("aws-sso-cred: ").last().unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(output.status, 6, "{output:?}");
    let what = "sso-session `corp`: AWS cannot be asked whether you have signed in with the code ";
    assert!(lines[0].starts_with(what), "{lines:?}");
    assert!(lines[1].starts_with("if you have not, open http://"), "{lines:?}");
    assert!(
        lines[2].starts_with("hint: check the network and any proxy, then run this again; "),
        "{lines:?}"
    );
    desk.aws().clear_faults();
    signed_in(desk.sign_in(&[]));
}

#[test]
fn an_invalid_device_authorization_opens_no_tab() {
    let places = [Operation::RegisterClient, Operation::StartDeviceAuthorization];
    let faults = [
        Fault::Garbage(b"{}".to_vec()),
        Fault::Garbage(b"<html>".to_vec()),
        Fault::HtmlPage(200),
        Fault::WrongTypes,
        Fault::EmptyBody(200),
        Fault::RedirectTo("http://192.0.2.1/".to_owned()),
        Fault::Status(400),
    ];
    let jobs = places.into_iter().flat_map(|place| {
        faults.iter().map(move |fault| {
            Box::new(move || {
                let desk = Desk::new();
                desk.aws().fault(place, fault.clone(), Times::Always);
                let output = desk.sign_in(&[]);
                failed(&output, 4);
                assert_eq!(desk.count(place), 1, "{place:?} {fault:?}");
                desk.assert_tabs(0);
                assert!(!desk.state_file("pending.json").exists());
            }) as Job
        })
    });
    at_once::<()>(jobs.collect());
}

#[test]
fn addresses_that_are_no_web_pages_are_neither_shown_nor_opened() {
    let lies = [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://device.sso.example.com/",
        "https://user@device.example.com/",
        "https://device.example.com/\u{1b}[2J",
        "https:///no-host",
        "data:text/html,x",
        "-new-window https://x/",
        "",
    ];
    let good = "https://device.sso.eu-west-1.amazonaws.com/";
    let pairs = lies.iter().map(|lie| (*lie, good)).chain(lies.iter().map(|lie| (good, *lie)));
    // Without a prefilled address the plain address is shown.
    let jobs = pairs.filter(|(plain, prefilled)| !(prefilled.is_empty() && *plain == good));
    let jobs = jobs.map(|(plain, prefilled)| {
        Box::new(move || {
            let desk = Desk::new();
            let answer = json!({
                "deviceCode": "device", "userCode": "ABCD-EFGH", "verificationUri": plain,
                "verificationUriComplete": prefilled, "expiresIn": 600, "interval": 1,
            });
            let body = answer.to_string().into_bytes();
            desk.aws().fault(Operation::StartDeviceAuthorization, Fault::Garbage(body), Times::Once);
            let output = desk.sign_in(&[]);
            let lines = failed(&output, 4);
            assert!(lines.iter().any(|line| line.contains("verification")), "{lines:?}");
            assert_eq!(desk.polls(), 0);
            desk.assert_tabs(0);
        }) as Job
    });
    at_once::<()>(jobs.collect());
}
