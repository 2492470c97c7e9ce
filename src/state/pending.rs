//! The note about a pending device authorization. When a process is killed while a person signs
//! in, the next process goes on with the same code.

use super::directory::StateDirectory;
use crate::device_authorization::PendingAuthorization;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;

pub(super) const NAME: &str = "pending.json";

/// The note about the last device authorization of a session.
#[derive(Debug, Clone, Copy)]
pub struct PendingNote;

impl PendingNote {
    /// The last authorization for exactly this start URL and region, expired or not.
    pub fn last(state: &StateDirectory, session: &SsoSession) -> Option<PendingAuthorization> {
        let document = state.session_note(session, NAME).read()?;
        PendingAuthorization::from_json(&document).filter(|pending| pending.is_for(session))
    }

    /// The same, if it has not expired.
    pub fn alive(
        state: &StateDirectory,
        session: &SsoSession,
        now: Timestamp,
    ) -> Option<PendingAuthorization> {
        Self::last(state, session).filter(|pending| pending.is_alive(now))
    }

    /// Writes `pending`, with this process as the one that polls.
    pub fn write(state: &StateDirectory, session: &SsoSession, pending: &PendingAuthorization) {
        let mut polled_here = pending.clone();
        polled_here.polled_by = Some(std::process::id());
        state.session_note(session, NAME).write_text(polled_here.to_json().expose());
    }

    /// Removes the note.
    pub fn remove(state: &StateDirectory, session: &SsoSession) {
        state.session_note(session, NAME).remove();
    }
}
