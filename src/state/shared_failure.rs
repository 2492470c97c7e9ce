//! A failure, handed on to the processes that waited for it: two hundred behind one lock
//! do not ask a portal that is down two hundred times, one after the other.

use std::time::Duration;

use serde_json::json;

use super::directory::StateDirectory;
use super::note::Note;
use crate::debug;
use crate::error::{Error, Text};
use crate::request::{RoleRequest, SsoSession};

/// Of GetRoleCredentials.
const OF_ROLE: &str = "failure.json";

/// Of a refresh.
pub(super) const OF_REFRESH: &str = "refresh-failure.json";

/// The last failure of one operation.
pub struct SharedFailure<'a> {
    state: StateDirectory<'a>,
    note: Note<'a>,
}

impl<'a> SharedFailure<'a> {
    /// That of fetching a role's credentials.
    pub fn of_role(state: &StateDirectory<'a>, request: &RoleRequest) -> Self {
        Self { state: state.clone(), note: state.role_note(request, OF_ROLE) }
    }

    /// That of refreshing a session's token.
    pub fn of_refresh(state: &StateDirectory<'a>, session: &SsoSession) -> Self {
        Self { state: state.clone(), note: state.session_note(session, OF_REFRESH) }
    }

    /// Leaves word of what AWS said (or did not say), while the lock is still held.
    pub fn note(&self, error: &Error) {
        if !error.concerns_every_process() {
            return;
        }
        let Text { what, why, hint } = error.text();
        self.note.write(&json!({ "exit": error.exit_code(), "what": what, "why": why, "hint": hint }));
    }

    /// What the process before this one met with, if that was at most `ago`: only an answer
    /// that came after our own start is an answer to us.
    pub fn recall(&self, ago: Duration) -> Option<Error> {
        if self.note.age()? > ago {
            return None;
        }
        let note = self.note.read()?;
        let text = |name: &str| note.get(name)?.as_str().map(str::to_owned);
        let exit_code =
            u8::try_from(note.get("exit")?.as_u64()?).ok().filter(|code| (1..=6).contains(code))?;
        debug!(self.state.context, "the process that was waited for has failed, and so does this one");
        let text = Text { what: text("what")?, why: text("why"), hint: text("hint") };
        Some(Error::Shared { exit_code, text })
    }
}
