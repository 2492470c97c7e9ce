//! AWS Signature Version 4, as a server checks it.
//!
//! Source: "Create a signed AWS API request" in the IAM User Guide.

use ring::digest::{SHA256, digest};
use ring::hmac;

use crate::encoding::hexadecimal;
use crate::request::Request;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The parts of an `Authorization` header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Authorization {
    pub(crate) access_key_id: String,
    /// Date, region, service and `aws4_request`, joined by slashes.
    scope: String,
    signed_headers: String,
    pub(crate) signature: String,
}

/// Reads an `Authorization` header.
pub(crate) fn parse(header: &str) -> Option<Authorization> {
    let parameters = header.strip_prefix(ALGORITHM)?;
    let parameter = |name: &str| {
        let parts = parameters.split(',').filter_map(|part| part.trim().split_once('='));
        parts.filter(|(known, _)| *known == name).map(|(_, value)| value.to_owned()).next()
    };
    let credential = parameter("Credential")?;
    let (access_key_id, scope) = credential.split_once('/')?;
    Some(Authorization {
        access_key_id: access_key_id.to_owned(),
        scope: scope.to_owned(),
        signed_headers: parameter("SignedHeaders")?,
        signature: parameter("Signature")?,
    })
}

/// The signature that the request must have.
pub(crate) fn sign(request: &Request, authorization: &Authorization, secret: &str) -> String {
    let signed = authorization.signed_headers.split(';');
    let headers = signed.fold(String::new(), |mut text, name| {
        let value = request.header(name).unwrap_or_default();
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        text.push_str(&format!("{name}:{value}\n"));
        text
    });
    let canonical_request = [
        request.method.as_str(),
        request.path.as_str(),
        request.raw_query.as_str(),
        &headers,
        &authorization.signed_headers,
        &hash(&request.raw_body),
    ]
    .join("\n");
    let date = request.header("x-amz-date").unwrap_or_default();
    let scope = &authorization.scope;
    let hashed = hash(canonical_request.as_bytes());
    let text_to_sign = format!("{ALGORITHM}\n{date}\n{scope}\n{hashed}");
    let key = scope
        .split('/')
        .fold(format!("AWS4{secret}").into_bytes(), |key, part| keyed_hash(&key, part.as_bytes()));
    hexadecimal(&keyed_hash(&key, text_to_sign.as_bytes()))
}

fn hash(bytes: &[u8]) -> String {
    hexadecimal(digest(&SHA256, bytes).as_ref())
}

fn keyed_hash(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), bytes).as_ref().to_vec()
}
