//! The note about what was shown on which terminal, so that twenty processes do not show the
//! same text twenty times.

use std::time::Duration;

use serde_json::{Value, json};

use super::directory::StateDirectory;
use super::note::Note;
use crate::cache::sha1_hex;
use crate::lock::Lock;
use crate::platform::PrivateFile;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;

pub(super) const NAME: &str = "prompted.json";
const LOCK: &str = "prompted.lock";

/// A prompt may be shown again after this many seconds.
const QUIET: i64 = 10;

/// How many entries the note has at most.
const MOST: usize = 32;

/// How long to wait for the lock before a text is shown. The lock is held while one small file
/// is read and written; twenty processes on an overloaded machine still take turns.
const PATIENCE_TO_SHOW: Duration = Duration::from_secs(3);

/// How long to wait for the lock before a test whether the note can be written.
const PATIENCE_TO_PROBE: Duration = Duration::from_secs(1);

/// The note about what was shown for one session.
pub struct Prompted<'a> {
    state: StateDirectory<'a>,
    note: Note<'a>,
    lock: Option<PrivateFile>,
}

impl<'a> Prompted<'a> {
    /// The note for `session`.
    pub fn of(state: &StateDirectory<'a>, session: &SsoSession) -> Self {
        let (note, lock) = (state.session_note(session, NAME), state.session_file(session, LOCK));
        Self { state: state.clone(), note, lock }
    }

    /// Whether a prompt may be shown on `channel` at `now`: not if this or another process showed
    /// one there in the last ten seconds. If so, the prompt is noted as shown.
    pub fn may_prompt(&self, channel: &str, now: Timestamp) -> bool {
        self.is_news(&format!("prompt on {channel}"), json!(now.unix()), now)
    }

    /// Whether `failure` may be shown to this `job` of a terminal: once, until there is another
    /// failure or a success. A program may start aws-sso-cred every ten seconds. If so, the
    /// failure is noted as shown.
    pub fn may_tell_failure(&self, job: &str, failure: &str, now: Timestamp) -> bool {
        self.is_news(&format!("failure on {job}"), json!(sha1_hex(failure)), now)
    }

    /// Whether `said` is news for `key`; if so, it is noted. A number is the time of a prompt:
    /// the next prompt is news after [`QUIET`] seconds. A text is news if it differs from the
    /// noted text.
    fn is_news(&self, key: &str, said: Value, now: Timestamp) -> bool {
        if !self.note.has_a_place() {
            return true;
        }
        // Without the lock the text may be shown twice, which is better than not at all.
        let _lock = Lock::acquire(self.state.context, self.lock.as_ref(), PATIENCE_TO_SHOW);
        let shown = self.note.read().unwrap_or_default();
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
        self.note.write(&Value::Object(recent));
        true
    }

    /// Whether the next process can read what is noted here. Tries to write the note.
    pub fn can_be_kept(&self) -> bool {
        if !self.note.has_a_place() {
            return false;
        }
        let _lock = Lock::acquire(self.state.context, self.lock.as_ref(), PATIENCE_TO_PROBE);
        let shown = self.note.read().unwrap_or_else(|| json!({}));
        self.note.can_hold(&shown)
    }

    /// Removes the note: a run succeeded, or the prompt is over.
    pub fn forget(&self) {
        self.note.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::identifiers::{Region, SessionName, StartUrl};

    const NOON: Timestamp = Timestamp::from_unix(1_795_233_600);

    fn corp() -> SsoSession {
        SsoSession {
            name: Some(SessionName::parse("corp").unwrap()),
            start_url: StartUrl::parse("https://corp.awsapps.com/start").unwrap(),
            region: Region::parse("eu-west-1").unwrap(),
            registration_scopes: None,
        }
    }

    #[test]
    fn a_failure_is_shown_once_to_a_job_until_there_is_another() {
        let directory = tempfile::tempdir().unwrap();
        let context = Context::fake(&[], NOON);
        let state = StateDirectory::at(&context, &directory.path().join("state"));
        let said = Prompted::of(&state, &corp());
        for told in [true, false, false] {
            assert_eq!(said.may_tell_failure("terminal 1 2", "expired", context.now()), told);
            context.advance(Duration::from_secs(3600));
        }
        let may_tell = |job: &str, failure: &str| said.may_tell_failure(job, failure, context.now());
        assert!(may_tell("terminal 1 3", "expired"), "another job");
        assert!(may_tell("terminal 1 2", "refused"), "another failure");
        assert!(!may_tell("terminal 1 2", "refused"));
        said.forget();
        assert!(may_tell("terminal 1 2", "refused"), "something succeeded");
        // Many jobs do not make the file large.
        for job in 0..200 {
            assert!(may_tell(&job.to_string(), "expired"));
        }
        let file = directory.path().join("state/sessions");
        let session = std::fs::read_dir(file).unwrap().next().unwrap().unwrap().path();
        assert!(std::fs::metadata(session.join("prompted.json")).unwrap().len() < 4096);
    }

    #[test]
    fn a_prompt_is_shown_again_after_ten_seconds() {
        let directory = tempfile::tempdir().unwrap();
        let context = Context::fake(&[], NOON);
        let state = StateDirectory::at(&context, &directory.path().join("state"));
        let said = Prompted::of(&state, &corp());
        let may_prompt = || said.may_prompt("stderr", context.now());
        assert!(may_prompt() && !may_prompt());
        context.advance(Duration::from_secs(10));
        assert!(may_prompt());
    }
}
