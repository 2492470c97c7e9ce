//! What another process or another tool has done since this run began.

use std::time::Duration;

use super::session::{SessionFiles, SessionRun};
use super::tokens;
use crate::device_authorization::PendingAuthorization;
use crate::platform;
use crate::state::SignedIn;
use crate::token::SsoToken;

/// Whether a file of this `age` was written since the run began. If so, another process has done
/// the work, which need not be done again.
pub fn is_since_start(run: &SessionRun, age: Option<Duration>) -> bool {
    age.is_some_and(|age| age <= run.elapsed())
}

/// Whether the token file was written since the run began.
pub fn token_was_written(run: &SessionRun) -> bool {
    is_since_start(run, platform::age(&run.files.caches.token_path(run.files.session)))
}

/// The token, if it is alive and was written since the run began, so that no person has to be
/// asked for it.
pub fn live_token(run: &SessionRun) -> Option<SsoToken> {
    tokens::live(run.files).filter(|_| token_was_written(run))
}

/// The token, if it came from a sign-in since the run began. A refreshed token does not count,
/// and neither does the token of another tool, which leaves no note: the person is then asked
/// to sign in, rather than given what may be the sign-in of another person.
pub fn signed_in(run: &SessionRun) -> Option<SsoToken> {
    let SessionFiles { state, session, .. } = run.files;
    tokens::live(run.files).filter(|token| SignedIn::is_for(state, session, token, run.elapsed()))
}

/// The token, if it is alive and was written since `pending` was started.
pub fn token_since(files: SessionFiles, pending: &PendingAuthorization) -> Option<SsoToken> {
    let age = platform::age(&files.caches.token_path(files.session))?;
    let waited = files.context.now().seconds_since(pending.started_at);
    let newer = i64::try_from(age.as_secs()).is_ok_and(|age| age <= waited);
    tokens::live(files).filter(|_| newer)
}
