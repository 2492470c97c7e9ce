//! Live credentials for when AWS gives no newer ones: an offline laptop goes on
//! working, and SDKs that ask for every request do not hammer a portal that is down.

use std::path::Path;

use super::cached;
use super::run::Run;
use crate::cache::Caches;
use crate::context::Context;
use crate::debug;
use crate::lock::Lock;
use crate::options::Options;
use crate::platform;
use crate::request::RoleRequest;
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::sign_in::{SessionFiles, latest_known, take_note};
use crate::state::QuietTime;
use crate::timestamp::Timestamp;

/// Cached credentials that would still do at `now`, unless the caller wants none of the
/// cache. `found` are those that were cached when the run began.
pub fn live_credentials(
    context: &Context,
    caches: &Caches,
    request: &RoleRequest,
    options: &Options,
    now: Timestamp,
    found: Option<&RoleCredentials>,
) -> Option<RoleCredentials> {
    if options.force_refresh || options.no_cache {
        return None;
    }
    let credentials = cached::read(context, caches, request)
        .or_else(|| found.filter(|_| is_as_it_was(context, &caches.role_path(request))).cloned())?;
    (credentials.freshness(now) != Freshness::Dead).then_some(credentials)
}

/// Whether a file that cannot be read is there and was not written since this process
/// began. Then it was readable at first, and there are too many files open by now. To look
/// at it opens none.
fn is_as_it_was(context: &Context, path: &Path) -> bool {
    platform::age(path).is_some_and(|age| age > context.elapsed())
}

/// The same for this run.
pub fn live(run: &Run, now: Timestamp) -> Option<RoleCredentials> {
    let SessionFiles { context, caches, .. } = run.sso.files;
    live_credentials(context, caches, run.request, run.options, now, run.found.as_ref())
}

/// Live credentials, if asking AWS failed within the last half minute.
pub fn recent(run: &Run) -> Option<RoleCredentials> {
    let SessionFiles { context, state, .. } = run.sso.files;
    let left = QuietTime::left(state, run.request, context.now())?;
    let credentials = live(run, latest_known(context, state))?;
    debug!(context, "AWS failed a moment ago: live credentials without asking for {left} s more");
    Some(credentials)
}

/// Remembers that AWS has just failed us.
pub fn begin(run: &Run) {
    let SessionFiles { context, state, .. } = run.sso.files;
    debug!(context, "fallback: credentials that are still alive");
    QuietTime::begin(state, run.request, context.now());
}

/// Takes note of the difference between our clock and AWS's, and removes cached role
/// credentials that are dead by AWS's: the next start, which asks AWS for no date, would hand
/// them out.
pub fn forget_what_is_dead(run: &Run, lock: &Lock) {
    let SessionFiles { context, caches, state, .. } = run.sso.files;
    let Some(server) = take_note(context, state, run.sso.aws) else { return };
    if run.options.no_cache {
        return;
    }
    let cached = caches.read_role_credentials(context, run.request);
    if cached.is_ok_and(|cached| cached.expiration <= server) {
        debug!(context, "clock: the cached role credentials are dead by AWS's clock; removing them");
        let _ = caches.remove_role_credentials(run.request, lock);
    }
}
