//! One line of a file, and what it is in its section.

use memchr::{memchr2, memchr2_iter};

use crate::config::lines::is_blank;
use crate::config::scanner::without_comment;

/// One line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// The bytes before the line break.
    pub(super) text: Vec<u8>,
    pub(super) ending: Ending,
    pub(super) role: Role,
    /// Where the line begins in the file; `None` for a new line.
    pub(super) offset: Option<usize>,
}

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Lf,
    CrLf,
    Cr,
}

impl Ending {
    pub(super) const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
            Self::Cr => b"\r",
        }
    }
}

/// What a line is in its section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    Header,
    Blank,
    Comment,
    Key(Setting),
    /// It goes on with the value or the broken line above it.
    Continued,
    /// It is not understood. The words complete "line 3 …".
    Broken(&'static str),
}

/// A key and its value, with all lines of the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) key: String,
    pub(super) value: String,
}

impl Setting {
    /// Whether a reader finds a value in this place.
    pub(super) fn counts(&self) -> bool {
        !self.value.is_empty() && !self.value.starts_with('\n')
    }
}

impl Line {
    /// A line that was not in the file.
    pub(super) fn new(text: Vec<u8>, ending: Ending, role: Role) -> Self {
        Self { text, ending, role, offset: None }
    }

    pub(super) fn indent(&self) -> usize {
        indent_of(&self.text)
    }

    /// The blanks at the beginning.
    pub(super) fn margin(&self) -> &[u8] {
        &self.text[..self.indent()]
    }

    pub(super) fn setting(&self) -> Option<&Setting> {
        if let Role::Key(setting) = &self.role { Some(setting) } else { None }
    }

    pub(super) fn is_key(&self, key: &str) -> bool {
        self.setting().is_some_and(|setting| setting.key == key)
    }

    /// Whether the line is blank or a comment.
    pub(super) fn says_nothing(&self) -> bool {
        matches!(self.role, Role::Blank | Role::Comment)
    }

    /// The blanks around the `=`, if they are a style that another line can have: at most one on each
    /// side, as more of them align this line with others, and a value behind them.
    pub(super) fn style(&self) -> Option<(&'static str, &'static str)> {
        let text = without_comment(&self.text);
        let at = memchr2(b'=', b':', text).filter(|at| text[*at] == b'=')?;
        let one = |blanks: usize| ["", " "].get(blanks).copied();
        let before = text[..at].iter().rev().take_while(|byte| is_blank(**byte)).count();
        let after = indent_of(&text[at + 1..]);
        if text.len() == at + 1 + after {
            return None;
        }
        Some((one(before)?, one(after)?))
    }

    /// The line with another value, and the comment that was behind the value, if there was one.
    pub(super) fn with_value(&self, key: &str, value: &str) -> (Self, Option<Vec<u8>>) {
        let code = without_comment(&self.text);
        let comment = self.text[code.len()..].to_vec();
        let at = memchr2(b'=', b':', code).map_or(code.len(), |at| at + 1);
        let blanks = indent_of(&code[at..]);
        let mut text = code[..at + blanks].to_vec();
        let old = code.len() - code.iter().rev().take_while(|byte| is_blank(**byte)).count();
        if old <= at {
            // There was no value: the blanks before the `=` show the style.
            text.truncate(at);
            let is_spaced = at >= 2 && is_blank(code[at - 2]);
            text.extend_from_slice(if is_spaced || blanks > 0 { b" " } else { b"" });
        }
        text.extend_from_slice(value.as_bytes());
        if comment.is_empty() && old > at {
            text.extend_from_slice(&code[old..]);
        }
        let role = Role::Key(Setting { key: key.to_owned(), value: value.to_owned() });
        let line = Self::new(text, self.ending, role);
        (line, (!comment.is_empty()).then_some(comment))
    }
}

/// The number of blanks at the beginning of `text`.
pub(super) fn indent_of(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_blank(**byte)).count()
}

/// The lines of `text`: where each begins, its length, and how it ends (`None` at the end of the text).
pub(super) fn split(text: &[u8]) -> Vec<(usize, usize, Option<Ending>)> {
    let mut lines = Vec::new();
    let mut start = 0;
    for at in memchr2_iter(b'\n', b'\r', text) {
        // The second byte of `\r\n`.
        if at < start {
            continue;
        }
        let ending = match (text[at], text.get(at + 1)) {
            (b'\r', Some(b'\n')) => Ending::CrLf,
            (b'\r', _) => Ending::Cr,
            _ => Ending::Lf,
        };
        lines.push((start, at - start, Some(ending)));
        start = at + ending.bytes().len();
    }
    if start < text.len() {
        lines.push((start, text.len() - start, None));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str) -> (String, Option<String>) {
        let setting = Setting { key: "k".to_owned(), value: String::new() };
        let line = Line::new(text.as_bytes().to_vec(), Ending::Lf, Role::Key(setting));
        let (line, comment) = line.with_value("k", "new");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(line.text), comment.map(text))
    }

    #[test]
    fn a_value_is_replaced_between_the_blanks_around_it() {
        for (before, after) in [
            ("k = old", "k = new"),
            ("k=old", "k=new"),
            ("  K\t=\told ", "  K\t=\tnew "),
            ("k: a = b", "k: new"),
            ("k =", "k = new"),
            ("k=", "k=new"),
            ("k = ", "k = new"),
            ("k = a#b", "k = new"),
        ] {
            assert_eq!(changed(before), (after.to_owned(), None), "{before:?}");
        }
    }

    #[test]
    fn a_comment_behind_the_value_is_taken_off() {
        for (before, after) in [
            ("k = old # c", "k = new"),
            ("k = old\t;c;", "k = new"),
            ("k =  # c", "k = new"),
            ("k= ;", "k= new"),
        ] {
            let (line, comment) = changed(before);
            assert_eq!(line, after, "{before:?}");
            assert!(comment.unwrap().starts_with(['#', ';']));
        }
    }

    #[test]
    fn lines_end_in_three_ways() {
        let split = |text: &str| {
            let lines = split(text.as_bytes()).into_iter();
            lines
                .map(|(start, length, ending)| (text[start..start + length].to_owned(), ending))
                .collect::<Vec<_>>()
        };
        let line = |text: &str, ending| (text.to_owned(), ending);
        assert_eq!(
            split("a\nb\r\nc\r\rd"),
            [
                line("a", Some(Ending::Lf)),
                line("b", Some(Ending::CrLf)),
                line("c", Some(Ending::Cr)),
                line("", Some(Ending::Cr)),
                line("d", None),
            ]
        );
        assert_eq!(split(""), []);
        assert_eq!(split("\r\n"), [line("", Some(Ending::CrLf))]);
    }
}
