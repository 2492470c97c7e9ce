//! The pause after a sign-in that was refused or left unanswered.

use std::time::Duration;

use serde_json::{Value, json};

use super::directory::StateDirectory;
use crate::debug;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;

pub(super) const NAME: &str = "cool-down.json";

/// The pause after a refusal: an SDK that starts a second process at once must not ask again.
const AFTER_REFUSAL: Duration = Duration::from_secs(10);

/// The pause after the first unanswered sign-in: a job that starts aws-sso-cred all day must
/// not open browser tabs all day.
pub const AFTER_SILENCE: Duration = Duration::from_secs(5 * 60);

/// The pause doubles with each further unanswered sign-in, up to this length. A job that runs
/// for eight hours, with codes that are valid for ten minutes, asks seven times.
const LONGEST_SILENCE: Duration = Duration::from_secs(4 * 60 * 60);

/// A period in which no sign-in is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoolDown {
    /// Whether the person refused the sign-in; otherwise it was left unanswered.
    pub refused: bool,
    /// How many sign-ins in a row were left unanswered; 0 after a refusal.
    pub unanswered: u32,
    /// When the sign-in was refused, or its code expired.
    pub since: Timestamp,
    /// The end of the pause.
    pub until: Timestamp,
}

impl CoolDown {
    /// The pause after a sign-in that was refused at `since`.
    pub fn after_refusal(since: Timestamp) -> Self {
        Self { refused: true, unanswered: 0, since, until: since.plus(AFTER_REFUSAL) }
    }

    /// The pause after so many `unanswered` sign-ins in a row, the last of which expired at
    /// `since`.
    pub fn after_silence(unanswered: u32, since: Timestamp) -> Self {
        // 16 doublings are far more than the longest pause; the limit prevents an overflow.
        let doublings = unanswered.saturating_sub(1).min(16);
        let pause = AFTER_SILENCE.saturating_mul(1 << doublings).min(LONGEST_SILENCE);
        Self { refused: false, unanswered, since, until: since.plus(pause) }
    }

    /// Whether the pause holds at `now`. A pause that begins in the future was noted before the
    /// clock was set back, and does not hold.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.since <= now && now < self.until
    }

    /// The pause that is noted for `session`, over or not.
    pub fn noted(state: &StateDirectory, session: &SsoSession) -> Option<Self> {
        let document = state.session_note(session, NAME).read()?;
        let refused = document.get("refused")?.as_bool()?;
        let since = document.get("since").and_then(Value::as_i64).map(Timestamp::from_unix)?;
        let unanswered = document.get("unanswered").and_then(Value::as_u64).unwrap_or(1);
        let unanswered = u32::try_from(unanswered).unwrap_or(u32::MAX);
        Some(if refused { Self::after_refusal(since) } else { Self::after_silence(unanswered.max(1), since) })
    }

    /// Notes the pause for `session`.
    pub fn note(&self, state: &StateDirectory, session: &SsoSession) {
        let Self { refused, unanswered, since, .. } = self;
        debug!(state.context, "sign-in: cool-down (refused: {refused}, unanswered: {unanswered})");
        let document = json!({ "refused": refused, "unanswered": unanswered, "since": since.unix() });
        state.session_note(session, NAME).write(&document);
    }

    /// Removes the note, and so ends the pause.
    pub fn end(state: &StateDirectory, session: &SsoSession) {
        state.session_note(session, NAME).remove();
    }
}
