//! Standing in line: behind a lock whose holder may be waiting for a person. Who may
//! ask that person shows the same code and waits along; who may not fails at once.

use std::time::Duration;

use super::sign_in_state::SignInState;
use super::{SessionRun, refresh, sign_in};
use crate::debug;
use crate::device_authorization::PendingAuthorization;
use crate::error::Error;
use crate::lock::{Busy, Lock};
use crate::platform::PrivateFile;
use crate::terminal::{Channel, PromptBrowser};
use crate::token::SignInReason;

/// After so long for the first time we look whether a person is being waited for, then
/// after twice as long: the one before us may be about to ask.
const FIRST_LOOK: Duration = Duration::from_millis(300);

/// Takes the lock at `path`, whose holder is busy with `what`, and may need a person
/// for it. `network` is for how long that may take where it needs none.
pub(super) fn lock(
    run: &SessionRun,
    path: Option<&PrivateFile>,
    network: Duration,
    what: impl Fn() -> String,
) -> Result<Lock, Error> {
    let patience = network.saturating_sub(run.elapsed());
    stand_in_line(run, path, &|waited| match refresh::needs_a_person(run) {
        Some(reason) => behind_a_sign_in(run, reason, waited),
        None if waited < patience => Ok(Look::Network(patience.saturating_sub(waited))),
        None => Err(Error::LockTimeout { what: what(), waited: patience }),
    })
}

/// Takes the lock of those who ask a person, for `reason`.
pub(super) fn for_the_person(run: &SessionRun, reason: SignInReason) -> Result<Lock, Error> {
    let path = sign_in::lock_path(run);
    stand_in_line(run, path.as_ref(), &|waited| behind_a_sign_in(run, reason, waited))
}

/// How to go on waiting.
enum Look {
    /// For another's requests, so long at most.
    Network(Duration),
    /// For a person whom somebody else asks, so long at most.
    Person(Duration),
    /// To the end, with the person who is shown this.
    Along(Box<PendingAuthorization>),
}

/// Waits for the lock in growing steps; `look` says before each, knowing how long we have
/// waited, whether it is still worth it.
fn stand_in_line(
    run: &SessionRun,
    path: Option<&PrivateFile>,
    look: &dyn Fn(Duration) -> Result<Look, Error>,
) -> Result<Lock, Error> {
    if let Ok(lock) = Lock::try_acquire(run.context, path) {
        return Ok(lock);
    }
    let began = run.context.elapsed();
    let mut step = FIRST_LOOK;
    loop {
        let waited = || run.context.elapsed().saturating_sub(began);
        let (most, for_a_person) = match look(waited())? {
            Look::Along(pending) => return wait_along(run, path, &pending),
            Look::Network(most) => (most, false),
            Look::Person(most) => (most, true),
        };
        if let Ok(lock) = Lock::acquire(run.context, path, step.min(most)) {
            if for_a_person {
                run.extend_deadline(waited());
            }
            // The last look may have found it free; we stood in line all the same.
            return Ok(lock.after_waiting());
        }
        step = step.saturating_mul(2);
    }
}

/// Somebody is being asked, or about to be. A `login` that waits for its redirect has
/// nothing that could be shown here too.
fn behind_a_sign_in(run: &SessionRun, reason: SignInReason, waited: Duration) -> Result<Look, Error> {
    if !run.policy.sign_in_allowed {
        return Err(refresh::required(run, reason));
    }
    let state = SignInState::of(run.context, run.state, run.session);
    if let Some(pending) = state.pending().filter(|pending| pending.prompted_at.is_some()) {
        return Ok(Look::Along(Box::new(pending)));
    }
    let left = run.policy.wait.saturating_sub(waited);
    if left.is_zero() {
        return Err(Error::SignInElsewhere { session: run.login.session.clone() });
    }
    Ok(Look::Person(left))
}

fn wait_along(
    run: &SessionRun,
    path: Option<&PrivateFile>,
    pending: &PendingAuthorization,
) -> Result<Lock, Error> {
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
        .map_err(|Busy { .. }| sign_in::still_pending(run, pending))?;
    run.extend_deadline(run.context.elapsed().saturating_sub(began));
    Ok(lock)
}
