//! Answers, and AWS's three shapes of an error.

use serde_json::{Value, json};

use crate::operation::Operation;

/// One HTTP answer, before the headers that every answer carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Reply { status, headers, body: body.into() }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Reply {
        Reply::new(status, "application/json", body.to_string())
    }

    pub(crate) fn html(status: u16, body: impl Into<Vec<u8>>) -> Reply {
        Reply::new(status, "text/html; charset=utf-8", body)
    }

    pub(crate) fn redirect(location: &str) -> Reply {
        Reply::new(302, "text/plain", "").header("Location", location)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Reply {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// The exceptions of sso-oidc: name, the `error` of its body, status.
///
/// Source: the service model `sso-oidc/2019-06-10`, and RFC 6749 §5.2 and
/// RFC 8628 §3.5 for the words that the model leaves out.
const OIDC_ERRORS: [(&str, &str, u16); 14] = [
    ("AuthorizationPendingException", "authorization_pending", 400),
    ("SlowDownException", "slow_down", 400),
    ("ExpiredTokenException", "expired_token", 400),
    ("AccessDeniedException", "access_denied", 400),
    ("InvalidGrantException", "invalid_grant", 400),
    ("InvalidClientException", "invalid_client", 401),
    ("UnauthorizedClientException", "unauthorized_client", 400),
    ("UnsupportedGrantTypeException", "unsupported_grant_type", 400),
    ("InvalidScopeException", "invalid_scope", 400),
    ("InvalidRequestException", "invalid_request", 400),
    ("InvalidClientMetadataException", "invalid_client_metadata", 400),
    ("InvalidRedirectUriException", "invalid_redirect_uri", 400),
    ("TooManyRequestsException", "too_many_requests", 429),
    ("InternalServerException", "server_error", 500),
];

/// An error of sso-oidc, with the status that its model gives it.
pub(crate) fn oidc_error(error: &str, description: &str) -> Reply {
    let known = OIDC_ERRORS.iter().find(|(_, word, _)| *word == error);
    let (exception, _, status) = known.expect("handlers use words of the table");
    oidc_reply(*status, exception, error, description)
}

/// An error of the portal.
pub(crate) fn portal_error(status: u16, exception: &str, message: &str) -> Reply {
    let kind = format!("com.amazonaws.switchboard.portal#{exception}");
    Reply::json(status, &json!({ "message": message, "__type": kind })).header("x-amzn-ErrorType", exception)
}

/// An error of STS, which speaks the query protocol.
pub(crate) fn sts_error(status: u16, code: &str, message: &str) -> Reply {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
         <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>"
    );
    Reply::new(status, "text/xml", body)
}

/// An error in the shape of the operation's service. `code` may be the name
/// of the exception or, for sso-oidc, the word of its body.
pub(crate) fn error_for(operation: Operation, status: u16, code: &str, message: &str) -> Reply {
    if operation == Operation::GetCallerIdentity {
        return sts_error(status, code, message);
    }
    if !operation.is_oidc() {
        return portal_error(status, code, message);
    }
    let known = OIDC_ERRORS.iter().find(|(exception, word, _)| *exception == code || *word == code);
    let (exception, word, _) = known.copied().unwrap_or((code, code, status));
    oidc_reply(status, exception, word, message)
}

/// The error that AWS most likely means by a bare status.
pub(crate) fn error_of_status(operation: Operation, status: u16) -> Reply {
    let oidc = operation.is_oidc();
    let (code, message) = match status {
        400 => ("InvalidRequestException", "Invalid request"),
        401 if oidc => ("InvalidClientException", "Invalid client provided"),
        401 => ("UnauthorizedException", "Session token not found or invalid"),
        403 if oidc => ("AccessDeniedException", "Access denied"),
        403 => ("ForbiddenException", "No access"),
        404 => ("ResourceNotFoundException", "Not found"),
        429 => ("TooManyRequestsException", "HTTP 429 Unknown Code"),
        503 => ("ServiceUnavailableException", "Service unavailable"),
        500..=599 => ("InternalServerException", "Internal failure"),
        _ => ("UnknownException", "Refused by the stand-in"),
    };
    error_for(operation, status, code, message)
}

fn oidc_reply(status: u16, exception: &str, error: &str, description: &str) -> Reply {
    let kind = format!("{exception}:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/");
    Reply::json(status, &json!({ "error": error, "error_description": description }))
        .header("x-amzn-ErrorType", &kind)
}
