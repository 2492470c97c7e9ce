//! The pause between two sign-ins where no state can be kept: the client's registration
//! lies in AWS's cache, and the age of its file tells when a person was last asked.

use super::SessionRun;
use super::sign_in_state::{AFTER_SILENCE, CoolDown, SignInState};
use crate::debug;
use crate::lock::Lock;
use crate::platform;
use crate::timestamp::Timestamp;

/// The pause that holds now, unless `state` is there to know better.
pub(super) fn cool_down(run: &SessionRun, state: &SignInState) -> Option<CoolDown> {
    if state.remembers() {
        return None;
    }
    let age = platform::age(&run.caches.registration_path(run.session))?;
    debug!(run.context, "no state can be kept; the registration is {} s old", age.as_secs());
    let seconds = i64::try_from(age.as_secs()).ok()?;
    let since = Timestamp::from_unix(run.context.now().unix().saturating_sub(seconds));
    (age < AFTER_SILENCE).then(|| CoolDown::after_silence(1, since))
}

/// Notes that a person is asked now, by writing the registration anew. `false` when that
/// cannot be noted either.
pub(super) fn note(run: &SessionRun, lock: &Lock) -> bool {
    let Ok(registration) = run.caches.read_registration(run.context, run.session) else { return false };
    run.caches.write_registration(run.context, run.session, &registration, lock).is_ok()
}
