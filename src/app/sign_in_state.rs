//! What is kept between runs about a session's sign-in: the authorization that
//! waits for a person, and the cool-down after one that came to nothing.

use std::cell::Cell;
use std::time::Duration;

use serde_json::{Value, json};

use crate::context::Context;
use crate::debug;
use crate::device_authorization::PendingAuthorization;
use crate::lock::Lock;
use crate::platform::PrivateFile;
use crate::request::SsoSession;
use crate::state::StateDirectory;
use crate::timestamp::Timestamp;

/// After a refusal an SDK's immediate second start must not ask again.
const AFTER_REFUSAL: Duration = Duration::from_secs(10);

/// Nobody is there: a job that starts us all day must not open tabs all day.
const AFTER_SILENCE: Duration = Duration::from_secs(5 * 60);

/// Who looks who has been told is done in no time.
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
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
}

impl CoolDown {
    fn after(refused: bool, since: Timestamp) -> Self {
        Self { refused, since, until: since.plus(if refused { AFTER_REFUSAL } else { AFTER_SILENCE }) }
    }
}

impl<'a> SignInState<'a> {
    pub(super) fn of(context: &'a Context, state: &'a StateDirectory, session: &'a SsoSession) -> Self {
        Self { context, state, session, kept: Cell::new(false) }
    }

    /// The authorization that still waits for its person.
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
        if self.is_given_up(pending) {
            return false;
        }
        if let Some(path) = self.file("pending.json") {
            StateDirectory::write_text(self.context, &path, pending.to_json().expose());
        }
        self.kept.set(self.holds(pending));
        true
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
        let both = [self.noted_cool_down(), self.unnoticed_end()];
        both.into_iter().flatten().find(|cool_down| cool_down.since <= now && now < cool_down.until)
    }

    fn noted_cool_down(&self) -> Option<CoolDown> {
        let document = StateDirectory::read_json(&self.file("cool-down.json")?)?;
        let refused = document.get("refused")?.as_bool()?;
        let since = document.get("since").and_then(Value::as_i64).map(Timestamp::from_unix)?;
        Some(CoolDown::after(refused, since))
    }

    /// The authorization ran out while no process was there to see it.
    fn unnoticed_end(&self) -> Option<CoolDown> {
        let pending = self.last_pending()?;
        Some(CoolDown::after(false, pending.expires_at))
    }

    pub(super) fn begin_cool_down(&self, refused: bool) {
        let Some(path) = self.file("cool-down.json") else { return };
        debug!(self.context, "sign-in: cool-down begins (refused: {refused})");
        let document = json!({ "refused": refused, "since": self.context.now().unix() });
        StateDirectory::write_text(self.context, &path, &document.to_string());
    }

    pub(super) fn end_cool_down(&self) {
        self.remove("cool-down.json");
    }

    /// Whether a prompt may be shown on `channel` now: not if it was a moment ago,
    /// by us or by one of twenty that started with us.
    pub(super) fn may_prompt(&self, channel: &str) -> bool {
        self.is_news(&format!("prompt on {channel}"))
    }

    /// The same for the words of a failure, which some SDKs start us twice to hear.
    pub(super) fn may_tell_failure(&self, channel: &str) -> bool {
        self.is_news(&format!("failure on {channel}"))
    }

    fn is_news(&self, key: &str) -> bool {
        const QUIET: i64 = 10;
        let Some(path) = self.file("prompted.json") else { return true };
        // Twenty look at once. Who cannot have the lock speaks up rather than not.
        let _lock = Lock::acquire(self.context, self.file("prompted.lock").as_ref(), AT_ONCE);
        let now = self.context.now();
        let shown = StateDirectory::read_json(&path).unwrap_or_default();
        let mut recent = shown.as_object().cloned().unwrap_or_default();
        recent.retain(|_, at| {
            let at = at.as_i64().map(Timestamp::from_unix);
            at.is_some_and(|at| (0..QUIET).contains(&now.seconds_since(at)))
        });
        if recent.contains_key(key) {
            return false;
        }
        recent.insert(key.to_owned(), json!(now.unix()));
        StateDirectory::write_text(self.context, &path, &Value::Object(recent).to_string());
        true
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
