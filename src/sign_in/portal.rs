//! Where the Identity Center instance behind a start URL is: looked up before a
//! sign-in, for a company's vanity address must not reach AWS as it is.

use super::failure::failure;
use super::network_time::BUDGET;
use super::requests::with_retries;
use super::session::SessionRun;
use crate::debug;
use crate::error::{ConfigurationError, Error};
use crate::identifiers::StartUrl;
use crate::identity_center::{ServiceError, ServiceErrorKind};
use crate::start_url;

/// The start URL that AWS is told. For AWS's own and an emulator's that is the one
/// in the configuration; a vanity address is asked where it leads, once, and only an
/// address of AWS's counts.
///
/// # Errors
/// A vanity address that leads elsewhere or nowhere, or a host in another region than
/// the configured one.
pub fn start_url(run: &SessionRun) -> Result<StartUrl, Error> {
    let configured = &run.files.session.start_url;
    if start_url::is_aws_owned(configured) {
        return in_region(run, configured.clone());
    }
    let portal = if start_url::is_local(configured) { local(run) } else { Some(behind(run)?) };
    let Some(portal) = portal else { return Ok(configured.clone()) };
    debug!(run.files.context, "start URL {configured} leads to {portal}");
    run.aws.found_at(&portal);
    in_region(run, portal)
}

/// An emulator on this computer is signed in to as it is, unless it says otherwise.
fn local(run: &SessionRun) -> Option<StartUrl> {
    let answer = run.aws.redirect_of(run.files.session.start_url.as_str());
    answer.ok().and_then(|answer| start_url::portal_at(&answer.location?))
}

fn behind(run: &SessionRun) -> Result<StartUrl, Error> {
    let configured = &run.files.session.start_url;
    let asked = start_url::normalized(configured.as_str());
    let astray = |cause: String| {
        Error::Configuration(ConfigurationError::StartUrlAstray { start_url: configured.to_string(), cause })
    };
    let answer = match with_retries(run, BUDGET, || run.aws.redirect_of(asked)) {
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

/// A region in the host has to be the configured one: with another, every request
/// would go to the wrong place, and AWS's answer would not say why.
fn in_region(run: &SessionRun, portal: StartUrl) -> Result<StartUrl, Error> {
    let configured = run.files.session.region.as_str();
    match start_url::region_of_host(&portal) {
        Some(region) if !region.eq_ignore_ascii_case(configured) => {
            Err(Error::Configuration(ConfigurationError::RegionMismatch {
                start_url: run.files.session.start_url.to_string(),
                portal: (portal != run.files.session.start_url).then(|| portal.to_string()),
                region,
                configured: configured.to_owned(),
            }))
        }
        _ => Ok(portal),
    }
}
