//! Judges a request to the endpoint: whether it is complete, and whether it may have credentials.
//! Pure.

use httparse::Request;

use crate::loopback::{Head, HeaderFault, names_listener, only_value, read_head};
use crate::secret::Secret;

/// The path of the credentials.
pub(super) const PATH: &str = "/role-credentials";

/// The longest request head, in bytes. Those of the SDKs have less than a tenth of it.
pub(super) const LONGEST_HEAD: usize = 8 * 1024;

/// The judgement of the bytes received so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The request head is not complete. Wait for more bytes.
    Unfinished,
    /// The request gets no credentials.
    Refused(Refusal),
    /// The request may have credentials.
    Granted,
}

/// The reason why a request gets no credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The bytes are no HTTP/1 request with a path and one `Host`, or the head is too long.
    Malformed,
    /// `Authorization` is missing, there twice, or not the token.
    WrongToken,
    /// `Host` does not name this endpoint: a web page may have had its name rebound to 127.0.0.1.
    WrongHost,
    /// The path is not [`PATH`], or has a query.
    WrongPath,
    /// The method is not GET.
    WrongMethod,
}

/// Judges the bytes `received` from one connection to the endpoint on `port`.
pub fn judge(received: &[u8], token: &Secret, port: u16) -> Verdict {
    match read_head(received, LONGEST_HEAD, |request| judge_request(request, token, port)) {
        Head::Unfinished => Verdict::Unfinished,
        Head::TooLarge | Head::Malformed => Verdict::Refused(Refusal::Malformed),
        Head::Complete(Some(refusal)) => Verdict::Refused(refusal),
        Head::Complete(None) => Verdict::Granted,
    }
}

fn judge_request(request: &Request<'_, '_>, token: &Secret, port: u16) -> Option<Refusal> {
    let text = |name| only_value(request, name).map(|value| std::str::from_utf8(value).unwrap_or_default());
    match text("host") {
        Ok(host) if names_listener(host, &["127.0.0.1"], port) => {}
        Ok(_) => return Some(Refusal::WrongHost),
        Err(HeaderFault::Missing | HeaderFault::Twice) => return Some(Refusal::Malformed),
    }
    if request.path != Some(PATH) {
        return Some(Refusal::WrongPath);
    }
    if request.method != Some("GET") {
        return Some(Refusal::WrongMethod);
    }
    match text("authorization") {
        Ok(given) if token.matches(given) => None,
        _ => Some(Refusal::WrongToken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(head: &str) -> Verdict {
        judge(head.as_bytes(), &Secret::new("right"), 54321)
    }

    fn refused(head: &str, refusal: Refusal) {
        assert_eq!(verdict(head), Verdict::Refused(refusal), "{head:?}");
    }

    #[test]
    fn the_right_token_at_the_right_place_is_granted() {
        for head in [
            "GET /role-credentials HTTP/1.1\r\nHost: 127.0.0.1:54321\r\nAuthorization: right\r\n\r\n",
            "GET /role-credentials HTTP/1.1\r\nauthorization:  right \r\nhost:127.0.0.1\r\nAccept: */*\r\n\r\n",
            "GET /role-credentials HTTP/1.0\r\nHost: 127.0.0.1:54321\r\nAuthorization: right\r\n\r\nGET / HTTP/1.1\r\n",
        ] {
            assert_eq!(verdict(head), Verdict::Granted, "{head:?}");
        }
    }

    #[test]
    fn without_the_token_nothing_is_granted() {
        for header in [
            "",
            "Authorization: \r\n",
            "Authorization: wrong\r\n",
            "Authorization: righ\r\n",
            "Authorization: right1\r\n",
            "Authorization: Right\r\n",
            "Authorization: Bearer right\r\n",
            "Authorization: \u{e9}\r\n",
            "Authorization: right\r\nAuthorization: right\r\n",
            "X-Authorization: right\r\n",
        ] {
            let head = format!("GET /role-credentials HTTP/1.1\r\nHost: 127.0.0.1:54321\r\n{header}\r\n");
            refused(&head, Refusal::WrongToken);
        }
    }

    #[test]
    fn another_host_is_refused_whatever_the_token() {
        for host in
            ["evil.example", "localhost:54321", "127.0.0.1:1", "127.0.0.1.evil.example", "", "[::1]:54321"]
        {
            let head =
                format!("GET /role-credentials HTTP/1.1\r\nHost: {host}\r\nAuthorization: right\r\n\r\n");
            refused(&head, Refusal::WrongHost);
        }
        for hosts in ["", "Host: 127.0.0.1\r\nHost: 127.0.0.1\r\n"] {
            let head = format!("GET /role-credentials HTTP/1.0\r\n{hosts}Authorization: right\r\n\r\n");
            refused(&head, Refusal::Malformed);
        }
    }

    #[test]
    fn other_paths_and_methods_are_refused() {
        let with = |line: &str| format!("{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: right\r\n\r\n");
        for path in
            ["/", "/role-credentials/", "/role-credentials?x=1", "//role-credentials", "/ROLE-credentials"]
        {
            refused(&with(&format!("GET {path}")), Refusal::WrongPath);
        }
        for method in ["POST", "HEAD", "OPTIONS", "PUT", "get", "X"] {
            refused(&with(&format!("{method} /role-credentials")), Refusal::WrongMethod);
        }
        refused(&with("GET http://127.0.0.1:54321/role-credentials"), Refusal::Malformed);
        refused(&with("GET http://evil.example/"), Refusal::Malformed);
    }

    #[test]
    fn half_a_request_is_waited_for_and_a_long_one_is_refused() {
        for half in ["", "G", "GET /role-credentials HTTP/1.1\r\nAuthorization: right\r\n"] {
            assert_eq!(verdict(half), Verdict::Unfinished, "{half:?}");
        }
        refused(&format!("GET /{}", "a".repeat(LONGEST_HEAD)), Refusal::Malformed);
        refused("\u{16}\u{3}\u{1}", Refusal::Malformed);
    }
}
