//! A lock whose holder does not move: stopped by Ctrl-Z, frozen with its container, or in
//! the system's hands for good. It was waited for once; the next starts go on at once.

use serde_json::json;

use super::SessionRun;
use crate::debug;
use crate::lock::Busy;
use crate::platform::{self, PrivateFile};
use crate::state::StateDirectory;
use crate::timestamp::Timestamp;

/// A lock, and beside it the note on a holder that does not move. Without a state directory
/// there is neither.
pub(super) struct Place {
    pub(super) lock: Option<PrivateFile>,
    note: Option<PrivateFile>,
}

impl Place {
    /// `file` gives the state's file with this ending.
    pub(super) fn new(name: &str, file: impl Fn(&str) -> Option<PrivateFile>) -> Self {
        Self { lock: file(name), note: file(&format!("{name}.stuck.json")) }
    }

    /// Whether the holder does not move, as the system says or as the last start found.
    pub(super) fn is_stuck(&self, run: &SessionRun, busy: Busy) -> bool {
        let Some(holder) = busy.holder else { return false };
        let stopped = platform::is_stopped(holder) == Some(true);
        let stuck = stopped || self.noted(run) == Some(holder);
        if stuck {
            debug!(run.context, "lock: its holder, process {holder}, hangs");
        }
        stuck
    }

    /// Notes that the holder has kept the lock for longer than its work can take.
    pub(super) fn note(&self, run: &SessionRun, busy: Busy) {
        if let (Some(note), Some(holder)) = (&self.note, busy.holder) {
            let text = json!({ "holder": holder, "at": run.context.now().unix() }).to_string();
            StateDirectory::write_text(run.context, note, &text);
        }
    }

    fn noted(&self, run: &SessionRun) -> Option<u32> {
        let note = StateDirectory::read_json(self.note.as_ref()?)?;
        let at = Timestamp::from_unix(note.get("at")?.as_i64()?);
        let recent = (0..BELIEVED).contains(&run.context.now().seconds_since(at));
        u32::try_from(note.get("holder")?.as_u64()?).ok().filter(|_| recent)
    }
}

/// The same without a holder that is no process of ours as far as this system tells: the
/// number comes from another container.
pub(super) fn as_known_here(busy: Busy) -> Busy {
    Busy { holder: busy.holder.filter(|holder| platform::may_be_one_of_us(*holder)) }
}

/// For so many seconds a note is believed: the number may by then be another process's.
const BELIEVED: i64 = 60 * 60;
