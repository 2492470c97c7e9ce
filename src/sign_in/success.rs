//! What is over once a sign-in, or credentials, came.

use super::cool_down;
use super::pending::PendingSignIn;
use super::session::SessionFiles;
use crate::state::LastError;

/// Forgets the failures of a session: it works again, or somebody has signed in anew.
pub fn forget_failures(files: SessionFiles) {
    cool_down::forget_what_is_over(files);
    PendingSignIn::of(files).forget_what_is_spent();
    LastError::forget(files.state, files.session);
}
