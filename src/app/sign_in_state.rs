//! What is kept between runs about a session's sign-in: the authorization that
//! waits for a person, and the cool-down after one that came to nothing.

use std::cell::Cell;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use super::standing;
use crate::cache::{Caches, sha1_hex};
use crate::context::Context;
use crate::debug;
use crate::device_authorization::PendingAuthorization;
use crate::lock::Lock;
use crate::platform::{self, PrivateFile};
use crate::request::SsoSession;
use crate::state::StateDirectory;
use crate::timestamp::Timestamp;

/// After a refusal an SDK's immediate second start must not ask again.
const AFTER_REFUSAL: Duration = Duration::from_secs(10);

/// Nobody is there: a job that starts us all day must not open tabs all day.
pub(super) const AFTER_SILENCE: Duration = Duration::from_secs(5 * 60);

/// The pause doubles with each sign-in that is left unanswered, up to this: a job that
/// runs for eight hours, with codes that live for ten minutes, asks seven times.
const LONGEST_SILENCE: Duration = Duration::from_secs(4 * 60 * 60);

/// For a lock that is held only while one small file is read and written.
const AT_ONCE: Duration = Duration::from_secs(1);

/// A session's sign-in state on disk.
pub(super) struct SignInState<'a> {
    context: &'a Context,
    state: &'a StateDirectory,
    session: &'a SsoSession,
    /// Whether a pending authorization of ours came to be on disk.
    kept: Cell<bool>,
}

/// A time in which nobody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CoolDown {
    /// Refused by the person, else left unanswered.
    pub(super) refused: bool,
    /// How many in a row were left unanswered; none when the person refused.
    pub(super) unanswered: u32,
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
}

impl CoolDown {
    fn after_refusal(since: Timestamp) -> Self {
        Self { refused: true, unanswered: 0, since, until: since.plus(AFTER_REFUSAL) }
    }

    /// The pause after the last of so many sign-ins that were left `unanswered`.
    pub(super) fn after_silence(unanswered: u32, since: Timestamp) -> Self {
        // More doublings than this pass the longest pause anyway.
        let doublings = unanswered.saturating_sub(1).min(16);
        let pause = AFTER_SILENCE.saturating_mul(1 << doublings).min(LONGEST_SILENCE);
        Self { refused: false, unanswered, since, until: since.plus(pause) }
    }

    fn holds(&self, now: Timestamp) -> bool {
        self.since <= now && now < self.until
    }
}

impl<'a> SignInState<'a> {
    pub(super) fn of(context: &'a Context, state: &'a StateDirectory, session: &'a SsoSession) -> Self {
        Self { context, state, session, kept: Cell::new(false) }
    }

    /// The authorization that waits for its person, unless somebody has signed in since it
    /// was started: a process that is killed between the token and this note leaves it.
    pub(super) fn waiting(&self, caches: &Caches) -> Option<PendingAuthorization> {
        self.pending().filter(|pending| !self.is_spent(caches, pending))
    }

    /// Forgets an authorization that is spent, if no process works with it any more: it
    /// would count as unanswered when it runs out.
    pub(super) fn forget_what_is_spent(&self, caches: &Caches) {
        let Some(pending) = self.last_pending() else { return };
        if self.is_spent(caches, &pending) {
            self.forget_pending();
        }
    }

    /// Whether no process polls for `pending` any more, and there is a living token that came
    /// after it was started, and not by our refreshing: another tool may have refreshed too,
    /// and whoever polls learns it from AWS. Moments of ours are cut to seconds, and no token
    /// comes in the first one.
    fn is_spent(&self, caches: &Caches, pending: &PendingAuthorization) -> bool {
        if pending.polled_by.is_none_or(platform::may_be_one_of_us) {
            return false;
        }
        let written = platform::modified(&caches.token_path(self.session));
        let written = written.and_then(|written| written.duration_since(UNIX_EPOCH).ok());
        let is_newer =
            written.is_some_and(|written| written.as_secs().cast_signed() > pending.started_at.unix());
        is_newer
            && caches.read_token(self.context, self.session).is_ok_and(|token| {
                token.expires_at > self.context.now()
                    && !standing::is_refreshed(self.state, self.session, &token.access_token)
            })
    }

    /// The authorization that has not run out.
    pub(super) fn pending(&self) -> Option<PendingAuthorization> {
        self.last_pending().filter(|pending| !pending.remaining(self.context.now()).is_zero())
    }

    /// The last authorization for this very start URL and region, dead or alive.
    fn last_pending(&self) -> Option<PendingAuthorization> {
        let document = StateDirectory::read_json(&self.file("pending.json")?)?;
        PendingAuthorization::from_json(&document).filter(|pending| pending.is_for(self.session))
    }

    /// When the last authorization, dead or alive, was started with this client.
    pub(super) fn began_with(&self, client_id: &str) -> Option<Timestamp> {
        self.last_pending().filter(|pending| pending.client_id == client_id).map(|pending| pending.started_at)
    }

    /// Keeps `pending` for whoever comes after us. It is not put back where
    /// [`logout`](super::logout) has removed it; `false` says so.
    pub(super) fn keep_pending(&self, pending: &PendingAuthorization) -> bool {
        // The lock that `logout` holds: it must not remove the note between look and write.
        let _lock = Lock::acquire(self.context, self.file("lock").as_ref(), AT_ONCE);
        if self.is_given_up(pending) {
            return false;
        }
        if let Some(path) = self.file("pending.json") {
            let mut ours = pending.clone();
            ours.polled_by = Some(std::process::id());
            StateDirectory::write_text(self.context, &path, ours.to_json().expose());
        }
        self.kept.set(self.holds(pending));
        true
    }

    /// Whether a person is being waited for: with a code, or by a `login` for its redirect,
    /// which holds a lock and has noted its client.
    pub(super) fn is_waited_for(&self) -> bool {
        let is_held = |name: &str| Lock::try_acquire(self.context, self.file(name).as_ref()).is_err();
        self.pending().is_some()
            || self.file("unproved-client.json").is_some_and(|note| note.exists())
                && (is_held("sign-in.lock") || is_held("sign-in.second.lock"))
    }

    /// Whether somebody has signed out while `pending` waited for its person.
    pub(super) fn is_given_up(&self, pending: &PendingAuthorization) -> bool {
        self.kept.get() && !self.holds(pending)
    }

    fn holds(&self, pending: &PendingAuthorization) -> bool {
        self.last_pending().is_some_and(|kept| kept.user_code == pending.user_code)
    }

    /// The sign-in has come to an end, good or bad.
    pub(super) fn forget_pending(&self) {
        self.kept.set(false);
        self.remove("pending.json");
        self.remove("prompted.json");
    }

    /// The cool-down that holds now. One that begins in the future comes from a clock
    /// that jumped, and does not count.
    pub(super) fn cool_down(&self) -> Option<CoolDown> {
        let now = self.context.now();
        let both = [self.unnoticed_end(), self.noted_cool_down()];
        both.into_iter().flatten().find(|cool_down| cool_down.holds(now))
    }

    fn noted_cool_down(&self) -> Option<CoolDown> {
        let document = StateDirectory::read_json(&self.file("cool-down.json")?)?;
        let refused = document.get("refused")?.as_bool()?;
        let since = document.get("since").and_then(Value::as_i64).map(Timestamp::from_unix)?;
        let unanswered = document.get("unanswered").and_then(Value::as_u64).unwrap_or(1);
        let unanswered = u32::try_from(unanswered).unwrap_or(u32::MAX);
        Some(if refused {
            CoolDown::after_refusal(since)
        } else {
            CoolDown::after_silence(unanswered.max(1), since)
        })
    }

    /// The authorization ran out while no process was there to see it.
    fn unnoticed_end(&self) -> Option<CoolDown> {
        let pending = self.last_pending()?;
        Some(CoolDown::after_silence(self.one_more_unanswered(), pending.expires_at))
    }

    fn one_more_unanswered(&self) -> u32 {
        self.noted_cool_down().map_or(0, |noted| noted.unanswered).saturating_add(1)
    }

    pub(super) fn begin_cool_down(&self, refused: bool) {
        let now = self.context.now();
        self.note_cool_down(if refused {
            CoolDown::after_refusal(now)
        } else {
            CoolDown::after_silence(self.one_more_unanswered(), now)
        });
    }

    /// Counts an authorization that ran out unseen, before another one takes its place.
    pub(super) fn count_unnoticed_end(&self) {
        if let Some(unnoticed) = self.unnoticed_end().filter(|_| self.pending().is_none()) {
            self.note_cool_down(unnoticed);
            // The other one may not come to be: this one is counted once.
            self.remove("pending.json");
        }
    }

    fn note_cool_down(&self, cool_down: CoolDown) {
        let Some(path) = self.file("cool-down.json") else { return };
        let CoolDown { refused, unanswered, since, .. } = cool_down;
        debug!(self.context, "sign-in: cool-down (refused: {refused}, unanswered: {unanswered})");
        let document = json!({ "refused": refused, "unanswered": unanswered, "since": since.unix() });
        StateDirectory::write_text(self.context, &path, &document.to_string());
    }

    pub(super) fn end_cool_down(&self) {
        self.remove("cool-down.json");
    }

    /// Credentials came, so somebody has signed in, with whichever tool: what was counted
    /// is over, and so is what was told. A pause that still holds goes on.
    pub(super) fn forget_what_is_over(&self) {
        if self.noted_cool_down().is_some_and(|noted| !noted.holds(self.context.now())) {
            self.end_cool_down();
        }
        self.remove("prompted.json");
    }

    /// Whether a prompt may be shown on `channel` now: not if it was a moment ago,
    /// by us or by one of twenty that started with us.
    pub(super) fn may_prompt(&self, channel: &str) -> bool {
        self.is_news(&format!("prompt on {channel}"), json!(self.context.now().unix()))
    }

    /// Whether `failure` is to be told to this `job` of a terminal: once, until it is
    /// another one or something succeeds. A program may start us every ten seconds.
    pub(super) fn may_tell_failure(&self, job: &str, failure: &str) -> bool {
        self.is_news(&format!("failure on {job}"), json!(sha1_hex(failure)))
    }

    /// Notes what is said to whom: a moment, which is news again soon, or words.
    fn is_news(&self, key: &str, said: Value) -> bool {
        const QUIET: i64 = 10;
        const MOST: usize = 32;
        // Twenty at once on a machine that has no time for them still take turns.
        const PATIENCE: Duration = Duration::from_secs(3);
        let Some(path) = self.file("prompted.json") else { return true };
        // A process that cannot have the lock says it rather than nothing.
        let _lock = Lock::acquire(self.context, self.file("prompted.lock").as_ref(), PATIENCE);
        let now = self.context.now();
        let shown = StateDirectory::read_json(&path).unwrap_or_default();
        let mut recent = shown.as_object().cloned().unwrap_or_default();
        recent.retain(|_, said| match said.as_i64().map(Timestamp::from_unix) {
            Some(at) => (0..QUIET).contains(&now.seconds_since(at)),
            None => said.is_string(),
        });
        if recent.get(key).is_some_and(|before| before.is_i64() || *before == said) {
            return false;
        }
        while recent.len() >= MOST
            && let Some(any) = recent.keys().next().cloned()
        {
            recent.remove(&any);
        }
        recent.insert(key.to_owned(), said);
        StateDirectory::write_text(self.context, &path, &Value::Object(recent).to_string());
        true
    }

    /// Whether what is noted here can be read by the next process. It is tried.
    pub(super) fn remembers(&self) -> bool {
        let Some(path) = self.file("prompted.json") else { return false };
        let _lock = Lock::acquire(self.context, self.file("prompted.lock").as_ref(), AT_ONCE);
        let shown = StateDirectory::read_json(&path).unwrap_or_else(|| json!({}));
        path.write(&shown.to_string()).is_ok()
    }

    /// Whether the pending authorization came to be on disk.
    pub(super) fn is_kept(&self) -> bool {
        self.kept.get()
    }

    fn file(&self, name: &str) -> Option<PrivateFile> {
        self.state.session_file(self.session, name)
    }

    fn remove(&self, name: &str) {
        if let Some(path) = self.file(name) {
            StateDirectory::remove(self.context, &path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifiers::{Region, SessionName, StartUrl};

    fn corp() -> SsoSession {
        SsoSession {
            name: Some(SessionName::parse("corp").unwrap()),
            start_url: StartUrl::parse("https://corp.awsapps.com/start").unwrap(),
            region: Region::parse("eu-west-1").unwrap(),
            registration_scopes: None,
        }
    }

    #[test]
    fn a_failure_is_told_once_to_a_job_until_it_changes_however_long_that_takes() {
        let directory = tempfile::tempdir().unwrap();
        let context = Context::fake(&[], Timestamp::from_unix(1_795_233_600));
        let (state, session) = (StateDirectory::at(&directory.path().join("state")), corp());
        let notes = SignInState::of(&context, &state, &session);
        for told in [true, false, false] {
            assert_eq!(notes.may_tell_failure("terminal 1 2", "expired"), told);
            context.advance(Duration::from_secs(3600));
        }
        assert!(notes.may_tell_failure("terminal 1 3", "expired"), "another job");
        assert!(notes.may_tell_failure("terminal 1 2", "refused"), "another failure");
        assert!(!notes.may_tell_failure("terminal 1 2", "refused"));
        notes.forget_what_is_over();
        assert!(notes.may_tell_failure("terminal 1 2", "refused"), "something succeeded");
        // However many jobs there were, the file stays small.
        for job in 0..200 {
            assert!(notes.may_tell_failure(&job.to_string(), "expired"));
        }
        let file = directory.path().join("state/sessions");
        let session = std::fs::read_dir(file).unwrap().next().unwrap().unwrap().path();
        assert!(std::fs::metadata(session.join("prompted.json")).unwrap().len() < 4096);
    }

    #[test]
    fn a_prompt_is_shown_again_after_ten_seconds() {
        let directory = tempfile::tempdir().unwrap();
        let context = Context::fake(&[], Timestamp::from_unix(1_795_233_600));
        let (state, session) = (StateDirectory::at(&directory.path().join("state")), corp());
        let notes = SignInState::of(&context, &state, &session);
        assert!(notes.may_prompt("stderr") && !notes.may_prompt("stderr"));
        context.advance(Duration::from_secs(10));
        assert!(notes.may_prompt("stderr"));
    }
}
