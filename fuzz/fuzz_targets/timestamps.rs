//! Times: what is written is read back, what RFC 3339 and HTTP allow is read as the crate `time` reads it,
//! and no text is too odd.
#![no_main]

use aws_sso_cred::fuzzing::http_date;
use aws_sso_cred::timestamp::Timestamp;
use libfuzzer_sys::fuzz_target;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// The years that can be written.
const WRITABLE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        cache_time(text);
        http_time(text);
    }
    if let Some((number, _)) = data.split_first_chunk() {
        number_of_seconds(i64::from_le_bytes(*number));
    }
});

fn cache_time(text: &str) {
    let read = Timestamp::parse(text);
    if let Some(read) = read {
        assert_written_is_read(read);
    }
    let Ok(expected) = OffsetDateTime::parse(text, &Rfc3339) else { return };
    // A leap second becomes the second before it. RFC 3339 has no year 0 of AWS's.
    let is_separated = text.get(10..11).is_some_and(|separator| ["T", "t", " "].contains(&separator));
    if is_separated && text.get(17..19) != Some("60") && expected.year() > 0 {
        assert_eq!(read.map(Timestamp::unix), Some(expected.unix_timestamp()), "{text}");
    }
}

/// A date of RFC 9110 §5.6.7 is one of RFC 2822, which allows more.
fn http_time(text: &str) {
    let read = http_date(text);
    let is_plain = text.len() == 29
        && text.ends_with(" GMT")
        && !text.contains("  ")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ,:".contains(&byte))
        && text.get(17..25).is_some_and(|time| !time.contains(' '));
    let Ok(expected) = OffsetDateTime::parse(text, &Rfc2822) else { return };
    // In HTTP the case of the names counts.
    let is_name = |at: usize| {
        text.get(at..at + 3).is_some_and(|name| {
            let (first, rest) = name.split_at(1);
            first.bytes().all(|byte| byte.is_ascii_uppercase())
                && rest.bytes().all(|byte| byte.is_ascii_lowercase())
        })
    };
    if is_plain && is_name(0) && is_name(8) && text.get(23..25) != Some("60") {
        assert_eq!(read.map(Timestamp::unix), Some(expected.unix_timestamp()), "{text}");
    }
}

fn assert_written_is_read(at: Timestamp) {
    if WRITABLE.contains(&at.unix()) {
        assert_eq!(Timestamp::parse(&at.to_string()), Some(at), "{at}");
        assert_eq!(at.to_string().len(), 20);
    }
}

fn number_of_seconds(seconds: i64) {
    let at = Timestamp::from_unix(seconds);
    assert_written_is_read(at);
    assert_written_is_read(Timestamp::from_unix(seconds.rem_euclid(*WRITABLE.end())));
    assert!(Timestamp::from_unix_milliseconds(seconds).unix() <= seconds.div_euclid(1000));
    for ahead in [0, seconds, -86_400, 20_700, i64::MIN, i64::MAX] {
        assert!(!at.for_people(ahead).is_empty());
    }
}
