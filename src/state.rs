//! Our own state: locks, pending sign-ins, cool-downs, the last error. It lives in
//! the platform's state directory (0700), never in AWS's directories.
//!
//! Nothing here is needed for an answer: a state directory that cannot be had
//! costs single-flight and memory, and a line in the debug log.

use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde_json::{Value, json};

use crate::cache::{LARGEST, is_sha1_hex, request_key, sha1_hex};
use crate::context::Context;
use crate::debug;
use crate::identifiers::{AccountId, RoleName};
use crate::platform::{PrivateDirectory, PrivateFile, TEMPORARY_ENDING};
use crate::request::{RoleRequest, SsoSession};

/// The directory below which we keep state, if the system names one and it is ours: a
/// real directory of the user we run as, which nobody else can write to. Everything in
/// it is reached through its descriptor.
#[derive(Debug, Clone)]
pub struct StateDirectory(Option<Rc<PrivateDirectory>>);

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
        let Some(found) = found else { return Self(None) };
        let state = Self::at(&found);
        match state.refusal() {
            None => state,
            Some((path, why)) => {
                debug!(context, "state: {} is not used: {why}", path.display());
                Self(None)
            }
        }
    }

    /// State kept elsewhere; tests and the walk-through use it.
    pub fn at(path: &Path) -> Self {
        Self(Some(PrivateDirectory::at(path.to_owned())))
    }

    /// Where the directory is and why it is not used, when that is so.
    fn refusal(&self) -> Option<(PathBuf, String)> {
        let directory = self.0.as_ref()?;
        Some((directory.path().to_owned(), directory.refusal()?))
    }

    /// A file of ours; `None` when there is no place for it.
    pub fn file(&self, name: &str) -> Option<PrivateFile> {
        Some(PrivateFile::new(self.0.as_ref()?, name.to_owned()))
    }

    /// The same for a file about one session.
    pub fn session_file(&self, session: &SsoSession, name: &str) -> Option<PrivateFile> {
        self.file(&format!("sessions/{}/{name}", sha1_hex(session.token_cache_key())))
    }

    /// Notes that a session's role credentials are in a file, so that `logout` finds
    /// it: the file's name is a hash that does not tell the session.
    pub fn remember_role(&self, context: &Context, request: &RoleRequest) {
        let name = format!("roles/{}", sha1_hex(&request_key(request)));
        let Some(file) = self.session_file(&request.session, &name) else { return };
        if !file.exists() {
            let note =
                json!({ "account_id": request.account_id.as_str(), "role_name": request.role_name.as_str() });
            Self::write_text(context, &file, &note.to_string());
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
        // A name becomes part of a path: only hashes of ours are taken.
        directory.names().into_iter().filter(|name| is_sha1_hex(name)).collect()
    }

    /// Every account and role that is noted for any session.
    pub fn all_remembered_roles(&self) -> Vec<(AccountId, RoleName)> {
        let text = |note: &Value, name: &str| note.get(name)?.as_str().map(str::to_owned);
        let mut found = Vec::new();
        for session in self.sessions() {
            let roles = self.file(&format!("sessions/{session}/roles"));
            for name in roles.map(|roles| roles.names()).unwrap_or_default() {
                let file = self.file(&format!("sessions/{session}/roles/{name}"));
                let Some(note) = file.as_ref().and_then(Self::read_json) else { continue };
                let account_id = text(&note, "account_id").and_then(|text| AccountId::parse(&text).ok());
                let role_name = text(&note, "role_name").and_then(|text| RoleName::parse(&text).ok());
                found.extend(account_id.zip(role_name));
            }
        }
        found
    }

    /// Forgets that the role file of this `name` belongs to `session`.
    pub fn forget_role(&self, context: &Context, session: &SsoSession, name: &str) {
        if let Some(file) = self.session_file(session, &format!("roles/{name}")) {
            Self::remove(context, &file);
        }
    }

    /// Forgets whatever was noted of a session but its roles: a sign-in that waits or came
    /// to nothing, the last error, what a killed process left half written. Only files
    /// with names of ours go. Locks stay: another process may hold one. Gives what could
    /// not be removed, with the cause.
    pub fn forget_notes(&self, context: &Context, session: &SsoSession) -> Vec<(PathBuf, io::Error)> {
        self.forget_notes_of(context, &sha1_hex(session.token_cache_key()))
    }

    /// The same for every session, also those that no config names any more, and for the
    /// notes about their roles.
    pub fn forget_all_notes(&self, context: &Context) -> Vec<(PathBuf, io::Error)> {
        let mut left = Vec::new();
        for session in self.sessions() {
            left.extend(self.forget_notes_of(context, &session));
            left.extend(self.forget_files(context, &format!("sessions/{session}/roles"), is_sha1_hex));
        }
        left
    }

    fn forget_notes_of(&self, context: &Context, session: &str) -> Vec<(PathBuf, io::Error)> {
        self.forget_files(context, &format!("sessions/{session}"), is_note)
    }

    fn forget_files(
        &self,
        context: &Context,
        directory: &str,
        wanted: fn(&str) -> bool,
    ) -> Vec<(PathBuf, io::Error)> {
        let names = self.file(directory).map(|directory| directory.names()).unwrap_or_default();
        let files = names.iter().filter(|name| wanted(name));
        let files = files.filter_map(|name| self.file(&format!("{directory}/{name}")));
        let removed = files.map(|file| {
            let outcome = file.remove();
            debug!(context, "state: removed {}: {outcome:?}", file.path().display());
            (file.path(), outcome)
        });
        removed.filter_map(|(path, outcome)| Some((path, outcome.err()?))).collect()
    }

    /// The sessions of which anything is kept, by the hash of their key.
    fn sessions(&self) -> Vec<String> {
        let names = self.file("sessions").map(|sessions| sessions.names()).unwrap_or_default();
        names.into_iter().filter(|name| is_sha1_hex(name)).collect()
    }

    /// A small JSON document of ours; anything odd counts as nothing.
    pub fn read_json(file: &PrivateFile) -> Option<Value> {
        serde_json::from_slice(&file.read(LARGEST).ok()?).ok()
    }

    /// Replaces a small document at once and whole, 0600; failing is worth a debug line.
    pub fn write_text(context: &Context, file: &PrivateFile, text: &str) {
        if let Err(error) = file.write(text) {
            debug!(context, "state: cannot write {}: {error}", file.path().display());
        }
    }

    /// Removes a file of ours, if it is there.
    pub fn remove(context: &Context, file: &PrivateFile) {
        match file.remove() {
            Ok(true) => debug!(context, "state: removed {}", file.path().display()),
            Ok(false) => {}
            Err(error) => debug!(context, "state: cannot remove {}: {error}", file.path().display()),
        }
    }
}

const NAME: &str = "aws-sso-cred";

/// The notes about a session, as `docs/caches.md` lists them.
const NOTES: [&str; 9] = [
    "pending",
    "cool-down",
    "prompted",
    "refreshed",
    "refused-refresh",
    "refresh-failure",
    "unproved-client",
    "last-error",
    "signed-in",
];

/// Whether `name` is one of [`NOTES`], whole or half written.
fn is_note(name: &str) -> bool {
    let Some((note, ending)) = name.split_once('.') else { return false };
    NOTES.contains(&note) && (ending == "json" || name.ends_with(TEMPORARY_ENDING))
}

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
