//! The session's lock, for a process that has a new token in its hands.

use std::time::Duration;

use super::session::SessionFiles;
use crate::debug;
use crate::lock::{Busy, Lock};
use crate::state::{LockPlace, as_known_here};

/// How long a new sign-in waits for a process that refreshes the old one.
const PATIENCE: Duration = Duration::from_secs(10);

/// The same where that process is stopped, if only for a moment.
const AT_ONCE: Duration = Duration::from_millis(300);

/// The session's lock, for writing what a person has just signed in for. A holder that
/// hangs does not cost them the sign-in: the file is replaced whole, lock or no lock. A
/// holder that does not move costs no time either.
pub fn for_new_token(files: SessionFiles) -> Lock {
    let context = files.context;
    let place = LockPlace::of_session(files.state, files.session);
    let lock = Lock::try_acquire(context, place.lock.as_ref()).or_else(|busy| {
        let is_stuck = place.is_stuck(as_known_here(busy), context.now());
        Lock::acquire(context, place.lock.as_ref(), if is_stuck { AT_ONCE } else { PATIENCE })
    });
    lock.unwrap_or_else(|Busy { .. }| {
        debug!(context, "lock: its holder hangs; going on without");
        Lock::none()
    })
}
