//! Dates in headers.

use aws_smithy_types::date_time::{DateTime, Format};

use crate::timestamp::Timestamp;

/// A date as a header holds it (RFC 9110 §5.6.7).
pub fn parse(text: &str) -> Option<Timestamp> {
    // The parser slices at fixed places and expects nothing but ASCII.
    let text = Some(text.trim()).filter(|text| text.is_ascii())?;
    Some(Timestamp::from_unix(DateTime::from_str(text, Format::HttpDate).ok()?.secs()))
}
