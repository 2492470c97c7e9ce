//! Makes requests to AWS within the time that a run has.

use std::time::Duration;

use super::session::SessionRun;
use crate::identity_center::{ServiceError, ServiceErrorKind, retry};

/// Makes `call`, again if it fails, within `budget` and within the time that the run has left.
///
/// # Errors
/// The last failure that says something about AWS.
pub fn with_retries<T>(
    run: &SessionRun,
    budget: Duration,
    call: impl FnMut() -> Result<T, ServiceError>,
) -> Result<T, ServiceError> {
    let context = run.files.context;
    let budget = budget.min(run.time.left());
    run.aws.set_deadline(Some(context.elapsed() + budget));
    retry::with_retries(context, budget, call)
}

/// The failure of a request that was not made, because too little time was left.
pub fn too_late(operation: &'static str) -> ServiceError {
    ServiceError::unanswered(operation, ServiceErrorKind::TimedOut, "AWS", "no time is left to ask")
}
