//! The device authorization grant (RFC 8628) as a state that outlives its process.
//!
//! A caller may kill us at any moment, so everything needed to go on is in one
//! [`PendingAuthorization`]: the next process shows the same code and polls with the
//! same device code. This module neither reads nor writes files; its caller does,
//! under the session's lock.

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
use crate::text::url;
use pending::{LONGEST_LIFE, is_web_page};

/// How waiting for the person ended, when nothing failed.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The person approved.
    Approved(IssuedToken),
    /// The time to wait is over, the life of the code is not.
    StillPending,
    /// The person pressed Deny.
    Refused,
    /// Nobody answered in time.
    Expired,
    /// The client is not known (any more): register anew and start again.
    RegisterAgain,
    /// It is wanted no more: whoever keeps it said so.
    GivenUp,
}

/// RFC 8628 §3.2: what counts when the server names no interval.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);
/// No server is believed to want fewer polls than this.
const LONGEST_INTERVAL: Duration = Duration::from_mins(1);
/// What AWS gives today, for a server that does not say.
const DEFAULT_LIFE: Duration = Duration::from_mins(10);

/// Starts an authorization for `session`, by `client`. `start_url` is the address
/// that AWS knows; for a vanity address it is not the one in the configuration.
///
/// # Errors
/// [`ServiceError`] as the request gives it. [`ServiceErrorKind::NotAws`] when the
/// answer would have us open anything but a web page over https.
pub fn start(
    context: &Context,
    aws: &dyn IdentityCenter,
    client: &RegisteredClient,
    (session, start_url): (&SsoSession, &str),
    deadline: Deadline,
) -> Result<PendingAuthorization, ServiceError> {
    let speaker = Client { id: &client.client_id, secret: &client.client_secret };
    let answer = aws.start_device_authorization(speaker, start_url, deadline)?;
    if let Err(reason) = check(&answer) {
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

/// Polls until there is an answer, `wait` is over or the code is dead; no poll goes on beyond
/// `deadline`. `persist` is
/// called before every poll and whenever the pace changes, so that a process killed
/// in between leaves a state from which the next one polls neither twice nor too early.
/// It says whether to go on.
///
/// # Errors
/// A refusal that is none of the outcomes, or one lost answer too many; [`survives`]
/// tells whether the authorization is worth keeping after it.
pub fn poll_until(
    context: &Context,
    aws: &dyn IdentityCenter,
    pending: &mut PendingAuthorization,
    (wait, deadline): (Duration, Deadline),
    persist: &mut dyn FnMut(&PendingAuthorization) -> bool,
) -> Result<Outcome, ServiceError> {
    // The wall clock is asked once, for what other processes left; from here on the
    // clock that does not jump counts.
    let began = context.elapsed();
    let life = pending.remaining(context.now());
    let mut pause = pending.until_next_poll(context.now());
    // Nothing has gone by yet: a poll that is due is made, however little the wait.
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
                pause = pending.pause().max(asked_pause(&error));
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

/// `Retry-After`, as far as it is meant for somebody who waits.
fn asked_pause(error: &ServiceError) -> Duration {
    error.retry_after.unwrap_or_default().min(Duration::from_mins(1))
}

/// Why the answer cannot be shown to a person, let alone be opened.
fn check(answer: &DeviceAuthorization) -> Result<(), &'static str> {
    if answer.device_code.is_empty() || answer.user_code.is_empty() || answer.user_code.len() > 100 {
        return Err("the answer has no usable code");
    }
    if !is_web_page(&answer.verification_uri) {
        return Err("the verification address is not a https address");
    }
    if !answer.verification_uri_complete.is_empty() && !is_web_page(&answer.verification_uri_complete) {
        return Err("the prefilled verification address is not a https address");
    }
    Ok(())
}

fn not_aws(aws: &dyn IdentityCenter, reason: &str) -> ServiceError {
    let endpoint = aws.authorize_endpoint().unwrap_or_default();
    let host = url::authority(&endpoint);
    ServiceError::unanswered("StartDeviceAuthorization", ServiceErrorKind::NotAws, host, reason)
}
