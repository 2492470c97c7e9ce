//! Every sentence this program says when it fails.
//!
//! House rules: lower case, no full stop at the end, values in backticks; first
//! what happened, then why, then one hint with something that can be pasted.
//! `tests/snapshots/errors.txt` shows the result, `docs/troubleshooting.md` says more.

pub(super) mod aws;
pub(super) mod configuration;
pub(super) mod local;
pub(super) mod sign_in;

use std::time::Duration;

/// The way out for a process that has too many files open.
const TOO_MANY_FILES: &str =
    "raise the limit with `ulimit -n 1024`, or restart the program that starts aws-sso-cred";

/// How far our clock is ahead of AWS's, in seconds; behind is negative.
pub(crate) fn clock_skew(skew: i64) -> String {
    let direction = if skew > 0 { "ahead of" } else { "behind" };
    let skew = span(Duration::from_secs(skew.unsigned_abs()));
    format!("this computer's clock is {skew} {direction} AWS's")
}

/// A span of time in the largest unit that says it well.
pub(crate) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let plural = |n: u64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match seconds {
        0..=119 => plural(seconds, "second"),
        120..=7199 => plural(seconds / 60, "minute"),
        7200..=172_799 => plural(seconds / 3600, "hour"),
        _ => plural(seconds / 86_400, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_the_largest_unit_of_which_there_are_two() {
        for (seconds, told) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (7199, "119 minutes"),
            (7200, "2 hours"),
            (172_799, "47 hours"),
            (172_800, "2 days"),
            (259_199, "2 days"),
            (259_200, "3 days"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), told);
        }
        assert_eq!(span(Duration::from_millis(1999)), "1 second");
    }
}
