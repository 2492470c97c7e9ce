//! The note about a failure, for the processes that wait for the same lock. Two hundred
//! processes behind one lock do not ask a portal that is down two hundred times in turn.

use std::time::Duration;

use serde_json::json;

use super::directory::StateDirectory;
use super::note::Note;
use crate::debug;
use crate::error::{Error, Text};
use crate::request::{RoleRequest, SsoSession};

/// The note about a failed GetRoleCredentials.
const OF_ROLE: &str = "failure.json";

/// The note about a failed refresh.
pub(super) const OF_REFRESH: &str = "refresh-failure.json";

/// The note about a list of accounts that could not be had.
pub(super) const OF_LIST: &str = "accounts-failure.json";

/// The note about the last failure of one operation.
pub struct SharedFailure<'a> {
    state: StateDirectory<'a>,
    note: Note<'a>,
}

impl<'a> SharedFailure<'a> {
    /// The note about fetching a role's credentials.
    pub fn of_role(state: &StateDirectory<'a>, request: &RoleRequest) -> Self {
        Self { state: state.clone(), note: state.role_note(request, OF_ROLE) }
    }

    /// The note about refreshing a session's token.
    pub fn of_refresh(state: &StateDirectory<'a>, session: &SsoSession) -> Self {
        Self { state: state.clone(), note: state.session_note(session, OF_REFRESH) }
    }

    /// The note about asking for a session's accounts and roles.
    pub fn of_list(state: &StateDirectory<'a>, session: &SsoSession) -> Self {
        Self { state: state.clone(), note: state.session_note(session, OF_LIST) }
    }

    /// Notes `error` for the waiting processes, if they would meet the same error. The caller
    /// still holds the lock.
    pub fn note(&self, error: &Error) {
        if !error.concerns_every_process() {
            return;
        }
        let Text { what, why, hint } = error.text();
        self.note.write(&json!({ "exit": error.exit_code(), "what": what, "why": why, "hint": hint }));
    }

    /// The noted failure, if it was noted at most `ago`. A caller passes the time since its own
    /// start: a failure from before says nothing about a request made now.
    pub fn recall(&self, ago: Duration) -> Option<Error> {
        if self.note.age()? > ago {
            return None;
        }
        let note = self.note.read()?;
        let text = |name: &str| note.get(name)?.as_str().map(str::to_owned);
        let exit_code =
            u8::try_from(note.get("exit")?.as_u64()?).ok().filter(|code| (1..=6).contains(code))?;
        debug!(self.state.context, "lock: failing like its previous holder, without a request");
        let text = Text { what: text("what")?, why: text("why"), hint: text("hint") };
        Some(Error::Shared { exit_code, text })
    }
}
