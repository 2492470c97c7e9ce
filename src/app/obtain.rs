//! The credential process: hit, fetch, refresh, sign in, fallback, failure.

use std::time::Duration;

use super::stuck::Place;
use super::{Run, SessionRun, clock, failures, fallback, fetch, network, queue, shared_failure};
use crate::cache::{Caches, request_key, sha1_hex};
use crate::context::Context;
use crate::debug;
use crate::error::Error;
use crate::lock::Lock;
use crate::options::Options;
use crate::platform::{self, PrivateFile};
use crate::request::RoleRequest;
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::token::SignInReason;

/// How long one process waits for another that fetches the same role: longer than AWS is
/// given for one request with all its retries. What is left then does for a request.
const PATIENCE: Duration = Duration::from_secs(25);

/// Beside a holder that does not move nobody goes on with less time than this.
const LEAST_FOR_A_FETCH: Duration = Duration::from_secs(1);

/// The hit: credentials that can be handed out with nothing more than reading a file.
pub fn cached_role_credentials(
    context: &Context,
    caches: &Caches,
    request: &RoleRequest,
    options: &Options,
) -> Option<RoleCredentials> {
    if options.force_refresh || options.no_cache {
        return None;
    }
    let credentials = read(context, caches, request)?;
    (credentials.freshness(context.now()) == Freshness::Fresh).then_some(credentials)
}

/// What is cached, dead or alive, unless the caller wants none of it.
pub fn found_at_first(
    context: &Context,
    caches: &Caches,
    request: &RoleRequest,
    options: &Options,
) -> Option<RoleCredentials> {
    (!options.no_cache).then(|| read(context, caches, request)).flatten()
}

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
    debug!(run.sso.context, "failed: {failure}");
    failures::remember(run, &failure);
    // What is cached under the session's name may be the other sign-in's.
    if matches!(failure, Error::SignInRequired { reason: SignInReason::OtherSignIn, .. }) {
        return Err(failure);
    }
    let now = if clock::is_told_by_aws(&failure) {
        clock::take_note(run, &lock);
        clock::latest(&run.sso)
    } else {
        clock::latest_known(run.sso.context, run.sso.state)
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
    let until = if run.live { network::ALTOGETHER_WHILE_LIVE } else { PATIENCE };
    match lock_named(run, "lock", until) {
        Err(Error::LockTimeout { .. }) if network::time_left(&run.sso) >= LEAST_FOR_A_FETCH => {
            beside_the_holder(run)
        }
        lock => lock,
    }
}

/// A second lock, for those who go on beside a holder that does not move: together they
/// still make one request. Whoever cannot have that one either goes on without.
fn beside_the_holder(run: &Run) -> Result<Lock, Error> {
    debug!(run.sso.context, "lock: its holder hangs; fetching without the lock");
    let until = run.sso.context.elapsed() + network::time_left(&run.sso) / 2;
    match lock_named(run, "second.lock", until) {
        Err(Error::LockTimeout { .. }) => Ok(Lock::none().after_waiting()),
        lock => lock.map(Lock::after_waiting),
    }
}

fn lock_named(run: &Run, name: &str, until: Duration) -> Result<Lock, Error> {
    let request = run.request;
    queue::lock(&run.sso, &Place::new(name, |name| role_state(run, name)), until, || {
        format!("role `{}` in account {}", request.role_name, request.account_id)
    })
}

fn fetch_once_for_everybody(run: &Run, lock: &Lock) -> Result<RoleCredentials, Error> {
    if let Some(credentials) = fetched_meanwhile(run, lock) {
        return Ok(credentials);
    }
    let note = role_state(run, "failure.json");
    if let Some(failure) = shared_failure::recall(&run.sso, note.as_ref(), lock) {
        return Err(failure);
    }
    fetch::role_credentials(run, lock)
        .inspect(|_| failures::forget(&run.sso))
        .inspect_err(|failure| shared_failure::note(&run.sso, note.as_ref(), failure))
}

/// A file of our state about this role.
pub(super) fn role_state(run: &Run, ending: &str) -> Option<PrivateFile> {
    run.sso.state.file(&format!("roles/{}.{ending}", sha1_hex(&request_key(run.request))))
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
    let SessionRun { context, caches, .. } = run.sso;
    let credentials = read(context, caches, run.request)?;
    // The system notes the time of a write in steps of some milliseconds, so that a file may
    // look older than our start; another access key tells it as well.
    let is_new = run.found.as_ref().map(|found| &found.access_key_id) != Some(&credentials.access_key_id)
        || (lock.waited && run.sso.since_start(platform::age(&caches.role_path(run.request))));
    let does = match credentials.freshness(clock::latest(&run.sso)) {
        Freshness::Fresh => is_new || !run.options.force_refresh,
        Freshness::Expiring => is_new,
        Freshness::Dead => false,
    };
    does.then(|| {
        debug!(context, "another process has fetched the credentials meanwhile");
        credentials
    })
}

/// The cached credentials as they are, dead or alive.
pub(super) fn read(context: &Context, caches: &Caches, request: &RoleRequest) -> Option<RoleCredentials> {
    match caches.read_role_credentials(context, request) {
        Ok(credentials) => {
            let left = credentials.expiration.seconds_since(context.now());
            debug!(context, "role cache {}: {left} s left", caches.role_path(request).display());
            Some(credentials)
        }
        Err(miss) => {
            debug!(context, "role cache {}: {miss}", caches.role_path(request).display());
            None
        }
    }
}
