//! The deadline of a request.

use std::time::Duration;

use crate::context::Context;

/// The longest time for one request, from the name look-up to the last byte.
const REQUEST_PATIENCE: Duration = Duration::from_secs(8);

/// A moment on the clock of [`Context::elapsed`]. A request that is not answered by then fails
/// with [`ServiceErrorKind::TimedOut`](crate::error::ServiceErrorKind::TimedOut).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Duration);

impl Deadline {
    /// The moment when [`Context::elapsed`] is `elapsed`.
    pub const fn at(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// The moment after `time` from now.
    pub fn after(context: &Context, time: Duration) -> Self {
        Self(context.elapsed().saturating_add(time))
    }

    /// The time until then; zero afterwards.
    pub fn left(self, context: &Context) -> Duration {
        self.0.saturating_sub(context.elapsed())
    }

    /// How long a request may take now.
    pub fn patience(self, context: &Context) -> Duration {
        self.left(context).min(REQUEST_PATIENCE)
    }
}
