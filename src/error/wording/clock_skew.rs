//! The text about a wrong clock.

use std::time::Duration;

use crate::text::span::span;

/// The clause about a difference of `skew` seconds, which is positive if this computer's clock is
/// ahead of AWS's.
pub(crate) fn clock_skew(skew: i64) -> String {
    let direction = if skew > 0 { "ahead of" } else { "behind" };
    let skew = span(Duration::from_secs(skew.unsigned_abs()));
    format!("this computer's clock is {skew} {direction} AWS's")
}
