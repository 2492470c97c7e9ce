//! The two listeners on 127.0.0.1: whatever is sent, only the right `state` ends a sign-in, only the right
//! token gets credentials, and a request that never ends is given up.
#![no_main]

use aws_sso_cred::authorization_code::Answer;
use aws_sso_cred::fuzzing::{Judged, judge_callback, judge_credentials_request};
use aws_sso_cred::text::percent::decode_leniently;
use libfuzzer_sys::fuzz_target;

const RIGHT: &str = "the-right-one-4711";
const WRONG: &str = "the-right-one-4712";
const PORT: u16 = 54321;

/// The most bytes that are read of a request to one of the two.
const ROOM: usize = 17 * 1024;

fuzz_target!(|received: &[u8]| {
    let (judged, answer) = judge_callback(received, RIGHT, PORT);
    if judged == Judged::Accepted {
        assert_holds(&decode_leniently(&String::from_utf8_lossy(received)), RIGHT);
        assert_ne!(judge_callback(received, WRONG, PORT).0, Judged::Accepted);
        match answer.expect("the answer") {
            Answer::Code(code) => assert!(!code.expose().is_empty()),
            Answer::Error { error, .. } => assert!(!error.is_empty()),
        }
    }
    let granted = judge_credentials_request(received, RIGHT, PORT);
    if granted == Judged::Accepted {
        assert_holds(received, RIGHT);
        assert_ne!(judge_credentials_request(received, WRONG, PORT), Judged::Accepted);
    }
    for (judged, judge) in [
        (judged, &(|bytes: &[u8]| judge_callback(bytes, RIGHT, PORT).0) as &dyn Fn(&[u8]) -> Judged),
        (granted, &|bytes: &[u8]| judge_credentials_request(bytes, RIGHT, PORT)),
    ] {
        match judged {
            Judged::Accepted => assert_whole_heads_count(received, judge),
            Judged::Refused => {}
            Judged::Unfinished => {
                let endless = [received, &vec![b'a'; ROOM.saturating_sub(received.len())]].concat();
                assert_eq!(judge(&endless), Judged::Refused, "it is too long");
            }
        }
    }
});

fn assert_holds(bytes: &[u8], text: &str) {
    assert!(bytes.windows(text.len()).any(|found| found == text.as_bytes()));
}

/// What is judged is the whole head, and nothing behind it.
fn assert_whole_heads_count(received: &[u8], judge: &dyn Fn(&[u8]) -> Judged) {
    let end = received.windows(4).position(|four| four == b"\r\n\r\n").expect("the end of the head") + 4;
    // Line breaks before a request are skipped, but nothing is waited for behind them.
    if !received[0].is_ascii_uppercase() {
        return;
    }
    for part in [end / 2, end - 1] {
        assert_eq!(judge(&received[..part]), Judged::Unfinished);
    }
    assert_eq!(judge(&[&received[..end], b"GET / HTTP/1.1\r\n\r\n"].concat()), Judged::Accepted);
}
