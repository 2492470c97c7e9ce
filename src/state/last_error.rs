//! The note about the last failure of a session, for `aws-sso-cred status`: many SDKs swallow
//! stderr.

use serde_json::json;

use super::directory::StateDirectory;
use crate::error::Error;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;

pub(super) const NAME: &str = "last-error.json";

/// The last failure of a session, if no run has succeeded since.
#[derive(Debug)]
pub struct LastError {
    /// When the run failed, as text.
    pub at: String,
    /// The exit code of that run.
    pub exit_code: u64,
    /// The first line of the error text.
    pub text: String,
}

impl LastError {
    /// The last failure of `session`; `None` if a run has succeeded since.
    pub fn read(state: &StateDirectory, session: &SsoSession) -> Option<Self> {
        let note = state.session_note(session, NAME).read()?;
        Some(Self {
            at: note.get("at")?.as_str()?.to_owned(),
            exit_code: note.get("exit")?.as_u64()?,
            text: note.get("text")?.as_str()?.to_owned(),
        })
    }

    /// Notes that a run for `session` failed.
    pub fn note(state: &StateDirectory, session: &SsoSession, error: &Error, now: Timestamp) {
        let document = json!({ "at": now.to_string(), "exit": error.exit_code(), "text": error.text().what });
        state.session_note(session, NAME).write(&document);
    }

    /// Removes the note after a success.
    pub fn forget(state: &StateDirectory, session: &SsoSession) {
        state.session_note(session, NAME).remove();
    }
}
