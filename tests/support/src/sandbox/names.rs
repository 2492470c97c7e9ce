//! The names of AWS's cache files, computed here on purpose: names from the program under test
//! would hide its mistakes.

use std::path::PathBuf;

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::encoding::hexadecimal;
use crate::sandbox::Sandbox;

impl Sandbox {
    /// The token file of an sso-session, or of a start URL.
    #[must_use]
    pub fn token_path(&self, session_or_url: &str) -> PathBuf {
        self.sso_cache().join(file_name(session_or_url))
    }

    /// The registration file. `scopes` is `None` when the session does not
    /// have `sso_registration_scopes`, and empty when it has it empty.
    #[must_use]
    pub fn registration_path(
        &self,
        session: Option<&str>,
        start_url: &str,
        region: &str,
        scopes: Option<&[&str]>,
    ) -> PathBuf {
        let scopes = scopes.map_or("null".to_owned(), |scopes| {
            let scopes: Vec<String> = scopes.iter().map(|scope| python_json(scope)).collect();
            format!("[{}]", scopes.join(", "))
        });
        let session = session.map_or("null".to_owned(), python_json);
        let (region, start_url) = (python_json(region), python_json(start_url));
        self.sso_cache().join(file_name(&format!(
            "{{\"region\": {region}, \"scopes\": {scopes}, \"session_name\": {session}, \
             \"startUrl\": {start_url}, \"tool\": \"botocore\"}}"
        )))
    }

    /// The file of role credentials. The start URL only counts without a
    /// session.
    #[must_use]
    pub fn role_path(
        &self,
        account_id: &str,
        role_name: &str,
        session: Option<&str>,
        start_url: &str,
    ) -> PathBuf {
        let (account_id, role_name) = (python_json(account_id), python_json(role_name));
        let last = match session {
            Some(session) => format!("\"sessionName\":{}", python_json(session)),
            None => format!("\"startUrl\":{}", python_json(start_url)),
        };
        let key = format!("{{\"accountId\":{account_id},\"roleName\":{role_name},{last}}}");
        self.home().join(".aws/cli/cache").join(file_name(&key))
    }

    /// Where tokens and registrations are kept.
    #[must_use]
    pub fn sso_cache(&self) -> PathBuf {
        self.home().join(".aws/sso/cache")
    }

    /// Where the program keeps its own state.
    #[must_use]
    pub fn state_dir(&self) -> PathBuf {
        if cfg!(windows) {
            self.home().join(r"AppData\Local\aws-sso-cred")
        } else if cfg!(target_os = "macos") {
            self.home().join("Library/Application Support/aws-sso-cred")
        } else {
            self.home().join(".local/state/aws-sso-cred")
        }
    }
}

fn file_name(key: &str) -> String {
    format!("{}.json", hexadecimal(digest(&SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes()).as_ref()))
}

/// A text as Python's `json.dumps` writes it: everything outside printable
/// ASCII is escaped, as UTF-16 and in lower case.
pub(super) fn python_json(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            ' '..='~' => quoted.push(character),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    quoted.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    quoted.push('"');
    quoted
}
