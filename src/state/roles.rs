//! The notes about the roles for which a session had credentials. `logout` has to find the
//! session's files in the AWS CLI's cache, whose names are hashes that do not tell the session.

use serde_json::{Value, json};

use super::directory::StateDirectory;
use super::note::Note;
use crate::cache::{is_sha1_hex, request_key, sha1_hex};
use crate::identifiers::{AccountId, RoleName};
use crate::request::{RoleRequest, SsoSession};

/// The directory of these notes inside the session's directory; one file for each role.
pub(super) const DIRECTORY: &str = "roles";

impl StateDirectory<'_> {
    /// Notes that the AWS CLI's cache has a file for this role of this session.
    pub fn remember_role(&self, request: &RoleRequest) {
        let note = self.note_about(&request.session, &sha1_hex(&request_key(request)));
        if !note.exists() {
            note.write(
                &json!({ "account_id": request.account_id.as_str(), "role_name": request.role_name.as_str() }),
            );
        }
    }

    /// The roles noted by [`Self::remember_role`].
    pub fn remembered_requests(&self, session: &SsoSession) -> Vec<RoleRequest> {
        let names = self.remembered_roles(session).into_iter();
        let roles = names.filter_map(|name| account_and_role(&self.note_about(session, &name)));
        let request =
            |(account_id, role_name)| RoleRequest { session: session.clone(), account_id, role_name };
        roles.map(request).collect()
    }

    /// The names (without `.json`) of the role files noted by [`Self::remember_role`].
    pub fn remembered_roles(&self, session: &SsoSession) -> Vec<String> {
        let Some(directory) = self.session_file(session, DIRECTORY) else { return Vec::new() };
        // The name becomes part of a path, so that only SHA-1 hashes are accepted.
        directory.names().into_iter().filter(|name| is_sha1_hex(name)).collect()
    }

    /// The accounts and roles that are noted for any session.
    pub fn all_remembered_roles(&self) -> Vec<(AccountId, RoleName)> {
        let mut found = Vec::new();
        for session in self.sessions() {
            let directory = format!("sessions/{session}/{DIRECTORY}");
            for name in self.file(&directory).map(|roles| roles.names()).unwrap_or_default() {
                found.extend(account_and_role(&self.note(&format!("{directory}/{name}"))));
            }
        }
        found
    }

    /// Removes the note that the role file `<name>.json` belongs to `session`.
    pub fn forget_role(&self, session: &SsoSession, name: &str) {
        self.note_about(session, name).remove();
    }

    /// The note about the role file `<name>.json` of `session`.
    fn note_about(&self, session: &SsoSession, name: &str) -> Note<'_> {
        self.session_note(session, &format!("{DIRECTORY}/{name}"))
    }

    /// The sessions that have a directory here, as SHA-1 hashes of their cache keys.
    pub(super) fn sessions(&self) -> Vec<String> {
        let names = self.file("sessions").map(|sessions| sessions.names()).unwrap_or_default();
        names.into_iter().filter(|name| is_sha1_hex(name)).collect()
    }
}

fn account_and_role(note: &Note) -> Option<(AccountId, RoleName)> {
    let document = note.read()?;
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    Some((AccountId::parse(text("account_id")?).ok()?, RoleName::parse(text("role_name")?).ok()?))
}
