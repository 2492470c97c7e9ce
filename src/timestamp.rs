//! A point in time, in whole seconds since 1970.
//!
//! AWS's tools have written expiry times in several formats over the years. All of them are read
//! here; only one, `2026-11-21T04:00:00Z`, is written.

use std::time::Duration;

use time::{Date, Month, OffsetDateTime, Time};

/// Seconds since 1970-01-01T00:00:00Z. Arithmetic saturates, so no input overflows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From seconds since 1970.
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// From milliseconds since 1970, rounded down, so that no expiry becomes later.
    pub const fn from_unix_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds.div_euclid(1000))
    }

    /// Seconds since 1970.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// The moment `duration` later; fractions of a second are dropped.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)))
    }

    /// Text for people, to the minute: `2026-11-21 05:00 +01:00`, or `2026-11-21 04:00 UTC`. Local
    /// time is `ahead` seconds ahead of UTC.
    pub fn for_people(self, ahead: i64) -> String {
        let text = Self(self.0.saturating_add(ahead)).to_string();
        match (text.get(..10), text.get(11..16)) {
            (Some(date), Some(time)) => format!("{date} {time} {}", zone(ahead)),
            _ => text,
        }
    }

    /// Seconds from `earlier` until `self`; negative when `self` is in the past.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads the formats found in AWS's caches. Between date and time is `T` or a blank. Fractions of
    /// a second are dropped. The zone is `Z`, `UTC`, `GMT`, `±hh:mm`, `±hhmm`, `±hh`, two offsets in a
    /// row (the first counts), or missing, which means UTC. `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let date = parse_date(text.get(..10)?)?;
        let rest = text.get(10..)?.strip_prefix(['T', 't', ' '])?;
        let time = parse_time(rest.get(..8)?)?;
        let zone = skip_fraction(rest.get(8..)?);
        let offset = parse_zone(zone.trim())?;
        let utc = OffsetDateTime::new_utc(date, time).unix_timestamp();
        Some(Self(utc.saturating_sub(offset)))
    }
}

/// A zone as its offset from UTC. Abbreviations of zones are not unique.
fn zone(ahead: i64) -> String {
    let minutes = ahead.unsigned_abs() / 60;
    match minutes {
        0 => "UTC".to_owned(),
        _ => format!("{}{:02}:{:02}", if ahead < 0 { '-' } else { '+' }, minutes / 60, minutes % 60),
    }
}

/// `YYYY-MM-DDTHH:MM:SSZ`, the format that every SDK reads.
impl std::fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let clamped = self.0.clamp(MINIMUM, MAXIMUM);
        let moment = OffsetDateTime::from_unix_timestamp(clamped).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        // Without the machinery for numbers, of which a hit would use this alone.
        let mut text = String::with_capacity(20);
        push_digits(&mut text, moment.year().unsigned_abs(), 1000);
        for (before, part) in [
            ('-', u8::from(moment.month())),
            ('-', moment.day()),
            ('T', moment.hour()),
            (':', moment.minute()),
            (':', moment.second()),
        ] {
            text.push(before);
            push_digits(&mut text, part.into(), 10);
        }
        text.push('Z');
        formatter.write_str(&text)
    }
}

/// Appends `value` in decimal, from the digit whose place is worth `place` on.
fn push_digits(text: &mut String, value: u32, place: u32) {
    let mut place = place;
    while place > 0 {
        let digit = value / place % 10;
        text.extend(char::from_digit(digit, 10));
        place /= 10;
    }
}

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: the limits of a year with four digits.
const MINIMUM: i64 = -62_135_596_800;
const MAXIMUM: i64 = 253_402_300_799;

fn parse_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let month = Month::try_from(u8::try_from(digits(&bytes[5..7])?).ok()?).ok()?;
    let year = i32::try_from(digits(&bytes[..4])?).ok()?;
    Date::from_calendar_date(year, month, u8::try_from(digits(&bytes[8..10])?).ok()?).ok()
}

fn parse_time(text: &str) -> Option<Time> {
    let bytes = text.as_bytes();
    if bytes[2] != b':' || bytes[5] != b':' {
        return None;
    }
    let part = |range: std::ops::Range<usize>| u8::try_from(digits(&bytes[range])?).ok();
    // A leap second becomes the second before it, so that no expiry becomes later.
    Time::from_hms(part(0..2)?, part(3..5)?, part(6..8)?.min(59)).ok()
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes
        .iter()
        .try_fold(0u32, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0')))
}

fn skip_fraction(text: &str) -> &str {
    match text.strip_prefix(['.', ',']) {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => text,
    }
}

/// The offset of a zone in seconds; positive east of UTC.
fn parse_zone(text: &str) -> Option<i64> {
    if text.is_empty() || ["z", "utc", "gmt"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    // One tool wrote `+00:00+0000`; the first offset is correct.
    let first = rest.split(['+', '-']).next()?.trim().trim_end_matches("UTC");
    let plain: String = first.chars().filter(|c| *c != ':').collect();
    let bytes = plain.as_bytes();
    let (hours, minutes) = match bytes.len() {
        2 => (digits(bytes)?, 0),
        4 => (digits(&bytes[..2])?, digits(&bytes[2..])?),
        _ => return None,
    };
    (hours <= 23 && minutes <= 59).then(|| sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21T04:00:00Z.
    const MOMENT: i64 = 1_795_233_600;

    #[test]
    fn every_format_found_in_caches_gives_the_same_moment() {
        for text in [
            "2026-11-21T04:00:00Z",
            "2026-11-21T04:00:00UTC",
            "2026-11-21T04:00:00+00:00",
            "2026-11-21T04:00:00.123Z",
            "2026-11-21T04:00:00.123456789Z",
            "2026-11-21T05:00:00+01:00",
            "2026-11-20T20:00:00-0800",
            "2026-11-21T04:00:00+00",
            "2026-11-21 04:00:00",
            "2026-11-21T04:00:00+00:00+0000",
            " 2026-11-21T04:00:00 UTC ",
        ] {
            assert_eq!(Timestamp::parse(text), Some(Timestamp::from_unix(MOMENT)), "{text:?}");
        }
    }

    #[test]
    fn text_that_is_not_a_time_gives_none() {
        for text in [
            "",
            "x",
            "1795233600",
            "2026-11-21",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-11-21T25:00:00Z",
            "2026-11-21T04:00:00PST",
            "2026-11-21T04:00:00+9",
            "2026-11-21T04:00:00+99:99",
            "éééééééééééé",
            "2026-11-21Té4:00:00Z",
            "99999-11-21T04:00:00Z",
            "2026-11-21T04:00:00.5+",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_leap_second_is_the_second_before_it() {
        let parse = |text| Timestamp::parse(text).unwrap().to_string();
        assert_eq!(parse("2016-12-31T23:59:58Z"), "2016-12-31T23:59:58Z");
        assert_eq!(parse("2016-12-31T23:59:59Z"), "2016-12-31T23:59:59Z");
        assert_eq!(parse("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59Z");
        assert_eq!(Timestamp::parse("2016-12-31T23:60:00Z"), None);
    }

    #[test]
    fn only_one_format_is_written() {
        assert_eq!(Timestamp::from_unix(MOMENT).to_string(), "2026-11-21T04:00:00Z");
        assert_eq!(Timestamp::from_unix_milliseconds(1_795_233_601_999).to_string(), "2026-11-21T04:00:01Z");
        assert_eq!(Timestamp::from_unix(i64::MAX).to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(Timestamp::from_unix(i64::MIN).to_string(), "0001-01-01T00:00:00Z");
    }

    #[test]
    fn arithmetic_saturates() {
        let end = Timestamp::from_unix(i64::MAX);
        assert_eq!(end.plus(Duration::from_secs(u64::MAX)), end);
        assert_eq!(Timestamp::from_unix(i64::MIN).seconds_since(end), i64::MIN);
    }
}
