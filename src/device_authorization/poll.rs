//! The meaning of one poll, and the time of the next. Pure.

use std::time::Duration;

use super::pending::{LONGEST_LIFE, PendingAuthorization};
use crate::error::ServiceErrorKind;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;

/// The next step after a poll that gave no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollStep {
    /// Poll again, not before [`PendingAuthorization::next_poll_at`].
    Again,
    /// The person denied the request.
    Refused,
    /// The device code has expired.
    Expired,
    /// AWS does not know the client, or no longer.
    RegisterAgain,
    /// The request failed, and another poll would not help.
    Failed,
}

/// The time that each `slow_down` adds to the interval, for all later polls (RFC 8628 §3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);
/// The most lost answers in a row. With the default interval, they take two minutes.
const MOST_LOST: u32 = 6;
/// The longest pause after a lost answer; each lost answer doubles the pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Added to the time of the next poll, because stored timestamps are cut to whole seconds.
const ROUNDING: Duration = Duration::from_secs(1);

impl PendingAuthorization {
    /// Updates the state after a poll that ended at `now` without a token, and gives the next step.
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

    /// The time until the code expires, seen from `now`. It is at most the whole life of the code,
    /// also if the clock was set back.
    pub fn remaining(&self, now: Timestamp) -> Duration {
        let life = seconds(self.expires_at.seconds_since(self.started_at)).min(LONGEST_LIFE);
        life.saturating_sub(seconds(now.seconds_since(self.started_at)))
    }

    /// Whether the code is valid at `now`, so that the person can still answer.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        !self.remaining(now).is_zero()
    }

    /// Whether the answer to the last poll may have been lost on the way.
    pub fn has_lost_an_answer(&self) -> bool {
        self.lost > 0
    }

    /// Whether `holder`, the process that holds the lock for signing in, may be the process that
    /// polls for this authorization. Also true if one of the two is not known.
    pub fn may_be_polled_by(&self, holder: Option<u32>) -> bool {
        self.polled_by.is_none() || holder.is_none() || self.polled_by == holder
    }

    /// Whether this authorization is for `session`. It is not if the start URL or the region in the
    /// configuration has changed since.
    pub fn is_for(&self, session: &SsoSession) -> bool {
        self.session_key == session.token_cache_key()
            && self.start_url == session.start_url.as_str()
            && self.region == session.region.as_str()
    }

    /// The pause after the last poll. It doubles with each lost answer, as RFC 8628 §3.5
    /// recommends.
    pub(super) fn pause(&self) -> Duration {
        let doubled = self.interval.saturating_mul(1 << self.lost.min(MOST_LOST));
        if self.lost == 0 { self.interval } else { doubled.min(LONGEST_PAUSE.max(self.interval)) }
    }

    /// Moves the next poll, by any process, to `pause` after `now`.
    pub(super) fn reserve(&mut self, now: Timestamp, pause: Duration) {
        self.next_poll_at = now.plus(pause.saturating_add(ROUNDING));
    }

    /// The time that a process that joins at `now` has to wait before its first poll. It has a limit,
    /// because the clock may have been set back.
    pub(super) fn until_next_poll(&self, now: Timestamp) -> Duration {
        if now < self.started_at {
            return self.interval;
        }
        let longest = self.interval.max(LONGEST_PAUSE).saturating_add(ROUNDING);
        seconds(self.next_poll_at.seconds_since(now)).min(longest)
    }
}

/// Whether a later process can continue the authorization after a poll failed with `kind`: the
/// failure was on the way to AWS and says nothing about the sign-in.
pub const fn survives(kind: &ServiceErrorKind) -> bool {
    use ServiceErrorKind as Kind;
    is_lost(kind) || matches!(kind, Kind::Untrusted { .. } | Kind::Connection | Kind::Proxy | Kind::Exhausted)
}

/// Whether no answer came, or not the one that AWS gives to a poll. The next poll may succeed.
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

/// A number of seconds as a duration; zero if it is negative.
fn seconds(span: i64) -> Duration {
    Duration::from_secs(u64::try_from(span).unwrap_or(0))
}
