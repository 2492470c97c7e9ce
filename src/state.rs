//! Our own state: locks, pending sign-ins, cool-downs, the last error. It lives in
//! the platform's state directory (0700), never in AWS's directories.
//!
//! Nothing here is needed for an answer: a state directory that cannot be had
//! costs single-flight and memory, and a line in the debug log.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cache::{is_sha1_hex, read_small, request_key, sha1_hex};
use crate::context::Context;
use crate::debug;
use crate::identifiers::{AccountId, RoleName};
use crate::request::{RoleRequest, SsoSession};

/// The directory below which we keep state, if the system names one.
#[derive(Debug, Clone)]
pub struct StateDirectory(Option<PathBuf>);

impl StateDirectory {
    /// `$XDG_STATE_HOME/aws-sso-cred` or `~/.local/state/aws-sso-cred` on Linux, the
    /// local application data directory on macOS and Windows.
    pub fn find(context: &Context) -> Self {
        let found = context
            .variable_os("XDG_STATE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .map(|path| path.join(NAME))
            .or_else(|| platform_directory(context));
        Self(found)
    }

    /// State kept elsewhere; tests and the walk-through use it.
    pub fn at(path: &Path) -> Self {
        Self(Some(path.to_owned()))
    }

    /// A file of ours, its directory made ready; `None` when there is no place for it.
    pub fn file(&self, name: &str) -> Option<PathBuf> {
        Some(self.0.as_ref()?.join(name))
    }

    /// The directory of one session's state.
    pub fn session_file(&self, session: &SsoSession, name: &str) -> Option<PathBuf> {
        self.file(&format!("sessions/{}/{name}", sha1_hex(session.token_cache_key())))
    }

    /// Notes that a session's role credentials are in a file, so that `logout` finds
    /// it: the file's name is a hash that does not tell the session.
    pub fn remember_role(&self, context: &Context, request: &RoleRequest) {
        let name = format!("roles/{}", sha1_hex(&request_key(request)));
        let Some(path) = self.session_file(&request.session, &name) else { return };
        if !path.exists() {
            let note =
                json!({ "account_id": request.account_id.as_str(), "role_name": request.role_name.as_str() });
            Self::write_text(context, &path, &note.to_string());
        }
    }

    /// The roles noted by [`Self::remember_role`].
    pub fn remembered_requests(&self, session: &SsoSession) -> Vec<RoleRequest> {
        let names = self.remembered_roles(session).into_iter();
        let notes =
            names.filter_map(|name| Self::read_json(&self.session_file(session, &format!("roles/{name}"))?));
        let text = |note: &Value, name: &str| note.get(name)?.as_str().map(str::to_owned);
        notes
            .filter_map(|note| {
                Some(RoleRequest {
                    session: session.clone(),
                    account_id: AccountId::parse(&text(&note, "account_id")?).ok()?,
                    role_name: RoleName::parse(&text(&note, "role_name")?).ok()?,
                })
            })
            .collect()
    }

    /// The names (without `.json`) of the role files noted by [`Self::remember_role`].
    pub fn remembered_roles(&self, session: &SsoSession) -> Vec<String> {
        let Some(directory) = self.session_file(session, "roles") else { return Vec::new() };
        let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        // A name becomes part of a path: only hashes of ours are taken.
        names.filter(|name| is_sha1_hex(name)).collect()
    }

    /// Forgets what [`Self::remember_role`] noted.
    pub fn forget_roles(&self, context: &Context, session: &SsoSession) {
        for name in self.remembered_roles(session) {
            if let Some(path) = self.session_file(session, &format!("roles/{name}")) {
                Self::remove(context, &path);
            }
        }
    }

    /// A small JSON document of ours; anything odd counts as nothing.
    pub fn read_json(path: &Path) -> Option<Value> {
        serde_json::from_slice(&read_small(path).ok()?).ok()
    }

    /// Writes a small document atomically, 0600; failing is worth a debug line.
    pub fn write_text(context: &Context, path: &Path, text: &str) {
        if let Err(error) = crate::cache::write_state(path, text) {
            debug!(context, "state: cannot write {}: {error}", path.display());
        }
    }

    /// Removes a file of ours, if it is there.
    pub fn remove(context: &Context, path: &Path) {
        match fs::remove_file(path) {
            Ok(()) => debug!(context, "state: removed {}", path.display()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => debug!(context, "state: cannot remove {}: {error}", path.display()),
        }
    }
}

const NAME: &str = "aws-sso-cred";

#[cfg(target_os = "linux")]
fn platform_directory(context: &Context) -> Option<PathBuf> {
    // `directories` asks the real environment; a fake world has only HOME.
    // A home that is not there is nobody's, and is not made.
    let home = context.home().filter(|home| home.is_dir())?;
    Some(home.join(".local/state").join(NAME))
}

#[cfg(not(target_os = "linux"))]
fn platform_directory(_context: &Context) -> Option<PathBuf> {
    let directories = directories::ProjectDirs::from("", "", NAME)?;
    Some(directories.data_local_dir().join("state"))
}
