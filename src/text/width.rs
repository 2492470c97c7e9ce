//! The number of columns that a text takes on a terminal.
//!
//! Texts with characters that a terminal obeys or does not show are escaped first
//! ([`super::escape::escape`]).

use unicode_width::UnicodeWidthChar as _;

/// The columns of `text`: two for a wide character, none for an accent of its own.
pub fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// The columns of one character.
pub fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// `text`, cut to at most `columns` columns, with `…` at the end if anything is left out.
pub fn cut_to_width(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let Some(room) = columns.checked_sub(1) else { return String::new() };
    format!("{}…", beginning(text, room))
}

/// As much of the beginning of `text` as fits into `columns` columns.
pub fn beginning(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, c)| {
        taken += char_width(*c);
        taken > columns
    });
    end.map_or(text, |(end, _)| &text[..end])
}

/// `text` with blanks behind it, to fill `columns` columns.
pub fn pad_to_width(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// `text` in lines of at most `columns` columns, broken at blanks, and inside of a word only if the
/// word alone is too long.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word = word;
        loop {
            let last = lines.len() - 1;
            let line = &mut lines[last];
            let blank = usize::from(!line.is_empty());
            if width(line) + blank + width(word) <= columns {
                line.push_str(&" ".repeat(blank));
                line.push_str(word);
                break;
            }
            if line.is_empty() {
                let start = beginning(word, columns);
                // A column too narrow for a wide character would never take it.
                let start = if start.is_empty() { word } else { start };
                line.push_str(start);
                word = &word[start.len()..];
                if word.is_empty() {
                    break;
                }
            }
            lines.push(String::new());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_twice_and_accents_not_at_all() {
        for (text, columns) in
            [("", 0), ("abc", 3), ("日本", 4), ("e\u{301}", 1), ("ü", 1), ("🙂", 2), ("ｱ", 1)]
        {
            assert_eq!(width(text), columns, "{text:?}");
        }
    }

    #[test]
    fn a_cut_text_is_never_wider_than_asked() {
        assert_eq!(cut_to_width("production", 10), "production");
        assert_eq!(cut_to_width("production", 9), "producti…");
        assert_eq!(cut_to_width("日本語", 5), "日本…");
        assert_eq!(cut_to_width("日本語", 4), "日…");
        assert_eq!(cut_to_width("ab", 1), "…");
        assert_eq!(cut_to_width("ab", 0), "");
    }

    #[test]
    fn a_padded_text_fills_its_columns() {
        assert_eq!(pad_to_width("日", 4), "日  ");
        assert_eq!(pad_to_width("abcdef", 4), "abcdef");
    }

    #[test]
    fn lines_are_broken_at_blanks_and_long_words_inside() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("a verylongword b", 6), ["a", "verylo", "ngword", "b"]);
        assert_eq!(wrap("日本語", 1), ["日本語"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("x", 0), ["x"]);
    }
}
