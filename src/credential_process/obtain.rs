//! The cold path: fetch, or fall back, or fail.

use std::time::Duration;

use super::run::Run;
use super::{cached, failures, fallback, fetch};
use crate::debug;
use crate::error::{Error, LocalError, SignInNeeded};
use crate::lock::Lock;
use crate::platform;
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::sign_in::{
    ALTOGETHER_WHILE_LIVE, SessionFiles, forget_failures, is_since_start, is_told_by_aws, latest,
    latest_known, wait_for_lock,
};
use crate::state::{LockPlace, SharedFailure};
use crate::token::SignInReason;

/// How long one process waits for another that fetches the same role: longer than AWS is
/// given for one request with all its retries. What is left then does for a request.
const PATIENCE: Duration = Duration::from_secs(25);

/// Beside a holder that does not move nobody goes on with less time than this.
const LEAST_FOR_A_FETCH: Duration = Duration::from_secs(1);

/// The cold path, for when [`cached_role_credentials`] has nothing.
///
/// # Errors
/// Whatever kept AWS from giving credentials, once no live ones are left to fall back on.
pub fn obtain_role_credentials(run: &Run) -> Result<RoleCredentials, Error> {
    let outcome =
        if let Some(credentials) = fallback::recent(run) { Ok(credentials) } else { fetch_or_fall_back(run) };
    failures::tell_person(run, &outcome);
    outcome
}

fn fetch_or_fall_back(run: &Run) -> Result<RoleCredentials, Error> {
    // The lock is held until the failure is noted: who waits for it need not ask as well.
    let (failure, lock) = match role_lock(run) {
        Ok(lock) => match fetch_once_for_everybody(run, &lock) {
            Ok(credentials) => return Ok(credentials),
            Err(failure) => (failure, lock),
        },
        Err(busy) => (busy, Lock::none()),
    };
    debug!(run.sso.files.context, "failed: {failure}");
    failures::remember(run, &failure);
    // What is cached under the session's name may be the other sign-in's.
    if matches!(
        failure,
        Error::SignInNeeded(SignInNeeded::Required { reason: SignInReason::OtherSignIn, .. })
    ) {
        return Err(failure);
    }
    let now = if is_told_by_aws(&failure) {
        fallback::forget_what_is_dead(run, &lock);
        latest(run.sso.files.context, run.sso.files.state, run.sso.aws)
    } else {
        latest_known(run.sso.files.context, run.sso.files.state)
    };
    match fallback::live(run, now) {
        Some(credentials) => {
            fallback::begin(run);
            Ok(credentials)
        }
        None => Err(failure),
    }
}

fn role_lock(run: &Run) -> Result<Lock, Error> {
    if run.options.no_cache {
        // It shares nothing, and has nothing to wait for.
        return Ok(Lock::none());
    }
    let until = if run.live { ALTOGETHER_WHILE_LIVE } else { PATIENCE };
    match lock_at(run, &LockPlace::of_role(run.sso.files.state, run.request), until) {
        Err(Error::Local(LocalError::LockTimeout { .. })) if run.sso.time.left() >= LEAST_FOR_A_FETCH => {
            beside_the_holder(run)
        }
        lock => lock,
    }
}

/// A second lock, for those who go on beside a holder that does not move: together they
/// still make one request. Whoever cannot have that one either goes on without.
fn beside_the_holder(run: &Run) -> Result<Lock, Error> {
    debug!(run.sso.files.context, "lock: going on beside its holder");
    let until = run.sso.files.context.elapsed() + run.sso.time.left() / 2;
    match lock_at(run, &LockPlace::of_second_role(run.sso.files.state, run.request), until) {
        Err(Error::Local(LocalError::LockTimeout { .. })) => Ok(Lock::none().after_waiting()),
        lock => lock.map(Lock::after_waiting),
    }
}

fn lock_at(run: &Run, place: &LockPlace, until: Duration) -> Result<Lock, Error> {
    let request = run.request;
    wait_for_lock(&run.sso, place, until, || {
        format!("role `{}` in account {}", request.role_name, request.account_id)
    })
}

fn fetch_once_for_everybody(run: &Run, lock: &Lock) -> Result<RoleCredentials, Error> {
    if let Some(credentials) = fetched_meanwhile(run, lock) {
        return Ok(credentials);
    }
    let shared = SharedFailure::of_role(run.sso.files.state, run.request);
    if lock.waited
        && let Some(failure) = shared.recall(run.sso.elapsed())
    {
        return Err(failure);
    }
    fetch::role_credentials(run, lock)
        .inspect(|_| forget_failures(run.sso.files))
        .inspect_err(|failure| shared.note(failure))
}

/// The process that held the lock before us has probably done our work. Credentials that
/// were written since our start are as new as ours would be: they do unless they are dead,
/// however short their whole life is.
fn fetched_meanwhile(run: &Run, lock: &Lock) -> Option<RoleCredentials> {
    if let Some(credentials) = fallback::recent(run) {
        return Some(credentials);
    }
    if run.options.no_cache {
        return None;
    }
    let SessionFiles { context, caches, state, .. } = run.sso.files;
    let credentials = cached::read(context, caches, run.request)?;
    // The system notes the time of a write in steps of some milliseconds, so that a file may
    // look older than our start; another access key tells it as well.
    let is_new = run.found.as_ref().map(|found| &found.access_key_id) != Some(&credentials.access_key_id)
        || (lock.waited && is_since_start(&run.sso, platform::age(&caches.role_path(run.request))));
    let does = match credentials.freshness(latest(context, state, run.sso.aws)) {
        Freshness::Fresh => is_new || !run.options.force_refresh,
        Freshness::Expiring => is_new,
        Freshness::Dead => false,
    };
    does.then(|| {
        debug!(context, "another process has fetched the credentials meanwhile");
        credentials
    })
}
