//! A span of time as text.

use std::time::Duration;

/// A span of time in whole units, rounded down, in the largest unit of which there are at least
/// two: `119 seconds`, `2 minutes`.
pub fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let plural = |n: u64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match seconds {
        0..=119 => plural(seconds, "second"),
        120..=7199 => plural(seconds / 60, "minute"),
        7200..=172_799 => plural(seconds / 3600, "hour"),
        _ => plural(seconds / 86_400, "day"),
    }
}

/// A time in whole seconds, rounded up: where a part of it has passed, 49.9 seconds of 50 count as 50.
pub fn rounded_up(duration: Duration) -> Duration {
    let seconds = duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0));
    Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_given_in_the_largest_unit_of_which_there_are_two() {
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
        assert_eq!(span(rounded_up(Duration::from_millis(1999))), "2 seconds");
        assert_eq!(rounded_up(Duration::MAX), Duration::from_secs(u64::MAX));
    }
}
