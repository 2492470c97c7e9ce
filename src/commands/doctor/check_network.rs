//! What AWS answers: whether it can be reached, and knows the start URL in the region. Sessions of a
//! region that cannot be reached are not asked about again.

use std::time::Duration;

use super::facts::{Facts, Findings};
use super::finding::{Finding, Id};
use crate::commands::surroundings::Surroundings;
use crate::error::{AwsError, ConfigurationError, Error, ServiceErrorKind, clock_skew};
use crate::identity_center::IdentityCenter as _;
use crate::selection::ResolvedSession;
use crate::sign_in::{NetworkTime, SessionRun, check_start_url};
use crate::state::{ClockSkew, is_large};

/// The time for all requests about one session.
const PATIENCE: Duration = Duration::from_secs(4);

/// The time for all requests.
const ALTOGETHER: Duration = Duration::from_secs(12);

/// Asks AWS. Returns what could not be checked, for people.
pub(super) fn check(command: &Surroundings<'_>, facts: &Facts<'_>, findings: &mut Findings) -> Vec<String> {
    let context = command.context;
    let end = context.elapsed().saturating_add(ALTOGETHER);
    let (mut unreachable, mut untold): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut skew = None;
    for resolved in facts.sessions {
        let region = resolved.session.region.to_string();
        if unreachable.contains(&region) {
            continue;
        }
        if context.elapsed() >= end {
            untold.push("AWS was not asked about the other sessions: it takes too long".to_owned());
            break;
        }
        let asked = ask(command, resolved, end);
        skew = skew.or(asked.1);
        let Err(error) = asked.0 else { continue };
        if let Some(found) = finding(resolved, &error) {
            findings.push(found);
        } else {
            let words = error.text();
            let why = words.why.map(|why| format!(": {why}")).unwrap_or_default();
            untold.push(format!("AWS could not be asked: {}{why}", words.what));
        }
        if is_about_the_way(&error) {
            unreachable.push(region);
        }
    }
    if let Some(skew) = skew.filter(|skew| is_large(*skew)) {
        findings.push(of_clock(skew));
    }
    untold
}

/// What AWS's last answer told about the clock, if this run does not ask.
pub(super) fn check_offline(command: &Surroundings<'_>, findings: &mut Findings) {
    findings.extend(ClockSkew::noted(&command.state, command.context.now()).map(of_clock));
}

/// Asks about the session; gives also how far this computer's clock is ahead of AWS's.
fn ask(
    command: &Surroundings<'_>,
    resolved: &ResolvedSession,
    end: Duration,
) -> (Result<(), Error>, Option<i64>) {
    let context = command.context;
    let aws = match command.connect(&resolved.session, resolved.profile.as_deref()) {
        Ok(aws) => aws,
        Err(error) => return (Err(error), None),
    };
    let until = context.elapsed().saturating_add(PATIENCE).min(end);
    let run = SessionRun {
        time: NetworkTime::since_start(context, until),
        ..command.run_without_sign_in(resolved, &aws)
    };
    let outcome = check_start_url(&run);
    let skew = aws.server_date().map(|server| context.now().seconds_since(server));
    (outcome, skew)
}

fn of_clock(skew: i64) -> Finding {
    let hint = "set the clock, or let the system do it (`timedatectl set-ntp true`)".to_owned();
    Finding::new(Id::ClockSkew, "this computer", clock_skew(skew), hint)
}

fn finding(resolved: &ResolvedSession, error: &Error) -> Option<Finding> {
    let subject = resolved.login_commands().session;
    let (id, otherwise) = match error {
        Error::Aws(AwsError::StartUrlRefused { .. }) => {
            (Id::WrongRegion, "correct `sso_start_url` or `sso_region`")
        }
        Error::Aws(AwsError::Service { error, .. }) => match error.kind {
            ServiceErrorKind::Untrusted { .. } | ServiceErrorKind::Connection => {
                (Id::Certificate, "set `ca_bundle` or AWS_CA_BUNDLE to the certificate of your network")
            }
            ServiceErrorKind::Proxy | ServiceErrorKind::ProxyUnreachable => {
                (Id::Proxy, "correct the variable that names the proxy, or unset it")
            }
            _ => return None,
        },
        Error::Configuration(ConfigurationError::BadConnectionSetting { setting, .. })
            if is_about_certificates(setting) =>
        {
            (Id::Certificate, "correct the path of the certificates")
        }
        // A variable that names a proxy has its finding, online or not.
        Error::Configuration(ConfigurationError::BadConnectionSetting { setting, .. })
            if setting.to_ascii_lowercase().ends_with("_proxy") =>
        {
            return None;
        }
        Error::Configuration(_) => (Id::BrokenConfigLine, "correct the setting"),
        _ => return None,
    };
    Some(Finding::of_error(id, &subject, error, otherwise).error_if(id == Id::BrokenConfigLine))
}

/// Whether a setting names a file of trusted certificates.
fn is_about_certificates(setting: &str) -> bool {
    setting.to_ascii_lowercase().contains("ca_bundle") || setting == "SSL_CERT_FILE"
}

/// Whether the error is about the way to AWS, and not about this session.
fn is_about_the_way(error: &Error) -> bool {
    let Error::Aws(AwsError::Service { error, .. }) = error else { return false };
    error.status.is_none()
}
