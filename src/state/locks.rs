//! The places of all locks. Beside each lock there may be a note about a holder that does not
//! move: stopped by Ctrl-Z, frozen with its container, or blocked in the kernel. One process
//! waits for such a holder in vain and writes the note; later processes do not wait for it.
//!
//! Taking a lock is the business of `lock`.

use std::path::Path;

use serde_json::json;

use super::directory::StateDirectory;
use super::note::Note;
use crate::cache::sha1_hex;
use crate::debug;
use crate::lock::Busy;
use crate::platform::{self, PrivateFile};
use crate::request::{RoleRequest, SsoSession};
use crate::timestamp::Timestamp;

/// A lock's file and the note beside it. Without a state directory there is neither.
pub struct LockPlace<'a> {
    state: StateDirectory<'a>,
    /// The lock's file.
    pub lock: Option<PrivateFile>,
    note: Note<'a>,
}

const SESSION: &str = "lock";
const SIGN_IN: &str = "sign-in.lock";
const SECOND_SIGN_IN: &str = "sign-in.second.lock";
const LIST: &str = "accounts.lock";
const ROLE: &str = "lock";
const SECOND_ROLE: &str = "second.lock";

/// The note beside a lock has the lock's name and this ending.
const STUCK: &str = ".stuck.json";

impl<'a> LockPlace<'a> {
    /// The lock of a session's token. Only its holder refreshes the token and writes the token
    /// file. Its holder never waits for a person.
    pub fn of_session(state: &StateDirectory<'a>, session: &SsoSession) -> Self {
        Self::beside_session(state, session, SESSION)
    }

    /// The lock of a session's sign-in. Its holder waits for a person, perhaps for minutes.
    pub fn of_sign_in(state: &StateDirectory<'a>, session: &SsoSession) -> Self {
        Self::beside_session(state, session, SIGN_IN)
    }

    /// The second lock of a session's sign-in, for processes that no longer wait for the first
    /// one because its holder does not move or does not poll for the pending code. Together
    /// these processes still ask the person only once.
    pub fn of_second_sign_in(state: &StateDirectory<'a>, session: &SsoSession) -> Self {
        Self::beside_session(state, session, SECOND_SIGN_IN)
    }

    /// The lock of a session's list of accounts and roles: one process asks for the whole list.
    pub fn of_list(state: &StateDirectory<'a>, session: &SsoSession) -> Self {
        Self::beside_session(state, session, LIST)
    }

    /// The lock of one role: one GetRoleCredentials request at a time.
    pub fn of_role(state: &StateDirectory<'a>, request: &RoleRequest) -> Self {
        Self::beside_role(state, request, ROLE)
    }

    /// The second lock of one role, for processes that no longer wait for the first one because
    /// its holder does not move. Together these processes still make one request at a time.
    pub fn of_second_role(state: &StateDirectory<'a>, request: &RoleRequest) -> Self {
        Self::beside_role(state, request, SECOND_ROLE)
    }

    /// The lock of one configuration file, which `real` leads to without a link. Only its holder
    /// changes the file.
    pub fn of_configuration_file(state: &StateDirectory<'a>, real: &Path) -> Self {
        let name = format!("configuration/{}.lock", sha1_hex(&real.to_string_lossy()));
        let note = state.note(&format!("{name}{STUCK}"));
        Self { state: state.clone(), lock: state.file(&name), note }
    }

    fn beside_session(state: &StateDirectory<'a>, session: &SsoSession, name: &str) -> Self {
        let note = state.session_note(session, &format!("{name}{STUCK}"));
        Self { state: state.clone(), lock: state.session_file(session, name), note }
    }

    fn beside_role(state: &StateDirectory<'a>, request: &RoleRequest, name: &str) -> Self {
        let note = state.role_note(request, &format!("{name}{STUCK}"));
        Self { state: state.clone(), lock: state.role_file(request, name), note }
    }

    /// Whether the holder does not move: the system says that it is stopped, or an earlier
    /// process noted that it waited for this holder in vain.
    pub fn is_stuck(&self, busy: Busy, now: Timestamp) -> bool {
        let Some(holder) = busy.holder else { return false };
        let stopped = platform::is_stopped(holder) == Some(true);
        let stuck = stopped || self.noted_holder(now) == Some(holder);
        if stuck {
            debug!(self.state.context, "lock: its holder, process {holder}, hangs");
        }
        stuck
    }

    /// Notes that the holder has kept the lock for longer than its work can take.
    pub fn note_stuck(&self, busy: Busy, now: Timestamp) {
        if let Some(holder) = busy.holder {
            self.note.write(&json!({ "holder": holder, "at": now.unix() }));
        }
    }

    /// The holder in the note, if the note is recent enough.
    fn noted_holder(&self, now: Timestamp) -> Option<u32> {
        let note = self.note.read()?;
        let at = Timestamp::from_unix(note.get("at")?.as_i64()?);
        let recent = (0..BELIEVED).contains(&now.seconds_since(at));
        u32::try_from(note.get("holder")?.as_u64()?).ok().filter(|_| recent)
    }
}

/// `busy` without its holder, if this system knows that the number is not another aws-sso-cred
/// process. Such a number comes from another container; here it means another process.
pub fn as_known_here(busy: Busy) -> Busy {
    Busy { holder: busy.holder.filter(|holder| platform::may_be_this_program(*holder)) }
}

/// The note is believed for this many seconds. Later the number may belong to another process.
const BELIEVED: i64 = 60 * 60;
