//! Reads dates in HTTP headers.

use aws_smithy_types::date_time::{DateTime, Format};

use crate::timestamp::Timestamp;

/// The moment that an HTTP date names (RFC 9110 §5.6.7).
pub fn parse(text: &str) -> Option<Timestamp> {
    // The parser slices at fixed byte positions, and would panic inside a non-ASCII character.
    let text = Some(text.trim()).filter(|text| text.is_ascii())?;
    Some(Timestamp::from_unix(DateTime::from_str(text, Format::HttpDate).ok()?.secs()))
}
