//! The locks, each with the note about a holder that does not move: stopped by Ctrl-Z, frozen
//! with its container, or waiting in the kernel for good. It is waited for once; later
//! starts go on at once.

use serde_json::json;

use super::directory::StateDirectory;
use super::note::Note;
use crate::debug;
use crate::lock::Busy;
use crate::platform::{self, PrivateFile};
use crate::request::{RoleRequest, SsoSession};
use crate::timestamp::Timestamp;

/// A lock and the note beside it. Without a state directory there is neither.
pub struct LockPlace<'a> {
    state: StateDirectory<'a>,
    /// The lock's file.
    pub lock: Option<PrivateFile>,
    note: Note<'a>,
}

const SESSION: &str = "lock";
const SIGN_IN: &str = "sign-in.lock";
const SECOND_SIGN_IN: &str = "sign-in.second.lock";
const ROLE: &str = "lock";
const SECOND_ROLE: &str = "second.lock";

/// The note beside a lock has the lock's name and this ending.
const STUCK: &str = ".stuck.json";

impl<'a> LockPlace<'a> {
    /// The lock of a session's token: one refresh at a time, and only its holder writes the
    /// token file. No person is waited for under it.
    pub fn of_session(state: &StateDirectory<'a>, session: &SsoSession) -> Self {
        Self::beside_session(state, session, SESSION)
    }

    /// The lock of a session's sign-in: its holder waits for a person, perhaps for long.
    pub fn of_sign_in(state: &StateDirectory<'a>, session: &SsoSession) -> Self {
        Self::beside_session(state, session, SIGN_IN)
    }

    /// A second lock for a sign-in, beside a holder of the first that does not move or that
    /// does not poll the code which waits: those who go on beside it still ask once.
    pub fn of_second_sign_in(state: &StateDirectory<'a>, session: &SsoSession) -> Self {
        Self::beside_session(state, session, SECOND_SIGN_IN)
    }

    /// The lock of one role: one GetRoleCredentials at a time.
    pub fn of_role(state: &StateDirectory<'a>, request: &RoleRequest) -> Self {
        Self::beside_role(state, request, ROLE)
    }

    /// A second lock for a role, beside a holder of the first that does not move: those who
    /// go on beside it still make one request.
    pub fn of_second_role(state: &StateDirectory<'a>, request: &RoleRequest) -> Self {
        Self::beside_role(state, request, SECOND_ROLE)
    }

    fn beside_session(state: &StateDirectory<'a>, session: &SsoSession, name: &str) -> Self {
        let note = state.session_note(session, &format!("{name}{STUCK}"));
        Self { state: state.clone(), lock: state.session_file(session, name), note }
    }

    fn beside_role(state: &StateDirectory<'a>, request: &RoleRequest, name: &str) -> Self {
        let note = state.role_note(request, &format!("{name}{STUCK}"));
        Self { state: state.clone(), lock: state.role_file(request, name), note }
    }

    /// Whether the holder does not move, as the system says or as the last start found.
    pub fn is_stuck(&self, busy: Busy, now: Timestamp) -> bool {
        let Some(holder) = busy.holder else { return false };
        let stopped = platform::is_stopped(holder) == Some(true);
        let stuck = stopped || self.noted(now) == Some(holder);
        if stuck {
            debug!(self.state.context, "lock: its holder, process {holder}, does not move");
        }
        stuck
    }

    /// Notes that the holder has kept the lock for longer than its work can take.
    pub fn note_stuck(&self, busy: Busy, now: Timestamp) {
        if let Some(holder) = busy.holder {
            self.note.write(&json!({ "holder": holder, "at": now.unix() }));
        }
    }

    fn noted(&self, now: Timestamp) -> Option<u32> {
        let note = self.note.read()?;
        let at = Timestamp::from_unix(note.get("at")?.as_i64()?);
        let recent = (0..BELIEVED).contains(&now.seconds_since(at));
        u32::try_from(note.get("holder")?.as_u64()?).ok().filter(|_| recent)
    }
}

/// The same without a holder that is no process of ours as far as this system tells: the
/// number comes from another container.
pub fn as_known_here(busy: Busy) -> Busy {
    Busy { holder: busy.holder.filter(|holder| platform::may_be_one_of_us(*holder)) }
}

/// For so many seconds a note is believed: later the number may be another process's.
const BELIEVED: i64 = 60 * 60;
