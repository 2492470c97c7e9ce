//! Whose clock counts: AWS's, where it is known. What dies is judged by the `Date` of AWS's
//! answers, so that a wrong clock here hands out nothing dead. The difference is noted for
//! `status`, and for runs that get no answer.

use serde_json::json;

use super::{Run, SessionRun};
use crate::context::Context;
use crate::debug;
use crate::error::{AwsError, Error, clock_skew};
use crate::identity_center::ServiceErrorKind;
use crate::lock::Lock;
use crate::platform::PrivateFile;
use crate::state::StateDirectory;
use crate::timestamp::Timestamp;

/// A smaller difference is ignored.
pub(super) const TOLERATED_SKEW: i64 = 300;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "for `Option::filter`")]
pub(super) const fn is_large(skew: &i64) -> bool {
    skew.saturating_abs() > TOLERATED_SKEW
}

/// Whether our clock is behind: what is cached would be handed out when it is dead.
pub(super) fn is_behind(run: &SessionRun) -> bool {
    let now = run.context.now();
    let skew = match run.aws.server_date() {
        Some(server) => Some(now.seconds_since(server)).filter(is_large),
        None => noted(run.state, now),
    };
    skew.is_some_and(|skew| skew < 0)
}

/// The later of our clock and AWS's, as an answer of AWS shows it. Credentials that are dead
/// by either are of no use: AWS refuses them, or the caller takes them for dead.
pub(super) fn latest(run: &SessionRun) -> Timestamp {
    match run.aws.server_date() {
        Some(server) => run.context.now().max(server),
        None => latest_known(run.context, run.state),
    }
}

/// The same where AWS was not asked, or another answered in its place: as it was noted.
pub(super) fn latest_known(context: &Context, state: &StateDirectory) -> Timestamp {
    let now = context.now();
    let behind = noted(state, now).map_or(0, |skew| skew.min(0));
    Timestamp::from_unix(now.unix().saturating_sub(behind))
}

/// Whether the last answer may be believed about the time. That of a captive portal or a
/// proxy is not AWS's.
pub(super) fn is_told_by_aws(failure: &Error) -> bool {
    !matches!(failure, Error::Aws(AwsError::Service { error, .. }) if error.kind == ServiceErrorKind::NotAws)
}

/// Takes note of the difference that AWS's answer shows, and forgets one that is gone.
pub(super) fn take_note(run: &Run, lock: &Lock) {
    let SessionRun { context, state, aws, .. } = run.sso;
    let Some(server) = aws.server_date() else { return };
    let note = state.file(NOTE);
    let skew = context.now().seconds_since(server);
    if !is_large(&skew) {
        if let Some(note) = note.filter(PrivateFile::exists) {
            StateDirectory::remove(context, &note);
        }
        return;
    }
    debug!(context, "clock: {}", clock_skew(skew));
    if let Some(note) = note {
        let text = json!({ "skew": skew, "at": context.now().unix() }).to_string();
        StateDirectory::write_text(context, &note, &text);
    }
    remove_dead(run, lock, server);
}

/// Removes cached role credentials that AWS's clock calls dead: the next start, which asks
/// AWS for no date, would hand them out.
fn remove_dead(run: &Run, lock: &Lock, server: Timestamp) {
    let SessionRun { context, caches, .. } = run.sso;
    if run.options.no_cache {
        return;
    }
    let cached = caches.read_role_credentials(context, run.request);
    if cached.is_ok_and(|cached| cached.expiration <= server) {
        debug!(context, "clock: the cached role credentials are dead by AWS's clock; removing them");
        let _ = caches.remove_role_credentials(run.request, lock);
    }
}

/// The difference noted last. A note is believed for as long as the difference that it
/// tells: once the clock has been set right, the note is that much older, or from the future.
pub(super) fn noted(state: &StateDirectory, now: Timestamp) -> Option<i64> {
    let note = StateDirectory::read_json(&state.file(NOTE)?)?;
    let skew = note.get("skew")?.as_i64().filter(is_large)?;
    let age = now.seconds_since(Timestamp::from_unix(note.get("at")?.as_i64()?));
    (0..skew.saturating_abs()).contains(&age).then_some(skew)
}

const NOTE: &str = "clock.json";
