//! Whose turn it is: one `login` at a time for a session, as far as the others move.

use std::time::Duration;

use super::super::sign_in_state::SignInState;
use super::super::stuck::as_known_here;
use super::super::{SessionRun, sign_in};
use crate::cli::LoginOptions;
use crate::error::{Error, escape};
use crate::lock::{Busy, Lock};
use crate::output;
use crate::platform;

/// Another process may be in the middle of a sign-in, for as long as it waits for its person.
const PATIENCE: Duration = Duration::from_secs(90);

/// Between two looks at the other process.
const STEP: Duration = Duration::from_secs(2);

/// Takes the lock of those who sign in: at once as a rule, else the person learns what is
/// waited for. A process that is stopped is not waited for; nor is a redirect that is left
/// unfinished, if a code is asked for: of two sign-ins the later one is kept, and both are good.
///
/// # Errors
/// [`Error::SignInElsewhere`], when the other sign-in takes too long.
pub(super) fn take(run: &SessionRun, options: &LoginOptions) -> Result<Lock, Error> {
    let path = sign_in::lock_path(run);
    let mut busy = match Lock::try_acquire(run.context, path.as_ref()) {
        Ok(lock) => return Ok(lock),
        Err(busy) => as_known_here(busy),
    };
    let state = SignInState::of(run.context, run.state, run.session);
    let session = &run.login.session;
    if !is_stopped(busy) {
        output::tell(&match state.pending() {
            Some(pending) => format!(
                "{} is signing in to {session}: open {} and confirm the code {}",
                other(busy),
                escape(&pending.verification_uri_complete),
                escape(&pending.user_code)
            ),
            None => format!("{} is signing in to {session}; waiting for it", other(busy)),
        });
    }
    let began = run.context.elapsed();
    loop {
        if is_stopped(busy) {
            output::tell(&format!("{} is signing in to {session}, but is stopped; going on", other(busy)));
            return Ok(Lock::none().after_waiting());
        }
        let waited = run.context.elapsed().saturating_sub(began);
        // The other one may be about to ask for a code, which can be joined.
        if options.use_device_code && waited >= STEP && state.pending().is_none() {
            output::tell(&format!("{} has not finished; signing in with a code beside it", other(busy)));
            return Ok(Lock::none().after_waiting());
        }
        if waited >= PATIENCE {
            return Err(Error::SignInElsewhere { session: session.clone(), holder: busy.holder });
        }
        match Lock::acquire(run.context, path.as_ref(), STEP.min(PATIENCE.saturating_sub(waited))) {
            Ok(lock) => return Ok(lock.after_waiting()),
            Err(still) => busy = as_known_here(still),
        }
    }
}

fn is_stopped(busy: Busy) -> bool {
    busy.holder.and_then(platform::is_stopped) == Some(true)
}

fn other(busy: Busy) -> String {
    let process = busy.holder.map(|process| format!(" (process {process})")).unwrap_or_default();
    format!("another aws-sso-cred{process}")
}
