//! The device authorization that waits for its person, as the processes of one session share
//! it.

use std::cell::Cell;
use std::time::{Duration, UNIX_EPOCH};

use super::session::SessionFiles;
use crate::device_authorization::PendingAuthorization;
use crate::lock::Lock;
use crate::platform;
use crate::state::{LockPlace, PendingNote, Prompted, RefreshedTokens, UnprovedClient};
use crate::timestamp::Timestamp;

/// How long `logout` may hold the session's lock while a pending authorization is kept.
const AT_ONCE: Duration = Duration::from_secs(1);

/// A session's pending authorization on disk.
pub struct PendingSignIn<'a> {
    files: SessionFiles<'a>,
    /// Whether a pending authorization of ours came to be on disk.
    kept: Cell<bool>,
}

impl<'a> PendingSignIn<'a> {
    /// That of this session.
    pub fn of(files: SessionFiles<'a>) -> Self {
        Self { files, kept: Cell::new(false) }
    }

    /// The authorization that waits for its person, unless somebody has signed in since it
    /// was started: a process that is killed between the token and this note leaves it.
    pub fn waiting(&self) -> Option<PendingAuthorization> {
        self.alive().filter(|pending| !self.is_spent(pending))
    }

    /// Forgets an authorization that is spent, if no process works with it any more: it
    /// would count as unanswered when it runs out.
    pub fn forget_what_is_spent(&self) {
        if self.last().is_some_and(|pending| self.is_spent(&pending)) {
            self.forget();
        }
    }

    /// Whether no process polls for `pending` any more, and there is a living token that came
    /// after it was started, and not by our refreshing: another tool may have refreshed too,
    /// and whoever polls learns it from AWS. Moments of ours are cut to seconds, and no token
    /// comes in the first one.
    fn is_spent(&self, pending: &PendingAuthorization) -> bool {
        let SessionFiles { context, caches, state, session } = self.files;
        if pending.polled_by.is_none_or(platform::may_be_one_of_us) {
            return false;
        }
        let written = platform::modified(&caches.token_path(session));
        let written = written.and_then(|written| written.duration_since(UNIX_EPOCH).ok());
        let is_newer =
            written.is_some_and(|written| written.as_secs().cast_signed() > pending.started_at.unix());
        is_newer
            && caches.read_token(context, session).is_ok_and(|token| {
                token.expires_at > context.now()
                    && !RefreshedTokens::contains(state, session, &token.access_token)
            })
    }

    /// The authorization that has not run out.
    pub fn alive(&self) -> Option<PendingAuthorization> {
        PendingNote::alive(self.files.state, self.files.session, self.files.context.now())
    }

    fn last(&self) -> Option<PendingAuthorization> {
        PendingNote::last(self.files.state, self.files.session)
    }

    /// When the last authorization, dead or alive, was started with this client.
    pub fn began_with(&self, client_id: &str) -> Option<Timestamp> {
        self.last().filter(|pending| pending.client_id == client_id).map(|pending| pending.started_at)
    }

    /// Keeps `pending` for the processes that come after this one. It is not put back where
    /// `logout` has removed it; `false` says so.
    pub fn keep(&self, pending: &PendingAuthorization) -> bool {
        let SessionFiles { context, state, session, .. } = self.files;
        // The lock that `logout` holds: it must not remove the note between look and write.
        let place = LockPlace::of_session(state, session);
        let _lock = Lock::acquire(context, place.lock.as_ref(), AT_ONCE);
        if self.is_given_up(pending) {
            return false;
        }
        PendingNote::write(state, session, pending);
        self.kept.set(self.holds(pending));
        true
    }

    /// Whether a person is being waited for: with a code, or by a `login` for its redirect,
    /// which holds a lock and has noted its client.
    pub fn is_waited_for(&self) -> bool {
        let SessionFiles { context, state, session, .. } = self.files;
        let is_held = |place: LockPlace| Lock::try_acquire(context, place.lock.as_ref()).is_err();
        self.alive().is_some()
            || UnprovedClient::is_noted(state, session)
                && (is_held(LockPlace::of_sign_in(state, session))
                    || is_held(LockPlace::of_second_sign_in(state, session)))
    }

    /// Whether somebody has signed out while `pending` waited for its person.
    pub fn is_given_up(&self, pending: &PendingAuthorization) -> bool {
        self.kept.get() && !self.holds(pending)
    }

    fn holds(&self, pending: &PendingAuthorization) -> bool {
        self.last().is_some_and(|kept| kept.user_code == pending.user_code)
    }

    /// Whether the pending authorization came to be on disk.
    pub fn is_kept(&self) -> bool {
        self.kept.get()
    }

    /// The sign-in has come to an end, good or bad.
    pub fn forget(&self) {
        self.kept.set(false);
        PendingNote::remove(self.files.state, self.files.session);
        Prompted::of(self.files.state, self.files.session).forget();
    }
}
