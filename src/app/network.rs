//! How long a run may take over the network, and how its failures are told.

use std::time::Duration;

use super::{SessionRun, clock};
use crate::context::Context;
use crate::error::{AwsError, Error};
use crate::identifiers::Region;
use crate::identity_center::{ServiceError, ServiceErrorKind, retry};
use crate::timestamp::Timestamp;

/// For retrying one request.
pub(super) const BUDGET: Duration = Duration::from_secs(20);

/// For everything but waiting for a person: a hanging portal must end before its
/// caller gives up on us.
pub(super) const ALTOGETHER: Duration = Duration::from_secs(40);

/// For everything while cached role credentials are still good: then those are printed.
pub(super) const ALTOGETHER_WHILE_LIVE: Duration = Duration::from_secs(3);

/// For telling the portal that a token is wanted no more: a dead network may not hold
/// anybody up for that.
pub(super) const COURTESY: Duration = Duration::from_secs(5);

/// Retries within `budget` and within what is left of the run's own.
pub(super) fn with_retries<T>(
    run: &SessionRun,
    budget: Duration,
    call: impl FnMut() -> Result<T, ServiceError>,
) -> Result<T, ServiceError> {
    let now = run.context.elapsed();
    let budget = budget.min(time_left(run));
    run.aws.set_deadline(Some(now + budget));
    retry::with_retries(run.context, budget, call)
}

/// What is left of the run's time for asking AWS.
pub(super) fn time_left(run: &SessionRun) -> Duration {
    run.deadline.get().saturating_sub(run.context.elapsed())
}

/// Whether cached role credentials wait to be printed, or the end is near.
pub(super) fn is_hurried(run: &SessionRun) -> bool {
    time_left(run) <= ALTOGETHER_WHILE_LIVE
}

/// Why a request was not made.
pub(super) fn too_late(operation: &'static str) -> ServiceError {
    ServiceError::unanswered(operation, ServiceErrorKind::TimedOut, "AWS", "no time is left to ask")
}

/// A failed request, with the clock's skew when the server told its time.
pub(super) fn failure(context: &Context, region: &Region, error: ServiceError) -> Error {
    let skew = error.server_date.map(|server| context.now().seconds_since(server));
    Error::Aws(AwsError::Service {
        region: region.to_string(),
        clock_skew: skew.filter(clock::is_large),
        error: Box::new(error),
        flags: Vec::new(),
    })
}

/// A failure on the way to a sign-in, of which `operation` names the start URL to AWS.
/// An `InvalidRequestException` then says that this URL, or this region, is wrong, and
/// not which of them.
pub(super) fn start_url_failure(run: &SessionRun, operation: &str, error: ServiceError) -> Error {
    if error.kind != ServiceErrorKind::InvalidRequest || error.operation != operation {
        return failure(run.context, &run.session.region, error);
    }
    Error::Aws(AwsError::StartUrlRefused {
        start_url: run.session.start_url.to_string(),
        region: run.session.region.to_string(),
        message: error.message,
    })
}

/// AWS gives credentials for an hour or more; dead ones mean that a clock is wrong.
pub(super) fn dead_on_arrival(run: &SessionRun, expiration: Timestamp) -> Error {
    // A difference in clocks that is known is told besides.
    let told =
        run.aws.server_date().is_some_and(|server| clock::is_large(&run.context.now().seconds_since(server)));
    let question = if told { "" } else { "; is this computer's clock right?" };
    let message = format!("the credentials it gave expire at {expiration}{question}");
    let error = ServiceError {
        status: Some(200),
        server_date: run.aws.server_date(),
        ..ServiceError::unanswered("GetRoleCredentials", ServiceErrorKind::NotAws, "the portal", message)
    };
    failure(run.context, &run.session.region, error)
}
