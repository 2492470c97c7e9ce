//! What is said about AWS's refusals, and about AWS out of reach.

use super::clock_skew::clock_skew as shown_skew;
use super::too_many_files::TOO_MANY_FILES;
use crate::error::aws::AwsError;
use crate::error::login_commands::LoginCommands;
use crate::error::service::{REDIRECT, ServiceError, ServiceErrorKind};
use crate::error::text::Text;
use crate::text::span::span;
use std::time::Duration;

pub(in crate::error) fn text(error: &AwsError) -> Text {
    match error {
        AwsError::RoleForbidden { account_id, role_name, message, login } => {
            forbidden(account_id, role_name, message.as_deref(), login)
        }
        AwsError::StartUrlRefused { start_url, region, message } => {
            start_url_refused(start_url, region, message.as_deref())
        }
        AwsError::SignInTooShort { session, left, asked } => too_short(session, *left, *asked),
        AwsError::Service { error, region, clock_skew, flags } => service(error, region, *clock_skew, flags),
    }
}

fn too_short(session: &str, left: Duration, asked: Duration) -> Text {
    Text {
        what: format!(
            "{session}: the sign-in is good for only {}, and `--min-validity` asks for {}",
            span(left),
            span(asked)
        ),
        why: Some("a new sign-in would not be good for longer".to_owned()),
        hint: Some(
            "give a shorter `--min-validity`, or ask your administrator for a longer session in Identity Center"
                .to_owned(),
        ),
    }
}

/// The role is not this person's.
fn forbidden(account_id: &str, role_name: &str, message: Option<&str>, login: &LoginCommands) -> Text {
    Text {
        what: format!("AWS refuses role `{role_name}` in account {account_id} to {}", login.session),
        why: Some(match message {
            Some(message) => format!("AWS says: {message}"),
            None => "AWS gives no reason".to_owned(),
        }),
        hint: Some(format!(
            "check the role name and account, or ask for the assignment; if it is new, sign in again: `{}`",
            login.ours
        )),
    }
}

/// The start URL is wrong, or the region.
fn start_url_refused(start_url: &str, region: &str, message: Option<&str>) -> Text {
    Text {
        what: format!("AWS does not accept start URL `{start_url}` in region `{region}`"),
        why: message.map(|message| format!("AWS says: {message}")),
        hint: Some(
            "correct `sso_start_url` (most addresses end in `/start`), or set `sso_region` to the region it is in"
                .to_owned(),
        ),
    }
}

/// Any other request that failed.
fn service(error: &ServiceError, region: &str, clock_skew: Option<i64>, flags: &[&str]) -> Text {
    let (what, hint) = no_answer(error, region).unwrap_or_else(|| refusal(error, region, flags));
    // A clock that is far off explains most refusals, and certificates too.
    let hint = if clock_skew.is_some() {
        "set this computer's clock, on Linux with `timedatectl set-ntp true`, then run this again".to_owned()
    } else {
        hint
    };
    Text { what, why: why(error, clock_skew), hint: Some(hint) }
}

/// AWS's words, or the connection's, and how wrong our clock is.
fn why(error: &ServiceError, clock_skew: Option<i64>) -> Option<String> {
    let words = match (&error.code, &error.message) {
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (Some(code), None) => Some(code.clone()),
        (None, message) => message.clone(),
    };
    let both: Vec<String> = words.into_iter().chain(clock_skew.map(shown_skew)).collect();
    (!both.is_empty()).then(|| both.join("; "))
}

/// What happened on the way to an answer, and the hint; nothing for AWS's own refusals.
fn no_answer(error: &ServiceError, region: &str) -> Option<(String, String)> {
    let ServiceError { operation, endpoint, .. } = error;
    let proxy = error.proxy.unwrap_or("HTTPS_PROXY");
    let (what, hint) = match &error.kind {
        ServiceErrorKind::Unreachable if *operation == REDIRECT => (
            format!("cannot reach {endpoint}, the host of the start URL"),
            format!("check `sso_start_url`, the network and {proxy}"),
        ),
        ServiceErrorKind::Unreachable => (
            format!("cannot reach {endpoint}"),
            format!("check the network, {proxy}, and that `sso_region` is right (it is `{region}`)"),
        ),
        ServiceErrorKind::ProxyUnreachable => (
            format!("cannot reach the proxy on the way to {endpoint}"),
            format!("check {proxy} and the network"),
        ),
        ServiceErrorKind::Broken => (
            format!("the connection to {endpoint} broke during {operation}"),
            format!("run this again; if it keeps breaking, check {proxy} or the VPN"),
        ),
        ServiceErrorKind::TimedOut => (
            format!("{endpoint} did not answer {operation} in time"),
            format!("check the network and {proxy}, then run this again"),
        ),
        ServiceErrorKind::Untrusted { issuer } => {
            let issued = issuer.as_ref().map(|issuer| format!("; it was issued by `{issuer}`"));
            (
                format!("the certificate of {endpoint} is not trusted{}", issued.unwrap_or_default()),
                "if a proxy of your company inspects TLS, set AWS_CA_BUNDLE to a PEM file with its CA"
                    .to_owned(),
            )
        }
        ServiceErrorKind::Connection => (
            format!("cannot connect to {endpoint}"),
            "check AWS_ENDPOINT_URL_SSO and AWS_ENDPOINT_URL_SSO_OIDC".to_owned(),
        ),
        ServiceErrorKind::Proxy => (
            format!("cannot connect to {endpoint} through the proxy"),
            format!("check {proxy}; with a password it is `http://USER:PASSWORD@HOST:PORT`"),
        ),
        ServiceErrorKind::Exhausted => (
            format!("cannot open a connection to {endpoint}: too many files are open"),
            TOO_MANY_FILES.to_owned(),
        ),
        ServiceErrorKind::NotAws => (
            format!("{endpoint} gave an answer to {operation} that is not AWS's"),
            format!("a proxy or captive portal may stand in between: open any web page, or check {proxy}"),
        ),
        _ => return None,
    };
    Some((what, hint))
}

/// What AWS refused, and the hint.
fn refusal(error: &ServiceError, region: &str, flags: &[&str]) -> (String, String) {
    let ServiceError { operation, endpoint, .. } = error;
    match &error.kind {
        ServiceErrorKind::Throttled => (
            format!(
                "AWS throttles {operation} at {endpoint}{}",
                if error.asked_again { ", and kept doing so" } else { "" }
            ),
            throttled_hint(error, flags),
        ),
        ServiceErrorKind::Server => (
            format!("AWS failed to answer {operation} at {endpoint}"),
            "wait a minute and run this again; https://health.aws.amazon.com shows outages".to_owned(),
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
    }
}

/// After a minute, or when AWS wants to be asked again; without the flags that ask it each time.
fn throttled_hint(error: &ServiceError, flags: &[&str]) -> String {
    let seconds = error.retry_after.unwrap_or_default().as_secs().max(60);
    let without = match flags {
        [] => String::new(),
        flags => format!(", without `{}`", flags.join("` and `")),
    };
    format!("wait with `sleep {seconds}`, then run this again{without}")
}
