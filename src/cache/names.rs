//! The names of cache files: the texts that the AWS CLI hashes, byte for byte.

use std::ffi::OsStr;
use std::path::Path;

use sha1::{Digest as _, Sha1};

use crate::identifiers::SessionName;
use crate::request::{RoleRequest, SsoSession};
use crate::text::json::push_quoted;

/// Lower-case hexadecimal SHA-1 of the UTF-8 bytes of `text`: a name, not a
/// signature.
pub fn sha1_hex(text: &str) -> String {
    hex::encode(Sha1::digest(text.as_bytes()))
}

/// Whether `name` is one that [`sha1_hex`] gives, in either case.
pub fn is_sha1_hex(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The text that is hashed to name the file of `request`'s role credentials.
pub fn request_key(request: &RoleRequest) -> String {
    role_key(
        request.account_id.as_str(),
        request.role_name.as_str(),
        request.session.name.as_ref().map(SessionName::as_str),
        request.session.start_url.as_str(),
    )
}

/// The text that is hashed to name a file of role credentials: compact JSON with sorted keys.
/// It holds the session's name, or the start URL if there is no session or its name is empty.
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

/// The text that is hashed to name a client registration's file: JSON with Python's default
/// separators and sorted keys. Absent scopes are `null`, empty scopes are `[]`: two files.
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

/// The file name of `path` without its ending.
pub(super) fn stem(path: &Path) -> &str {
    path.file_stem().and_then(OsStr::to_str).unwrap_or_default()
}

/// Whether `path` has the name of a cache file.
pub(super) fn has_hashed_name(path: &Path) -> bool {
    is_sha1_hex(stem(path))
}

fn push_list(key: &mut String, items: &[String]) {
    key.push('[');
    for (index, item) in items.iter().enumerate() {
        key.push_str(if index == 0 { "" } else { ", " });
        push_quoted(key, item);
    }
    key.push(']');
}
