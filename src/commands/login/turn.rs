//! Whose turn it is: one `login` at a time for a session, as far as the others move.

use std::time::Duration;

use crate::cli::LoginOptions;
use crate::error::{Error, SignInWaiting, escape};
use crate::lock::{Busy, Lock};
use crate::output;
use crate::platform;
use crate::sign_in::{PendingSignIn, SessionRun};
use crate::state::{LockPlace, as_known_here};

/// The code of another process can be joined, for as long as its person is waited for here.
const PATIENCE: Duration = Duration::from_secs(90);

/// A redirect that another process waits for cannot be joined: this one goes on beside it.
const BESIDE: Duration = Duration::from_secs(10);

/// Between two looks at the other process.
const STEP: Duration = Duration::from_secs(2);

/// Takes the lock of those who sign in: at once as a rule, else the person learns what is
/// waited for. A process that is stopped is not waited for, and one that shows no code not
/// for long: of two sign-ins the later one is kept, and both are good. Beside it there is a
/// second lock, for those who come later.
///
/// # Errors
/// [`SignInWaiting::Elsewhere`](crate::error::SignInWaiting::Elsewhere), when nobody confirms the other one's code.
pub(super) fn take(run: &SessionRun, options: &LoginOptions) -> Result<Lock, Error> {
    if let Some(lock) =
        unless_beside(run, options, &LockPlace::of_sign_in(run.files.state, run.files.session))?
    {
        return Ok(lock);
    }
    let second =
        unless_beside(run, options, &LockPlace::of_second_sign_in(run.files.state, run.files.session))?;
    Ok(second.unwrap_or_else(Lock::none).after_waiting())
}

/// The lock at `place`; `None` where this process goes on beside its holder.
fn unless_beside(run: &SessionRun, options: &LoginOptions, place: &LockPlace) -> Result<Option<Lock>, Error> {
    let path = place.lock.as_ref();
    let mut busy = match Lock::try_acquire(run.files.context, path) {
        Ok(lock) => return Ok(Some(lock)),
        Err(busy) => as_known_here(busy),
    };
    let pending = PendingSignIn::of(run.files);
    // One that was left by another process is not the holder's to finish.
    let code = |busy: Busy| pending.waiting().filter(|pending| pending.may_be_polled_by(busy.holder));
    let session = &run.login.session;
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
    let began = run.files.context.elapsed();
    let mut without_code_since = began;
    loop {
        if is_stopped(busy) {
            output::tell(&format!(
                "{} is signing in to {session}, but it is stopped; this login goes on",
                other(busy)
            ));
            return Ok(None);
        }
        let now = run.files.context.elapsed();
        if code(busy).is_some() {
            without_code_since = now;
        }
        // The other one may be about to ask for a code, or about to be done.
        let patience = if options.use_device_code { STEP } else { BESIDE };
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
        match Lock::acquire(run.files.context, path, STEP.min(PATIENCE.saturating_sub(waited))) {
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
