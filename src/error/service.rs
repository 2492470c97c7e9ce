//! A request to AWS that did not succeed, and what that means.

use std::time::Duration;

use crate::timestamp::Timestamp;

/// How a [`ServiceError`] names the look where a web address leads.
pub const REDIRECT: &str = "the redirect";

/// A request that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// The API's name of the operation, `GetRoleCredentials`.
    pub operation: &'static str,
    /// What it means.
    pub kind: ServiceErrorKind,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// AWS's error code, `ForbiddenException`.
    pub code: Option<String>,
    /// AWS's own words, or the connection's; never a response body. Not yet escaped.
    pub message: Option<String>,
    /// Whom we asked: the endpoint's host (and port).
    pub endpoint: String,
    /// How long the server asks us to wait (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// The server's clock (`Date`), to tell skew.
    pub server_date: Option<Timestamp>,
    /// The variable that names the proxy on the way, if there is one.
    pub proxy: Option<&'static str>,
    /// Whether this is the answer to more than the first of several requests.
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

/// What a failed request means, and so what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceErrorKind {
    /// `authorization_pending`: keep polling.
    AuthorizationPending,
    /// `slow_down`: poll five seconds slower (RFC 8628 §3.5).
    SlowDown,
    /// `expired_token`: the device code died.
    ExpiredToken,
    /// `access_denied`: the person refused.
    AccessDenied,
    /// `invalid_grant`: the refresh token or code is dead, or the region is wrong.
    InvalidGrant,
    /// `invalid_client`: the registration is not known (any more).
    InvalidClient,
    /// `unauthorized_client`: the registration lacks this grant.
    UnauthorizedClient,
    /// `invalid_scope`: `sso_registration_scopes` names a scope AWS does not know.
    InvalidScope,
    /// `invalid_request`: often a wrong start URL or a wrong region.
    InvalidRequest,
    /// 401 from the portal in AWS's own words: the access token is dead.
    Unauthorized,
    /// 403 from the portal: this person does not have this role in this account.
    Forbidden,
    /// 404.
    NotFound,
    /// 429 or a throttling code.
    Throttled,
    /// 5xx, unless it is a web page of something in between.
    Server,
    /// The name did not resolve, or nobody accepted the connection.
    Unreachable,
    /// The connection broke before the answer was whole.
    Broken,
    /// Nothing came within the time-out.
    TimedOut,
    /// The server's certificate is not trusted; who issued it, when it could be told.
    Untrusted {
        /// The issuer's name from the server's certificate.
        issuer: Option<String>,
    },
    /// The CA bundle or endpoint that was configured cannot be used.
    Connection,
    /// The proxy refuses to connect us.
    Proxy,
    /// The proxy's name did not resolve, or it accepted no connection.
    ProxyUnreachable,
    /// This process or this computer may not open any more files.
    Exhausted,
    /// An answer that AWS does not give: a captive portal, a proxy, garbage.
    NotAws,
    /// Any other refusal in AWS's own words.
    Other,
}
