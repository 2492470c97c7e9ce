//! The device authorization that waits for its person, so that a process that is killed
//! loses nothing.

use super::directory::StateDirectory;
use crate::device_authorization::PendingAuthorization;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;

pub(super) const NAME: &str = "pending.json";

/// The last device authorization of a session.
#[derive(Debug, Clone, Copy)]
pub struct PendingNote;

impl PendingNote {
    /// The last one for this very start URL and region, dead or alive.
    pub fn last(state: &StateDirectory, session: &SsoSession) -> Option<PendingAuthorization> {
        let document = state.session_note(session, NAME).read()?;
        PendingAuthorization::from_json(&document).filter(|pending| pending.is_for(session))
    }

    /// The same, if it has not run out.
    pub fn alive(
        state: &StateDirectory,
        session: &SsoSession,
        now: Timestamp,
    ) -> Option<PendingAuthorization> {
        Self::last(state, session).filter(|pending| pending.is_alive(now))
    }

    /// Keeps it, as polled by this process.
    pub fn write(state: &StateDirectory, session: &SsoSession, pending: &PendingAuthorization) {
        let mut ours = pending.clone();
        ours.polled_by = Some(std::process::id());
        state.session_note(session, NAME).write_text(ours.to_json().expose());
    }

    /// Forgets it.
    pub fn remove(state: &StateDirectory, session: &SsoSession) {
        state.session_note(session, NAME).remove();
    }
}
