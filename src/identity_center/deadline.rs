//! Until when one request may take.

use std::time::Duration;

use crate::context::Context;

/// A moment on the clock of [`Context::elapsed`]. A request that is under way then ends as
/// [`ServiceErrorKind::TimedOut`](crate::error::ServiceErrorKind::TimedOut).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Duration);

impl Deadline {
    /// At `elapsed`.
    pub const fn at(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// After so much `time`, counted from now.
    pub fn after(context: &Context, time: Duration) -> Self {
        Self(context.elapsed().saturating_add(time))
    }

    /// What is left.
    pub fn left(self, context: &Context) -> Duration {
        self.0.saturating_sub(context.elapsed())
    }
}
