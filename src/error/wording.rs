//! Every sentence this program says when it fails.
//!
//! House rules: lower case, no full stop at the end, values in backticks; first
//! what happened, then why, then one hint with something that can be pasted.

mod configuration;

use std::time::Duration;

use super::{Error, LoginCommands, Text};
use crate::identity_center::{ServiceError, ServiceErrorKind};
use crate::token::SignInReason;

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
                "run `aws configure sso`, or sign in with `--start-url URL --region REGION`".to_owned(),
            ),
        },
        Error::NoHome => Text {
            what: "there is no home directory, so the AWS caches cannot be found".to_owned(),
            why: None,
            hint: Some("set HOME (USERPROFILE on Windows) to an absolute path".to_owned()),
        },
        Error::SignInRequired { reason, login } => Text {
            what: format!("{}: {}", login.session, sign_in_reason(*reason)),
            why: None,
            hint: Some(run_login(login)),
        },
        Error::SignInRefused { login } => Text {
            what: format!("{}: the sign-in was refused in the browser", login.session),
            why: None,
            hint: Some(format!("to try again, {}", run_login(login))),
        },
        Error::SignInUnanswered { login } => Text {
            what: format!("{}: nobody answered the sign-in request before it expired", login.session),
            why: None,
            hint: Some(format!("to try again, {}", run_login(login))),
        },
        Error::SignInUnshowable { cause, login } => Text {
            what: format!("{}: a sign-in is needed, and {cause}", login.session),
            why: None,
            hint: Some(format!("in a terminal, {}", run_login(login))),
        },
        Error::SignInCoolingDown { refused, since, remaining, login } => Text {
            what: format!(
                "{}: the last sign-in was {} at {since}; not asking again for {}",
                login.session,
                if *refused { "refused" } else { "left unanswered" },
                span(*remaining)
            ),
            why: None,
            hint: Some(format!("to sign in now, {}", run_login(login))),
        },
        Error::ListenerUnavailable { port, cause } => listener_unavailable(*port, cause),
        Error::SignInFailed { cause, login } => Text {
            what: format!("{}: the sign-in failed: {cause}", login.session),
            why: None,
            hint: Some(format!("to try again, {}", run_login(login))),
        },
        Error::SignInPending { verification_uri, user_code, expires_in, session } => Text {
            what: format!(
                "{session}: waiting for the sign-in: open {verification_uri} and confirm the code {user_code}"
            ),
            why: None,
            hint: Some(format!("then run this again; the code is good for {} more", span(*expires_in))),
        },
        Error::RoleForbidden { account_id, role_name, message, login } => Text {
            what: format!("AWS refuses role `{role_name}` in account {account_id} to {}", login.session),
            why: Some(match message {
                Some(message) => format!("AWS says: {message}"),
                None => "it gives no reason".to_owned(),
            }),
            hint: Some(format!(
                "check the role name and account, or ask for the assignment; if it is new, sign in again: `{}`",
                login.ours
            )),
        },
        Error::Service { error, region, clock_skew } => service(error, region, *clock_skew),
        Error::Shared { text, .. } => text.clone(),
        Error::LockTimeout { what, waited } => Text {
            what: format!("another aws-sso-cred has held the lock for {what} for {}", span(*waited)),
            why: None,
            hint: Some(
                "look for a hanging process with `pgrep -l aws-sso-cred`, then run this again".to_owned(),
            ),
        },
        Error::OutputFailed { cause } => Text {
            what: format!("cannot write the credentials to standard output: {cause}"),
            why: None,
            hint: None,
        },
        Error::Disk { what, path, cause } => {
            Text { what: format!("cannot {what} {path}: {cause}"), why: None, hint: None }
        }
    }
}

fn listener_unavailable(port: Option<u16>, cause: &str) -> Text {
    match port {
        Some(port) => Text {
            what: format!("cannot wait for the browser on 127.0.0.1 port {port}: {cause}"),
            why: None,
            hint: Some(
                "give another --redirect-port, or sign in with `aws-sso-cred login --use-device-code`"
                    .to_owned(),
            ),
        },
        None => Text {
            what: format!("cannot wait for the browser on 127.0.0.1: {cause}"),
            why: None,
            hint: Some("sign in with `aws-sso-cred login --use-device-code`".to_owned()),
        },
    }
}

fn run_login(login: &LoginCommands) -> String {
    match &login.aws_cli {
        Some(aws_cli) => format!("run `{}` (or `{aws_cli}`)", login.ours),
        None => format!("run `{}`", login.ours),
    }
}

const fn sign_in_reason(reason: SignInReason) -> &'static str {
    match reason {
        SignInReason::NeverSignedIn => "nobody is signed in",
        SignInReason::TokenUnreadable => "the cached sign-in cannot be read",
        SignInReason::TokenExpired => "the sign-in has expired and cannot be refreshed",
        SignInReason::RegistrationExpired => {
            "the sign-in has expired, and so has the client registration that could refresh it"
        }
        SignInReason::SessionEnded => "the sign-in session has ended",
        SignInReason::WrongRegionOrEnded => {
            "the sign-in could not be refreshed: the session has ended, or `sso_region` is not the region of this start URL"
        }
        SignInReason::ClientRejected => {
            "the sign-in has expired, and AWS no longer accepts the client registration that could refresh it"
        }
        SignInReason::TokenRejected => "AWS no longer accepts the sign-in",
        SignInReason::Forced => "a new sign-in was asked for",
    }
}

fn service(error: &ServiceError, region: &str, clock_skew: Option<i64>) -> Text {
    let endpoint = &error.endpoint;
    let operation = error.operation;
    let (what, hint) = match &error.kind {
        ServiceErrorKind::Throttled => (
            format!("AWS throttles {operation} at {endpoint}, and kept doing so"),
            "wait a minute and run this again".to_owned(),
        ),
        ServiceErrorKind::Server => (
            format!("AWS failed to answer {operation} at {endpoint}"),
            "wait a minute and run this again; the AWS Health Dashboard shows outages".to_owned(),
        ),
        ServiceErrorKind::Unreachable => (
            format!("cannot reach {endpoint}"),
            format!("check the network, HTTPS_PROXY, and that `sso_region` is right (it is `{region}`)"),
        ),
        ServiceErrorKind::Broken => {
            (format!("the connection to {endpoint} broke during {operation}"), "run this again".to_owned())
        }
        ServiceErrorKind::TimedOut => (
            format!("{endpoint} did not answer {operation} in time"),
            "check the network and HTTPS_PROXY, then run this again".to_owned(),
        ),
        ServiceErrorKind::Untrusted { issuer } => (
            match issuer {
                Some(issuer) => {
                    format!("the certificate of {endpoint} is not trusted; it was issued by `{issuer}`")
                }
                None => format!("the certificate of {endpoint} is not trusted"),
            },
            "if a proxy of your company inspects TLS, set AWS_CA_BUNDLE to a PEM file with its CA".to_owned(),
        ),
        ServiceErrorKind::Connection => (
            format!("cannot connect to {endpoint}"),
            "check AWS_ENDPOINT_URL_SSO, AWS_ENDPOINT_URL_SSO_OIDC and HTTPS_PROXY".to_owned(),
        ),
        ServiceErrorKind::NotAws => (
            format!("{endpoint} gave an answer to {operation} that is not AWS's"),
            "a proxy or captive portal may stand in between: open any web page, or check HTTPS_PROXY"
                .to_owned(),
        ),
        ServiceErrorKind::InvalidRequest | ServiceErrorKind::InvalidGrant => (
            format!("AWS does not accept {operation} at {endpoint}"),
            format!("check that `sso_region` (`{region}`) is the region of this start URL"),
        ),
        ServiceErrorKind::InvalidScope => (
            "AWS does not know a scope in `sso_registration_scopes`".to_owned(),
            "use `sso_registration_scopes = sso:account:access`".to_owned(),
        ),
        _ => (
            format!("AWS refuses {operation} at {endpoint}"),
            "run this again with --debug and look into ~/.aws/sso/aws-sso-credential-process-log.txt"
                .to_owned(),
        ),
    };
    let mut why = Vec::new();
    match (&error.code, &error.message) {
        (Some(code), Some(message)) => why.push(format!("{code}: {message}")),
        (Some(code), None) => why.push(code.clone()),
        (None, Some(message)) => why.push(message.clone()),
        (None, None) => {}
    }
    if let Some(skew) = clock_skew {
        let direction = if skew > 0 { "ahead of" } else { "behind" };
        why.push(format!(
            "this computer's clock is {} {direction} AWS's",
            span(Duration::from_secs(skew.unsigned_abs()))
        ));
    }
    Text { what, why: (!why.is_empty()).then(|| why.join("; ")), hint: Some(hint) }
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
