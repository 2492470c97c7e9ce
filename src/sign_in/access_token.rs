//! A usable access token: the cached one, a refreshed one, or one from a new sign-in.

use super::meanwhile::token_was_written;
use super::refresh::{self, NotRefreshed, refreshed, session_lock};
use super::session::{SessionFiles, SessionRun};
use super::standing::Standing;
use super::token_step::{decide, is_rejected, required};
use super::token_store::{Refreshed, mark_expired};
use super::within_call::sign_in_within_call;
use super::{failure, left_over, obstacles, tokens};
use crate::context::Context;
use crate::error::{Error, SignInError, SignInReason};
use crate::lock::Lock;
use crate::secret::Secret;
use crate::state::{LockPlace, RefusedRefresh, SharedFailure};
use crate::token::{SsoToken, TokenStep, refreshable};

/// An access token that can be tried, other than `rejected`, which AWS has answered with 401.
///
/// # Errors
/// A sign-in that is needed or has failed; the network; a lock that cannot be had.
pub fn usable_access_token(run: &SessionRun, rejected: Option<&Secret>) -> Result<Secret, Error> {
    if let Some(outcome) = without_waiting(run, rejected) {
        return outcome;
    }
    let lock = match session_lock(run) {
        Ok(lock) => lock,
        Err(busy) => return beside_the_holder(run, rejected, busy),
    };
    let shared = SharedFailure::of_refresh(run.files.state, run.files.session);
    if lock.waited
        && let Some(failure) = shared.recall(run.elapsed())
    {
        return Err(failure);
    }
    left_over::adopt(run.files, &lock);
    let token = match token_unless_rejected(run.files, &lock, rejected) {
        Ok(token) => token,
        Err(reason) => return sign_in_within_call(run, lock, reason),
    };
    match decide(run, &token, rejected) {
        TokenStep::Use => Ok(token.access_token),
        TokenStep::Refresh { still_alive } => refreshed(run, lock, &token, still_alive),
        TokenStep::SignIn(reason) => sign_in_within_call(run, lock, reason),
    }
}

/// The outcome, if it can be told without the session's lock; `None` if the lock is needed.
fn without_waiting(run: &SessionRun, rejected: Option<&Secret>) -> Option<Result<Secret, Error>> {
    let token = read_or_adopt(run.files);
    let step = match &token {
        Ok(token) => decide(run, token, rejected),
        Err(reason) => TokenStep::SignIn(*reason),
    };
    match (step, token) {
        (TokenStep::Use, Ok(token)) => Some(Ok(token.access_token)),
        // Another process is refreshing the token; until then the old one can be used.
        (TokenStep::Refresh { still_alive: true }, Ok(token))
            if !run.policy.force_refresh && lasts_a_minute(run.files.context, &token) =>
        {
            let place = LockPlace::of_session(run.files.state, run.files.session);
            let taken = Lock::try_acquire(run.files.context, place.lock.as_ref());
            taken.is_err().then_some(Ok(token.access_token))
        }
        // A process that may not ask a person, and has no token to adopt, fails without a lock.
        (TokenStep::SignIn(reason), _)
            if rejected.is_none() && !run.policy.sign_in_allowed && !left_over::is_there(run.files) =>
        {
            Some(Err(required(run.files, &run.login, reason)))
        }
        _ => None,
    }
}

/// The session's token. A token that AWS has `rejected` is marked as expired, and the file is read
/// again: a 401 can also mean that another tool has just signed out, or in again.
fn token_unless_rejected(
    files: SessionFiles,
    lock: &Lock,
    rejected: Option<&Secret>,
) -> Result<SsoToken, SignInReason> {
    match tokens::read(files) {
        Ok(token) if is_rejected(&token, rejected) => {
            mark_expired(files, lock, &token);
            tokens::read(files)
        }
        found => found,
    }
}

/// What can be done if the lock's holder does not release it: use a live token, or sign in. If
/// neither is possible, the failure is `busy`.
fn beside_the_holder(run: &SessionRun, rejected: Option<&Secret>, busy: Error) -> Result<Secret, Error> {
    if let Some(access_token) = live_access_token(run.files, rejected) {
        return Ok(access_token);
    }
    if !run.policy.sign_in_allowed {
        return Err(busy);
    }
    // A holder that does not move does not prevent a new sign-in.
    match sign_in_within_call(run, Lock::none(), SignInReason::TokenExpired) {
        // No prompt can be shown, but the person can end the holder, which this error names.
        Err(Error::SignIn(SignInError::Unshowable { .. })) => Err(busy),
        outcome => outcome,
    }
}

/// The cached access token, if it is alive and not `rejected`. An expired one is not refreshed
/// without the lock: the lock's holder may have sent its refresh token already.
fn live_access_token(files: SessionFiles, rejected: Option<&Secret>) -> Option<Secret> {
    let token = tokens::read(files).ok()?;
    let alive = token.expires_at > files.context.now() && !is_rejected(&token, rejected);
    alive.then_some(token.access_token)
}

/// A token that is good `enough`: the cached one, or else the result of a refresh. Does not sign
/// in. The result of a refresh is accepted whatever its lifetime.
///
/// # Errors
/// [`SignInNeeded::Required`](crate::error::SignInNeeded::Required) with what ended the sign-in; the
/// network; a lock that cannot be had.
pub fn refreshed_now(run: &SessionRun, enough: &dyn Fn(&SsoToken) -> bool) -> Result<SsoToken, Error> {
    let first_look = read_or_adopt(run.files).and_then(|token| {
        if !enough(&token) {
            refreshable(&token, run.files.context.now())?;
        }
        Ok(token)
    });
    match first_look {
        Ok(token) if enough(&token) => return Ok(token),
        Err(reason) if !left_over::is_there(run.files) => {
            return Err(required(run.files, &run.login, reason));
        }
        _ => {}
    }
    let lock = session_lock(run)?;
    left_over::adopt(run.files, &lock);
    let token = tokens::read(run.files).map_err(|reason| required(run.files, &run.login, reason))?;
    if enough(&token) {
        return Ok(token);
    }
    refreshable(&token, run.files.context.now()).map_err(|reason| required(run.files, &run.login, reason))?;
    let room = obstacles::reserve_room(run.files)?;
    let Refreshed { token, trouble } =
        refresh::ask(run, &lock, &token, room).map_err(|failure| match failure {
            NotRefreshed::Refused(reason) => required(run.files, &run.login, reason),
            NotRefreshed::Failed(error) => {
                failure::failure(&run.files.session.region, error, run.files.context.now())
            }
        })?;
    if let Some(error) = trouble {
        return Err(obstacles::not_kept(run.files, run.aws, &token, &error));
    }
    match Standing::of(run, &token.access_token) {
        Standing::Current | Standing::Unknown => Ok(token),
        // While AWS answered, the person has signed out, or another person has signed in.
        Standing::SignedOut | Standing::Replaced => {
            tokens::read(run.files).map_err(|reason| required(run.files, &run.login, reason))
        }
    }
}

fn lasts_a_minute(context: &Context, token: &SsoToken) -> bool {
    token.expires_at.seconds_since(context.now()) > 60
}

/// The access token to try after AWS has refused two in a row, of which the second was new. The
/// second is marked as expired like the first, so that no process tries it again, and a person
/// has to sign in.
///
/// # Errors
/// A sign-in that is needed or has failed, or a lock that cannot be had.
pub fn after_two_refusals(run: &SessionRun, rejected: Option<&Secret>) -> Result<Secret, Error> {
    let SessionFiles { context, state, session, .. } = run.files;
    let lock = session_lock(run)?;
    match tokens::read(run.files) {
        Ok(token) if is_rejected(&token, rejected) => {
            mark_expired(run.files, &lock, &token);
            RefusedRefresh::note(state, session, &token, SignInReason::TokenRejected, context.now());
        }
        // Another process has written a live token since this run began.
        Ok(token) if token.expires_at > run.files.context.now() && token_was_written(run) => {
            return Ok(token.access_token);
        }
        _ => {}
    }
    sign_in_within_call(run, lock, SignInReason::TokenRejected)
}

/// The session's token, or the token of a newer sign-in whose process was killed before it could
/// put the token file in place.
fn read_or_adopt(files: SessionFiles) -> Result<SsoToken, SignInReason> {
    let token = tokens::read(files)?;
    Ok(left_over::adopt_sign_in(files).unwrap_or(token))
}
