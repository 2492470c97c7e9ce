//! Text of servers and files, made fit to be shown.

/// Makes text from servers and files safe to show: control characters, line
/// separators and direction overrides become `\u{…}`.
pub fn escape(text: &str) -> String {
    let hostile = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if !text.chars().any(hostile) {
        return text.to_owned();
    }
    text.chars().map(|c| if hostile(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// Keeps one line within what SDKs can carry: Java stops reading at 64 KiB and a
/// server's words have no length of their own.
pub(super) fn shorten(line: &str) -> String {
    const LONGEST: usize = 1000;
    if line.chars().count() <= LONGEST {
        return line.to_owned();
    }
    line.chars().take(LONGEST).chain("…".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_not_obeyed() {
        assert_eq!(escape("plain – text"), "plain – text");
        assert_eq!(escape("a\x1b[2Jb\r\nc\u{202e}"), "a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{202e}");
        assert_eq!(escape("\u{9b}0m"), "\\u{9b}0m");
    }

    #[test]
    fn a_line_has_an_end() {
        assert_eq!(shorten(&"x".repeat(5000)).chars().count(), 1001);
    }
}
