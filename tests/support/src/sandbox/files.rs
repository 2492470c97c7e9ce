//! The files of a sandbox: writes them as AWS's tools do, and reads them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::encoding::iso8601;
use crate::identity_center::IssuedToken;
use crate::mint::SECRET_MARK;
use crate::sandbox::Sandbox;
use crate::sandbox::names::python_json;

impl Sandbox {
    /// `~/.aws/config`.
    #[must_use]
    pub fn config_path(&self) -> PathBuf {
        self.home().join(".aws/config")
    }

    /// Writes `~/.aws/config`.
    pub fn write_config(&self, text: &str) {
        write_private(&self.config_path(), text.as_bytes());
    }

    /// Writes `~/.aws/credentials`.
    pub fn write_credentials(&self, text: &str) {
        write_private(&self.home().join(".aws/credentials"), text.as_bytes());
    }

    /// Writes a token file with any content.
    pub fn write_token(&self, session_or_url: &str, content: &Value) {
        write_private(&self.token_path(session_or_url), content.to_string().as_bytes());
    }

    /// Writes a token file as `aws sso login` does, which claims that the
    /// token expires `expires_in` seconds from now.
    pub fn write_cli_token(&self, session_or_url: &str, token: &IssuedToken, expires_in: i64) {
        let (expires_at, registration_expires_at) =
            (iso8601(now() + expires_in), iso8601(token.client.expires_at));
        let mut fields = vec![
            ("startUrl", self.start_url.as_str()),
            ("region", &self.region),
            ("accessToken", &token.access_token),
            ("expiresAt", &expires_at),
            ("clientId", &token.client.client_id),
            ("clientSecret", &token.client.client_secret),
            ("registrationExpiresAt", &registration_expires_at),
        ];
        if let Some(refresh_token) = &token.refresh_token {
            fields.push(("refreshToken", refresh_token));
        }
        let path = self.token_path(session_or_url);
        write_private(&path, python_object(&fields).as_bytes());
    }

    /// Writes role credentials as AWS CLI v2 does, with `lifetime` seconds
    /// left, and returns the document it wrote. `session_or_url` counts as a
    /// start URL if it contains `://`. No stand-in knows these credentials.
    pub fn write_role_credentials(
        &self,
        account_id: &str,
        role_name: &str,
        session_or_url: &str,
        lifetime: i64,
    ) -> Value {
        let session = Some(session_or_url).filter(|key| !key.contains("://"));
        let path = self.role_path(account_id, role_name, session, session_or_url);
        let expiration = iso8601(now() + lifetime);
        let secret_access_key = format!("cached{SECRET_MARK}/wJalrXUtnFEMI+K7MDENGbPx");
        let session_token = format!("cached{SECRET_MARK}IQoJb3JpZ2luX2VjEAoaCXVz/+==");
        let fields = [
            ("AccessKeyId", "ASIACACHEDBYTHECLI00"),
            ("SecretAccessKey", &secret_access_key),
            ("SessionToken", &session_token),
            ("Expiration", &expiration),
            ("AccountId", account_id),
        ];
        let credentials = python_object(&fields);
        let text = format!("{{\"ProviderType\": \"sso\", \"Credentials\": {credentials}}}");
        write_private(&path, text.as_bytes());
        serde_json::from_str(&text).unwrap_or_else(|_| json!({}))
    }

    /// Every file below the home: its path, its mode (0 where there are
    /// none), its content.
    #[must_use]
    pub fn all_files(&self) -> Vec<(PathBuf, u32, Vec<u8>)> {
        let mut files = Vec::new();
        collect(&self.home(), &mut files);
        files.sort();
        files
    }

    /// Finds secrets in wrong places: in one of the texts, or in a file of the home that is neither
    /// JSON nor the configuration. The mark of secrets counts too, so that parts are found.
    #[must_use]
    pub fn search_for_secrets(&self, texts: &[&str], secrets: &[String]) -> Vec<String> {
        let texts = texts.iter().enumerate();
        let texts = texts.map(|(number, text)| (format!("text {number}"), (*text).to_owned()));
        let files = self.all_files().into_iter().filter(|(path, _, _)| {
            let json = path.extension().is_some_and(|extension| extension == "json");
            !json && *path != self.config_path()
        });
        let files = files.map(|(path, _, content)| {
            (path.display().to_string(), String::from_utf8_lossy(&content).into_owned())
        });
        let mut found = Vec::new();
        for (place, text) in texts.chain(files) {
            if let Some(secret) = secrets.iter().find(|secret| text.contains(secret.as_str())) {
                found.push(format!("{place} contains {secret}"));
            } else if text.contains(SECRET_MARK) {
                found.push(format!("{place} contains a piece of a secret"));
            }
        }
        found
    }
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

fn python_object(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("\"{name}\": {}", python_json(value));
    format!("{{{}}}", fields.iter().map(pair).collect::<Vec<_>>().join(", "))
}

/// Writes as AWS CLI v2 does: directories by the umask, a new file 0600.
fn write_private(path: &Path, content: &[u8]) {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).expect("the sandbox can be written");
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).expect("the sandbox can be written");
    std::io::Write::write_all(&mut file, content).expect("the sandbox can be written");
}

fn collect(directory: &Path, files: &mut Vec<(PathBuf, u32, Vec<u8>)>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
        if kind.is_dir() {
            collect(&path, files);
        } else if kind.is_file() {
            let content = fs::read(&path).unwrap_or_default();
            files.push((path, entry.metadata().map_or(0, |metadata| mode(&metadata)), content));
        }
    }
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777
}

#[cfg(not(unix))]
fn mode(_metadata: &fs::Metadata) -> u32 {
    0
}

/// Makes a tree removable after a test took permissions away.
#[cfg(unix)]
pub(super) fn make_writable(directory: &Path) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    let _ = fs::set_permissions(directory, mode);
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            make_writable(&entry.path());
        }
    }
}

/// On other systems permissions do not prevent removing a directory.
#[cfg(not(unix))]
pub(super) fn make_writable(_directory: &Path) {}
