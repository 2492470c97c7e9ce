//! Makes requests to AWS within the time that a run has.

use std::time::Duration;

use super::session::SessionRun;
use crate::error::{ServiceError, ServiceErrorKind};
use crate::identity_center::{Deadline, retry};

/// Makes `call`, again if it fails, within `budget` and within the time that the run has left.
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

/// The failure of a request that was not made, because too little time was left.
pub fn too_late(operation: &'static str) -> ServiceError {
    ServiceError::unanswered(operation, ServiceErrorKind::TimedOut, "AWS", "no time is left to ask")
}
