//! What one poll means, and when the next may be. Pure.

use std::time::Duration;

use super::pending::{LONGEST_LIFE, PendingAuthorization};
use crate::error::ServiceErrorKind;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;

/// What to do after a poll that gave no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollStep {
    /// Poll again, not before [`PendingAuthorization::next_poll_at`].
    Again,
    /// The person pressed Deny.
    Refused,
    /// The device code died.
    Expired,
    /// The client is not known (any more).
    RegisterAgain,
    /// Polling again is of no use.
    Failed,
}

/// What `slow_down` adds to the interval, for good (RFC 8628 §3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);
/// So many answers in a row may be lost; with the default interval that is two minutes.
const MOST_LOST: u32 = 6;
/// Between lost answers the pause doubles up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Timestamps are cut to whole seconds; this makes up for it between processes.
const ROUNDING: Duration = Duration::from_secs(1);

impl PendingAuthorization {
    /// Takes in why a poll that ended at `now` gave no token.
    pub fn after_poll(&mut self, kind: &ServiceErrorKind, now: Timestamp) -> PollStep {
        use ServiceErrorKind as Kind;
        match kind {
            Kind::AuthorizationPending => self.lost = 0,
            Kind::SlowDown => {
                self.lost = 0;
                self.interval = self.interval.saturating_add(SLOW_DOWN);
            }
            Kind::AccessDenied => return PollStep::Refused,
            Kind::ExpiredToken => return PollStep::Expired,
            Kind::InvalidClient | Kind::UnauthorizedClient => return PollStep::RegisterAgain,
            kind if is_lost(kind) && self.lost < MOST_LOST => self.lost += 1,
            _ => return PollStep::Failed,
        }
        self.reserve(now, self.pause());
        PollStep::Again
    }

    /// Life left at `now`: never more than the whole life, however the clock jumped.
    pub fn remaining(&self, now: Timestamp) -> Duration {
        let life = seconds(self.expires_at.seconds_since(self.started_at)).min(LONGEST_LIFE);
        life.saturating_sub(seconds(now.seconds_since(self.started_at)))
    }

    /// Whether a person can still answer at `now`.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        !self.remaining(now).is_zero()
    }

    /// Whether the last poll was answered, but not to us.
    pub fn has_lost_an_answer(&self) -> bool {
        self.lost > 0
    }

    /// Whether the process that holds the lock of those who sign in may be the one that
    /// polls. Where either is not known, it is taken for that.
    pub fn may_be_polled_by(&self, holder: Option<u32>) -> bool {
        self.polled_by.is_none() || holder.is_none() || self.polled_by == holder
    }

    /// Whether this is the sign-in that `session` needs: a changed start URL or region
    /// makes it another one.
    pub fn is_for(&self, session: &SsoSession) -> bool {
        self.session_key == session.token_cache_key()
            && self.start_url == session.start_url.as_str()
            && self.region == session.region.as_str()
    }

    /// The pause after the last poll. RFC 8628 §3.5: who got no answer asks more
    /// rarely, and doubling the interval is what it recommends.
    pub(super) fn pause(&self) -> Duration {
        let doubled = self.interval.saturating_mul(1 << self.lost.min(MOST_LOST));
        if self.lost == 0 { self.interval } else { doubled.min(LONGEST_PAUSE.max(self.interval)) }
    }

    /// Keeps other processes from polling until `pause` after `now`.
    pub(super) fn reserve(&mut self, now: Timestamp, pause: Duration) {
        self.next_poll_at = now.plus(pause.saturating_add(ROUNDING));
    }

    /// How long a process that comes to this authorization at `now` has to wait. A
    /// clock that was set back must not make that an age.
    pub(super) fn until_next_poll(&self, now: Timestamp) -> Duration {
        if now < self.started_at {
            return self.interval;
        }
        let longest = self.interval.max(LONGEST_PAUSE).saturating_add(ROUNDING);
        seconds(self.next_poll_at.seconds_since(now)).min(longest)
    }
}

/// Whether an authorization may live on after a poll failed so: the failure was on the
/// way, and says nothing about the sign-in.
pub const fn survives(kind: &ServiceErrorKind) -> bool {
    use ServiceErrorKind as Kind;
    is_lost(kind) || matches!(kind, Kind::Untrusted { .. } | Kind::Connection | Kind::Proxy | Kind::Exhausted)
}

/// No answer came, or not the one AWS meant to give; the next may.
const fn is_lost(kind: &ServiceErrorKind) -> bool {
    use ServiceErrorKind as Kind;
    matches!(
        kind,
        Kind::Throttled
            | Kind::Server
            | Kind::Unreachable
            | Kind::ProxyUnreachable
            | Kind::Broken
            | Kind::TimedOut
            | Kind::NotAws
    )
}

/// A span that is not negative.
fn seconds(span: i64) -> Duration {
    Duration::from_secs(u64::try_from(span).unwrap_or(0))
}
