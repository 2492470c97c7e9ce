//! Asking AWS within the time that a run has.

use std::time::Duration;

use super::session::SessionRun;
use crate::error::{ServiceError, ServiceErrorKind};
use crate::identity_center::{Deadline, retry};

/// Retries within `budget` and within what is left of the run's own time.
///
/// # Errors
/// The last failure that says something about AWS.
pub fn with_retries<T>(
    run: &SessionRun,
    budget: Duration,
    call: impl FnMut(Deadline) -> Result<T, ServiceError>,
) -> Result<T, ServiceError> {
    retry::with_retries(run.files.context, run.time.deadline(budget), call)
}

/// Why a request was not made.
pub fn too_late(operation: &'static str) -> ServiceError {
    ServiceError::unanswered(operation, ServiceErrorKind::TimedOut, "AWS", "no time is left to ask")
}
