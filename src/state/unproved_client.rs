//! The note about the client of a sign-in by redirect that AWS has not answered. If AWS no
//! longer knows a client, it shows an error page to the person and sends aws-sso-cred nothing,
//! so that the person only seems to give up. The next `login` therefore registers a new client.

use std::time::Duration;

use serde_json::json;

use super::directory::StateDirectory;
use crate::request::SsoSession;

pub(super) const NAME: &str = "unproved-client.json";

/// A client whose last sign-in by redirect has not been answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnprovedClient {
    /// The client's id.
    pub client_id: String,
    /// How long ago it was noted.
    pub age: Option<Duration>,
}

impl UnprovedClient {
    /// The client in the note.
    pub fn read(state: &StateDirectory, session: &SsoSession) -> Option<Self> {
        let note = state.session_note(session, NAME);
        let client_id = note.read()?.get("client_id")?.as_str()?.to_owned();
        Some(Self { client_id, age: note.age() })
    }

    /// Whether there is a note, readable or not.
    pub fn is_noted(state: &StateDirectory, session: &SsoSession) -> bool {
        state.session_note(session, NAME).exists()
    }

    /// Notes that a sign-in with this client begins.
    pub fn note(state: &StateDirectory, session: &SsoSession, client_id: &str) {
        state.session_note(session, NAME).write(&json!({ "client_id": client_id }));
    }

    /// Removes the note: AWS has answered.
    pub fn forget(state: &StateDirectory, session: &SsoSession) {
        state.session_note(session, NAME).remove();
    }
}
