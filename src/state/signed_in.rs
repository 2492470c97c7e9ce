//! The note about the token of the last sign-in. A `login` that waited for another process has
//! nothing left to do if a person has signed in meanwhile, but not if the token was only
//! refreshed; the token file alone does not tell which.

use std::time::Duration;

use serde_json::json;

use super::directory::StateDirectory;
use super::fingerprint;
use crate::request::SsoSession;
use crate::token::SsoToken;

pub(super) const NAME: &str = "signed-in.json";

/// The note about the last sign-in of a session.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn;

impl SignedIn {
    /// Notes that a person has just signed in, which gave `token`.
    pub fn note(state: &StateDirectory, session: &SsoSession, token: &SsoToken) {
        let note = json!({ "token": fingerprint::of_token(&token.access_token) });
        state.session_note(session, NAME).write(&note);
    }

    /// Writes an empty note where there is none, before a person signs in. Only `logout` removes
    /// the note: if it is missing later, the person has signed out. `false` if it cannot be written.
    pub fn expect(state: &StateDirectory, session: &SsoSession) -> bool {
        let note = state.session_note(session, NAME);
        if note.has_a_place() && !note.exists() {
            note.write(&json!({}));
        }
        note.exists()
    }

    /// Whether there is a note, also an empty one.
    pub fn is_noted(state: &StateDirectory, session: &SsoSession) -> bool {
        state.session_note(session, NAME).exists()
    }

    /// Whether `token` came from a sign-in that is at most `ago` old.
    pub fn is_for(state: &StateDirectory, session: &SsoSession, token: &SsoToken, ago: Duration) -> bool {
        let note = state.session_note(session, NAME);
        let is_recent = note.age().is_some_and(|age| age <= ago);
        let noted = note.read().filter(|_| is_recent);
        noted.is_some_and(|note| {
            note.get("token").and_then(|noted| noted.as_str())
                == Some(&*fingerprint::of_token(&token.access_token))
        })
    }
}
