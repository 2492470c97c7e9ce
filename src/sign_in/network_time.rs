//! The time that a run has for requests to AWS. Waiting for a person does not count.

use std::cell::Cell;
use std::time::Duration;

use crate::context::Context;
use crate::error::{ServiceError, ServiceErrorKind};
use crate::identity_center::{Deadline, retry};

/// The time for one request with its retries.
pub const BUDGET: Duration = retry::BUDGET;

/// The time for all requests of a run. A run must fail because of a hanging portal before its
/// caller ends it.
pub const ALTOGETHER: Duration = Duration::from_secs(40);

/// The time for all requests while cached role credentials are alive: they are printed afterwards.
pub const ALTOGETHER_WHILE_LIVE: Duration = Duration::from_secs(3);

/// The time for revoking tokens that are no longer wanted. A dead network must not delay the
/// person for longer.
pub const COURTESY: Duration = Duration::from_secs(5);

/// The end of the time for requests, on the clock of [`Context::elapsed`]. Waiting for a person
/// moves the end.
pub struct NetworkTime<'a> {
    context: &'a Context,
    end: Cell<Duration>,
}

impl<'a> NetworkTime<'a> {
    /// The time for requests ends when the process has run for `time`.
    pub fn since_start(context: &'a Context, time: Duration) -> Self {
        Self { context, end: Cell::new(time) }
    }

    /// The time for requests ends [`ALTOGETHER`] from now.
    pub fn from_now(context: &'a Context) -> Self {
        let time = Self::since_start(context, Duration::ZERO);
        time.restart();
        time
    }

    /// Gives the run [`ALTOGETHER`] again, after it has waited for a person.
    pub fn restart(&self) {
        self.end.set(self.context.elapsed().saturating_add(ALTOGETHER));
    }

    /// Adds the time that this process `waited` for a person.
    pub fn extend(&self, waited: Duration) {
        self.end.set(self.end.get().saturating_add(waited));
    }

    /// How much time is left for requests.
    pub fn left(&self) -> Duration {
        self.end.get().saturating_sub(self.context.elapsed())
    }

    /// The deadline of an operation that may take `budget`, as far as so much is left.
    pub fn deadline(&self, budget: Duration) -> Deadline {
        Deadline::after(self.context, budget.min(self.left()))
    }

    /// Makes `call`, again if it fails, within `budget` and the time that is left.
    ///
    /// # Errors
    /// The last failure that says something about AWS.
    pub fn with_retries<T>(
        &self,
        budget: Duration,
        call: impl FnMut(Deadline) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        retry::with_retries(self.context, self.deadline(budget), call)
    }

    /// Whether the run has to hurry: because cached role credentials wait to be printed, or because
    /// little time is left.
    pub fn is_hurried(&self) -> bool {
        self.left() <= ALTOGETHER_WHILE_LIVE
    }
}

/// The failure of a request that was not made, because too little time was left.
pub fn too_late(operation: &'static str) -> ServiceError {
    ServiceError::unanswered(operation, ServiceErrorKind::TimedOut, "AWS", "no time is left to ask")
}
