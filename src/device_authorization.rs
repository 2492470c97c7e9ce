//! The device authorization grant (RFC 8628), continued by later processes.
//!
//! An SDK may kill aws-sso-cred at any moment. Therefore all state is in one
//! [`PendingAuthorization`]: the next process shows the same user code and polls with the same
//! device code. This room reads and writes no files; the caller does, under the sign-in's lock.

mod pending;
mod poll;
mod stored;
#[cfg(test)]
mod tests;

pub use pending::PendingAuthorization;
pub use poll::{PollStep, survives};

use std::time::Duration;

use crate::context::Context;
use crate::debug;
use crate::error::{ServiceError, ServiceErrorKind};
use crate::identity_center::{
    Client, Deadline, DeviceAuthorization, Grant, IdentityCenter, IssuedToken, RegisteredClient,
};
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::text::url;
use pending::{LONGEST_LIFE, is_web_page};

/// The result of waiting for the person, if no request failed.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The person approved the request; AWS issued this token.
    Approved(IssuedToken),
    /// The time to wait is over. The code is still valid.
    StillPending,
    /// The person denied the request.
    Refused,
    /// The code expired before the person answered.
    Expired,
    /// AWS does not know the client, or no longer: register a new one and start again.
    RegisterAgain,
    /// Polling stopped, because `persist` said so.
    GivenUp,
}

/// The interval if the server gives none (RFC 8628 §3.2).
const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);
/// The longest interval that is accepted from a server.
const LONGEST_INTERVAL: Duration = Duration::from_mins(1);
/// The life of a code if the server gives none. AWS gives the same today.
const DEFAULT_LIFE: Duration = Duration::from_mins(10);

/// Starts an authorization for `session` with the registered `client`. `start_url` is the one that
/// AWS knows. If the configuration has a vanity address, the two differ.
///
/// # Errors
/// The [`ServiceError`] of the request. [`ServiceErrorKind::NotAws`] if the answer has no usable
/// code, or an address that is not a web page over https.
pub fn start(
    context: &Context,
    aws: &dyn IdentityCenter,
    client: &RegisteredClient,
    (session, start_url): (&SsoSession, &str),
    deadline: Deadline,
) -> Result<PendingAuthorization, ServiceError> {
    let credentials = Client { id: &client.client_id, secret: &client.client_secret };
    let answer = aws.start_device_authorization(credentials, start_url, deadline)?;
    if let Err(reason) = check(&answer, &client.client_secret) {
        return Err(not_aws(aws, reason));
    }
    let now = context.now();
    let interval =
        if answer.interval.is_zero() { DEFAULT_INTERVAL } else { answer.interval.min(LONGEST_INTERVAL) };
    let life = if answer.expires_in.is_zero() { DEFAULT_LIFE } else { answer.expires_in.min(LONGEST_LIFE) };
    debug!(context, "started a device authorization, interval {interval:?}, good for {life:?}");
    let prefilled = Some(answer.verification_uri_complete).filter(|uri| !uri.is_empty());
    Ok(PendingAuthorization {
        device_code: answer.device_code,
        user_code: answer.user_code,
        verification_uri_complete: prefilled.unwrap_or_else(|| answer.verification_uri.clone()),
        verification_uri: answer.verification_uri,
        interval,
        started_at: now,
        expires_at: now.plus(life),
        next_poll_at: now.plus(interval),
        prompted_at: None,
        browser_opened: false,
        client_id: client.client_id.clone(),
        client_secret: client.client_secret.clone(),
        registration_expires_at: client.expires_at,
        session_key: session.token_cache_key().to_owned(),
        start_url: session.start_url.as_str().to_owned(),
        region: session.region.as_str().to_owned(),
        polled_by: None,
        lost: 0,
    })
}

/// Polls until AWS gives an answer, `wait` is over or the code has expired. No request lasts
/// beyond `deadline`.
///
/// `persist` stores the state and says whether to go on. It is called before every poll, and after
/// every poll that will be followed by another. So the next process polls neither twice nor too
/// early, whenever this process is killed.
///
/// # Errors
/// A failed request that is none of the outcomes, or one lost answer too many. [`survives`] tells
/// whether the authorization can be continued after it.
pub fn poll_until(
    context: &Context,
    aws: &dyn IdentityCenter,
    pending: &mut PendingAuthorization,
    (wait, deadline): (Duration, Deadline),
    persist: &mut dyn FnMut(&PendingAuthorization) -> bool,
) -> Result<Outcome, ServiceError> {
    // The wall clock is read once, because the times of other processes are in it. From here on
    // the monotonic clock counts, which does not jump.
    let began = context.elapsed();
    let life = pending.remaining(context.now());
    let mut pause = pending.until_next_poll(context.now());
    // No time has passed yet: a poll that is due is made even if `wait` is zero.
    let mut next = pause;
    pending.lost = 0;
    loop {
        if next >= life || next > wait {
            return Ok(if life <= wait { Outcome::Expired } else { Outcome::StillPending });
        }
        context.sleep(pause);
        pending.reserve(context.now(), pending.interval);
        if !persist(pending) {
            return Ok(Outcome::GivenUp);
        }
        let error = match poll_once(aws, pending, deadline) {
            Ok(token) => return Ok(Outcome::Approved(token)),
            Err(error) => error,
        };
        debug!(context, "poll: {:?}", error.kind);
        match pending.after_poll(&error.kind, context.now()) {
            PollStep::Failed => return Err(error),
            PollStep::Refused => return Ok(Outcome::Refused),
            PollStep::Expired => return Ok(Outcome::Expired),
            PollStep::RegisterAgain => return Ok(Outcome::RegisterAgain),
            PollStep::Again => {
                pause = pending.pause().max(requested_pause(&error));
                pending.reserve(context.now(), pause);
                if !persist(pending) {
                    return Ok(Outcome::GivenUp);
                }
                next = context.elapsed().saturating_sub(began).saturating_add(pause);
            }
        }
    }
}

fn poll_once(
    aws: &dyn IdentityCenter,
    pending: &PendingAuthorization,
    deadline: Deadline,
) -> Result<IssuedToken, ServiceError> {
    let client = Client { id: &pending.client_id, secret: &pending.client_secret };
    aws.create_token(client, Grant::DeviceCode(&pending.device_code), deadline)
}

/// The pause that the server asks for (`Retry-After`), but at most a minute: a person is waiting.
fn requested_pause(error: &ServiceError) -> Duration {
    error.retry_after.unwrap_or_default().min(Duration::from_mins(1))
}

/// Checks that the answer can be shown to a person and opened in a browser.
fn check(answer: &DeviceAuthorization, client_secret: &Secret) -> Result<(), &'static str> {
    if answer.device_code.is_empty() || answer.user_code.is_empty() || answer.user_code.len() > 100 {
        return Err("the answer has no usable code");
    }
    if !is_web_page(&answer.verification_uri) {
        return Err("the verification address is not a https address");
    }
    if !answer.verification_uri_complete.is_empty() && !is_web_page(&answer.verification_uri_complete) {
        return Err("the prefilled verification address is not a https address");
    }
    let shown = [&answer.user_code, &answer.verification_uri, &answer.verification_uri_complete];
    let is_shown = |secret: &Secret| secret.is_long() && shown.iter().any(|text| secret.is_repeated_in(text));
    if is_shown(&answer.device_code) || is_shown(client_secret) {
        return Err("the answer would show a secret");
    }
    Ok(())
}

fn not_aws(aws: &dyn IdentityCenter, reason: &str) -> ServiceError {
    let endpoint = aws.authorize_endpoint().unwrap_or_default();
    let host = url::authority(&endpoint);
    ServiceError::unanswered("StartDeviceAuthorization", ServiceErrorKind::NotAws, host, reason)
}
