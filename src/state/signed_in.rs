//! Which token a person signed in for. A refresh writes the token file too, and only after a
//! sign-in does a `login` that waited have nothing left to do.

use std::time::Duration;

use serde_json::json;

use super::directory::StateDirectory;
use super::fingerprint;
use crate::request::SsoSession;
use crate::token::SsoToken;

pub(super) const NAME: &str = "signed-in.json";

/// The last sign-in of a session.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn;

impl SignedIn {
    /// Notes that a person has just signed in for `token`.
    pub fn note(state: &StateDirectory, session: &SsoSession, token: &SsoToken) {
        let note = json!({ "token": fingerprint::of_token(&token.access_token) });
        state.session_note(session, NAME).write(&note);
    }

    /// Notes that a person is about to sign in, where nothing is noted yet: only a `logout`
    /// removes the note. `false` when nothing can be noted.
    pub fn expect(state: &StateDirectory, session: &SsoSession) -> bool {
        let note = state.session_note(session, NAME);
        if note.has_a_place() && !note.exists() {
            note.write(&json!({}));
        }
        note.exists()
    }

    /// Whether the note is there.
    pub fn is_noted(state: &StateDirectory, session: &SsoSession) -> bool {
        state.session_note(session, NAME).exists()
    }

    /// How long ago a person signed in, as far as that was noted here.
    pub fn age(state: &StateDirectory, session: &SsoSession) -> Option<Duration> {
        let note = state.session_note(session, NAME);
        note.read()?.get("token")?;
        note.age()
    }

    /// Whether a person signed in for `token`, at most so long `ago`.
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
