//! The note about the difference between this computer's clock and AWS's, as AWS's last answer
//! showed it.

use serde_json::json;

use super::directory::StateDirectory;
use crate::timestamp::Timestamp;

const NAME: &str = "clock.json";

/// A difference of at most this many seconds is ignored.
const TOLERATED: i64 = 300;

/// The note about the clock difference.
#[derive(Debug, Clone, Copy)]
pub struct ClockSkew;

impl ClockSkew {
    /// Notes that this computer's clock is `skew` seconds ahead of AWS's; behind, if negative.
    pub fn note(state: &StateDirectory, skew: i64, now: Timestamp) {
        state.note(NAME).write(&json!({ "skew": skew, "at": now.unix() }));
    }

    /// Removes the note: the clocks agree.
    pub fn forget(state: &StateDirectory) {
        let note = state.note(NAME);
        if note.exists() {
            note.remove();
        }
    }

    /// How many seconds this computer's clock was ahead of AWS's; behind, if negative. The note
    /// is believed only while it is younger than the difference that it states. Once the clock
    /// has been corrected, the note looks at least that old, or comes from the future.
    pub fn noted(state: &StateDirectory, now: Timestamp) -> Option<i64> {
        let note = state.note(NAME).read()?;
        let skew = note.get("skew")?.as_i64().filter(|skew| is_large(*skew))?;
        let age = now.seconds_since(Timestamp::from_unix(note.get("at")?.as_i64()?));
        (0..skew.saturating_abs()).contains(&age).then_some(skew)
    }
}

/// Whether a difference of `skew` seconds is too large to be ignored.
pub const fn is_large(skew: i64) -> bool {
    skew.saturating_abs() > TOLERATED
}
