//! Finds the Identity Center instance behind a start URL before a sign-in: AWS does not accept a
//! company's vanity address as a start URL.

use super::failure::failure;
use super::network_time::BUDGET;
use super::session::SessionRun;
use crate::debug;
use crate::error::{ConfigurationError, Error, ServiceError, ServiceErrorKind};
use crate::identifiers::StartUrl;
use crate::identity_center::{Deadline, IdentityCenter};
use crate::request::SsoSession;
use crate::start_url;

/// The start URL to send to AWS. An address of AWS is sent as it is configured. A vanity address
/// is requested once, and has to redirect to an address of AWS.
///
/// # Errors
/// A vanity address that does not redirect to AWS, or an address that names another region than
/// the configured one.
pub fn start_url(run: &SessionRun) -> Result<StartUrl, Error> {
    let configured = &run.files.session.start_url;
    if start_url::is_aws_owned(configured) {
        return in_region(run.files.session, configured.clone());
    }
    let portal = if start_url::is_local(configured) {
        portal_of_emulator(run.aws, configured, run.time.deadline(BUDGET))
    } else {
        Some(portal_behind_vanity_address(run)?)
    };
    let Some(portal) = portal else { return Ok(configured.clone()) };
    debug!(run.files.context, "start URL {configured} leads to {portal}");
    run.aws.set_portal(&portal);
    in_region(run.files.session, portal)
}

/// The portal that an emulator on this computer redirects to. `None` if it does not redirect;
/// then its own address is the start URL.
fn portal_of_emulator(
    aws: &dyn IdentityCenter,
    configured: &StartUrl,
    deadline: Deadline,
) -> Option<StartUrl> {
    let answer = aws.redirect_of(configured.as_str(), deadline);
    answer.ok().and_then(|answer| start_url::portal_at(&answer.location?))
}

fn portal_behind_vanity_address(run: &SessionRun) -> Result<StartUrl, Error> {
    let configured = &run.files.session.start_url;
    let asked = start_url::normalized(configured.as_str());
    let astray = |cause: String| {
        Error::Configuration(ConfigurationError::StartUrlAstray { start_url: configured.to_string(), cause })
    };
    let answer = match run.time.with_retries(BUDGET, |deadline| run.aws.redirect_of(asked, deadline)) {
        Ok(answer) => answer,
        Err(ServiceError { kind: ServiceErrorKind::NotAws, message, .. }) => {
            return Err(astray(format!("its answer makes no sense ({})", message.unwrap_or_default())));
        }
        Err(error) => return Err(failure(&run.files.session.region, error, run.files.context.now())),
    };
    match answer.location {
        None => Err(astray(format!("it answers with status {} instead of a redirect", answer.status))),
        Some(location) => start_url::portal_at(&location)
            .ok_or_else(|| astray(format!("it redirects to `{}`", start_url::normalized(&location)))),
    }
}

/// `portal`, unless its host names another region than the configured one. Otherwise every
/// request would go to the wrong region, and AWS's answer would not say why.
fn in_region(session: &SsoSession, portal: StartUrl) -> Result<StartUrl, Error> {
    match start_url::other_region_of_host(&portal, &session.region) {
        Some(region) => Err(Error::Configuration(ConfigurationError::RegionMismatch {
            start_url: session.start_url.to_string(),
            portal: (portal != session.start_url).then(|| portal.to_string()),
            region,
            configured: session.region.to_string(),
        })),
        None => Ok(portal),
    }
}
