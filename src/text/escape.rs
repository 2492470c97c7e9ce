//! Makes text from servers and files safe to show: escapes what a terminal obeys or a person cannot
//! see, and limits the length.

use std::fmt::Write as _;

use super::invisible::is_invisible;

/// `text` with control characters, line separators and direction overrides as `\u{…}`.
pub fn escape(text: &str) -> String {
    escape_where(text, is_hostile)
}

/// [`escape`] for a text of several lines: each `\n` stays.
pub fn escape_lines(text: &str) -> String {
    escape_where(text, |c| c != '\n' && is_hostile(c))
}

/// A JSON document, with the characters that a terminal obeys and JSON allows in strings as `\uXXXX`.
/// They stand in strings only, except for the line breaks between members, which stay.
pub fn escape_json(text: &str) -> String {
    if !text.chars().any(|c| c != '\n' && is_hostile(c)) {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || !is_hostile(c) {
            escaped.push(c);
        } else {
            // All hostile characters are below U+10000, so that one escape is enough.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        }
    }
    escaped
}

/// Whether a terminal obeys `c`, or a person cannot see it.
pub fn is_hostile(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

fn escape_where(text: &str, hostile: impl Fn(char) -> bool) -> String {
    if !text.chars().any(&hostile) {
        return text.to_owned();
    }
    text.chars().map(|c| if hostile(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// `line`, cut after 1000 characters. A text from a server may be longer than SDKs can read: the
/// Java SDK stops at 64 KiB.
pub fn shorten(line: &str) -> String {
    cut(line, 1000)
}

/// `text` with at most `longest` characters, and `…` if any are left out.
pub fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(escape("plain – text"), "plain – text");
        assert_eq!(escape("a\x1b[2Jb\r\nc\u{202e}"), "a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{202e}");
        assert_eq!(escape("\u{9b}0m"), "\\u{9b}0m");
        assert_eq!(escape("a\u{61c}b"), "a\\u{61c}b", "a mark of direction");
    }

    #[test]
    fn line_breaks_stay_in_a_text_of_several_lines() {
        assert_eq!(escape_lines("a\n\n    b\x1b\r\n"), "a\n\n    b\\u{1b}\\u{d}\n");
        assert_eq!(escape_lines(&escape("a\x1b")), "a\\u{1b}", "what is escaped already stays as it is");
    }

    #[test]
    fn a_long_line_is_cut() {
        assert_eq!(shorten(&"x".repeat(5000)).chars().count(), 1001);
    }
}
