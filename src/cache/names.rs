//! What the AWS CLI hashes to name its cache files, byte for byte.

use sha1::{Digest as _, Sha1};

use crate::identifiers::SessionName;
use crate::request::{RoleRequest, SsoSession};
use crate::text::json::push_quoted;

/// Lower-case hexadecimal SHA-1 of the UTF-8 bytes of `text`. A name, not a signature.
pub fn sha1_hex(text: &str) -> String {
    hex::encode(Sha1::digest(text.as_bytes()))
}

/// Whether `name` is one that [`sha1_hex`] gives, in either case.
pub fn is_sha1_hex(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What is hashed for a role's credentials.
pub fn request_key(request: &RoleRequest) -> String {
    role_key(
        request.account_id.as_str(),
        request.role_name.as_str(),
        request.session.name.as_ref().map(SessionName::as_str),
        request.session.start_url.as_str(),
    )
}

/// Role credentials: compact JSON with sorted keys. A session stands by its name;
/// without one (or with an empty one) the start URL stands in.
pub fn role_key(account_id: &str, role_name: &str, session: Option<&str>, start_url: &str) -> String {
    let mut key = String::with_capacity(160);
    key.push_str("{\"accountId\":");
    push_quoted(&mut key, account_id);
    key.push_str(",\"roleName\":");
    push_quoted(&mut key, role_name);
    let (name, value) = match session.filter(|name| !name.is_empty()) {
        Some(session) => (",\"sessionName\":", session),
        None => (",\"startUrl\":", start_url),
    };
    key.push_str(name);
    push_quoted(&mut key, value);
    key.push('}');
    key
}

/// Client registrations: JSON with Python's default separators and sorted keys.
/// Absent scopes are `null`, empty ones `[]`: two different files.
pub fn registration_key(session: &SsoSession) -> String {
    let mut key = String::with_capacity(200);
    key.push_str("{\"region\": ");
    push_quoted(&mut key, session.region.as_str());
    key.push_str(", \"scopes\": ");
    match &session.registration_scopes {
        None => key.push_str("null"),
        Some(scopes) => push_list(&mut key, scopes),
    }
    key.push_str(", \"session_name\": ");
    match &session.name {
        None => key.push_str("null"),
        Some(name) => push_quoted(&mut key, name.as_str()),
    }
    key.push_str(", \"startUrl\": ");
    push_quoted(&mut key, session.start_url.as_str());
    key.push_str(", \"tool\": \"botocore\"}");
    key
}

fn push_list(key: &mut String, items: &[String]) {
    key.push('[');
    for (index, item) in items.iter().enumerate() {
        key.push_str(if index == 0 { "" } else { ", " });
        push_quoted(key, item);
    }
    key.push(']');
}
