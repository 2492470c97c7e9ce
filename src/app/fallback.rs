//! Live credentials for when AWS gives no newer ones: an offline laptop goes on
//! working, and SDKs that ask for every request do not hammer a portal that is down.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::{Run, clock, obtain};
use crate::cache::Caches;
use crate::context::Context;
use crate::debug;
use crate::options::Options;
use crate::platform::{self, PrivateFile};
use crate::request::RoleRequest;
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::state::StateDirectory;
use crate::timestamp::Timestamp;

/// For so long after a failure live credentials are handed out without asking AWS.
const QUIET: Duration = Duration::from_secs(30);

/// Cached credentials that would still do at `now`, unless the caller wants none of the
/// cache. `found` are those that were cached when the run began.
pub(super) fn live_credentials(
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
    let credentials = obtain::read(context, caches, request)
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
pub(super) fn live(run: &Run, now: Timestamp) -> Option<RoleCredentials> {
    live_credentials(run.sso.context, run.sso.caches, run.request, run.options, now, run.found.as_ref())
}

/// Live credentials, if asking AWS failed within the last half minute.
pub(super) fn recent(run: &Run) -> Option<RoleCredentials> {
    let until = until(run)?;
    let left = until.seconds_since(run.sso.context.now());
    // A clock that was set back must not silence us for hours.
    if !(1..=QUIET.as_secs().cast_signed()).contains(&left) {
        return None;
    }
    let credentials = live(run, clock::latest_known(run.sso.context, run.sso.state))?;
    debug!(
        run.sso.context,
        "fallback: AWS failed a moment ago; using the cached credentials without a request for {left} s"
    );
    Some(credentials)
}

/// Remembers that AWS has just failed us.
pub(super) fn begin(run: &Run) {
    let Some(path) = path(run) else { return };
    debug!(run.sso.context, "fallback: using the cached credentials, which are still valid");
    let until = run.sso.context.now().plus(QUIET);
    StateDirectory::write_text(run.sso.context, &path, &json!({ "until": until.unix() }).to_string());
}

/// Forgets it after a success.
pub(super) fn end(run: &Run) {
    if let Some(path) = path(run) {
        StateDirectory::remove(run.sso.context, &path);
    }
}

fn until(run: &Run) -> Option<Timestamp> {
    let document = StateDirectory::read_json(&path(run)?)?;
    document.get("until")?.as_i64().map(Timestamp::from_unix)
}

fn path(run: &Run) -> Option<PrivateFile> {
    obtain::role_state(run, "fallback")
}
