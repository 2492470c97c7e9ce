//! A line of text that a person types and edits.

use super::keys::Key;
use crate::text::escape::escape;
use crate::text::width::{char_width, width};

/// No answer is longer.
const LONGEST: usize = 4096;

/// The text, and where the cursor is.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: Vec<char>,
    cursor: usize,
}

impl Line {
    /// A line with `text`, and the cursor at its end.
    pub(super) fn with(text: &str) -> Self {
        let mut line = Self::default();
        line.insert(text);
        line
    }

    pub(super) fn text(&self) -> String {
        self.text.iter().collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Does what `key` does in a line. Gives whether it is such a key.
    pub(super) fn press(&mut self, key: &Key) -> bool {
        match key {
            Key::Char(c) => self.insert(c.encode_utf8(&mut [0; 4])),
            Key::Paste(text) => self.insert(text),
            Key::Backspace => self.delete(self.left(self.cursor), self.cursor),
            Key::Delete | Key::EndOfFile => self.delete(self.cursor, self.right(self.cursor)),
            Key::DeleteWord => self.delete(self.word_left(), self.cursor),
            Key::DeleteToStart => self.delete(0, self.cursor),
            Key::DeleteToEnd => self.delete(self.cursor, self.text.len()),
            Key::Left => self.cursor = self.left(self.cursor),
            Key::Right => self.cursor = self.right(self.cursor),
            Key::WordLeft => self.cursor = self.word_left(),
            Key::WordRight => self.cursor = self.word_right(),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = self.text.len(),
            _ => return false,
        }
        true
    }

    /// The part of the line around the cursor that fits into `columns`, and the column of the cursor
    /// in it, which needs a column itself.
    pub(super) fn visible(&self, columns: usize) -> (String, usize) {
        let shown: Vec<String> = self.text.iter().map(|c| escape(c.encode_utf8(&mut [0; 4]))).collect();
        let room = columns.saturating_sub(1);
        let mut start = self.cursor;
        let mut before = 0;
        while let Some(previous) = start.checked_sub(1) {
            let more = width(&shown[previous]);
            if before + more > room {
                break;
            }
            (start, before) = (previous, before + more);
        }
        let mut text: String = shown[start..self.cursor].concat();
        let mut taken = before;
        for part in &shown[self.cursor..] {
            taken += width(part);
            if taken > room {
                break;
            }
            text.push_str(part);
        }
        (text, before)
    }

    fn insert(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text.len());
        let inserted: Vec<char> = text.chars().take(room).collect();
        let end = self.cursor + inserted.len();
        self.text.splice(self.cursor..self.cursor, inserted);
        self.cursor = end;
    }

    fn delete(&mut self, from: usize, to: usize) {
        self.text.drain(from..to);
        self.cursor = from;
    }

    /// Left of the letter before `at`, and of its accents.
    fn left(&self, at: usize) -> usize {
        let before = self.text[..at].iter().rposition(|c| !is_attached(*c));
        before.unwrap_or(0)
    }

    /// Right of the letter at `at`, and of its accents.
    fn right(&self, at: usize) -> usize {
        let Some(rest) = self.text.get(at + 1..) else { return self.text.len() };
        at + 1 + rest.iter().take_while(|c| is_attached(**c)).count()
    }

    fn word_left(&self) -> usize {
        let before = &self.text[..self.cursor];
        let Some(end) = before.iter().rposition(|c| c.is_alphanumeric()) else { return 0 };
        before[..end].iter().rposition(|c| !c.is_alphanumeric()).map_or(0, |at| at + 1)
    }

    fn word_right(&self) -> usize {
        let behind = self.text[self.cursor..].iter();
        let to_word = behind.clone().take_while(|c| !c.is_alphanumeric()).count();
        self.cursor + to_word + behind.skip(to_word).take_while(|c| c.is_alphanumeric()).count()
    }
}

/// Whether `c` is drawn onto the letter before it.
fn is_attached(c: char) -> bool {
    char_width(c) == 0 && !crate::text::escape::is_hostile(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line after `keys`, with `|` for the cursor.
    fn after(start: &str, keys: &[Key]) -> String {
        let mut line = Line::with(start);
        for key in keys {
            assert!(line.press(key), "{key:?}");
        }
        let mut text = line.text.clone();
        text.insert(line.cursor, '|');
        text.into_iter().collect()
    }

    #[test]
    fn text_is_inserted_at_the_cursor() {
        assert_eq!(after("ac", &[Key::Left, Key::Char('b')]), "ab|c");
        assert_eq!(after("", &[Key::Paste("日本".to_owned()), Key::Char('x')]), "日本x|");
    }

    #[test]
    fn keys_move_and_delete_as_in_a_shell() {
        use Key::{
            Backspace, Delete, DeleteToEnd, DeleteToStart, DeleteWord, End, EndOfFile, Home, Left, Right,
            WordLeft, WordRight,
        };
        let cases: [(&[Key], &str); 12] = [
            (&[Backspace], "one two-thre|"),
            (&[Left, Left, Backspace], "one two-th|ee"),
            (&[Home, Delete], "|ne two-three"),
            (&[Home, EndOfFile], "|ne two-three"),
            (&[DeleteWord], "one two-|"),
            (&[DeleteWord, DeleteWord], "one |"),
            (&[WordLeft, WordLeft, DeleteToEnd], "one |"),
            (&[WordLeft, DeleteToStart], "|three"),
            (&[Home, WordRight, WordRight], "one two|-three"),
            (&[Home, Left, Backspace, DeleteWord, DeleteToStart, WordLeft], "|one two-three"),
            (&[End, Right, Delete, DeleteToEnd, WordRight], "one two-three|"),
            (&[Home, Right, Right, Left], "o|ne two-three"),
        ];
        for (keys, expected) in cases {
            assert_eq!(after("one two-three", keys), expected, "{keys:?}");
        }
    }

    #[test]
    fn an_accent_of_its_own_goes_with_its_letter() {
        assert_eq!(after("e\u{301}", &[Key::Backspace]), "|");
        assert_eq!(after("ae\u{301}b", &[Key::Left, Key::Left, Key::Char('x')]), "ax|e\u{301}b");
        assert_eq!(after("e\u{301}b", &[Key::Home, Key::Right]), "e\u{301}|b");
    }

    #[test]
    fn other_keys_are_not_taken() {
        for key in [Key::Enter, Key::Up, Key::Tab, Key::PageDown, Key::Escape, Key::Interrupt] {
            assert!(!Line::default().press(&key), "{key:?}");
        }
    }

    #[test]
    fn the_part_around_the_cursor_is_visible() {
        let mut line = Line::with("0123456789");
        assert_eq!(line.visible(20), ("0123456789".to_owned(), 10));
        assert_eq!(line.visible(11), ("0123456789".to_owned(), 10));
        assert_eq!(line.visible(5), ("6789".to_owned(), 4), "the cursor is behind the text");
        line.press(&Key::Home);
        assert_eq!(line.visible(5), ("0123".to_owned(), 0));
        line.press(&Key::Right);
        assert_eq!(line.visible(5), ("0123".to_owned(), 1));
        assert_eq!(Line::with("日本").visible(4), ("本".to_owned(), 2), "half a character is not shown");
        assert_eq!(Line::with("ab").visible(0), (String::new(), 0));
    }

    #[test]
    fn characters_that_nobody_sees_are_shown_as_escapes() {
        assert_eq!(Line::with("a\u{200b}b").visible(20), ("a\\u{200b}b".to_owned(), 10));
    }

    #[test]
    fn a_line_has_an_end() {
        let line = Line::with(&"x".repeat(10_000));
        assert_eq!((line.text.len(), line.cursor), (LONGEST, LONGEST));
    }
}
