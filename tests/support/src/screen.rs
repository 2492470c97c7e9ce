//! What a person sees on a terminal: a small emulation of the common ones, for programs that draw.
//!
//! It knows the sequences that this project uses, and refuses others, so that none is used
//! unnoticed.

use unicode_width::UnicodeWidthChar as _;

/// A screen, and what was written to it.
#[derive(Debug, Clone)]
pub struct Screen {
    columns: usize,
    height: usize,
    /// Each cell is a character with its accents; the right half of a wide one is empty.
    rows: Vec<Vec<String>>,
    column: usize,
    row: usize,
    /// A sequence that is not complete.
    sequence: String,
    styles: usize,
    marks_pastes: bool,
}

impl Screen {
    /// An empty screen.
    #[must_use]
    pub fn new(columns: usize, height: usize) -> Self {
        let rows = vec![blank(columns); height];
        Self {
            columns,
            height,
            rows,
            column: 0,
            row: 0,
            sequence: String::new(),
            styles: 0,
            marks_pastes: false,
        }
    }

    /// A screen on which `output` was written.
    #[must_use]
    pub fn of(columns: usize, height: usize, output: &str) -> Self {
        let mut screen = Self::new(columns, height);
        screen.write(output);
        screen
    }

    /// Writes `output`.
    ///
    /// # Panics
    ///
    /// At a sequence that it does not know.
    pub fn write(&mut self, output: &str) {
        for c in output.chars() {
            match c {
                _ if !self.sequence.is_empty() => self.continue_sequence(c),
                '\x1b' => self.sequence.push(c),
                '\r' => self.column = 0,
                '\n' => self.line_feed(),
                '\x08' => self.column = self.column.saturating_sub(1),
                '\x07' => {}
                c if c.is_control() => panic!("this control character does not belong here: {c:?}"),
                c => self.put(c),
            }
        }
    }

    /// Changes the size, as a terminal that does not break lines anew.
    pub fn resize(&mut self, columns: usize, height: usize) {
        for row in &mut self.rows {
            row.resize(columns, " ".to_owned());
        }
        while self.rows.len() > height {
            if self.row + 1 < self.rows.len() {
                self.rows.pop();
            } else {
                self.rows.remove(0);
                self.row -= 1;
            }
        }
        self.rows.resize(height, blank(columns));
        (self.columns, self.height) = (columns, height);
        self.column = self.column.min(columns - 1);
    }

    /// The rows without blanks at their ends, and without empty rows at the end.
    #[must_use]
    pub fn text(&self) -> String {
        let rows: Vec<String> = self.rows.iter().map(|row| row.concat().trim_end().to_owned()).collect();
        rows.join("\n").trim_end().to_owned()
    }

    /// The column and the row of the cursor, from 0.
    #[must_use]
    pub fn cursor(&self) -> (usize, usize) {
        (self.column, self.row)
    }

    /// How often text became coloured or bold.
    #[must_use]
    pub fn styles(&self) -> usize {
        self.styles
    }

    /// Whether the terminal marks what is pasted.
    #[must_use]
    pub fn marks_pastes(&self) -> bool {
        self.marks_pastes
    }

    fn put(&mut self, c: char) {
        let width = c.width().unwrap_or(0);
        if width == 0 {
            let cell = self.column.saturating_sub(1);
            self.rows[self.row][cell].push(c);
            return;
        }
        if self.column + width > self.columns {
            self.column = 0;
            self.line_feed();
        }
        self.rows[self.row][self.column] = c.to_string();
        if width == 2 {
            self.rows[self.row][self.column + 1] = String::new();
        }
        self.column += width;
    }

    fn line_feed(&mut self) {
        if self.row + 1 < self.height {
            self.row += 1;
        } else {
            self.rows.remove(0);
            self.rows.push(blank(self.columns));
        }
    }

    fn continue_sequence(&mut self, c: char) {
        self.sequence.push(c);
        if self.sequence.len() > 2 && c.is_ascii_alphabetic() {
            let sequence = std::mem::take(&mut self.sequence);
            self.obey(&sequence[1..]);
        }
    }

    fn obey(&mut self, sequence: &str) {
        let Some(sequence) = sequence.strip_prefix('[') else { panic!("unknown sequence: {sequence:?}") };
        let (parameters, command) = sequence.split_at(sequence.len() - 1);
        let count = parameters.parse::<usize>().unwrap_or(1);
        match (command, parameters) {
            ("A", _) => self.row = self.row.saturating_sub(count),
            ("C", _) => self.column = (self.column + count).min(self.columns - 1),
            ("K", "" | "0") => self.erase_to_end_of_row(),
            ("J", "" | "0") => {
                self.erase_to_end_of_row();
                for row in &mut self.rows[self.row + 1..] {
                    *row = blank(self.columns);
                }
            }
            ("m", "0" | "") => {}
            ("m", _) => self.styles += 1,
            ("h", "?2004") => self.marks_pastes = true,
            ("l", "?2004") => self.marks_pastes = false,
            _ => panic!("unknown sequence: {sequence:?}"),
        }
    }

    fn erase_to_end_of_row(&mut self) {
        let from = self.column.min(self.columns);
        self.rows[self.row][from..].fill(" ".to_owned());
    }
}

fn blank(columns: usize) -> Vec<String> {
    vec![" ".to_owned(); columns]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_written_over_and_broken_at_the_edge() {
        assert_eq!(Screen::of(5, 3, "abc\r\ndef").text(), "abc\ndef");
        assert_eq!(Screen::of(5, 3, "abc\rX").text(), "Xbc");
        assert_eq!(Screen::of(5, 3, "abcdefg").text(), "abcde\nfg");
        assert_eq!(Screen::of(5, 2, "a\r\nb\r\nc").text(), "b\nc");
        assert_eq!(Screen::of(5, 3, "日本語").text(), "日本\n語");
        assert_eq!(Screen::of(5, 3, "e\u{301}x").cursor(), (2, 0));
    }

    #[test]
    fn sequences_move_and_erase() {
        assert_eq!(Screen::of(9, 3, "abc\r\ndef\x1b[A\r\x1b[2CX").text(), "abX\ndef");
        assert_eq!(Screen::of(9, 3, "abc\r\ndef\x1b[A\r\x1b[J").text(), "");
        assert_eq!(Screen::of(9, 3, "abc\r\x1b[1C\x1b[K").text(), "a");
        let screen = Screen::of(9, 3, "\x1b[?2004h\x1b[1mx\x1b[0m");
        assert_eq!((screen.text().as_str(), screen.styles(), screen.marks_pastes()), ("x", 1, true));
    }
}
