//! The head of a request, read from the bytes that one connection has sent so far. Pure.

use httparse::{EMPTY_HEADER, Request, Status};

/// The most headers in a request. Browsers send less than a third of this.
const MOST_HEADERS: usize = 128;

/// The head of a request, as far as it was received.
#[derive(Debug)]
pub enum Head<T> {
    /// It is not complete. Wait for more bytes.
    Unfinished,
    /// It is longer than allowed.
    TooLarge,
    /// It is not one of HTTP/1, or its target is not a path.
    Malformed,
    /// It is complete. The value is what the caller made of it.
    Complete(T),
}

/// Reads the head in `received`, which may have `longest` bytes, and passes it to `look`.
pub fn read_head<T>(received: &[u8], longest: usize, look: impl FnOnce(&Request<'_, '_>) -> T) -> Head<T> {
    let end = received.windows(4).position(|four| four == b"\r\n\r\n");
    if end.unwrap_or(received.len()) > longest {
        return Head::TooLarge;
    }
    match end {
        Some(end) => {
            let mut headers = [EMPTY_HEADER; MOST_HEADERS];
            let mut request = Request::new(&mut headers);
            match request.parse(&received[..end + 4]) {
                Ok(Status::Complete(_)) if is_path(&request) => Head::Complete(look(&request)),
                _ => Head::Malformed,
            }
        }
        // A TLS handshake, for instance, would never become a complete request.
        None if received.first().is_some_and(|byte| !byte.is_ascii_uppercase()) => Head::Malformed,
        None => Head::Unfinished,
    }
}

/// A target that is a whole URL is for proxies.
fn is_path(request: &Request<'_, '_>) -> bool {
    let target = request.path.unwrap_or_default();
    target.starts_with('/') && target.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The values of all headers called `name`, in any case.
pub fn values<'a>(request: &'a Request<'_, '_>, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    let named = request.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name));
    named.map(|header| header.value)
}

/// Why a header has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderFault {
    /// It is not there.
    Missing,
    /// It is there more than once.
    Twice,
}

/// The value of the only header called `name`, without blanks around it.
///
/// # Errors
/// [`HeaderFault`].
pub fn only_value<'a>(request: &'a Request<'_, '_>, name: &'a str) -> Result<&'a [u8], HeaderFault> {
    let mut all = values(request, name);
    match (all.next(), all.next()) {
        (None, _) => Err(HeaderFault::Missing),
        (Some(value), None) => Ok(value.trim_ascii()),
        (Some(_), Some(_)) => Err(HeaderFault::Twice),
    }
}

/// Whether the `Host` header names the listener on `port`, by one of `names`. A DNS name may have been
/// rebound to 127.0.0.1.
pub fn names_listener(host: &str, names: &[&str], port: u16) -> bool {
    let (name, given_port) = match host.split_once(':') {
        Some((name, given_port)) => (name, Some(given_port)),
        None => (host, None),
    };
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
        && given_port.is_none_or(|given| given == port.to_string())
}
