//! Percent-encoding (RFC 3986 §2.1).

/// `text` with every byte as `%XX`, except for the unreserved characters of RFC 3986 §2.3.
pub fn encode(text: &str) -> String {
    const HEXADECIMAL: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len() + text.len() / 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |nibble: u8| char::from(HEXADECIMAL[usize::from(nibble)]);
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

/// `text` with each `%XX` decoded. A `%` without two hexadecimal digits stays as it is.
pub fn decode_leniently(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let (byte, after) = escaped(rest).unwrap_or((byte, after));
        bytes.push(byte);
        rest = after;
    }
    bytes
}

/// Decodes a value of `application/x-www-form-urlencoded`. `None` if a `%` is not followed by two
/// hexadecimal digits, or the result is not UTF-8. Allocates once: a string that grows would leave
/// copies of a secret in memory.
pub fn decode_form(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let (byte, after) = match byte {
            b'+' => (b' ', after),
            b'%' => escaped(rest)?,
            other => (other, after),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

/// The byte of the `%XX` at the start of `text`, and the rest of `text`.
fn escaped(text: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, after) = text.strip_prefix(b"%")?.split_at_checked(2)?;
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some((value(digits[0])? << 4 | value(digits[1])?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_unreserved_characters_are_encoded() {
        assert_eq!(encode("aZ9-._~ /+%&é"), "aZ9-._~%20%2F%2B%25%26%C3%A9");
    }

    #[test]
    fn lenient_decoding_keeps_a_percent_sign_without_digits() {
        assert_eq!(decode_leniently("a%2fb%zz%4%+%C3%A9"), "a/b%zz%4%+é".as_bytes());
    }

    #[test]
    fn a_form_has_plus_signs_for_blanks_and_no_broken_escapes() {
        assert_eq!(decode_form("a%2Fb+c%c3%a9").as_deref(), Some("a/b cé"));
        for broken in ["%", "%f", "%zz", "%+1", "%ff"] {
            assert_eq!(decode_form(broken), None, "{broken}");
        }
    }
}
