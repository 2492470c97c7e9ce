//! Every sentence this program says when it fails.
//!
//! House rules: lower case, no full stop at the end, values in backticks; first
//! what happened, then why, then one hint with something that can be pasted.
//! `tests/snapshots/errors.txt` shows the result, `docs/troubleshooting.md` says more.

mod aws;
mod caches;
pub(super) mod clock_skew;
mod configuration;
mod signing_in;
mod too_many_files;

use std::fmt;
use std::time::Duration;

use super::{Error, Text};
use crate::text::escape::{escape, shorten};
use crate::text::span::span;

impl Error {
    /// The words, control characters escaped.
    pub fn text(&self) -> Text {
        let text = text(self);
        let shown = |line: String| shorten(&escape(&line));
        Text { what: shown(text.what), why: text.why.map(shown), hint: text.hint.map(shown) }
    }
}

/// `aws-sso-cred: what happened`, then why, then `hint: `; no newline at the end.
impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        write!(formatter, "aws-sso-cred: {}", text.what)?;
        if let Some(why) = text.why {
            write!(formatter, "\n{why}")?;
        }
        if let Some(hint) = text.hint {
            write!(formatter, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

fn text(error: &Error) -> Text {
    match error {
        ConfigurationError::Usage { message, suggestion } => Text {
            what: message.clone(),
            why: None,
            hint: Some(suggestion.clone().unwrap_or_else(|| "run `aws-sso-cred --help`".to_owned())),
        },
        ConfigurationError::MissingValues { .. }
        | ConfigurationError::ProfileNotFound { .. }
        | ConfigurationError::SessionNotFound { .. }
        | ConfigurationError::InvalidValue { .. }
        | ConfigurationError::ConfigUnreadable { .. }
        | ConfigurationError::ConfigMissing { .. }
        | ConfigurationError::ConfigNotUtf8 { .. }
        | ConfigurationError::StartUrlAstray { .. }
        | ConfigurationError::RegionMismatch { .. }
        | ConfigurationError::BadConnectionSetting { .. } => configuration::text(error),
        ConfigurationError::NothingToSignInTo { config_path } => Text {
            what: format!("there is no sso-session and no SSO profile in {config_path}"),
            why: None,
            hint: Some(
                "run `aws configure sso`, or `aws-sso-cred login --start-url URL --region REGION`".to_owned(),
            ),
        },
        ConfigurationError::NoHome => Text {
            what: "there is no home directory, so ~/.aws with the config and the caches cannot be found"
                .to_owned(),
            why: None,
            hint: Some("set HOME (USERPROFILE on Windows) to an absolute path".to_owned()),
        },
        ConfigurationError::HomeMissing { path, variable } => configuration::home_missing(path, *variable),
        SignInNeeded::Required { .. }
        | SignInError::Refused { .. }
        | SignInError::Unanswered { .. }
        | SignInError::Unshowable { .. }
        | SignInError::CoolingDown { .. }
        | SignInError::ListenerUnavailable { .. }
        | SignInError::Failed { .. }
        | SignInWaiting::Pending { .. }
        | SignInWaiting::Elsewhere { .. } => signing_in::text(error),
        AwsError::RoleForbidden { account_id, role_name, message, login } => {
            aws::forbidden(account_id, role_name, message.as_deref(), login)
        }
        AwsError::StartUrlRefused { start_url, region, message } => {
            aws::start_url_refused(start_url, region, message.as_deref())
        }
        AwsError::Service { error, region, clock_skew, flags } => {
            aws::service(error, region, *clock_skew, flags)
        }
        Error::Shared { text, .. } => text.clone(),
        LocalError::LockTimeout { what, waited, holder } => lock_timeout(what, *waited, *holder),
        LocalError::OutputFailed { cause } => {
            Text { what: format!("cannot write to standard output: {cause}"), why: None, hint: None }
        }
        Error::Caches(trouble) => caches::text(trouble),
    }
}

fn lock_timeout(what: &str, waited: Option<Duration>, holder: Option<u32>) -> Text {
    let process =
        holder.map_or_else(|| "another aws-sso-cred".to_owned(), |holder| format!("process {holder}"));
    Text {
        what: match waited {
            Some(waited) => format!("{process} has held the lock for {what} for {}", span(waited)),
            None => format!("{process} holds the lock for {what} and does not move"),
        },
        why: None,
        hint: Some(match holder {
            Some(holder) => format!(
                "let it go on with `kill -CONT {holder}`, or end it with `kill -KILL {holder}`, then run this again"
            ),
            None => "look for a hanging process with `pgrep -l aws-sso-cred`, then run this again".to_owned(),
        }),
    }
}
