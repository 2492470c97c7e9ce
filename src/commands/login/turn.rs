//! One `login` at a time for a session, unless another process is stopped or shows no code.

use std::time::Duration;

use crate::cli::LoginOptions;
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
/// [`SignInWaiting::Elsewhere`](crate::error::SignInWaiting::Elsewhere), if the code of the other process is not confirmed.
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
        output::tell(&match code(busy) {
            Some(pending) => format!(
                "{} is signing in to {session}: open {} and confirm the code {}",
                other(busy),
                escape(&pending.verification_uri_complete),
                escape(&pending.user_code)
            ),
            None => format!("{} is signing in to {session}; this login waits for it", other(busy)),
        });
    }
    let began = context.elapsed();
    let mut without_code_since = began;
    loop {
        if is_stopped(busy) {
            output::tell(&format!(
                "{} is signing in to {session}, but it is stopped; this login goes on",
                other(busy)
            ));
            return Ok(None);
        }
        let now = context.elapsed();
        if code(busy).is_some() {
            without_code_since = now;
        }
        // The other process may be about to request a code, or to finish.
        let patience = if options.use_device_code { STEP } else { PATIENCE_WITHOUT_CODE };
        if now.saturating_sub(without_code_since) >= patience {
            output::tell(&format!("{} has not finished; this login goes on", other(busy)));
            return Ok(None);
        }
        let waited = now.saturating_sub(began);
        if waited >= PATIENCE {
            return Err(Error::Waiting(SignInWaiting::Elsewhere {
                session: session.clone(),
                holder: busy.holder,
            }));
        }
        match Lock::acquire(context, path, STEP.min(PATIENCE.saturating_sub(waited))) {
            Ok(lock) => return Ok(Some(lock.after_waiting())),
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
