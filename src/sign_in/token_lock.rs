//! The session's lock, for a process that has a new token to write.

use std::time::Duration;

use super::session::SessionFiles;
use crate::debug;
use crate::lock::{Busy, Lock};
use crate::state::{LockPlace, as_known_here};

/// How long to wait for a process that refreshes the old token.
const PATIENCE: Duration = Duration::from_secs(10);

/// The same if that process does not move. It may have been stopped for a moment only.
const PATIENCE_IF_STUCK: Duration = Duration::from_millis(300);

/// Takes the session's lock to write the token of a sign-in. If the holder does not release it in
/// time, gives [`Lock::none`]: the token must not be lost, and a token file is replaced
/// atomically even without the lock. A holder that does not move is hardly waited for.
pub fn for_new_token(files: SessionFiles) -> Lock {
    let context = files.context;
    let place = LockPlace::of_session(files.state, files.session);
    let lock = Lock::try_acquire(context, place.lock.as_ref()).or_else(|busy| {
        let is_stuck = place.is_stuck(as_known_here(busy), context.now());
        Lock::acquire(context, place.lock.as_ref(), if is_stuck { PATIENCE_IF_STUCK } else { PATIENCE })
    });
    lock.unwrap_or_else(|Busy { .. }| {
        debug!(context, "lock: its holder does not release it; going on without the lock");
        Lock::none()
    })
}
