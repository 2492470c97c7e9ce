//! Whose clock counts: AWS's, where it is known. What dies is judged by the `Date` of AWS's
//! answers, so that a wrong clock here hands out nothing dead. The difference is noted for
//! `status`, and for runs that get no answer.

use crate::context::Context;
use crate::debug;
use crate::error::{AwsError, Error, clock_skew};
use crate::identity_center::{IdentityCenter, ServiceErrorKind};
use crate::state::{ClockSkew, StateDirectory, is_large};
use crate::timestamp::Timestamp;

/// Whether our clock is behind: what is cached would be handed out when it is dead.
pub fn is_behind(context: &Context, state: &StateDirectory, aws: &dyn IdentityCenter) -> bool {
    let now = context.now();
    let skew = match aws.server_date() {
        Some(server) => Some(now.seconds_since(server)).filter(|skew| is_large(*skew)),
        None => ClockSkew::noted(state, now),
    };
    skew.is_some_and(|skew| skew < 0)
}

/// The later of our clock and AWS's, as an answer of AWS shows it. Credentials that are dead
/// by either are of no use: AWS refuses them, or the caller takes them for dead.
pub fn latest(context: &Context, state: &StateDirectory, aws: &dyn IdentityCenter) -> Timestamp {
    match aws.server_date() {
        Some(server) => context.now().max(server),
        None => latest_known(context, state),
    }
}

/// The same where AWS was not asked, or another answered in its place: as it was noted.
pub fn latest_known(context: &Context, state: &StateDirectory) -> Timestamp {
    let now = context.now();
    let behind = ClockSkew::noted(state, now).map_or(0, |skew| skew.min(0));
    Timestamp::from_unix(now.unix().saturating_sub(behind))
}

/// Whether the last answer may be believed about the time. That of a captive portal or a
/// proxy is not AWS's.
pub fn is_told_by_aws(failure: &Error) -> bool {
    !matches!(failure, Error::Aws(AwsError::Service { error, .. }) if error.kind == ServiceErrorKind::NotAws)
}

/// Takes note of the difference that AWS's answer shows, and forgets one that is gone. Gives
/// AWS's time if the difference matters.
pub fn take_note(context: &Context, state: &StateDirectory, aws: &dyn IdentityCenter) -> Option<Timestamp> {
    let server = aws.server_date()?;
    let now = context.now();
    let skew = now.seconds_since(server);
    if !is_large(skew) {
        ClockSkew::forget(state);
        return None;
    }
    debug!(context, "clock: {}", clock_skew(skew));
    ClockSkew::note(state, skew, now);
    Some(server)
}
