//! A failed request to AWS, and its meaning.

use std::time::Duration;

use crate::timestamp::Timestamp;

/// The name of the operation in a [`ServiceError`] if the request was for the redirect of a start
/// URL, and not one of AWS's operations.
pub const REDIRECT: &str = "the redirect";

/// The name of the operation in a [`ServiceError`] if the request was for a sign-in token of the
/// console.
pub const GET_SIGN_IN_TOKEN: &str = "getSigninToken";

/// A failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// The operation's name in AWS's API, such as `GetRoleCredentials`, or [`REDIRECT`].
    pub operation: &'static str,
    /// The meaning of the failure.
    pub kind: ServiceErrorKind,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// AWS's error code, such as `ForbiddenException`.
    pub code: Option<String>,
    /// AWS's message, or the cause of a failed connection, not escaped. It is never a whole response
    /// body.
    pub message: Option<String>,
    /// The host of the endpoint, with the port if it is not the default.
    pub endpoint: String,
    /// The pause that the server asks for (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// The server's time (`Date`), to detect a wrong clock.
    pub server_date: Option<Timestamp>,
    /// The variable that names the proxy on the way, if there is one.
    pub proxy: Option<&'static str>,
    /// Whether the request had been repeated before this failure.
    pub asked_again: bool,
}

impl ServiceError {
    /// A request to `endpoint` that got no answer.
    pub fn unanswered(
        operation: &'static str,
        kind: ServiceErrorKind,
        endpoint: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            operation,
            kind,
            status: None,
            code: None,
            message: Some(message.into()),
            endpoint: endpoint.into(),
            retry_after: None,
            server_date: None,
            proxy: None,
            asked_again: false,
        }
    }
}

/// The status with which a network asks a person to sign in to it first (RFC 6585 §6). AWS never sends it.
pub const NETWORK_AUTHENTICATION_REQUIRED: u16 = 511;

/// The message for [`NETWORK_AUTHENTICATION_REQUIRED`].
pub const CAPTIVE_PORTAL: &str = "the network asks you to sign in to it first (HTTP status 511)";

/// The meaning of a failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceErrorKind {
    /// `authorization_pending`: the person has not answered yet (RFC 8628 §3.5).
    AuthorizationPending,
    /// `slow_down`: poll five seconds slower (RFC 8628 §3.5).
    SlowDown,
    /// `expired_token`: the device code has expired.
    ExpiredToken,
    /// `access_denied`: the person denied the request.
    AccessDenied,
    /// `invalid_grant`: the refresh token or the code is no longer valid, or the region is wrong.
    InvalidGrant,
    /// `invalid_client`: AWS does not know the client registration, or no longer.
    InvalidClient,
    /// `unauthorized_client`: the client registration does not allow this grant.
    UnauthorizedClient,
    /// `invalid_scope`: `sso_registration_scopes` names a scope that AWS does not know.
    InvalidScope,
    /// `invalid_request`: often a wrong start URL or a wrong region.
    InvalidRequest,
    /// 401 from the access portal, in AWS's own format: the access token is no longer valid.
    Unauthorized,
    /// 403 from the access portal: the person does not have this role in this account.
    Forbidden,
    /// 404: AWS does not know the resource.
    NotFound,
    /// 429, or an error code for throttling.
    Throttled,
    /// 5xx from AWS itself, and not a web page of a proxy.
    Server,
    /// The host name did not resolve, or the host did not accept a connection.
    Unreachable,
    /// The connection broke before the answer was complete.
    Broken,
    /// No answer came before the time-out.
    TimedOut,
    /// The server's certificate is not trusted.
    Untrusted {
        /// The issuer's name in the certificate, if it could be read.
        issuer: Option<String>,
    },
    /// The configured CA bundle or endpoint cannot be used.
    Connection,
    /// The proxy refuses the connection to AWS.
    Proxy,
    /// The proxy's name did not resolve, or the proxy did not accept a connection.
    ProxyUnreachable,
    /// This process or this computer has too many files open.
    Exhausted,
    /// The answer is not one of AWS, but of a captive portal or proxy, or cannot be understood.
    NotAws,
    /// Any other refusal in AWS's own format.
    Other,
}

impl ServiceErrorKind {
    /// Whether AWS does not accept the client registration. A new one may be accepted.
    pub const fn is_about_the_client(&self) -> bool {
        matches!(self, Self::InvalidClient | Self::UnauthorizedClient)
    }

    /// The kind that a status alone decides, whatever the answer says.
    pub const fn of_status(status: u16) -> Option<Self> {
        match status {
            429 => Some(Self::Throttled),
            NETWORK_AUTHENTICATION_REQUIRED => Some(Self::NotAws),
            500..=599 => Some(Self::Server),
            _ => None,
        }
    }
}
