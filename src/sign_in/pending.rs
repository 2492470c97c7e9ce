//! The pending device authorization of a session, as the processes of the session share it on
//! disk.

use std::cell::Cell;
use std::time::{Duration, UNIX_EPOCH};

use super::session::SessionFiles;
use super::tokens;
use crate::device_authorization::PendingAuthorization;
use crate::lock::Lock;
use crate::platform;
use crate::state::{LockPlace, PendingNote, Prompted, RefreshedTokens, UnprovedClient};
use crate::timestamp::Timestamp;

/// How long to wait for the session's lock, which `logout` may hold, before the note is written.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);

/// The note about a session's pending authorization.
pub struct PendingSignIn<'a> {
    files: SessionFiles<'a>,
    /// Whether this process has written the note.
    kept: Cell<bool>,
}

impl<'a> PendingSignIn<'a> {
    /// The note of this session. Nothing is read yet.
    pub fn of(files: SessionFiles<'a>) -> Self {
        Self { files, kept: Cell::new(false) }
    }

    /// The authorization that waits for the person. `None` also if the person has signed in since
    /// it was started: a process that is killed after it has written the token leaves the note.
    pub fn waiting(&self) -> Option<PendingAuthorization> {
        self.alive().filter(|pending| !self.is_spent(pending))
    }

    /// Removes the note about an authorization that is spent. Otherwise the authorization would
    /// count as unanswered when it expires.
    pub fn forget_what_is_spent(&self) {
        if self.last().is_some_and(|pending| self.is_spent(&pending)) {
            self.forget();
        }
    }

    /// Whether `pending` is spent: no process polls for it any more, and there is a live token
    /// that was written since it was started and did not come from a refresh by aws-sso-cred.
    /// While a process polls, that process learns from AWS what became of the code: the token may
    /// have come from a refresh by another tool. `started_at` is cut to whole seconds, and no
    /// token is issued within the first second.
    fn is_spent(&self, pending: &PendingAuthorization) -> bool {
        let SessionFiles { caches, state, session, .. } = self.files;
        if pending.polled_by.is_none_or(platform::may_be_this_program) {
            return false;
        }
        let written = platform::modified(&caches.token_path(session));
        let written = written.and_then(|written| written.duration_since(UNIX_EPOCH).ok());
        let is_newer =
            written.is_some_and(|written| written.as_secs().cast_signed() > pending.started_at.unix());
        is_newer
            && tokens::live(self.files)
                .is_some_and(|token| !RefreshedTokens::contains(state, session, &token.access_token))
    }

    /// The authorization, if it has not expired.
    pub fn alive(&self) -> Option<PendingAuthorization> {
        PendingNote::alive(self.files.state, self.files.session, self.files.context.now())
    }

    fn last(&self) -> Option<PendingAuthorization> {
        PendingNote::last(self.files.state, self.files.session)
    }

    /// When the last authorization, expired or not, was started, if this client started it.
    pub fn began_with(&self, client_id: &str) -> Option<Timestamp> {
        self.last().filter(|pending| pending.client_id == client_id).map(|pending| pending.started_at)
    }

    /// Writes `pending` for later processes. `false` if `logout` has removed the note meanwhile;
    /// then nothing is written.
    pub fn keep(&self, pending: &PendingAuthorization) -> bool {
        let SessionFiles { context, state, session, .. } = self.files;
        // `logout` holds this lock, and must not remove the note between this check and the write.
        let place = LockPlace::of_session(state, session);
        let _lock = Lock::acquire(context, place.lock.as_ref(), LOCK_PATIENCE);
        if self.is_given_up(pending) {
            return false;
        }
        PendingNote::write(state, session, pending);
        self.kept.set(self.is_about(pending));
        true
    }

    /// Whether a sign-in waits for the person: by a code, or in a `login` that waits for its
    /// redirect. Such a `login` holds a lock and has noted its client.
    pub fn is_waited_for(&self) -> bool {
        let SessionFiles { context, state, session, .. } = self.files;
        let is_held = |place: LockPlace| Lock::try_acquire(context, place.lock.as_ref()).is_err();
        self.alive().is_some()
            || UnprovedClient::is_noted(state, session)
                && (is_held(LockPlace::of_sign_in(state, session))
                    || is_held(LockPlace::of_second_sign_in(state, session)))
    }

    /// Whether `logout` has removed the note while `pending` waited for the person.
    pub fn is_given_up(&self, pending: &PendingAuthorization) -> bool {
        self.kept.get() && !self.is_about(pending)
    }

    /// Whether the note is about `pending`.
    fn is_about(&self, pending: &PendingAuthorization) -> bool {
        self.last().is_some_and(|kept| kept.user_code == pending.user_code)
    }

    /// Whether this process has written the note, so that later processes find it.
    pub fn is_kept(&self) -> bool {
        self.kept.get()
    }

    /// Removes the note: the sign-in has ended, with or without success.
    pub fn forget(&self) {
        self.kept.set(false);
        PendingNote::remove(self.files.state, self.files.session);
        Prompted::of(self.files.state, self.files.session).forget();
    }
}
