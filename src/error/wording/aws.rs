//! The texts about requests that AWS refused or did not answer.

use std::time::Duration;

use super::clock_skew::clock_skew as shown_skew;
use super::too_many_files::TOO_MANY_FILES;
use crate::error::aws::AwsError;
use crate::error::login_commands::LoginCommands;
use crate::error::service::{GET_SIGN_IN_TOKEN, REDIRECT, ServiceError, ServiceErrorKind};
use crate::error::text::Text;
use crate::text::span::span;

pub(in crate::error) fn text(error: &AwsError) -> Text {
    match error {
        AwsError::NoRoles { session } => Text::hinted(
            format!("you have no role in any account (signed in through {session})"),
            "ask your administrator for a role, or use another session: `--sso-session NAME`",
        ),
        AwsError::RoleForbidden { account_id, role_name, message, login } => {
            forbidden(account_id, role_name, message.as_deref(), login)
        }
        AwsError::StartUrlRefused { start_url, region, message } => {
            start_url_refused(start_url, region, message.as_deref())
        }
        AwsError::SignInTooShort { session, left, asked } => too_short(session, *left, *asked),
        AwsError::ConsoleRefused { account_id, role_name, endpoint, status, duration } => Text {
            what: format!(
                "AWS did not give role `{role_name}` in account `{account_id}` a sign-in token for the console"
            ),
            why: Some(format!("{endpoint} answered with HTTP status {status}, and did not say why")),
            hint: Some(match duration {
                Some(duration) => format!(
                    "AWS may not allow {}: use a shorter `--duration`, or leave it out",
                    span(*duration)
                ),
                None => "open the console through the access portal instead: add `--shortcut`".to_owned(),
            }),
        },
        AwsError::Service { error, region, clock_skew, flags } => service(error, region, *clock_skew, flags),
    }
}

fn too_short(session: &str, left: Duration, asked: Duration) -> Text {
    Text {
        what: format!(
            "{session}: the sign-in is valid for only {}, and `--min-validity` asks for {}",
            span(left),
            span(asked)
        ),
        why: Some("a new sign-in would not be valid for longer".to_owned()),
        hint: Some(
            "give a shorter `--min-validity`, or ask your administrator for a longer session in Identity Center"
                .to_owned(),
        ),
    }
}

/// The role is not assigned to this sign-in.
fn forbidden(account_id: &str, role_name: &str, message: Option<&str>, login: &LoginCommands) -> Text {
    Text {
        what: format!(
            "you have no role `{role_name}` in account `{account_id}` (signed in through {})",
            login.session
        ),
        why: message.map(|message| format!("AWS says: {message}")),
        hint: Some(format!(
            "compare role and account with the access portal; if the role is new, run `{}`",
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
            "correct `sso_start_url` (most end in `/start`), or set `sso_region` to the region of Identity Center"
                .to_owned(),
        ),
    }
}

/// Any other request that failed.
fn service(error: &ServiceError, region: &str, clock_skew: Option<i64>, flags: &[&str]) -> Text {
    let (what, hint) = no_answer(error, region).unwrap_or_else(|| refusal(error, region, flags));
    // A clock that is far off explains most refusals, and certificates too.
    let hint = match clock_skew {
        Some(_) => "set this computer's clock, on Linux with `timedatectl set-ntp true`, then run this again"
            .to_owned(),
        None => hint_of_cause(error).map_or(hint, str::to_owned),
    };
    Text { what, why: why(error, clock_skew), hint: Some(hint) }
}

/// The hint, if the cause allows a more precise one than the kind of the failure.
fn hint_of_cause(error: &ServiceError) -> Option<&'static str> {
    let cause = error.message.as_deref()?;
    if CLOCK_QUESTIONS.iter().any(|end| cause.ends_with(end)) {
        return Some(
            "check this computer's clock with `date -u`; if it is right, check the network and any proxy",
        );
    }
    cause
        .contains("`ca-certificates`")
        .then_some("install the package `ca-certificates`, or set AWS_CA_BUNDLE to a PEM file")
}

/// The ends of causes that a wrong clock probably explains.
const CLOCK_QUESTIONS: [&str; 2] = ["; is the clock right?", "; is this computer's clock right?"];

/// The cause without the question about the clock: the hint or the second line answers it.
fn without_question(message: &str) -> &str {
    CLOCK_QUESTIONS.iter().find_map(|end| message.strip_suffix(end)).unwrap_or(message)
}

/// The second line: AWS's message or the cause of a failed connection, and the clock's difference.
fn why(error: &ServiceError, clock_skew: Option<i64>) -> Option<String> {
    let words = match (&error.code, &error.message) {
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (Some(code), None) => Some(code.clone()),
        (None, message) => message.as_deref().map(|message| without_question(message).to_owned()),
    };
    let words = match &error.kind {
        ServiceErrorKind::Untrusted { issuer: Some(issuer) } => {
            let cause = words.map_or_else(String::new, |words| format!(": {words}"));
            Some(format!("it was issued by `{issuer}`{cause}"))
        }
        // The system's message says the same as the first line.
        ServiceErrorKind::Exhausted => None,
        _ => words,
    };
    let both: Vec<String> = words.into_iter().chain(clock_skew.map(shown_skew)).collect();
    (!both.is_empty()).then(|| both.join("; "))
}

/// What stands in the place of an endpoint where a region has none.
const NO_ENDPOINT: &str = "AWS";

/// The first line and the hint for a request without an answer of AWS; `None` for a refusal.
fn no_answer(error: &ServiceError, region: &str) -> Option<(String, String)> {
    let ServiceError { operation, endpoint, .. } = error;
    let proxy = error.proxy.unwrap_or("HTTPS_PROXY");
    let (what, hint) = match &error.kind {
        ServiceErrorKind::Unreachable if *operation == REDIRECT => (
            format!("cannot reach {endpoint}, the host of the start URL"),
            format!("check `sso_start_url`, the network and {proxy}"),
        ),
        ServiceErrorKind::Unreachable if *operation == GET_SIGN_IN_TOKEN => (
            format!("cannot reach {endpoint}"),
            format!("check the network, {proxy} and AWS_SSO_CRED_FEDERATION_URL"),
        ),
        ServiceErrorKind::Unreachable => (
            format!("cannot reach {endpoint}"),
            format!("check the network, {proxy} and `sso_region` (`{region}`)"),
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
        ServiceErrorKind::Untrusted { .. } => {
            (format!("the certificate of {endpoint} is not trusted"), untrusted_hint(error, proxy))
        }
        ServiceErrorKind::Connection => (
            format!("cannot connect to {endpoint}"),
            match *operation {
                GET_SIGN_IN_TOKEN => "check AWS_SSO_CRED_FEDERATION_URL".to_owned(),
                _ if endpoint == NO_ENDPOINT => format!(
                    "check `sso_region` (`{region}`), `use_fips_endpoint` and `use_dualstack_endpoint`"
                ),
                _ => "check AWS_ENDPOINT_URL_SSO and AWS_ENDPOINT_URL_SSO_OIDC".to_owned(),
            },
        ),
        ServiceErrorKind::Proxy => {
            (format!("cannot connect to {endpoint} through the proxy"), proxy_hint(error, proxy))
        }
        ServiceErrorKind::Exhausted => (
            format!("cannot open a connection to {endpoint}: too many files are open"),
            TOO_MANY_FILES.to_owned(),
        ),
        ServiceErrorKind::NotAws => {
            (format!("{endpoint} gave no usable answer to {operation}"), captive_portal_hint(proxy))
        }
        _ => return None,
    };
    Some((what, hint))
}

/// A certificate for another host did not come from an inspecting proxy, which has one for each.
fn untrusted_hint(error: &ServiceError, proxy: &str) -> String {
    match &error.message {
        Some(cause) if cause.contains("is for another host") => captive_portal_hint(proxy),
        _ => {
            "if a proxy of your company inspects TLS, set AWS_CA_BUNDLE to a PEM file with its CA".to_owned()
        }
    }
}

fn proxy_hint(error: &ServiceError, proxy: &str) -> String {
    match &error.message {
        Some(cause) if cause.contains("refuses the tunnel") => format!(
            "ask for access to {} on that proxy; if it can be reached directly, add it to NO_PROXY",
            error.endpoint
        ),
        _ => format!("check {proxy}; with a password, its form is `http://USER:PASSWORD@HOST:PORT`"),
    }
}

/// The hint if the answer, or the certificate, is not AWS's.
fn captive_portal_hint(proxy: &str) -> String {
    format!("a proxy or captive portal may have answered: open any web page, or check {proxy}")
}

/// The first line and the hint for a request that AWS refused.
fn refusal(error: &ServiceError, region: &str, flags: &[&str]) -> (String, String) {
    let ServiceError { operation, endpoint, .. } = error;
    match &error.kind {
        ServiceErrorKind::Throttled => (
            format!(
                "AWS {} {operation} at {endpoint}",
                if error.asked_again { "kept throttling" } else { "throttled" }
            ),
            throttled_hint(error, flags),
        ),
        ServiceErrorKind::Server => (
            format!("AWS failed to answer {operation} at {endpoint}"),
            "wait a minute, then run this again; https://health.aws.amazon.com shows outages".to_owned(),
        ),
        ServiceErrorKind::InvalidRequest | ServiceErrorKind::InvalidGrant => (
            format!("AWS did not accept {operation} at {endpoint}"),
            format!("check that `sso_region` (`{region}`) is the region of this start URL"),
        ),
        ServiceErrorKind::InvalidScope => (
            "AWS does not know a scope in `sso_registration_scopes`".to_owned(),
            "use `sso_registration_scopes = sso:account:access`".to_owned(),
        ),
        _ => (
            format!("AWS refused {operation} at {endpoint}"),
            "add `--debug` to this command or the credential_process line; the log is ~/.aws/sso/aws-sso-credential-process-log.txt"
                .to_owned(),
        ),
    }
}

/// The hint to wait a minute, or longer if AWS asks for that, and to leave out the flags that force
/// a request.
fn throttled_hint(error: &ServiceError, flags: &[&str]) -> String {
    let seconds = error.retry_after.unwrap_or_default().as_secs().max(60);
    let without = match flags {
        [] => String::new(),
        flags => format!(", without `{}`", flags.join("` and `")),
    };
    format!("wait {seconds} seconds (`sleep {seconds}`), then run this again{without}")
}
