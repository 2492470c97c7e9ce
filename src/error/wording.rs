//! Every sentence this program says when it fails.
//!
//! House rules: lower case, no full stop at the end, values in backticks; first
//! what happened, then why, then one hint with something that can be pasted.
//! `tests/snapshots/errors.txt` shows the result, `docs/troubleshooting.md` says more.

mod aws;
mod configuration;
mod signing_in;

use std::time::Duration;

use super::{Error, Text};

pub(super) fn text(error: &Error) -> Text {
    match error {
        Error::Usage { message, suggestion } => Text {
            what: message.clone(),
            why: None,
            hint: Some(suggestion.clone().unwrap_or_else(|| "run `aws-sso-cred --help`".to_owned())),
        },
        Error::MissingValues { .. }
        | Error::ProfileNotFound { .. }
        | Error::SessionNotFound { .. }
        | Error::InvalidValue { .. }
        | Error::ConfigUnreadable { .. }
        | Error::StartUrlAstray { .. }
        | Error::RegionMismatch { .. }
        | Error::BadConnectionSetting { .. } => configuration::text(error),
        Error::NothingToSignInTo { config_path } => Text {
            what: format!("there is no sso-session and no SSO profile in {config_path}"),
            why: None,
            hint: Some(
                "run `aws configure sso`, or `aws-sso-cred login --start-url URL --region REGION`".to_owned(),
            ),
        },
        Error::NoHome => Text {
            what: "there is no home directory, so the AWS caches cannot be found".to_owned(),
            why: None,
            hint: Some("set HOME (USERPROFILE on Windows) to an absolute path".to_owned()),
        },
        Error::SignInRequired { .. }
        | Error::SignInRefused { .. }
        | Error::SignInUnanswered { .. }
        | Error::SignInUnshowable { .. }
        | Error::SignInCoolingDown { .. }
        | Error::ListenerUnavailable { .. }
        | Error::SignInFailed { .. }
        | Error::SignInPending { .. }
        | Error::SignInElsewhere { .. }
        | Error::TokenUnkeepable { .. } => signing_in::text(error),
        Error::RoleForbidden { account_id, role_name, message, login } => {
            aws::forbidden(account_id, role_name, message.as_deref(), login)
        }
        Error::Service { error, region, clock_skew } => aws::service(error, region, *clock_skew),
        Error::Shared { text, .. } => text.clone(),
        Error::LockTimeout { what, waited } => Text {
            what: format!("another aws-sso-cred has held the lock for {what} for {}", span(*waited)),
            why: None,
            hint: Some(
                "look for a hanging process with `pgrep -l aws-sso-cred`, then run this again".to_owned(),
            ),
        },
        Error::OutputFailed { cause } => {
            Text { what: format!("cannot write to standard output: {cause}"), why: None, hint: None }
        }
        Error::Disk { what, path, cause } => {
            Text { what: format!("cannot {what} {path}: {cause}"), why: None, hint: None }
        }
    }
}

/// A span of time in the largest unit that says it well.
pub(crate) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let plural = |n: u64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match seconds {
        0..=119 => plural(seconds, "second"),
        120..=7199 => plural(seconds / 60, "minute"),
        7200..=172_799 => plural(seconds / 3600, "hour"),
        _ => plural(seconds / 86_400, "day"),
    }
}
