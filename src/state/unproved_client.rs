//! The client of the last sign-in by redirect, if no answer to that sign-in ever came. To a
//! person whose client AWS does not know any more, AWS shows its own page and tells us
//! nothing: all that shows here is a person who gives up. The next `login` replaces such a
//! client.

use std::time::Duration;

use serde_json::json;

use super::directory::StateDirectory;
use crate::request::SsoSession;

pub(super) const NAME: &str = "unproved-client.json";

/// A client that has yet to prove itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnprovedClient {
    /// Its id.
    pub client_id: String,
    /// How long ago it was noted.
    pub age: Option<Duration>,
}

impl UnprovedClient {
    /// The one that is noted.
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

    /// Forgets it: AWS has answered.
    pub fn forget(state: &StateDirectory, session: &SsoSession) {
        state.session_note(session, NAME).remove();
    }
}
