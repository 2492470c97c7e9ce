//! How far this computer's clock was from AWS's when AWS answered last.

use serde_json::json;

use super::directory::StateDirectory;
use crate::timestamp::Timestamp;

const NAME: &str = "clock.json";

/// A smaller difference, in seconds, is ignored.
const TOLERATED: i64 = 300;

/// The difference that AWS's last answer showed.
#[derive(Debug, Clone, Copy)]
pub struct ClockSkew;

impl ClockSkew {
    /// Notes that our clock is `skew` seconds ahead of AWS's.
    pub fn note(state: &StateDirectory, skew: i64, now: Timestamp) {
        state.note(NAME).write(&json!({ "skew": skew, "at": now.unix() }));
    }

    /// Forgets a difference that is gone.
    pub fn forget(state: &StateDirectory) {
        let note = state.note(NAME);
        if note.exists() {
            note.remove();
        }
    }

    /// How many seconds our clock was ahead. A note is believed for as long as the difference
    /// that it tells: once the clock has been set right, the note is that much older, or from
    /// the future.
    pub fn noted(state: &StateDirectory, now: Timestamp) -> Option<i64> {
        let note = state.note(NAME).read()?;
        let skew = note.get("skew")?.as_i64().filter(|skew| is_large(*skew))?;
        let age = now.seconds_since(Timestamp::from_unix(note.get("at")?.as_i64()?));
        (0..skew.saturating_abs()).contains(&age).then_some(skew)
    }
}

/// Whether a difference of `skew` seconds matters.
pub const fn is_large(skew: i64) -> bool {
    skew.saturating_abs() > TOLERATED
}
