//! A failed request as an error that says what to do.

use crate::error::{AwsError, Error};
use crate::identifiers::Region;
use crate::identity_center::{ServiceError, ServiceErrorKind};
use crate::request::SsoSession;
use crate::state::is_large;
use crate::timestamp::Timestamp;

/// A failed request, with the clock's skew when the server told its time.
pub fn failure(region: &Region, error: ServiceError, now: Timestamp) -> Error {
    let skew = error.server_date.map(|server| now.seconds_since(server));
    Error::Aws(AwsError::Service {
        region: region.to_string(),
        clock_skew: skew.filter(|skew| is_large(*skew)),
        error: Box::new(error),
        flags: Vec::new(),
    })
}

/// A failure on the way to a sign-in, of which `operation` names the start URL to AWS.
/// An `InvalidRequestException` then says that this URL, or this region, is wrong, and
/// not which of them.
pub fn start_url_failure(
    session: &SsoSession,
    operation: &str,
    error: ServiceError,
    now: Timestamp,
) -> Error {
    if error.kind != ServiceErrorKind::InvalidRequest || error.operation != operation {
        return failure(&session.region, error, now);
    }
    Error::Aws(AwsError::StartUrlRefused {
        start_url: session.start_url.to_string(),
        region: session.region.to_string(),
        message: error.message,
    })
}

/// AWS gives credentials for an hour or more; dead ones mean that a clock is wrong. `server`
/// is AWS's time, as far as it is known.
pub fn dead_on_arrival(
    region: &Region,
    expiration: Timestamp,
    server: Option<Timestamp>,
    now: Timestamp,
) -> Error {
    // A difference in clocks that is known is told besides.
    let told = server.is_some_and(|server| is_large(now.seconds_since(server)));
    let question = if told { "" } else { "; is this computer's clock right?" };
    let message = format!("the credentials it gave expire at {expiration}{question}");
    let error = ServiceError {
        status: Some(200),
        server_date: server,
        ..ServiceError::unanswered("GetRoleCredentials", ServiceErrorKind::NotAws, "the portal", message)
    };
    failure(region, error, now)
}
