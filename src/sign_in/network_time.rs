//! How long a run may ask AWS.

use std::cell::Cell;
use std::time::Duration;

use crate::context::Context;
use crate::identity_center::{Deadline, retry};

/// For one operation with its retries.
pub const BUDGET: Duration = retry::BUDGET;

/// For everything but waiting for a person: a hanging portal must end before its
/// caller gives up on us.
pub const ALTOGETHER: Duration = Duration::from_secs(40);

/// For everything while cached role credentials are still good: then those are printed.
pub const ALTOGETHER_WHILE_LIVE: Duration = Duration::from_secs(3);

/// For telling the portal that a token is wanted no more: a dead network may not hold
/// anybody up for that.
pub const COURTESY: Duration = Duration::from_secs(5);

/// Until when AWS is asked, on the clock of [`Context::elapsed`]. Waiting for a person moves
/// it.
pub struct NetworkTime<'a> {
    context: &'a Context,
    end: Cell<Duration>,
}

impl<'a> NetworkTime<'a> {
    /// So much `time` since the process began.
    pub fn since_start(context: &'a Context, time: Duration) -> Self {
        Self { context, end: Cell::new(time) }
    }

    /// [`ALTOGETHER`] from now on.
    pub fn from_now(context: &'a Context) -> Self {
        let time = Self::since_start(context, Duration::ZERO);
        time.restart();
        time
    }

    /// Begins anew, after a person was waited for.
    pub fn restart(&self) {
        self.end.set(self.context.elapsed().saturating_add(ALTOGETHER));
    }

    /// Adds what a person took: that is not the network's fault.
    pub fn extend(&self, waited: Duration) {
        self.end.set(self.end.get().saturating_add(waited));
    }

    /// What is left.
    pub fn left(&self) -> Duration {
        self.end.get().saturating_sub(self.context.elapsed())
    }

    /// The deadline of an operation that may take `budget`, as far as so much is left.
    pub fn deadline(&self, budget: Duration) -> Deadline {
        Deadline::after(self.context, budget.min(self.left()))
    }

    /// Whether cached role credentials wait to be printed, or the end is near.
    pub fn is_hurried(&self) -> bool {
        self.left() <= ALTOGETHER_WHILE_LIVE
    }
}
