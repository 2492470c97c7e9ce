//! Whose clock counts: AWS's, where it is known. What dies is judged by the `Date` of AWS's
//! answers, so that a wrong clock here hands out nothing dead. The difference is noted for
//! `status`, and for runs that get no answer.

use serde_json::json;

use super::{Run, SessionRun};
use crate::context::Context;
use crate::debug;
use crate::error::{Error, clock_skew};
use crate::identity_center::ServiceErrorKind;
use crate::state::StateDirectory;
use crate::timestamp::Timestamp;

/// A smaller difference is ignored.
pub(super) const TOLERATED_SKEW: i64 = 300;

/// How many seconds our clock is ahead of AWS's, when that is many; behind is negative.
fn skew(run: &SessionRun) -> Option<i64> {
    match run.aws.server_date() {
        Some(server) => Some(run.context.now().seconds_since(server)).filter(is_large),
        None => noted(run.state, run.context.now()),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "for `Option::filter`")]
pub(super) const fn is_large(skew: &i64) -> bool {
    skew.saturating_abs() > TOLERATED_SKEW
}

/// Whether our clock is behind: what is cached would be handed out when it is dead.
pub(super) fn is_behind(run: &SessionRun) -> bool {
    skew(run).is_some_and(|skew| skew < 0)
}

/// The later of our clock and AWS's, as an answer of AWS shows it. Credentials that are dead by either are of no use: AWS
/// refuses them, or the caller takes them for dead.
pub(super) fn latest(run: &SessionRun) -> Timestamp {
    later(run.context.now(), skew(run))
}

/// The same where AWS was not asked, or another answered in its place: as it was noted.
pub(super) fn latest_known(context: &Context, state: &StateDirectory) -> Timestamp {
    let now = context.now();
    later(now, noted(state, now))
}

fn later(now: Timestamp, skew: Option<i64>) -> Timestamp {
    match skew {
        Some(skew) if skew < 0 => Timestamp::from_unix(now.unix().saturating_sub(skew)),
        _ => now,
    }
}

/// Whether the last answer may be believed about the time. That of a captive portal or a
/// proxy is not AWS's.
pub(super) fn is_told_by_aws(failure: &Error) -> bool {
    !matches!(failure, Error::Service { error, .. } if error.kind == ServiceErrorKind::NotAws)
}

/// Takes note of the difference that AWS's answer shows, and forgets one that is gone.
/// Cached role credentials that AWS's clock calls dead are removed: the next start, which
/// asks AWS for no date, would hand them out.
pub(super) fn take_note(run: &Run) {
    let SessionRun { context, state, caches, aws, .. } = run.sso;
    let (Some(server), Some(note)) = (aws.server_date(), state.file(NOTE)) else { return };
    let skew = context.now().seconds_since(server);
    if !is_large(&skew) {
        if note.exists() {
            StateDirectory::remove(context, &note);
        }
        return;
    }
    debug!(context, "clock: {}", clock_skew(skew));
    let text = json!({ "skew": skew, "at": context.now().unix() }).to_string();
    StateDirectory::write_text(context, &note, &text);
    let cached = caches.read_role_credentials(context, run.request);
    if cached.is_ok_and(|cached| cached.expiration <= server) && !run.options.no_cache {
        debug!(context, "clock: the cached role credentials are dead by AWS's clock; removing them");
        let _ = caches.remove_role_credentials(run.request);
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
