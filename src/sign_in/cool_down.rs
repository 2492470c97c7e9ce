//! The pause between two sign-ins. It is noted in our state. Where no state can be kept, the
//! modification time of the client registration in AWS's cache takes the place of the note: a
//! time in the future is the end of the pause. No other tool sets such a time.

use std::time::{Duration, UNIX_EPOCH};

use super::session::SessionFiles;
use crate::debug;
use crate::platform;
use crate::state::{AFTER_SILENCE, CoolDown, PendingNote, Prompted};
use crate::timestamp::Timestamp;

/// The pause that holds now, wherever it is noted.
pub fn holding(files: SessionFiles) -> Option<CoolDown> {
    let now = files.context.now();
    let in_state = [unnoticed_end(files), CoolDown::noted(files.state, files.session)];
    let in_state = in_state.into_iter().flatten().find(|cool_down| cool_down.holds(now));
    in_state.or_else(|| noted_at_registration(files))
}

/// Begins the pause after a refusal.
pub fn begin_after_refusal(files: SessionFiles) {
    CoolDown::after_refusal(files.context.now()).note(files.state, files.session);
}

/// Begins the pause after a sign-in that was left unanswered.
pub fn begin_after_silence(files: SessionFiles) {
    CoolDown::after_silence(one_more_unanswered(files), files.context.now()).note(files.state, files.session);
    if !can_be_kept(files) {
        note_at_registration(files);
    }
}

/// Ends the pause, wherever it is noted.
pub fn end(files: SessionFiles) {
    CoolDown::end(files.state, files.session);
    forget_at_registration(files);
}

/// Forgets the count of unanswered sign-ins and which prompts were shown. Called after a success,
/// which means that a person has signed in, with whichever tool. A pause that holds is kept.
pub fn forget_what_is_over(files: SessionFiles) {
    let now = files.context.now();
    if CoolDown::noted(files.state, files.session).is_some_and(|noted| !noted.holds(now)) {
        CoolDown::end(files.state, files.session);
    }
    Prompted::of(files.state, files.session).forget();
    forget_at_registration(files);
}

/// Counts an authorization that expired while no process ran, before a new one replaces it.
pub fn count_unnoticed_end(files: SessionFiles) {
    let is_over = PendingNote::alive(files.state, files.session, files.context.now()).is_none();
    if let Some(unnoticed) = unnoticed_end(files).filter(|_| is_over) {
        unnoticed.note(files.state, files.session);
        // If the new authorization cannot be started, this one must not be counted again.
        PendingNote::remove(files.state, files.session);
    }
}

/// The pause after an authorization that expired while no process ran: its note is still there.
fn unnoticed_end(files: SessionFiles) -> Option<CoolDown> {
    let pending = PendingNote::last(files.state, files.session)?;
    Some(CoolDown::after_silence(one_more_unanswered(files), pending.expires_at))
}

/// How many sign-ins in a row were left unanswered, with the one that has just expired.
fn one_more_unanswered(files: SessionFiles) -> u32 {
    let noted = CoolDown::noted(files.state, files.session);
    noted.map_or(0, |noted| noted.unanswered).saturating_add(1)
}

fn can_be_kept(files: SessionFiles) -> bool {
    Prompted::of(files.state, files.session).can_be_kept()
}

fn noted_at_registration(files: SessionFiles) -> Option<CoolDown> {
    let since = asked_at(files).filter(|_| !can_be_kept(files))?;
    debug!(
        files.context,
        "cool-down: no state can be kept; by the date of the registration, a sign-in began at {since}"
    );
    Some(CoolDown::after_silence(1, since))
}

/// When the sign-in began that has not been answered yet, by the date of the registration. `None`
/// if there is none, or if it began longer ago than the pause.
fn asked_at(files: SessionFiles) -> Option<Timestamp> {
    let modified = platform::modified(&files.caches.registration_path(files.session))?;
    let until = modified.duration_since(UNIX_EPOCH).ok()?.as_secs();
    let pause = i64::try_from(AFTER_SILENCE.as_secs()).ok()?;
    let since = Timestamp::from_unix(i64::try_from(until).ok()?.saturating_sub(pause));
    (0..pause).contains(&files.context.now().seconds_since(since)).then_some(since)
}

/// The same, if that sign-in uses the client `client_id`.
pub fn began_with(files: SessionFiles, client_id: &str) -> Option<Timestamp> {
    let registration = files.caches.read_registration(files.context, files.session).ok()?;
    asked_at(files).filter(|_| registration.client_id == client_id)
}

/// Notes in the date of the registration that a person is asked now. `false` if that is not
/// possible.
pub fn note_at_registration(files: SessionFiles) -> bool {
    set_registration_date(files, files.context.now().plus(AFTER_SILENCE))
}

/// Removes that note: the person has answered.
pub fn forget_at_registration(files: SessionFiles) {
    if asked_at(files).is_some() {
        set_registration_date(files, files.context.now());
    }
}

fn set_registration_date(files: SessionFiles, at: Timestamp) -> bool {
    let at = UNIX_EPOCH + Duration::from_secs(u64::try_from(at.unix()).unwrap_or_default());
    platform::set_modified(&files.caches.registration_path(files.session), at).is_ok()
}
