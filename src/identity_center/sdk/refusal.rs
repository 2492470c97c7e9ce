//! The kind of an error: from the answer's status, its headers and the few fields of its body that
//! AWS documents.
//!
//! An error answer is AWS's if it has an AWS error code. Without a code, 429 and 5xx are AWS's too,
//! unless they come with a web page that names none of AWS's servers. Any other answer came from a
//! device in between, such as a proxy or a captive portal.

use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use serde_json::Value;

use crate::error::{CAPTIVE_PORTAL, NETWORK_AUTHENTICATION_REQUIRED, ServiceError, ServiceErrorKind};
use crate::https::date;
use crate::https::failure::{Failure, leads_elsewhere};
use crate::timestamp::Timestamp;

/// The longest `Retry-After` that is believed.
const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(24);

/// The error of a request that got no answer.
pub(super) fn unanswered(operation: &'static str, endpoint: &str, failure: Failure) -> ServiceError {
    ServiceError::unanswered(operation, failure.kind, endpoint, failure.message)
}

/// The error of a request that failed in the SDK. `now` is compared with a `Retry-After` that is a
/// date, if the answer has no `Date`.
pub(super) fn service_error<E>(
    operation: &'static str,
    endpoint: &str,
    error: &SdkError<E, HttpResponse>,
    now: Timestamp,
) -> ServiceError {
    let unanswered = |kind, message: &str| unanswered(operation, endpoint, Failure::new(kind, message));
    match error {
        SdkError::ServiceError(context) => answered(operation, endpoint, context.raw(), now),
        SdkError::ResponseError(context) => ServiceError {
            status: Some(context.raw().status().as_u16()),
            server_date: server_date(context.raw()),
            ..unanswered(ServiceErrorKind::NotAws, NOT_THE_JSON)
        },
        SdkError::DispatchFailure(context) => {
            let source = context.as_connector_error().and_then(|error| std::error::Error::source(error));
            match source.and_then(|source| source.downcast_ref::<Failure>()) {
                Some(failure) => super::refusal::unanswered(operation, endpoint, failure.clone()),
                None => unanswered(ServiceErrorKind::Connection, "the request could not be sent"),
            }
        }
        SdkError::TimeoutError(_) => unanswered(ServiceErrorKind::TimedOut, "no answer in time"),
        _ => unanswered(ServiceErrorKind::Connection, "the request could not be built"),
    }
}

const NOT_THE_JSON: &str = "the answer is not the JSON that AWS documents";

fn answered(
    operation: &'static str,
    endpoint: &str,
    response: &HttpResponse,
    now: Timestamp,
) -> ServiceError {
    let status = response.status().as_u16();
    let body: Value = serde_json::from_slice(response.body().bytes().unwrap_or_default()).unwrap_or_default();
    let code = code(response.headers().get("x-amzn-errortype"), &body);
    let foreign = code.is_none() && is_foreign_page(response);
    let by_status = || ServiceErrorKind::of_status(status);
    let kind = if foreign {
        ServiceErrorKind::NotAws
    } else {
        by_status().unwrap_or_else(|| kind(operation, status, code.as_deref(), &body))
    };
    let status_only = || format!("HTTP status {status} without an AWS error code");
    let message = match &kind {
        _ if status == NETWORK_AUTHENTICATION_REQUIRED => Some(CAPTIVE_PORTAL.to_owned()),
        ServiceErrorKind::NotAws if foreign => Some(format!("a web page came with HTTP status {status}")),
        ServiceErrorKind::NotAws => Some(match status {
            200..=299 => NOT_THE_JSON.to_owned(),
            300..=399 => leads_elsewhere(status),
            _ => status_only(),
        }),
        _ => message(&body).or_else(|| code.is_none().then(status_only)),
    };
    let server_date = server_date(response);
    ServiceError {
        operation,
        kind,
        status: Some(status),
        code,
        message,
        endpoint: endpoint.to_owned(),
        retry_after: retry_after(response, server_date.unwrap_or(now)),
        server_date,
        proxy: None,
        asked_again: false,
    }
}

/// Whether the answer is a web page that does not come from AWS's own front ends. AWS's load
/// balancers and CloudFront name themselves in their headers.
fn is_foreign_page(response: &HttpResponse) -> bool {
    let headers = response.headers();
    let html = headers.get("content-type").is_some_and(|kind| kind.trim_start().starts_with("text/html"));
    let body = response.body().bytes().unwrap_or_default();
    let page = html || body.trim_ascii_start().starts_with(b"<");
    let server = headers.get("server").unwrap_or_default().to_ascii_lowercase();
    let by_aws = ["awselb", "cloudfront", "amazon"].iter().any(|front_end| server.starts_with(front_end))
        || headers.iter().any(|(name, _)| name.starts_with("x-amz"));
    page && !by_aws
}

/// The error code: from the header up to its colon, else from the body. As in botocore, a namespace
/// before `#` is dropped.
fn code(header: Option<&str>, body: &Value) -> Option<String> {
    let field = |name: &str| body.get(name).and_then(Value::as_str);
    let code = header.or_else(|| field("code")).or_else(|| field("Code")).or_else(|| field("__type"));
    let code = code.or_else(|| field("error")).unwrap_or_default();
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default().trim();
    let plausible = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (plausible && !code.is_empty()).then(|| code.to_owned())
}

/// The message in the body, and the KMS reason that AWS may put beside it.
fn message(body: &Value) -> Option<String> {
    let field = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let message =
        ["message", "Message", "errorMessage", "error_description"].iter().find_map(|name| field(name));
    match (message, field("reason")) {
        (Some(message), Some(reason)) => Some(format!("{message} ({reason})")),
        (message, reason) => message.or(reason).map(str::to_owned),
    }
}

/// The kind of an answer whose status alone does not decide it.
fn kind(operation: &str, status: u16, code: Option<&str>, body: &Value) -> ServiceErrorKind {
    use ServiceErrorKind as Kind;
    let refused_by_kms =
        body.get("reason").and_then(Value::as_str).is_some_and(|text| text.starts_with("KMS_"));
    match (status, code.unwrap_or_default()) {
        (_, "AuthorizationPendingException" | "authorization_pending") => Kind::AuthorizationPending,
        // Only `CreateToken` is polled, so only there can "slow down" mean the interval.
        (_, "SlowDownException" | "slow_down") if operation == "CreateToken" => Kind::SlowDown,
        (_, "SlowDownException" | "slow_down") => Kind::Throttled,
        (_, code) if THROTTLING_CODES.contains(&code) => Kind::Throttled,
        (_, "ExpiredTokenException" | "expired_token") => Kind::ExpiredToken,
        (_, "AccessDeniedException" | "access_denied") if refused_by_kms => Kind::Other,
        (403, "AccessDeniedException") | (_, "ForbiddenException") => Kind::Forbidden,
        (_, "AccessDeniedException" | "access_denied") => Kind::AccessDenied,
        (_, "InvalidGrantException" | "invalid_grant") => Kind::InvalidGrant,
        (_, "InvalidClientException" | "invalid_client") => Kind::InvalidClient,
        (_, "UnauthorizedClientException" | "unauthorized_client") => Kind::UnauthorizedClient,
        (_, "InvalidScopeException" | "invalid_scope") => Kind::InvalidScope,
        (_, "InvalidRequestException" | "InvalidRequestRegionException" | "invalid_request") => {
            Kind::InvalidRequest
        }
        (_, "UnauthorizedException") => Kind::Unauthorized,
        (_, "ResourceNotFoundException") => Kind::NotFound,
        (300..=399, _) => Kind::NotAws,
        // AWS's own codes end in `Exception`. Lower-case codes are OAuth's, which other servers use
        // too, so only the known ones count.
        (_, code) if code.ends_with("Exception") || OAUTH_CODES.contains(&code) => Kind::Other,
        _ => Kind::NotAws,
    }
}

/// The codes that botocore takes for throttling, with any status.
const THROTTLING_CODES: [&str; 7] = [
    "TooManyRequestsException",
    "ThrottlingException",
    "Throttling",
    "ThrottledException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
];

/// Other error codes of sso-oidc (RFC 6749 §5.2, RFC 7591 §3.2.2).
const OAUTH_CODES: [&str; 4] =
    ["unsupported_grant_type", "server_error", "invalid_client_metadata", "invalid_redirect_uri"];

/// The header `Retry-After`: seconds, or a date, which is compared with `now`, the server's clock.
fn retry_after(response: &HttpResponse, now: Timestamp) -> Option<Duration> {
    let text = response.headers().get("retry-after")?.trim();
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => date::parse(text)?.seconds_since(now).try_into().unwrap_or(0),
    };
    Some(Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER))
}

/// The server's clock (header `Date`).
fn server_date(response: &HttpResponse) -> Option<Timestamp> {
    date::parse(response.headers().get("date")?)
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod tests;
