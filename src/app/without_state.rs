//! The pause between two sign-ins where no state can be kept: the client's registration
//! lies in AWS's cache, and a date of its file that is yet to come tells until when nobody
//! is asked. No tool writes a file with such a date, so only a request of ours that came to
//! nothing makes a pause.

use std::time::{Duration, UNIX_EPOCH};

use super::SessionRun;
use super::sign_in_state::{AFTER_SILENCE, CoolDown, SignInState};
use crate::cache::Caches;
use crate::context::Context;
use crate::debug;
use crate::platform;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;

/// The pause that holds now: the one that `state` knows of, else one that was noted here.
pub(super) fn cool_down(
    context: &Context,
    caches: &Caches,
    session: &SsoSession,
    state: &SignInState,
) -> Option<CoolDown> {
    state.cool_down().or_else(|| noted_here(context, caches, session, state))
}

/// Ends the pause, wherever it was noted.
pub(super) fn end_cool_down(run: &SessionRun, state: &SignInState) {
    state.end_cool_down();
    forget(run);
}

fn noted_here(
    context: &Context,
    caches: &Caches,
    session: &SsoSession,
    state: &SignInState,
) -> Option<CoolDown> {
    let since = asked_at(context, caches, session).filter(|_| !state.remembers())?;
    debug!(context, "state: none can be saved; the client registration file shows a request at {since}");
    Some(CoolDown::after_silence(1, since))
}

/// When a person was asked who has not answered yet, as far as it is no longer ago than the
/// pause.
fn asked_at(context: &Context, caches: &Caches, session: &SsoSession) -> Option<Timestamp> {
    let modified = platform::modified(&caches.registration_path(session))?;
    let until = modified.duration_since(UNIX_EPOCH).ok()?.as_secs();
    let pause = i64::try_from(AFTER_SILENCE.as_secs()).ok()?;
    let since = Timestamp::from_unix(i64::try_from(until).ok()?.saturating_sub(pause));
    (0..pause).contains(&context.now().seconds_since(since)).then_some(since)
}

/// When a person was asked with the client of this `client_id`, who has not answered yet.
pub(super) fn began_with(run: &SessionRun, client_id: &str) -> Option<Timestamp> {
    let registration = run.caches.read_registration(run.context, run.session).ok()?;
    asked_at(run.context, run.caches, run.session).filter(|_| registration.client_id == client_id)
}

/// Notes that a person is asked now. `false` when that cannot be noted either.
pub(super) fn note(run: &SessionRun) -> bool {
    date(run, run.context.now().plus(AFTER_SILENCE))
}

/// Notes that the person was there after all.
pub(super) fn forget(run: &SessionRun) {
    if asked_at(run.context, run.caches, run.session).is_some() {
        date(run, run.context.now());
    }
}

fn date(run: &SessionRun, at: Timestamp) -> bool {
    let at = UNIX_EPOCH + Duration::from_secs(u64::try_from(at.unix()).unwrap_or_default());
    platform::date(&run.caches.registration_path(run.session), at).is_ok()
}
