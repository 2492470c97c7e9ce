//! Standing in line: behind a lock whose holder may be waiting for a person. Who may
//! ask that person shows the same code and waits along; who may not fails at once.

use std::path::Path;
use std::time::Duration;

use super::sign_in_state::SignInState;
use super::{SessionRun, refresh, sign_in};
use crate::debug;
use crate::device_authorization::PendingAuthorization;
use crate::error::Error;
use crate::lock::{Busy, Lock};
use crate::terminal::{Channel, PromptBrowser};
use crate::token::SignInReason;

/// After so long for the first time we look whether a person is being waited for, then
/// after twice as long: the one before us may be about to ask.
const FIRST_LOOK: Duration = Duration::from_millis(300);

/// Takes the lock at `path`, whose holder is busy with `what`. `network` is for how
/// long that may take where no person is needed.
pub(super) fn lock(
    run: &SessionRun,
    path: Option<&Path>,
    network: Duration,
    what: impl Fn() -> String,
) -> Result<Lock, Error> {
    if let Ok(lock) = Lock::try_acquire(run.context, path) {
        return Ok(lock);
    }
    let (began, patience) = (run.context.elapsed(), run.patience(network));
    let mut look = FIRST_LOOK;
    loop {
        let wanted = wanted(run);
        let for_a_person = wanted.is_some();
        match wanted {
            Some((reason, _)) if !run.policy.sign_in_allowed => return Err(refresh::required(run, reason)),
            Some((_, Some(pending))) => return wait_along(run, path, &pending),
            _ => {}
        }
        let waited = run.context.elapsed().saturating_sub(began);
        // A `login` that waits for its redirect shows nothing that could be shown here too.
        if for_a_person && run.wait_left().is_zero() {
            return Err(Error::SignInElsewhere { session: run.login.session.clone() });
        }
        if waited >= patience {
            return Err(Error::LockTimeout { what: what(), waited: patience });
        }
        let look_for = if for_a_person { look.min(run.wait_left()) } else { look };
        if let Ok(lock) = Lock::acquire(run.context, path, look_for.min(patience.saturating_sub(waited))) {
            // The last look may have found it free; we stood in line all the same.
            return Ok(lock.after_waiting());
        }
        look = look.saturating_mul(2);
    }
}

/// Whether there is no way but a sign-in, and the one that is being waited for, if any.
fn wanted(run: &SessionRun) -> Option<(SignInReason, Option<PendingAuthorization>)> {
    let state = SignInState::of(run.context, run.state, run.session);
    let pending = || state.pending().filter(|pending| pending.prompted_at.is_some());
    match refresh::outlook(run) {
        refresh::Outlook::Good => None,
        refresh::Outlook::SignIn(reason) => Some((reason, pending())),
        // The refresh has failed already where somebody asks a person.
        refresh::Outlook::Refresh => pending().map(|pending| (SignInReason::TokenExpired, Some(pending))),
    }
}

fn wait_along(run: &SessionRun, path: Option<&Path>, pending: &PendingAuthorization) -> Result<Lock, Error> {
    debug!(run.context, "another process waits for the person; waiting along");
    sign_in::prompt(
        run,
        &Channel::find(run.policy.terminal_allowed),
        pending,
        PromptBrowser::OpenedBefore,
        true,
    );
    let began = run.context.elapsed();
    let lock = Lock::acquire(run.context, path, run.wait_left())
        .map_err(|Busy| sign_in::still_pending(run, pending))?;
    // What the person took is not the network's fault.
    let waited = run.context.elapsed().saturating_sub(began);
    run.deadline.set(run.deadline.get().saturating_add(waited));
    Ok(lock)
}
