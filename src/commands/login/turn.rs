//! One `login` at a time for a session, unless another process is stopped or shows no code.

use std::time::Duration;

use crate::cli::LoginOptions;
use crate::commands::surroundings::another_process;
use crate::device_authorization::PendingAuthorization;
use crate::error::{Error, LoginCommands, SignInWaiting};
use crate::lock::{Busy, Lock};
use crate::platform;
use crate::sign_in::{PendingSignIn, SessionFiles};
use crate::state::{LockPlace, as_known_here};
use crate::terminal::output;
use crate::text::escape::escape;

/// How long to wait for a process that shows a code, which the person can confirm here as well.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long to wait for a process that shows no code. The person cannot confirm its redirect here,
/// so that this process then goes on beside it.
const PATIENCE_WITHOUT_CODE: Duration = Duration::from_secs(10);

/// The time between two looks at the other process.
const STEP: Duration = Duration::from_secs(2);

/// Takes the lock of the sign-in. If another process holds it, the person is told what this
/// process waits for. A process that is stopped is not waited for, and one that shows no code
/// only for a short time. This process then goes on beside it, under the second lock: both
/// sign-ins are valid, and the later token is kept.
///
/// # Errors
/// [`SignInWaiting::Elsewhere`](crate::error::SignInWaiting::Elsewhere), if the code of the other
/// process is not confirmed.
pub(super) fn take(
    files: SessionFiles,
    login: &LoginCommands,
    options: &LoginOptions,
) -> Result<Lock, Error> {
    let first = LockPlace::of_sign_in(files.state, files.session);
    if let Some(lock) = lock_unless_beside(files, login, options, &first)? {
        return Ok(lock);
    }
    let second = LockPlace::of_second_sign_in(files.state, files.session);
    let second = lock_unless_beside(files, login, options, &second)?;
    Ok(second.unwrap_or_else(Lock::none).after_waiting())
}

/// The lock at `place`; `None` if this process goes on beside the lock's holder.
fn lock_unless_beside(
    files: SessionFiles,
    login: &LoginCommands,
    options: &LoginOptions,
    place: &LockPlace,
) -> Result<Option<Lock>, Error> {
    let SessionFiles { context, .. } = files;
    let path = place.lock.as_ref();
    let mut busy = match Lock::try_acquire(context, path) {
        Ok(lock) => return Ok(Some(lock)),
        Err(busy) => as_known_here(busy),
    };
    let pending = PendingSignIn::of(files);
    // The holder does not poll for a code that another process has left.
    let code = |busy: Busy| pending.waiting().filter(|pending| pending.may_be_polled_by(busy.holder));
    let session = &login.session;
    if !is_stopped(busy) {
        tell(busy, &format!("is signing in to {session}{}", what_to_do(code(busy))));
    }
    let began = context.elapsed();
    let mut without_code_since = began;
    loop {
        let now = context.elapsed();
        if code(busy).is_some() {
            without_code_since = now;
        }
        let waited = now.saturating_sub(began);
        let without_code = now.saturating_sub(without_code_since);
        match step(is_stopped(busy), waited, without_code, options.use_device_code) {
            Step::Wait(patience) => match Lock::acquire(context, path, patience) {
                Ok(lock) => return Ok(Some(lock.after_waiting())),
                Err(still) => busy = as_known_here(still),
            },
            Step::GoOnBesideStopped => {
                tell(busy, &format!("is signing in to {session}, but it is stopped; this login goes on"));
                return Ok(None);
            }
            Step::GoOnBesideSlow => {
                tell(busy, "has not finished; this login goes on");
                return Ok(None);
            }
            Step::GiveUp => {
                let (session, holder) = (session.clone(), busy.holder);
                return Err(Error::Waiting(SignInWaiting::Elsewhere { session, holder }));
            }
        }
    }
}

fn tell(busy: Busy, what: &str) {
    output::tell(&format!("{} {what}", another_process(busy.holder)));
}

/// What the person can do here for a sign-in of another process: confirm its code, if it shows one.
fn what_to_do(code: Option<PendingAuthorization>) -> String {
    match code {
        Some(pending) => format!(
            ": open {} and confirm the code {}",
            escape(&pending.verification_uri_complete),
            escape(&pending.user_code)
        ),
        None => "; this login waits for it".to_owned(),
    }
}

/// What to do while another process holds the lock.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Wait for the lock for this time, then look again.
    Wait(Duration),
    /// The holder is stopped: go on beside it.
    GoOnBesideStopped,
    /// The holder has shown no code for too long: go on beside it.
    GoOnBesideSlow,
    /// The code of the holder was not confirmed.
    GiveUp,
}

/// Decides about a holder that was waited for, and that has shown no code for the time `without_code`.
fn step(is_stopped: bool, waited: Duration, without_code: Duration, use_device_code: bool) -> Step {
    // The other process may be about to request a code, or to finish.
    let patience = if use_device_code { STEP } else { PATIENCE_WITHOUT_CODE };
    if is_stopped {
        Step::GoOnBesideStopped
    } else if without_code >= patience {
        Step::GoOnBesideSlow
    } else if waited >= PATIENCE {
        Step::GiveUp
    } else {
        Step::Wait(STEP.min(PATIENCE.saturating_sub(waited)))
    }
}

fn is_stopped(busy: Busy) -> bool {
    busy.holder.and_then(platform::is_stopped) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_without_a_code_is_waited_for_shortly_and_one_with_a_code_for_longer() {
        let seconds = Duration::from_secs;
        for (waited, without_code, with_device_code, by_redirect) in [
            (0, 0, Step::Wait(STEP), Step::Wait(STEP)),
            (2, 2, Step::GoOnBesideSlow, Step::Wait(STEP)),
            (10, 10, Step::GoOnBesideSlow, Step::GoOnBesideSlow),
            (89, 0, Step::Wait(seconds(1)), Step::Wait(seconds(1))),
            (90, 0, Step::GiveUp, Step::GiveUp),
        ] {
            let (waited, without_code) = (seconds(waited), seconds(without_code));
            assert_eq!(step(false, waited, without_code, true), with_device_code);
            assert_eq!(step(false, waited, without_code, false), by_redirect);
            assert_eq!(step(true, waited, without_code, false), Step::GoOnBesideStopped);
        }
    }
}
