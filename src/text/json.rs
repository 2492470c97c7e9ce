//! JSON exactly as Python's `json.dumps` writes it. The AWS CLI writes its cache
//! files in this form, and hashes it for their names.

use std::fmt::Write as _;

/// Whether a byte is escaped. This is a table for speed: each hit looks up about a thousand bytes
/// of a session token.
static IS_ESCAPED: [bool; 256] = {
    let mut escaped = [true; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        escaped[byte as usize] = matches!(byte, b'"' | b'\\');
        byte += 1;
    }
    escaped
};

/// Appends `text` as a JSON string in ASCII. Characters outside of 0x20–0x7E are escaped as
/// `json.dumps` does; those above U+FFFF become a surrogate pair.
pub fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    loop {
        let (plain, others) = rest.split_at(plain_length(rest.as_bytes()));
        out.push_str(plain);
        let mut chars = others.chars();
        let Some(c) = chars.next() else { break };
        push_escaped(out, c);
        rest = chars.as_str();
    }
    out.push('"');
}

/// Begins a member of the object that `out` holds, or the object itself if `out` is empty.
pub fn push_name(out: &mut String, name: &str) {
    out.push(if out.is_empty() { '{' } else { ',' });
    push_quoted(out, name);
    out.push(':');
}

/// Appends a member whose value is a text, as [`push_name`] begins it.
pub fn push_member(out: &mut String, name: &str, value: &str) {
    push_name(out, name);
    push_quoted(out, value);
}

/// How many bytes at the start stand for themselves: eight at a time as far as that goes, because
/// each hit looks at a thousand.
fn plain_length(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks();
    let plain = words.iter().take_while(|word| !has_escaped(u64::from_le_bytes(**word))).count() * 8;
    let rest = bytes[plain..].iter();
    plain + rest.take_while(|byte| !IS_ESCAPED[usize::from(**byte)]).count()
}

/// Whether one of the eight bytes of `word` is escaped. A borrow may mark a plain byte above one that
/// is escaped, which changes nothing here.
const fn has_escaped(word: u64) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const TOP: u64 = 0x80 * EACH;
    const fn has_zero(word: u64) -> u64 {
        word.wrapping_sub(EACH) & !word
    }
    let below_blank = word.wrapping_sub(0x20 * EACH) & !word;
    // Adding 1 carries out of no byte below 0x7f; other bytes are escaped anyway.
    let above_tilde = word.wrapping_add(EACH) | word;
    let quote = has_zero(word ^ (b'"' as u64 * EACH));
    let backslash = has_zero(word ^ (b'\\' as u64 * EACH));
    (below_blank | above_tilde | quote | backslash) & TOP != 0
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
}

/// `value` on one line, with the default separators of `json.dumps`, `", "` and `": "`. Members keep
/// their order. There is no newline at the end.
pub fn to_python_text(value: &serde_json::Value) -> String {
    let mut out = String::with_capacity(1024);
    push_value(&mut out, value);
    out
}

fn push_value(out: &mut String, value: &serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::String(text) => push_quoted(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                push_value(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                push_quoted(out, key);
                out.push_str(": ");
                push_value(out, member);
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn exactly_the_unprintable_bytes_the_quote_and_the_backslash_are_escaped() {
        for byte in 0..0x80_u8 {
            let mut out = String::new();
            push_quoted(&mut out, &char::from(byte).to_string());
            let stands_for_itself = out.len() == 3;
            assert_eq!(stands_for_itself, (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\');
        }
    }

    #[test]
    fn a_byte_is_found_at_each_place_of_a_word() {
        for byte in 0..=0xff_u8 {
            for at in 0..8 {
                for other in [b' ', b'~', b'!', b'#', b'['] {
                    let mut word = [other; 8];
                    word[at] = byte;
                    let found = has_escaped(u64::from_le_bytes(word));
                    assert_eq!(found, IS_ESCAPED[usize::from(byte)], "{byte} at {at} among {other}");
                    let expected = if found { at } else { 8 };
                    assert_eq!(plain_length(&word), expected);
                }
            }
        }
    }

    #[test]
    fn text_is_escaped_as_in_python() {
        let mut out = String::new();
        push_quoted(&mut out, "a\"b\\c\u{7f}é🚀\n/");
        assert_eq!(out, r#""a\"b\\c\u007f\u00e9\ud83d\ude80\n/""#);
    }

    #[test]
    fn separators_are_those_of_python() {
        let value = json!({"a": {"c": true}, "b": [1, "x", null], "e": [], "f": {}});
        assert_eq!(to_python_text(&value), r#"{"a": {"c": true}, "b": [1, "x", null], "e": [], "f": {}}"#);
    }
}
