//! The pause after a sign-in that came to nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::directory::StateDirectory;
use crate::debug;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;

pub(super) const NAME: &str = "cool-down.json";

/// After a refusal an SDK's immediate second start must not ask again.
const AFTER_REFUSAL: Duration = Duration::from_secs(10);

/// After a sign-in that was left unanswered: a job that starts us all day must not open tabs
/// all day.
pub const AFTER_SILENCE: Duration = Duration::from_secs(5 * 60);

/// The pause doubles with each sign-in that is left unanswered, up to this: a job that
/// runs for eight hours, with codes that live for ten minutes, asks seven times.
const LONGEST_SILENCE: Duration = Duration::from_secs(4 * 60 * 60);

/// A time in which no sign-in is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoolDown {
    /// Refused by the person, else left unanswered.
    pub refused: bool,
    /// How many in a row were left unanswered; none when the person refused.
    pub unanswered: u32,
    /// When the sign-in came to nothing.
    pub since: Timestamp,
    /// The end of the pause.
    pub until: Timestamp,
}

impl CoolDown {
    /// The pause after a sign-in that was refused.
    pub fn after_refusal(since: Timestamp) -> Self {
        Self { refused: true, unanswered: 0, since, until: since.plus(AFTER_REFUSAL) }
    }

    /// The pause after the last of so many sign-ins that were left `unanswered`.
    pub fn after_silence(unanswered: u32, since: Timestamp) -> Self {
        // More doublings than this pass the longest pause anyway.
        let doublings = unanswered.saturating_sub(1).min(16);
        let pause = AFTER_SILENCE.saturating_mul(1 << doublings).min(LONGEST_SILENCE);
        Self { refused: false, unanswered, since, until: since.plus(pause) }
    }

    /// Whether it holds at `now`. One that begins in the future comes from a clock that
    /// jumped, and does not count.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.since <= now && now < self.until
    }

    /// The last one that was noted.
    pub fn noted(state: &StateDirectory, session: &SsoSession) -> Option<Self> {
        let document = state.session_note(session, NAME).read()?;
        let refused = document.get("refused")?.as_bool()?;
        let since = document.get("since").and_then(Value::as_i64).map(Timestamp::from_unix)?;
        let unanswered = document.get("unanswered").and_then(Value::as_u64).unwrap_or(1);
        let unanswered = u32::try_from(unanswered).unwrap_or(u32::MAX);
        Some(if refused { Self::after_refusal(since) } else { Self::after_silence(unanswered.max(1), since) })
    }

    /// Notes it.
    pub fn note(&self, state: &StateDirectory, session: &SsoSession) {
        let Self { refused, unanswered, since, .. } = self;
        debug!(state.context, "sign-in: cool-down (refused: {refused}, unanswered: {unanswered})");
        let document = json!({ "refused": refused, "unanswered": unanswered, "since": since.unix() });
        state.session_note(session, NAME).write(&document);
    }

    /// Ends it.
    pub fn end(state: &StateDirectory, session: &SsoSession) {
        state.session_note(session, NAME).remove();
    }
}
