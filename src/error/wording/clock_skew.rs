//! How far this computer's clock is from AWS's, in words.

use std::time::Duration;

use crate::text::span::span;

/// How far our clock is ahead of AWS's, in seconds; behind is negative.
pub(crate) fn clock_skew(skew: i64) -> String {
    let direction = if skew > 0 { "ahead of" } else { "behind" };
    let skew = span(Duration::from_secs(skew.unsigned_abs()));
    format!("this computer's clock is {skew} {direction} AWS's")
}
