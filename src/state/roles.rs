//! Which roles a session had credentials for: the name of a file in the AWS CLI's cache is a
//! hash that does not tell, and `logout` has to find the file.

use serde_json::{Value, json};

use super::directory::StateDirectory;
use super::note::Note;
use crate::cache::{is_sha1_hex, request_key, sha1_hex};
use crate::identifiers::{AccountId, RoleName};
use crate::request::{RoleRequest, SsoSession};

/// The directory of the notes, one for each role, below the session's.
pub(super) const DIRECTORY: &str = "roles";

impl StateDirectory<'_> {
    /// Notes that a session's role credentials are in a file.
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
        // A name becomes part of a path: only hashes of ours are taken.
        directory.names().into_iter().filter(|name| is_sha1_hex(name)).collect()
    }

    /// Every account and role that is noted for any session.
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

    /// Forgets that the role file of this `name` belongs to `session`.
    pub fn forget_role(&self, session: &SsoSession, name: &str) {
        self.note_about(session, name).remove();
    }

    fn note_about(&self, session: &SsoSession, name: &str) -> Note<'_> {
        self.session_note(session, &format!("{DIRECTORY}/{name}"))
    }

    /// The sessions of which anything is kept, by the hash of their key.
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
