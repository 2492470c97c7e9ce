//! What a successful sign-in or fetch puts an end to.

use super::cool_down;
use super::pending::PendingSignIn;
use super::session::SessionFiles;
use crate::state::LastError;

/// Removes the notes about earlier failures of a session.
pub fn forget_failures(files: SessionFiles) {
    cool_down::forget_what_is_over(files);
    PendingSignIn::of(files).forget_what_is_spent();
    LastError::forget(files.state, files.session);
}
