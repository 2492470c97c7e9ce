//! Turns failed requests into the program's errors, which say what to do.

use crate::error::{AwsError, Error, LoginCommands, ServiceError, ServiceErrorKind, SignInError};
use crate::identifiers::Region;
use crate::request::SsoSession;
use crate::state::is_large;
use crate::timestamp::Timestamp;

/// The error for a failed request, with the clock difference if the answer shows a large one.
pub fn failure(region: &Region, error: ServiceError, now: Timestamp) -> Error {
    let skew = error.server_date.map(|server| now.seconds_since(server));
    Error::Aws(AwsError::Service {
        region: region.to_string(),
        clock_skew: skew.filter(|skew| is_large(*skew)),
        error: Box::new(error),
        flags: Vec::new(),
    })
}

/// The error for a failed request of a sign-in, in which `operation` sends the start URL to AWS.
/// If AWS answers that operation with `InvalidRequestException`, the start URL or the region is
/// wrong; AWS does not say which.
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

/// The error for a code that AWS refuses after an earlier request for its token has failed. AWS gives
/// the token only once, so it may have been in an answer that got lost.
pub fn answer_lost(login: LoginCommands) -> Error {
    let cause = "the answer with the token may have been lost on the way".to_owned();
    Error::SignIn(SignInError::Failed { cause, login })
}

/// The error for role credentials that have already expired when they arrive. AWS issues them for
/// an hour or more, so one of the clocks is wrong. `server` is AWS's time, if it is known.
pub fn dead_on_arrival(
    region: &Region,
    expiration: Timestamp,
    server: Option<Timestamp>,
    now: Timestamp,
) -> Error {
    // The error text states a known clock difference by itself.
    let is_stated = server.is_some_and(|server| is_large(now.seconds_since(server)));
    let question = if is_stated { "" } else { "; is this computer's clock right?" };
    let message = format!("the credentials it gave expire at {expiration}{question}");
    let error = ServiceError {
        status: Some(200),
        server_date: server,
        ..ServiceError::unanswered("GetRoleCredentials", ServiceErrorKind::NotAws, "the portal", message)
    };
    failure(region, error, now)
}
