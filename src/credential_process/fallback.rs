//! The fallback: cached credentials that are still alive, handed out if AWS gives no newer ones. A
//! laptop goes on working offline, and SDKs that ask for credentials at each of their requests do
//! not flood a portal that is down.

use std::path::Path;

use super::cached;
use super::run::Run;
use crate::cache::Caches;
use crate::cli::CredentialProcessOptions;
use crate::context::Context;
use crate::debug;
use crate::lock::Lock;
use crate::platform;
use crate::request::RoleRequest;
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::sign_in::{SessionFiles, latest_known, take_note};
use crate::state::QuietTime;
use crate::timestamp::Timestamp;

/// The cached credentials, if they are alive at `now`; `None` with `--force-refresh` or
/// `--no-cache`. `found` are the credentials that were cached when the run began.
pub fn live_credentials(
    context: &Context,
    caches: &Caches,
    request: &RoleRequest,
    options: &CredentialProcessOptions,
    now: Timestamp,
    found: Option<&RoleCredentials>,
) -> Option<RoleCredentials> {
    if options.force_refresh || options.no_cache {
        return None;
    }
    let credentials = cached::read(context, caches, request)
        .or_else(|| found.filter(|_| is_unchanged(context, &caches.role_path(request))).cloned())?;
    (credentials.freshness(now) != Freshness::Dead).then_some(credentials)
}

/// Whether a file that cannot be read now exists and was not written since this process began. If
/// so, it could be read at first, and too many files are open by now. This check opens no file.
fn is_unchanged(context: &Context, path: &Path) -> bool {
    platform::age(path).is_some_and(|age| age > context.elapsed())
}

/// [`live_credentials`] for this run.
pub fn live(run: &Run, now: Timestamp) -> Option<RoleCredentials> {
    let SessionFiles { context, caches, .. } = run.sso.files;
    live_credentials(context, caches, run.request, run.options, now, run.found.as_ref())
}

/// Live credentials during the quiet time: a request to AWS failed within the last half minute.
pub fn during_quiet_time(run: &Run) -> Option<RoleCredentials> {
    let SessionFiles { context, state, .. } = run.sso.files;
    let left = QuietTime::left(state, run.request, context.now())?;
    let credentials = live(run, latest_known(context, state))?;
    debug!(context, "fallback: AWS failed a moment ago; no request for another {left} s");
    Some(credentials)
}

/// Begins the quiet time, in which [`during_quiet_time`] hands out live credentials.
pub fn begin_quiet_time(files: SessionFiles, request: &RoleRequest) {
    let SessionFiles { context, state, .. } = files;
    debug!(context, "fallback: cached credentials, which are still alive");
    QuietTime::begin(state, request, context.now());
}

/// Notes the difference between this computer's clock and AWS's, and removes cached role
/// credentials that have expired by AWS's clock. A later hit, which does not know AWS's time,
/// would hand them out.
pub fn forget_what_is_dead(run: &Run, lock: &Lock) {
    let SessionFiles { context, caches, state, .. } = run.sso.files;
    let Some(server) = take_note(context, state, run.sso.aws) else { return };
    if run.options.no_cache {
        return;
    }
    let cached = caches.read_role_credentials(context, run.request);
    if cached.is_ok_and(|cached| cached.expiration <= server) {
        debug!(context, "clock: the cached role credentials have expired by AWS's clock; removing them");
        let _ = caches.remove_role_credentials(run.request, lock);
    }
}
