//! Checks start URL and region of a session before a person signs in to it: AWS refuses to begin a
//! device authorization for a wrong one. What AWS begins is not used, and expires.

use super::failure::start_url_failure;
use super::network_time::BUDGET;
use super::portal;
use super::registration::{ClientKind, request};
use super::session::SessionRun;
use crate::error::{Error, ServiceError};
use crate::identity_center::Client;

/// Asks AWS whether there is an instance of Identity Center behind the session's start URL, in the
/// session's region.
///
/// # Errors
/// [`AwsError::StartUrlRefused`](crate::error::AwsError::StartUrlRefused) if not; a failed request.
pub fn check_start_url(run: &SessionRun) -> Result<(), Error> {
    let session = run.files.session;
    let failed = |error: ServiceError| {
        start_url_failure(session, "StartDeviceAuthorization", error, run.files.context.now())
    };
    let start_url = portal::start_url(run)?;
    let request = request(run.files, ClientKind::DeviceAuthorization);
    let client = run
        .time
        .with_retries(BUDGET, |deadline| run.aws.register_client(&request, deadline))
        .map_err(failed)?;
    let client = Client { id: &client.client_id, secret: &client.client_secret };
    run.time
        .with_retries(BUDGET, |deadline| {
            run.aws.start_device_authorization(client, start_url.as_str(), deadline)
        })
        .map(|_| ())
        .map_err(failed)
}
