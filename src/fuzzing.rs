//! What the fuzz targets in `fuzz/` call: decisions about input that are private to their rooms. Only
//! `.ci/fuzz` and cargo-fuzz compile it, with `cfg(fuzzing)`.

use std::ffi::OsString;

use crate::authorization_code::{self, Answer};
use crate::cli::{self, Command};
use crate::container_credentials;
use crate::context::Context;
use crate::error::Error;
use crate::https::date;
use crate::https::proxies::Proxies;
use crate::identity_center::sdk::SdkIdentityCenter;
use crate::identity_center::sdk::endpoints::Service;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

pub use crate::https::issuer;

/// The judgement of a request to one of the listeners on 127.0.0.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// More bytes are waited for.
    Unfinished,
    /// The request gets nothing.
    Refused,
    /// The request brings the answer of the sign-in, or may have credentials.
    Accepted,
}

/// Judges a request to the listener of a sign-in.
pub fn judge_callback(received: &[u8], state: &str, port: u16) -> (Judged, Option<Answer>) {
    use authorization_code::Verdict;
    match authorization_code::judge(received, &Secret::new(state), port) {
        Verdict::Unfinished => (Judged::Unfinished, None),
        Verdict::Refused(_) => (Judged::Refused, None),
        Verdict::Answered(answer) => (Judged::Accepted, Some(answer)),
    }
}

/// Judges a request to the endpoint of `exec --server`.
pub fn judge_credentials_request(received: &[u8], token: &str, port: u16) -> Judged {
    use container_credentials::Verdict;
    match container_credentials::judge(received, &Secret::new(token), port) {
        Verdict::Unfinished => Judged::Unfinished,
        Verdict::Refused(_) => Judged::Refused,
        Verdict::Granted => Judged::Accepted,
    }
}

/// What clap makes of `arguments`, also of those that a faster parser reads.
///
/// # Errors
/// As [`cli::parse`].
pub fn parse_with_clap(arguments: &[OsString]) -> Result<Command, Error> {
    cli::parse_with_clap(arguments)
}

/// The proxy for a request over TLS to `host`, by the environment of `context`: whether it is reached over
/// TLS, its host, and its port.
///
/// # Errors
/// As for a command that sends a request.
pub fn proxy(context: &Context, host: &str, port: u16) -> Result<Option<(bool, String, u16)>, Error> {
    let proxies = Proxies::new(context)?;
    Ok(proxies.route(host, port).map(|proxy| (proxy.tls, proxy.host.clone(), proxy.port)))
}

/// Reads a date in an HTTP header.
pub fn http_date(text: &str) -> Option<Timestamp> {
    date::parse(text)
}

/// Answers the next request of `aws` to `service` with the bytes `answer`, without a network.
pub fn answer_next(aws: &SdkIdentityCenter<'_>, service: Service, answer: &[u8]) {
    aws.answer_next(service, answer.to_vec());
}
