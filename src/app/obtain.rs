//! The credential process: hit, fetch, refresh, sign in, fallback, failure.

use std::time::Duration;

use super::{Run, failures, fallback, fetch, network, queue, shared_failure};
use crate::cache::{Caches, request_key, sha1_hex};
use crate::context::Context;
use crate::debug;
use crate::error::Error;
use crate::lock::Lock;
use crate::options::Options;
use crate::platform::{self, PrivateFile};
use crate::request::RoleRequest;
use crate::role_credentials::{Freshness, RoleCredentials};

/// How long one process waits for another that fetches the same role.
const PATIENCE: Duration = Duration::from_secs(43);

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
    let (failure, _lock) = match role_lock(run) {
        Ok(lock) => match fetch_once_for_everybody(run, &lock) {
            Ok(credentials) => return Ok(credentials),
            Err(failure) => (failure, Some(lock)),
        },
        Err(busy) => (busy, None),
    };
    debug!(run.sso.context, "failed: {failure}");
    failures::remember(run, &failure);
    match fallback::live_credentials(run.sso.context, run.sso.caches, run.request, run.options) {
        Some(credentials) => {
            fallback::begin(run);
            Ok(credentials)
        }
        None => Err(failure),
    }
}

fn role_lock(run: &Run) -> Result<Lock, Error> {
    let request = run.request;
    // Who shares nothing has nobody to wait for.
    let shared = !run.options.no_cache;
    let path = role_state(run, "lock").filter(|_| shared);
    // Nobody who has live credentials waits for a holder that is stopped.
    let patience = if run.live { network::BUDGET } else { PATIENCE };
    queue::lock(&run.sso, path.as_ref(), patience, || {
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

/// Whoever held the lock before us probably did our work.
fn fetched_meanwhile(run: &Run, lock: &Lock) -> Option<RoleCredentials> {
    if let Some(credentials) = fallback::recent(run) {
        return Some(credentials);
    }
    let options = Options { force_refresh: false, ..run.options.clone() };
    if run.options.force_refresh
        && !(lock.waited && run.sso.since_start(platform::age(&run.sso.caches.role_path(run.request))))
    {
        return None;
    }
    let credentials = cached_role_credentials(run.sso.context, run.sso.caches, run.request, &options)?;
    debug!(run.sso.context, "another process has fetched the credentials meanwhile");
    Some(credentials)
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
