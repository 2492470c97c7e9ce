//! Requests from synchronous code: the runtime, the time limit of a request, and posting a form.

use std::future::Future;
use std::time::Duration;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Method, Request};
use hyper::body::Bytes;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::failure::Failure;
use super::names;
use super::transport::Transport;
use crate::error::ServiceErrorKind;
use crate::secret::Secret;
use crate::text::span::{rounded_up, span};

/// An answer of a server. Its body may hold secrets.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, at most 1 MiB.
    pub body: Bytes,
    /// The pause that the server asks for (`Retry-After`), if it is given in seconds.
    pub retry_after: Option<Duration>,
}

/// Posts `form`, which is `application/x-www-form-urlencoded`, to `url`.
///
/// # Errors
/// [`Failure`] if there is no answer within `patience`, or one that AWS cannot have given.
pub fn post_form(
    transport: &Transport,
    url: &str,
    form: &Secret,
    patience: Duration,
) -> Result<Answer, Failure> {
    if patience.is_zero() {
        return Err(too_late());
    }
    let mut request = Request::new(Bytes::copy_from_slice(form.expose().as_bytes()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() =
        url.parse().map_err(|_| Failure::new(ServiceErrorKind::Connection, "the address cannot be used"))?;
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(CONTENT_TYPE, kind);
    let answer = runtime()?.block_on(async { within(patience, transport.exchange(request)).await })??;
    let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Ok(Answer {
        status: answer.status().as_u16(),
        retry_after: retry_after.map(Duration::from_secs),
        body: answer.into_body(),
    })
}

/// tokio on the calling thread, without threads of its own.
///
/// # Errors
/// [`Failure`] if the system does not give what the runtime needs.
pub fn runtime() -> Result<Runtime, Failure> {
    Builder::new_current_thread().enable_io().enable_time().build().map_err(|error| {
        Failure::exhausted(&error)
            .unwrap_or_else(|| Failure::new(ServiceErrorKind::Connection, error.to_string()))
    })
}

/// The output of `request`, if it comes within `patience`.
///
/// # Errors
/// A [`Failure`] of the kind [`ServiceErrorKind::TimedOut`].
pub async fn within<F: Future>(patience: Duration, request: F) -> Result<F::Output, Failure> {
    let output = timeout(patience, names::within(patience, request)).await;
    output.map_err(|_| Failure::new(ServiceErrorKind::TimedOut, no_answer_within(patience)))
}

/// The failure of a request for which no time is left.
pub fn too_late() -> Failure {
    Failure::new(ServiceErrorKind::TimedOut, "no time is left to ask".to_owned())
}

/// The message, with the time rounded up to whole seconds.
fn no_answer_within(patience: Duration) -> String {
    format!("no answer within {}", span(rounded_up(patience)))
}
