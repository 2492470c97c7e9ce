//! Every sentence this program says when it fails.
//!
//! House rules: lower case, no full stop at the end, values in backticks; first
//! what happened, then why, then one hint with something that can be pasted.
//! `tests/snapshots/errors.txt` shows the result, `docs/troubleshooting.md` says more.

mod aws;
mod caches;
mod configuration;
mod signing_in;

use std::time::Duration;

use super::{Error, Text};

/// The way out for a process that has too many files open.
const TOO_MANY_FILES: &str =
    "raise the limit with `ulimit -n 1024`, or restart the program that starts aws-sso-cred";

pub(super) fn text(error: &Error) -> Text {
    let Text { what, why, hint } = with_system_numbers(error);
    Text { what: without_system_numbers(what), why: why.map(without_system_numbers), hint }
}

/// The system's words without its number: ` (os error 13)`.
fn without_system_numbers(mut line: String) -> String {
    const BEFORE: &str = " (os error ";
    while let Some(start) = line.find(BEFORE) {
        let Some(length) = line[start..].find(')') else { break };
        line.replace_range(start..=start + length, "");
    }
    line
}

fn with_system_numbers(error: &Error) -> Text {
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
            what: "no home directory is set, so ~/.aws cannot be found".to_owned(),
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
            None => format!("{process} holds the lock for {what} and hangs"),
        },
        why: None,
        hint: Some(match holder {
            Some(holder) => format!(
                "continue it with `kill -CONT {holder}`, or end it with `kill -KILL {holder}`, then run this again"
            ),
            None => {
                "find the process with `pgrep -l aws-sso-cred` and end it, then run this again".to_owned()
            }
        }),
    }
}

/// How far our clock is ahead of AWS's, in seconds; behind is negative.
pub(crate) fn clock_skew(skew: i64) -> String {
    let direction = if skew > 0 { "ahead of" } else { "behind" };
    let skew = span(Duration::from_secs(skew.unsigned_abs()));
    format!("this computer's clock is {skew} {direction} AWS's")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_the_largest_unit_of_which_there_are_two() {
        for (seconds, told) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (7199, "119 minutes"),
            (7200, "2 hours"),
            (172_799, "47 hours"),
            (172_800, "2 days"),
            (259_199, "2 days"),
            (259_200, "3 days"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), told);
        }
        assert_eq!(span(Duration::from_millis(1999)), "1 second");
    }
}
