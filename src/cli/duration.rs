//! Spans of time as options take them: `1h30m`.

use std::time::Duration;

/// Parses `90` (seconds), `90s`, `30m`, `1h`, `2d`, or several of these in descending order:
/// `1h30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    const UNITS: [(char, u64); 4] = [('d', 24 * 3600), ('h', 3600), ('m', 60), ('s', 1)];
    let malformed = || "use a number with s, m, h or d, such as 30m or 1h30m".to_owned();
    let plain = text.parse().ok().filter(|_| !text.starts_with('+'));
    if let Some(seconds) = plain {
        return Ok(Duration::from_secs(seconds));
    }
    let (mut rest, mut units, mut sum) = (text, &UNITS[..], Some(0_u64));
    while !rest.is_empty() {
        let (digits, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        let number: u64 = digits.parse().map_err(|_| malformed())?;
        let at = units.iter().position(|(unit, _)| after.starts_with(*unit)).ok_or_else(malformed)?;
        sum = number.checked_mul(units[at].1).and_then(|seconds| sum?.checked_add(seconds));
        (rest, units) = (&after[1..], &units[at + 1..]);
    }
    sum.map(Duration::from_secs).ok_or_else(|| "that is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units() {
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("15m", 900),
            ("1h30m", 5400),
            ("2d", 172_800),
            ("1d2h3m4s", 93_784),
            ("0s", 0),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["h", "1x", "30m1h", "1h1h", "1h30", "-1", "+1", "+1h", "1.5h", "1 h", "1hé", "\u{661}h"]
        {
            assert_eq!(
                duration(text).unwrap_err(),
                "use a number with s, m, h or d, such as 30m or 1h30m",
                "{text}"
            );
        }
        for text in ["99999999999999999d", "18446744073709551615s1s"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!(duration("18446744073709551615m").unwrap_err(), "that is too long");
    }
}
