//! A failure, handed on to those who waited for it: two hundred processes behind one
//! lock do not ask a portal that is down two hundred times, one after the other.

use serde_json::json;

use super::SessionRun;
use crate::debug;
use crate::error::{Error, Text};
use crate::identity_center::ServiceErrorKind;
use crate::lock::Lock;
use crate::platform::PrivateFile;
use crate::state::StateDirectory;

/// Leaves word of what AWS said (or did not say), while the lock is still held.
pub(super) fn note(run: &SessionRun, path: Option<&PrivateFile>, error: &Error) {
    let concerns_all = match error {
        Error::Service { error, .. } => error.kind != ServiceErrorKind::Exhausted,
        error => matches!(error, Error::RoleForbidden { .. } | Error::StartUrlRefused { .. }),
    };
    let (Some(path), true) = (path, concerns_all) else { return };
    let Text { what, why, hint } = error.text();
    let note = json!({ "exit": error.exit_code(), "what": what, "why": why, "hint": hint });
    StateDirectory::write_text(run.context, path, &note.to_string());
}

/// What the one before us met with, if we waited for it: only an answer that came
/// after our own start is an answer to us.
pub(super) fn recall(run: &SessionRun, path: Option<&PrivateFile>, lock: &Lock) -> Option<Error> {
    let path = path?;
    if !lock.waited || !run.since_start(path.age()) {
        return None;
    }
    let note = StateDirectory::read_json(path)?;
    let text = |name: &str| note.get(name)?.as_str().map(str::to_owned);
    let exit_code = u8::try_from(note.get("exit")?.as_u64()?).ok().filter(|code| (1..=6).contains(code))?;
    debug!(run.context, "the process that held the lock has failed: this process reports the same failure");
    Some(Error::Shared {
        exit_code,
        text: Text { what: text("what")?, why: text("why"), hint: text("hint") },
    })
}
