//! How long a run may take over the network, and how its failures are told.

use std::time::Duration;

use super::SessionRun;
use crate::context::Context;
use crate::error::Error;
use crate::identifiers::Region;
use crate::identity_center::{ServiceError, ServiceErrorKind, retry};
use crate::timestamp::Timestamp;

/// For retrying one request.
pub(super) const BUDGET: Duration = Duration::from_secs(20);

/// For everything but waiting for a person: a hanging portal must end before its
/// caller gives up on us.
pub(super) const ALTOGETHER: Duration = Duration::from_secs(40);

/// For telling the portal that a token is wanted no more: a dead network may not hold
/// anybody up for that.
pub(super) const COURTESY: Duration = Duration::from_secs(5);

/// Skew up to this is nobody's trouble.
const TOLERATED_SKEW: i64 = 300;

/// Retries within `budget` and within what is left of the run's own.
pub(super) fn with_retries<T>(
    run: &SessionRun,
    budget: Duration,
    call: impl FnMut() -> Result<T, ServiceError>,
) -> Result<T, ServiceError> {
    let now = run.context.elapsed();
    let budget = budget.min(run.deadline.get().saturating_sub(now));
    run.aws.set_deadline(Some(now + budget));
    retry::with_retries(run.context, budget, call)
}

/// A failed request, with the clock's skew when the server told its time.
pub(super) fn failure(context: &Context, region: &Region, error: ServiceError) -> Error {
    let skew = error.server_date.map(|server| context.now().seconds_since(server));
    Error::Service {
        region: region.to_string(),
        clock_skew: skew.filter(|skew| skew.saturating_abs() > TOLERATED_SKEW),
        error: Box::new(error),
    }
}

/// A failure on the way to a sign-in, of which `operation` names the start URL to AWS.
/// An `InvalidRequestException` then says that this URL, or this region, is wrong, and
/// not which of them.
pub(super) fn start_url_failure(run: &SessionRun, operation: &str, error: ServiceError) -> Error {
    if error.kind != ServiceErrorKind::InvalidRequest || error.operation != operation {
        return failure(run.context, &run.session.region, error);
    }
    Error::StartUrlRefused {
        start_url: run.session.start_url.to_string(),
        region: run.session.region.to_string(),
        message: error.message,
    }
}

/// AWS gives credentials for an hour or more; dead ones mean that a clock is wrong.
pub(super) fn dead_on_arrival(run: &SessionRun, expiration: Timestamp) -> Error {
    let error = ServiceError {
        operation: "GetRoleCredentials",
        kind: ServiceErrorKind::NotAws,
        status: Some(200),
        code: None,
        message: Some(format!(
            "the credentials it gave expire at {expiration}; is this computer's clock right?"
        )),
        endpoint: "the portal".to_owned(),
        retry_after: None,
        server_date: run.aws.server_date(),
    };
    failure(run.context, &run.session.region, error)
}
