//! The cold path: fetches role credentials, else falls back on live ones, else fails.

use std::time::Duration;

use super::run::Run;
use super::{cached, failures, fallback, fetch};
use crate::audit::outcome;
use crate::debug;
use crate::error::{Error, LocalError, SignInNeeded, SignInReason};
use crate::lock::Lock;
use crate::platform;
use crate::request::RoleRequest;
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::sign_in::{
    ALTOGETHER_WHILE_LIVE, SessionFiles, SessionRun, forget_failures, is_since_start, is_told_by_aws, latest,
    latest_known, wait_for_lock,
};
use crate::state::{LockPlace, SharedFailure};

/// How long a process waits for another one that fetches the same role: longer than one request
/// with all its retries may take, and short enough to leave time for a request of its own.
const PATIENCE: Duration = Duration::from_secs(25);

/// With less time left than this, a process does not go on beside a holder that does not move.
const LEAST_FOR_A_FETCH: Duration = Duration::from_secs(1);

/// The cold path, for when [`cached_role_credentials`](super::cached_role_credentials) has nothing.
///
/// # Errors
/// The failure to get credentials from AWS, if no live ones are left to fall back on.
pub fn obtain_role_credentials(run: &Run) -> Result<RoleCredentials, Error> {
    let outcome = if let Some(credentials) = fallback::during_quiet_time(run) {
        Ok(credentials)
    } else {
        fetch_or_fall_back(run)
    };
    failures::tell_person(run, &outcome);
    outcome
}

fn fetch_or_fall_back(run: &Run) -> Result<RoleCredentials, Error> {
    // The lock is held until the failure is noted, so that waiting processes do not ask as well.
    let (failure, lock) = match role_lock(run) {
        Ok(lock) => match fetch_unless_done(run, &lock) {
            Ok(credentials) => return Ok(credentials),
            Err(failure) => (failure, lock),
        },
        Err(busy) => (busy, Lock::none()),
    };
    let failure = unless_forbidden(run, failure);
    debug!(run.sso.files.context, "failed: {failure}");
    failures::remember(run.sso.files, &failure);
    // The role credentials cached under the session's name may belong to the other sign-in.
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
            fallback::begin_quiet_time(run.sso.files, run.request);
            Ok(credentials)
        }
        None => Err(failure),
    }
}

/// The reason in the place of `failure`, if only `aws_sso_cred_sign_in` prevents the sign-in that is
/// needed.
fn unless_forbidden(run: &Run, failure: Error) -> Error {
    match (&failure, &run.forbidden) {
        (Error::SignInNeeded(SignInNeeded::Required { reason, .. }), Some(forbidden))
            if *reason != SignInReason::OtherSignIn =>
        {
            run.sso.record("sign-in", outcome::<()>(&Err(forbidden.clone())));
            forbidden.clone()
        }
        _ => failure,
    }
}

/// Takes the role's lock, or the second one beside a holder that does not move.
fn role_lock(run: &Run) -> Result<Lock, Error> {
    if run.options.no_cache {
        // `--no-cache` shares nothing with other processes and takes no lock.
        return Ok(Lock::none());
    }
    let until = if run.live { ALTOGETHER_WHILE_LIVE } else { PATIENCE };
    let place = LockPlace::of_role(run.sso.files.state, run.request);
    match lock_at(&run.sso, run.request, &place, until) {
        Err(Error::Local(LocalError::LockTimeout { .. })) if run.sso.time.left() >= LEAST_FOR_A_FETCH => {
            lock_beside_holder(run)
        }
        lock => lock,
    }
}

/// Takes the role's second lock, so that all processes that go on beside a holder that does not
/// move still make one request. If that lock cannot be had either, goes on without a lock.
fn lock_beside_holder(run: &Run) -> Result<Lock, Error> {
    debug!(run.sso.files.context, "lock: not waiting for its holder any longer");
    let until = run.sso.elapsed() + run.sso.time.left() / 2;
    let place = LockPlace::of_second_role(run.sso.files.state, run.request);
    match lock_at(&run.sso, run.request, &place, until) {
        Err(Error::Local(LocalError::LockTimeout { .. })) => Ok(Lock::none().after_waiting()),
        lock => lock.map(Lock::after_waiting),
    }
}

fn lock_at(
    sso: &SessionRun,
    request: &RoleRequest,
    place: &LockPlace,
    until: Duration,
) -> Result<Lock, Error> {
    wait_for_lock(sso, place, until, || {
        format!("role `{}` in account {}", request.role_name, request.account_id)
    })
}

/// Fetches role credentials, unless another process did so, or failed to, while this process waited
/// for the lock.
fn fetch_unless_done(run: &Run, lock: &Lock) -> Result<RoleCredentials, Error> {
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

/// Credentials that another process has fetched while this one waited for the lock. Credentials
/// that were written since this run began are as new as fetched ones would be, and are used
/// unless they have expired.
fn fetched_meanwhile(run: &Run, lock: &Lock) -> Option<RoleCredentials> {
    if let Some(credentials) = fallback::during_quiet_time(run) {
        return Some(credentials);
    }
    if run.options.no_cache {
        return None;
    }
    let SessionFiles { context, caches, state, .. } = run.sso.files;
    let credentials = cached::read(context, caches, run.request)?;
    // File times come in steps of some milliseconds, so that a new file may look older than this
    // run. Another access key is also a sign of a new file.
    let is_new = run.found.as_ref().map(|found| &found.access_key_id) != Some(&credentials.access_key_id)
        || (lock.waited && is_since_start(&run.sso, platform::age(&caches.role_path(run.request))));
    let is_usable = match credentials.freshness(latest(context, state, run.sso.aws)) {
        Freshness::Fresh => is_new || !run.options.force_refresh,
        Freshness::Expiring => is_new,
        Freshness::Dead => false,
    };
    is_usable.then(|| {
        debug!(context, "another process has fetched the credentials meanwhile");
        credentials
    })
}
