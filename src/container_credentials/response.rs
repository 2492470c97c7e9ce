//! The HTTP responses of the endpoint. Pure.

use super::judge::Refusal;
use crate::error::{AwsError, Error};
use crate::identifiers::AccountId;
use crate::role_credentials::RoleCredentials;
use crate::secret::Secret;
use crate::text::json::push_member;

/// The document with credentials, as the SDKs read it from an endpoint. Its names differ from those of
/// the `credential_process` document.
pub fn document(credentials: &RoleCredentials, account_id: &AccountId) -> Secret {
    let expiration = credentials.expiration.to_string();
    object(&[
        ("AccessKeyId", &credentials.access_key_id),
        ("SecretAccessKey", credentials.secret_access_key.expose()),
        ("Token", credentials.session_token.expose()),
        ("Expiration", &expiration),
        ("AccountId", account_id.as_str()),
    ])
}

/// The response with credentials.
pub(super) fn granted(document: &Secret) -> Vec<u8> {
    bytes("200 OK", "", document.expose())
}

/// The response to a request that gets no credentials. It says nothing about them.
pub(super) fn refused(refusal: Refusal) -> Vec<u8> {
    match refusal {
        Refusal::Malformed => failed("400 Bad Request", "", "BadRequest", "the request is not understood"),
        Refusal::WrongToken => {
            failed("401 Unauthorized", "", "Unauthorized", "the authorization token is wrong or missing")
        }
        Refusal::WrongHost => failed("403 Forbidden", "", "Forbidden", "this host is not served"),
        Refusal::WrongPath => failed("404 Not Found", "", "NotFound", "there is nothing at this path"),
        Refusal::WrongMethod => {
            failed("405 Method Not Allowed", "Allow: GET\r\n", "MethodNotAllowed", "only GET is allowed")
        }
    }
}

/// The response if there are no credentials. SDKs ask again after a status of 500 and more, which
/// helps only if the failure may pass by itself.
pub(super) fn unavailable(error: &Error) -> Vec<u8> {
    let text = error.text();
    let hint = text.hint.map(|hint| format!("hint: {hint}"));
    let parts: Vec<String> = [Some(text.what), text.why, hint].into_iter().flatten().collect();
    let message = format!("aws-sso-cred: {}", parts.join("; "));
    let (status, code) = match error.exit_code() {
        1 => ("403 Forbidden", "SignInRequired"),
        2 => ("400 Bad Request", "ConfigurationError"),
        3 => ("403 Forbidden", "SignInFailed"),
        4 if matches!(error, Error::Aws(AwsError::RoleForbidden { .. })) => ("403 Forbidden", "AccessDenied"),
        4 => ("503 Service Unavailable", "AwsUnavailable"),
        6 => ("503 Service Unavailable", "SignInPending"),
        _ => ("500 Internal Server Error", "InternalError"),
    };
    failed(status, "", code, &message)
}

/// The response if the work on an answer ended without one, which is a bug.
pub(super) fn broken() -> Vec<u8> {
    failed("500 Internal Server Error", "", "InternalError", "aws-sso-cred: internal error")
}

/// Go's SDK reads `code` and `message`, JavaScript's `Code` and `Message`.
fn failed(status: &str, header: &str, code: &str, message: &str) -> Vec<u8> {
    let body = object(&[("code", code), ("message", message), ("Code", code), ("Message", message)]);
    bytes(status, header, body.expose())
}

fn object(members: &[(&str, &str)]) -> Secret {
    let mut text = String::with_capacity(2048);
    members.iter().for_each(|(name, value)| push_member(&mut text, name, value));
    text.push('}');
    Secret::new(text)
}

fn bytes(status: &str, header: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\n\
         Content-Type: application/json\r\n\
         Content-Length: {}\r\n\
         Connection: close\r\n\
         Cache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\n\
         {header}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{LocalError, Text};
    use crate::timestamp::Timestamp;

    #[test]
    fn the_document_has_the_names_of_the_endpoint_protocol() {
        let credentials = RoleCredentials {
            access_key_id: "ASIAX".to_owned(),
            secret_access_key: Secret::new("s"),
            session_token: Secret::new("t"),
            expiration: Timestamp::from_unix(1_795_230_000),
        };
        assert_eq!(
            document(&credentials, &AccountId::parse("012345678901").unwrap()).expose(),
            "{\"AccessKeyId\":\"ASIAX\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\
             \"Expiration\":\"2026-11-21T03:00:00Z\",\"AccountId\":\"012345678901\"}"
        );
    }

    #[test]
    fn a_failure_is_one_line_of_json_with_the_whole_text() {
        let text = Text {
            what: "it \"failed\"".to_owned(),
            why: Some("so".to_owned()),
            hint: Some("run `x`".to_owned()),
        };
        let response = String::from_utf8(unavailable(&Error::Shared { exit_code: 1, text })).unwrap();
        assert!(response.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{response}");
        let body = response.split_once("\r\n\r\n").unwrap().1;
        assert!(
            body.starts_with(
                "{\"code\":\"SignInRequired\",\"message\":\"aws-sso-cred: it \\\"failed\\\"; so; hint: run `x`\","
            ),
            "{body}"
        );
        assert!(response.contains(&format!("Content-Length: {}\r\n", body.len())));
        let passing = Error::Local(LocalError::OutputFailed { cause: "x\r\nSet-Cookie: a".to_owned() });
        let response = String::from_utf8(unavailable(&passing)).unwrap();
        assert!(response.starts_with("HTTP/1.1 500 ") && !response.contains("\nSet-Cookie"), "{response}");
    }

    #[test]
    fn a_refusal_says_nothing_about_credentials() {
        for (refusal, status) in [
            (Refusal::Malformed, "400"),
            (Refusal::WrongToken, "401"),
            (Refusal::WrongHost, "403"),
            (Refusal::WrongPath, "404"),
            (Refusal::WrongMethod, "405"),
        ] {
            let response = String::from_utf8(refused(refusal)).unwrap();
            assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
            assert!(response.contains("Connection: close\r\n"), "{response}");
        }
    }
}
