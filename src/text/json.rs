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
    while let Some(at) = rest.bytes().position(|byte| IS_ESCAPED[usize::from(byte)]) {
        out.push_str(&rest[..at]);
        let mut chars = rest[at..].chars();
        if let Some(c) = chars.next() {
            push_escaped(out, c);
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out.push('"');
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
