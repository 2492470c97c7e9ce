//! Judges a request to the listener: whether it is complete, and whether it is the answer of
//! this sign-in. Pure.
//!
//! Any program on this computer can connect, and any web page can make the browser connect.
//! Only a request with the right `state` counts. No other request can end the sign-in.

use httparse::Request;

use crate::loopback::{Head, HeaderFault, names_listener, only_value, read_head, values};
use crate::secret::Secret;
use crate::text::percent::decode_form;

/// The path of the redirect URI. AWS accepts no other path for a public client.
pub const CALLBACK_PATH: &str = "/oauth/callback";

/// The longest request head, in bytes. It has room for cookies: browsers send every cookie that
/// a program on 127.0.0.1 has set, whatever its port.
pub const LONGEST_HEAD: usize = 16 * 1024;

/// The judgement of the bytes received so far.
#[derive(Debug)]
pub enum Verdict {
    /// The request head is not complete. Wait for more bytes.
    Unfinished,
    /// The request is not the answer. The sign-in goes on.
    Refused(Refusal),
    /// The answer, with the right `state`.
    Answered(Answer),
}

/// The reason why a request is not the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The bytes are no HTTP/1 request, or the query is not one of an authorization response.
    Malformed,
    /// The head is longer than [`LONGEST_HEAD`].
    TooLarge,
    /// `Host` does not name this listener. A DNS name may have been rebound to 127.0.0.1.
    WrongHost,
    /// The path is not [`CALLBACK_PATH`].
    WrongPath,
    /// The method is neither GET nor HEAD.
    WrongMethod,
    /// A HEAD request with the right answer: its sender does not want the page.
    Head,
    /// A prefetch of the right answer: the person may never open the page.
    Prefetch,
    /// `state` is missing or wrong: an old tab, or a forged request (RFC 6749 §10.12).
    WrongState,
}

/// The authorization response (RFC 6749 §4.1.2).
#[derive(Debug, Clone)]
pub enum Answer {
    /// The person agreed. The code is exchanged for a token.
    Code(Secret),
    /// The person refused (`access_denied`), or AWS could not go on.
    Error {
        /// The error code of RFC 6749 §4.1.2.1, not escaped.
        error: String,
        /// AWS's description, not escaped.
        description: Option<String>,
    },
}

/// Judges the bytes `received` from one connection. `state` is the one of this sign-in, and `port`
/// the listener's.
pub fn judge(received: &[u8], state: &Secret, port: u16) -> Verdict {
    match read_head(received, LONGEST_HEAD, |request| judge_request(request, state, port)) {
        Head::Unfinished => Verdict::Unfinished,
        Head::TooLarge => Verdict::Refused(Refusal::TooLarge),
        Head::Malformed => Verdict::Refused(Refusal::Malformed),
        Head::Complete(Ok(answer)) => Verdict::Answered(answer),
        Head::Complete(Err(refusal)) => Verdict::Refused(refusal),
    }
}

fn judge_request(request: &Request<'_, '_>, state: &Secret, port: u16) -> Result<Answer, Refusal> {
    let (method, target) = (request.method.unwrap_or_default(), request.path.unwrap_or_default());
    if !names_listener(host(request)?, &["127.0.0.1", "localhost"], port) {
        return Err(Refusal::WrongHost);
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path != CALLBACK_PATH {
        return Err(Refusal::WrongPath);
    }
    if !matches!(method, "GET" | "HEAD") {
        return Err(Refusal::WrongMethod);
    }
    let parameters = Parameters::parse(query).ok_or(Refusal::Malformed)?;
    if !parameters.state.is_some_and(|given| state.matches(given.expose())) {
        return Err(Refusal::WrongState);
    }
    match (parameters.code, parameters.error) {
        (Some(_), None) | (None, Some(_)) if method == "HEAD" => Err(Refusal::Head),
        (Some(_), None) | (None, Some(_)) if is_prefetch(request) => Err(Refusal::Prefetch),
        (Some(code), None) if !code.is_empty() => Ok(Answer::Code(code)),
        (None, Some(error)) if !error.is_empty() => {
            Ok(Answer::Error { error, description: parameters.error_description })
        }
        _ => Err(Refusal::Malformed),
    }
}

/// Whether a browser says in a header, of today or of the past, that it prefetches the page.
fn is_prefetch(request: &Request<'_, '_>) -> bool {
    let names = ["sec-purpose", "purpose", "x-purpose", "x-moz"];
    let mut all = names.into_iter().flat_map(|name| values(request, name));
    all.any(|value| {
        let value = String::from_utf8_lossy(value).to_ascii_lowercase();
        ["prefetch", "prerender", "preview"].iter().any(|word| value.contains(word))
    })
}

/// Whether the request in `received` comes from a browser tab that navigates to the page. Every
/// current browser says so to 127.0.0.1 (W3C Fetch Metadata); a scanner that tests links does not.
pub fn comes_from_a_tab(received: &[u8]) -> bool {
    let navigates = |value: &[u8]| value.trim_ascii().eq_ignore_ascii_case(b"navigate");
    let navigates = |request: &Request<'_, '_>| values(request, "sec-fetch-mode").any(navigates);
    matches!(read_head(received, LONGEST_HEAD, navigates), Head::Complete(true))
}

/// The value of the only `Host` header. Other headers may contain any bytes.
fn host<'a>(request: &'a Request<'_, '_>) -> Result<&'a str, Refusal> {
    match only_value(request, "host") {
        Ok(value) => std::str::from_utf8(value).map_err(|_| Refusal::Malformed),
        Err(HeaderFault::Missing) => Err(Refusal::WrongHost),
        Err(HeaderFault::Twice) => Err(Refusal::Malformed),
    }
}

/// The parameters of an authorization response (RFC 6749 §4.1.2) in a query.
#[derive(Debug, Default)]
struct Parameters {
    state: Option<Secret>,
    code: Option<Secret>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Parameters {
    /// Reads them from `query` and ignores all others. `None` if one of them is given twice (RFC
    /// 6749 §3.1) or is not percent-encoded UTF-8.
    fn parse(query: &str) -> Option<Self> {
        let mut parameters = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let is_given_twice = match name {
                "state" => parameters.state.replace(Secret::new(decode_form(value)?)).is_some(),
                "code" => parameters.code.replace(Secret::new(decode_form(value)?)).is_some(),
                "error" => parameters.error.replace(decode_form(value)?).is_some(),
                "error_description" => parameters.error_description.replace(decode_form(value)?).is_some(),
                _ => false,
            };
            if is_given_twice {
                return None;
            }
        }
        Some(parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: u16 = 54321;

    fn verdict(head: &str) -> Verdict {
        judge(head.as_bytes(), &Secret::new("right"), PORT)
    }

    fn get(target: &str) -> Verdict {
        verdict(&format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:54321\r\nCookie: a=b\r\n\r\n"))
    }

    fn refusal(verdict: Verdict) -> Refusal {
        match verdict {
            Verdict::Refused(refusal) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn a_code_with_the_right_state_is_the_answer() {
        match get("/oauth/callback?x=1&code=a%2Fb+c&state=right") {
            Verdict::Answered(Answer::Code(code)) => assert_eq!(code.expose(), "a/b c"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_error_counts_only_with_the_right_state() {
        match get("/oauth/callback?error=access_denied&error_description=No%20way&state=right") {
            Verdict::Answered(Answer::Error { error, description }) => {
                assert_eq!((error.as_str(), description.as_deref()), ("access_denied", Some("No way")));
            }
            other => panic!("{other:?}"),
        }
        for target in
            ["/oauth/callback?error=access_denied", "/oauth/callback?error=access_denied&state=wrong"]
        {
            assert_eq!(refusal(get(target)), Refusal::WrongState, "{target}");
        }
    }

    #[test]
    fn a_query_without_exactly_one_answer_and_the_right_state_is_refused() {
        for (query, expected) in [
            ("", Refusal::WrongState),
            ("?", Refusal::WrongState),
            ("?code=c", Refusal::WrongState),
            ("?code=c&state=", Refusal::WrongState),
            ("?code=c&state=righ", Refusal::WrongState),
            ("?code=c&state=right&state=right", Refusal::Malformed),
            ("?code=c&code=c&state=right", Refusal::Malformed),
            ("?code=c&error=e&state=right", Refusal::Malformed),
            ("?error=e&error=e&state=right", Refusal::Malformed),
            ("?code=&state=right", Refusal::Malformed),
            ("?error=&state=right", Refusal::Malformed),
            ("?state=right", Refusal::Malformed),
            ("?code=%&state=right", Refusal::Malformed),
            ("?code=%f&state=right", Refusal::Malformed),
            ("?code=%zz&state=right", Refusal::Malformed),
            ("?code=%+1&state=right", Refusal::Malformed),
            ("?code=%ff&state=right", Refusal::Malformed),
        ] {
            assert_eq!(refusal(get(&format!("/oauth/callback{query}"))), expected, "{query:?}");
        }
    }

    #[test]
    fn other_paths_and_methods_are_refused() {
        for path in
            ["/", "/favicon.ico", "/oauth/callback/", "/oauth/callbac", "/OAUTH/callback", "//oauth/callback"]
        {
            assert_eq!(refusal(get(&format!("{path}?code=c&state=right"))), Refusal::WrongPath, "{path}");
        }
        for method in ["POST", "PUT", "OPTIONS", "get", "X"] {
            let head =
                format!("{method} /oauth/callback?code=c&state=right HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assert_eq!(refusal(verdict(&head)), Refusal::WrongMethod, "{method}");
        }
    }

    #[test]
    fn head_requests_and_prefetches_are_not_the_answer() {
        let with = |method: &str, target: &str, header: &str| {
            verdict(&format!("{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:54321\r\n{header}\r\n\r\n"))
        };
        let targets =
            ["/oauth/callback?code=c&state=right", "/oauth/callback?error=access_denied&state=right"];
        for target in targets {
            assert_eq!(refusal(with("HEAD", target, "Accept: */*")), Refusal::Head);
            for header in [
                "Sec-Purpose: prefetch",
                "sec-purpose: prefetch;prerender",
                "Purpose: prefetch",
                "X-Moz: prefetch",
                "X-Purpose: preview",
            ] {
                assert_eq!(refusal(with("GET", target, header)), Refusal::Prefetch, "{header}");
            }
            for header in ["Sec-Purpose: ", "Sec-Fetch-Mode: navigate", "X-Note: prefetch"] {
                assert!(matches!(with("GET", target, header), Verdict::Answered(_)), "{header}");
            }
        }
        let wrong = "/oauth/callback?code=c&state=wrong";
        assert_eq!(refusal(with("HEAD", wrong, "Purpose: prefetch")), Refusal::WrongState);
    }

    #[test]
    fn a_tab_is_recognised_by_its_fetch_mode() {
        let head = |header: &str| format!("GET / HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n");
        assert!(comes_from_a_tab(head("sec-fetch-mode:  Navigate").as_bytes()));
        for header in ["Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: navigate", "User-Agent: navigate"] {
            assert!(!comes_from_a_tab(head(header).as_bytes()), "{header}");
        }
    }

    #[test]
    fn another_host_is_refused() {
        let with = |headers: &str| {
            verdict(&format!("GET /oauth/callback?code=c&state=right HTTP/1.1\r\n{headers}\r\n"))
        };
        for headers in [
            "Host: 127.0.0.1:54321\r\n",
            "host:127.0.0.1\r\n",
            "HOST:  LocalHost:54321 \r\n",
            "X: \u{e9}\r\nHost: localhost\r\n",
        ] {
            assert!(matches!(with(headers), Verdict::Answered(_)), "{headers:?}");
        }
        for headers in [
            "",
            "Host: evil.example\r\n",
            "Host: 127.0.0.1:1\r\n",
            "Host: 127.0.0.1.evil.example\r\n",
            "Host: \r\n",
        ] {
            assert_eq!(refusal(with(headers)), Refusal::WrongHost, "{headers:?}");
        }
        for headers in ["Host: localhost\r\nHost: localhost\r\n", "Host localhost\r\n"] {
            assert_eq!(refusal(with(headers)), Refusal::Malformed, "{headers:?}");
        }
    }

    #[test]
    fn half_a_request_is_waited_for_and_other_bytes_are_refused() {
        for half in ["", "G", "GET /oauth/callback?code=c&state=right HTTP/1.1\r\nHost: 127.0.0.1\r\n"] {
            assert!(matches!(verdict(half), Verdict::Unfinished), "{half:?}");
        }
        for junk in [
            "\u{16}\u{3}\u{1}",
            "\r\n\r\n",
            "GET\r\n\r\n",
            "GET /oauth/callback\r\n\r\n",
            "GET /oauth/callback HTTP/2\r\n\r\n",
            "GET http://127.0.0.1/oauth/callback?code=c&state=right HTTP/1.1\r\n\r\n",
            "GET /oauth/callback?\u{e9} HTTP/1.1\r\n\r\n",
            "GET /oauth/callback?code=c&state=right\n HTTP/1.1\r\n\r\n",
            "GET  /oauth/callback HTTP/1.1\r\n\r\n",
        ] {
            assert_eq!(refusal(verdict(junk)), Refusal::Malformed, "{junk:?}");
        }
    }

    #[test]
    fn a_head_longer_than_16_kib_is_refused() {
        let endless = |length: usize| format!("GET /{}", "a".repeat(length - 5));
        assert!(matches!(verdict(&endless(16 * 1024)), Verdict::Unfinished));
        assert_eq!(refusal(verdict(&endless(16 * 1024 + 1))), Refusal::TooLarge);
        let whole = |length: usize| {
            let start = "GET /oauth/callback?code=c&state=right HTTP/1.1\r\nHost: localhost\r\nCookie: ";
            format!("{start}{}\r\n\r\n", "a".repeat(length - start.len()))
        };
        assert!(matches!(verdict(&whole(16 * 1024)), Verdict::Answered(_)));
        assert_eq!(refusal(verdict(&whole(16 * 1024 + 1))), Refusal::TooLarge);
    }
}
