//! A usable access token: the cached one, a refreshed one, or a new sign-in.

use super::meanwhile::token_was_written;
use super::refresh::{self, NotRefreshed, refreshed, session_lock};
use super::session::{SessionFiles, SessionRun};
use super::standing::Standing;
use super::token_step::{decide, is_rejected, required};
use super::token_store::{Refreshed, mark_expired};
use super::within_call::sign_in_within_call;
use super::{failure, left_over, obstacles, tokens};
use crate::error::{Error, SignInError};
use crate::lock::{Busy, Lock};
use crate::secret::Secret;
use crate::state::{LockPlace, RefusedRefresh, SharedFailure};
use crate::token::{SignInReason, SsoToken, TokenStep, refreshable};

/// An access token that is worth a try, other than `rejected`.
///
/// # Errors
/// Whatever keeps it from being had: a sign-in that is needed or failed, the network, a lock.
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
    let token = match unless_rejected(run.files, &lock, rejected) {
        Ok(token) => token,
        Err(reason) => return sign_in_within_call(run, lock, reason),
    };
    match decide(run, &token, rejected) {
        TokenStep::Use => Ok(token.access_token),
        TokenStep::Refresh { still_alive } => refreshed(run, lock, &token, still_alive),
        TokenStep::SignIn(reason) => sign_in_within_call(run, lock, reason),
    }
}

/// What can be said without the session's lock; `None` where the lock is needed.
fn without_waiting(run: &SessionRun, rejected: Option<&Secret>) -> Option<Result<Secret, Error>> {
    let token = read_or_adopt(run.files);
    let step = match &token {
        Ok(token) => decide(run, token, rejected),
        Err(reason) => TokenStep::SignIn(*reason),
    };
    match (step, token) {
        (TokenStep::Use, Ok(token)) => Some(Ok(token.access_token)),
        // Another process is refreshing it: it does until that one is done.
        (TokenStep::Refresh { still_alive: true }, Ok(token)) if lasts_a_minute(run, &token) => {
            let place = LockPlace::of_session(run.files.state, run.files.session);
            let taken = Lock::try_acquire(run.files.context, place.lock.as_ref());
            matches!(taken, Err(Busy { .. })).then_some(Ok(token.access_token))
        }
        // Nothing to wait for: a process that may not ask takes no lock to say so.
        (TokenStep::SignIn(reason), _)
            if rejected.is_none() && !run.policy.sign_in_allowed && !left_over::is_there(run.files) =>
        {
            Some(Err(required(run.files, &run.login, reason)))
        }
        _ => None,
    }
}

/// The session's token, unless AWS has `rejected` it: then it is marked, and read again. A 401
/// is also what comes when another tool signs out, or out and in.
fn unless_rejected(
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

/// What is left to do where the lock's holder does not let go: the failure is `busy`.
fn beside_the_holder(run: &SessionRun, rejected: Option<&Secret>, busy: Error) -> Result<Secret, Error> {
    if let Some(access_token) = without_the_lock(run, rejected) {
        return Ok(access_token);
    }
    if !run.policy.sign_in_allowed {
        return Err(busy);
    }
    // A holder that does not move keeps nobody from signing in anew.
    match sign_in_within_call(run, Lock::none(), SignInReason::TokenExpired) {
        // Where a prompt cannot be seen, it is the holder that can be helped.
        Err(Error::SignIn(SignInError::Unshowable { .. })) => Err(busy),
        outcome => outcome,
    }
}

/// A token that does although its lock cannot be had. A dead one is not refreshed: a holder
/// that does not move may have sent its refresh token already.
fn without_the_lock(run: &SessionRun, rejected: Option<&Secret>) -> Option<Secret> {
    let token = tokens::read(run.files).ok()?;
    let alive = token.expires_at > run.files.context.now() && !is_rejected(&token, rejected);
    alive.then_some(token.access_token)
}

/// A token that is good `enough`: the cached one, else a new one by refreshing, now.
///
/// # Errors
/// [`SignInNeeded::Required`](crate::error::SignInNeeded::Required) with what ended the sign-in, or the failure of the network.
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
        return Err(obstacles::not_kept(run, &token, &error));
    }
    match Standing::of(run, &token.access_token) {
        Standing::Current | Standing::Unknown => Ok(token),
        // While AWS answered, somebody has signed out, or another person in.
        Standing::SignedOut | Standing::Replaced => {
            tokens::read(run.files).map_err(|reason| required(run.files, &run.login, reason))
        }
    }
}

fn lasts_a_minute(run: &SessionRun, token: &SsoToken) -> bool {
    token.expires_at.seconds_since(run.files.context.now()) > 60 && !run.policy.force_refresh
}

/// Two tokens in a row were refused, the second one new: it is dropped like the first,
/// for all who come next, and only a person can heal that.
///
/// # Errors
/// The sign-in that is needed, or a lock that cannot be had.
pub fn after_two_refusals(run: &SessionRun, rejected: Option<&Secret>) -> Result<Secret, Error> {
    let SessionFiles { context, state, session, .. } = run.files;
    let lock = session_lock(run)?;
    match tokens::read(run.files) {
        Ok(token) if is_rejected(&token, rejected) => {
            mark_expired(run.files, &lock, &token);
            RefusedRefresh::note(state, session, &token, SignInReason::TokenRejected, context.now());
        }
        // Somebody has signed in meanwhile.
        Ok(token) if token.expires_at > run.files.context.now() && token_was_written(run) => {
            return Ok(token.access_token);
        }
        _ => {}
    }
    sign_in_within_call(run, lock, SignInReason::TokenRejected)
}

/// The token, or that of a person who has signed in since, and whose process was killed
/// before it could put the file in place.
fn read_or_adopt(files: SessionFiles) -> Result<SsoToken, SignInReason> {
    let token = tokens::read(files)?;
    Ok(left_over::adopt_sign_in(files).unwrap_or(token))
}
