//! Text from servers and files as it may be shown: nothing a terminal obeys, and not endless.

use super::invisible::is_invisible;

/// Makes text from servers and files safe to show: control characters, line
/// separators and direction overrides become `\u{…}`.
pub fn escape(text: &str) -> String {
    escape_where(text, is_hostile)
}

/// [`escape`] for a text of several lines, whose `\n` stay.
pub fn escape_lines(text: &str) -> String {
    escape_where(text, |c| c != '\n' && is_hostile(c))
}

/// Whether a terminal obeys `c`, or a person does not see it.
pub fn is_hostile(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

fn escape_where(text: &str, hostile: impl Fn(char) -> bool) -> String {
    if !text.chars().any(&hostile) {
        return text.to_owned();
    }
    text.chars().map(|c| if hostile(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// Keeps one line within what SDKs can carry: Java stops reading at 64 KiB and a
/// server's words have no length of their own.
pub fn shorten(line: &str) -> String {
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
        assert_eq!(escape("a\u{61c}b"), "a\\u{61c}b", "a mark of direction");
    }

    #[test]
    fn the_line_breaks_of_a_text_of_several_lines_stay() {
        assert_eq!(escape_lines("a\n\n    b\x1b\r\n"), "a\n\n    b\\u{1b}\\u{d}\n");
        assert_eq!(escape_lines(&escape("a\x1b")), "a\\u{1b}", "what is escaped already stays as it is");
    }

    #[test]
    fn a_line_has_an_end() {
        assert_eq!(shorten(&"x".repeat(5000)).chars().count(), 1001);
    }
}
