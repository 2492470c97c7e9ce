//! Sends one request: waits for the answer, ends it at the deadline, logs it, and keeps secrets out
//! of its error.

use std::future::Future;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use http::header::LOCATION;
use http::{Method, Response};
use tokio::runtime::Runtime;

use super::answers::MissingField;
use super::endpoints::{Endpoint, Service};
use super::redaction::without_secrets;
use super::{SdkIdentityCenter, refusal};
use crate::error::{REDIRECT, ServiceError, ServiceErrorKind};
use crate::https::blocking::{self, too_late, within};
use crate::https::failure::Failure;
use crate::identifiers::StartUrl;
use crate::identity_center::{Deadline, Redirect};
use crate::platform::{self, SpareDescriptor};
use crate::secret::Secret;

impl SdkIdentityCenter<'_> {
    /// Sends one request to `service` before `deadline`, and reads its answer with `read`. The
    /// request holds `secrets`: an error message that repeats one of them is dropped.
    pub(super) fn call<T, O, E, F>(
        &self,
        operation: &'static str,
        (service, deadline): (Service, Deadline),
        secrets: &[&Secret],
        send: impl FnOnce() -> F,
        read: impl FnOnce(O) -> Result<T, MissingField>,
    ) -> Result<T, ServiceError>
    where
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    {
        let started = self.context.elapsed();
        let answer = match self.endpoint(service) {
            Ok(_) => self.in_time(deadline, send),
            Err(cause) => Err(Failure::new(ServiceErrorKind::Connection, cause.clone())),
        };
        self.result((operation, service, started), secrets, answer, read)
    }

    /// The result of a request that was sent at `started`: what `read` makes of the answer, or the
    /// error. It is logged.
    pub(super) fn result<T, O, E>(
        &self,
        (operation, service, started): (&'static str, Service, Duration),
        secrets: &[&Secret],
        answer: Result<Result<O, SdkError<E, HttpResponse>>, Failure>,
        read: impl FnOnce(O) -> Result<T, MissingField>,
    ) -> Result<T, ServiceError> {
        let endpoint = self.endpoint(service);
        let host = endpoint.as_ref().map_or("AWS", Endpoint::authority);
        let fail = |failure| refusal::unanswered(operation, host, failure);
        let result = match answer {
            Ok(Ok(answer)) => read(answer).map_err(|MissingField(field)| {
                let message = format!("the answer has no usable `{field}`");
                fail(Failure::new(ServiceErrorKind::NotAws, message))
            }),
            Ok(Err(error)) => Err(refusal::service_error(operation, host, &error, self.context.now())),
            Err(failure) => Err(fail(failure)),
        };
        let proxy = endpoint.as_ref().ok().and_then(|endpoint| self.transport.proxy_to(&endpoint.url));
        let result = result.map_err(|error| ServiceError { proxy, ..without_secrets(error, secrets) });
        let took = self.context.elapsed().saturating_sub(started).as_millis();
        match &result {
            Ok(_) => crate::debug!(self.context, "{operation}: answered in {took} ms"),
            Err(error) => crate::debug!(
                self.context,
                "{operation} at {}: {:?}, status {:?}, code {:?}, message {:?}, after {took} ms",
                error.endpoint,
                error.kind,
                error.status,
                error.code,
                error.message
            ),
        }
        result
    }

    /// The outcome of `send`, if it comes before `deadline`.
    fn in_time<F: Future>(&self, deadline: Deadline, send: impl FnOnce() -> F) -> Result<F::Output, Failure> {
        let patience = deadline.patience(self.context);
        if patience.is_zero() {
            return Err(too_late());
        }
        self.runtime()?.block_on(async { within(patience, send()).await })
    }

    /// Asks a web server that is not AWS's for the redirect at `address`.
    pub(super) fn request_redirect(
        &self,
        method: &Method,
        address: &str,
        deadline: Deadline,
    ) -> Result<Redirect, ServiceError> {
        let host = StartUrl::parse(address).map_or_else(|_| String::new(), |url| url.host().to_owned());
        let proxy = self.transport.proxy_to(address);
        let fail = |failure| ServiceError { proxy, ..refusal::unanswered(REDIRECT, &host, failure) };
        let head = self.in_time(deadline, || self.transport.head_of(method.clone(), address));
        let answer = head.and_then(|head| head).map(|head| redirect(&head)).map_err(fail);
        crate::debug!(self.context, "{method} {address}: {answer:?}");
        answer
    }

    /// Reserves a file descriptor, for the file in which the answer is stored.
    pub(super) fn spare_descriptor(
        &self,
        operation: &'static str,
        service: Service,
    ) -> Result<SpareDescriptor, ServiceError> {
        platform::spare_descriptor().map_err(|error| {
            let host = self.endpoint(service).as_ref().map_or("AWS", Endpoint::authority);
            refusal::unanswered(operation, host, Failure::unreachable(&error))
        })
    }

    /// tokio on the calling thread, without threads of its own.
    pub(super) fn runtime(&self) -> Result<&Runtime, Failure> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime = blocking::runtime()?;
        Ok(self.runtime.get_or_init(|| runtime))
    }

    /// The text of an access token that can be sent: a header holds visible ASCII only. Any other
    /// token was damaged in the cache, and fails as it would at AWS, with
    /// [`ServiceErrorKind::Unauthorized`].
    pub(super) fn valid_access_token<'s>(
        &self,
        operation: &'static str,
        access_token: &'s Secret,
    ) -> Result<&'s str, ServiceError> {
        let token = access_token.expose();
        if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(token);
        }
        let host = self.portal_endpoint.as_ref().map_or("AWS", Endpoint::authority);
        let message = "the cached access token has characters that are not allowed";
        Err(refusal::unanswered(operation, host, Failure::new(ServiceErrorKind::Unauthorized, message)))
    }
}

/// The status and the redirect target of an answer.
fn redirect(head: &Response<()>) -> Redirect {
    let status = head.status();
    let location = head.headers().get(LOCATION).filter(|_| status.is_redirection());
    let location = location.map(|location| String::from_utf8_lossy(location.as_bytes()).into_owned());
    Redirect { status: status.as_u16(), location }
}
