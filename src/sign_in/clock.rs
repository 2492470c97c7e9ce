//! Which time decides whether credentials have expired: AWS's where it is known, from the header
//! `Date` of its answers. Otherwise a wrong clock on this computer would hand out expired
//! credentials. The difference is noted for `status`, and for runs that get no answer.

use crate::context::Context;
use crate::debug;
use crate::error::{AwsError, Error, ServiceErrorKind, clock_skew};
use crate::identity_center::IdentityCenter;
use crate::state::{ClockSkew, StateDirectory, is_large};
use crate::timestamp::Timestamp;

/// Whether this computer's clock is behind AWS's, so that cached credentials would be handed out
/// after they have expired.
pub fn is_behind(context: &Context, state: &StateDirectory, aws: &dyn IdentityCenter) -> bool {
    let now = context.now();
    let skew = match aws.server_date() {
        Some(server) => Some(now.seconds_since(server)).filter(|skew| is_large(*skew)),
        None => ClockSkew::noted(state, now),
    };
    skew.is_some_and(|skew| skew < 0)
}

/// The later of this computer's time and AWS's, as AWS's last answer shows it. Credentials that
/// have expired by either are useless: AWS refuses them, or the caller takes them for expired.
pub fn latest(context: &Context, state: &StateDirectory, aws: &dyn IdentityCenter) -> Timestamp {
    match aws.server_date() {
        Some(server) => context.now().max(server),
        None => latest_known(context, state),
    }
}

/// The same by the noted difference, where there is no answer, or none that comes from AWS.
pub fn latest_known(context: &Context, state: &StateDirectory) -> Timestamp {
    let now = context.now();
    let behind = ClockSkew::noted(state, now).map_or(0, |skew| skew.min(0));
    Timestamp::from_unix(now.unix().saturating_sub(behind))
}

/// Whether the answer behind `failure` came from AWS, so that its date is AWS's time. A captive
/// portal or a proxy may have answered instead.
pub fn is_told_by_aws(failure: &Error) -> bool {
    !matches!(failure, Error::Aws(AwsError::Service { error, .. }) if error.kind == ServiceErrorKind::NotAws)
}

/// Notes the difference that AWS's last answer shows, or removes the note if the clocks agree.
/// Returns AWS's time if the difference is too large to be ignored.
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
