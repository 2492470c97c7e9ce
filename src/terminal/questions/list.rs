//! A question that is answered by a row of a list, which a person makes shorter by typing a few
//! letters.

use super::columns::{aligned, fitted, natural};
use super::frame::{Frame, Look, label, typed};
use super::keys::Key;
use super::line::Line;
use super::question::Step;
use crate::text::escape::escape;
use crate::text::fuzzy::Index;
use crate::text::width::cut_to_width;

/// A row that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceRow {
    /// What the person sees, in columns.
    pub cells: Vec<String>,
    /// What the person's letters are looked for in: names, ids.
    pub searched: String,
}

/// More rows on a tall screen would be no better to read.
const MOST_ROWS: usize = 15;
const KEYS: &str = "type to filter, Up/Down to move, Enter to choose, Esc to stop";

/// The list, and what the person has typed.
pub(super) struct List<'a> {
    pub(super) question: &'a str,
    /// The cells, with control characters escaped.
    pub(super) cells: Vec<Vec<String>>,
    widths: Vec<usize>,
    index: Index,
    pub(super) filter: Line,
    /// The rows that match the filter, the best first.
    pub(super) found: Vec<usize>,
    /// The place of the chosen row in `found`.
    chosen: usize,
    /// The place in `found` of the row at the top.
    top: usize,
    /// The rows that were drawn last: a page.
    page: usize,
}

impl<'a> List<'a> {
    pub(super) fn new(question: &'a str, rows: &[ChoiceRow]) -> Self {
        let cells: Vec<Vec<String>> =
            rows.iter().map(|row| row.cells.iter().map(|cell| escape(cell)).collect()).collect();
        let mut list = Self {
            question,
            widths: natural(&cells),
            cells,
            index: Index::new(rows.iter().map(|row| row.searched.as_str())),
            filter: Line::default(),
            found: Vec::new(),
            chosen: 0,
            top: 0,
            page: MOST_ROWS,
        };
        list.search();
        list
    }

    /// The number of the row that is chosen; `None` if none matches the filter.
    pub(super) fn answer(&self) -> Option<usize> {
        self.found.get(self.chosen).copied()
    }

    /// Filters anew. The best match is chosen; without a filter, the first row.
    pub(super) fn search(&mut self) {
        self.found = self.index.find(&self.filter.text());
        (self.top, self.chosen) = (0, 0);
    }

    pub(super) fn press(&mut self, key: &Key) -> Step {
        match key {
            Key::Enter if self.answer().is_some() => return Step::Answered,
            Key::EndOfFile if self.filter.is_empty() => return Step::Stopped,
            Key::Up => self.choose(self.chosen.saturating_sub(1)),
            Key::Down => self.choose(self.chosen + 1),
            Key::PageUp => self.choose(self.chosen.saturating_sub(self.page)),
            Key::PageDown => self.choose(self.chosen + self.page),
            Key::Home => self.choose(0),
            Key::End => self.choose(usize::MAX),
            key => {
                let before = self.filter.text();
                self.filter.press(key);
                if self.filter.text() != before {
                    self.search();
                }
            }
        }
        Step::Asking
    }

    /// Chooses the row at `place` in `found`.
    pub(super) fn choose(&mut self, place: usize) {
        self.chosen = place.min(self.found.len().saturating_sub(1));
    }

    pub(super) fn draw(&mut self, look: Look) -> Frame {
        let mut frame = typed(look, &label(self.question, ""), &self.filter);
        // On a very small screen, rows are worth more than the line about them.
        let with_footer = look.rows >= 4;
        let room = look.rows.saturating_sub(1 + usize::from(with_footer));
        self.page = room.clamp(1, MOST_ROWS);
        self.scroll();
        let shown = self.found.iter().enumerate().skip(self.top).take(self.page.min(room));
        // Two columns for the mark.
        let widths = fitted(&self.widths, look.room().saturating_sub(2));
        for (place, row) in shown {
            let is_chosen = place == self.chosen;
            let cells = self.cells.get(*row).map(|cells| aligned(cells, &widths, usize::MAX));
            let line = format!("{} {}", if is_chosen { '>' } else { ' ' }, cells.unwrap_or_default());
            let line = cut_to_width(&line, look.room());
            frame.lines.push(if is_chosen { look.chosen(&line) } else { line });
        }
        if with_footer {
            frame.lines.push(look.dim(&self.footer(look.room())));
        }
        frame
    }

    /// Moves the rows so that the chosen one is visible.
    fn scroll(&mut self) {
        let last_top = self.found.len().saturating_sub(self.page);
        let lowest = (self.chosen + 1).saturating_sub(self.page);
        self.top = self.top.clamp(lowest, self.chosen.max(lowest)).min(last_top);
    }

    /// How many rows match, and the keys where there is room for them.
    fn footer(&self, room: usize) -> String {
        let count = format!("  {} of {}", self.found.len(), self.cells.len());
        let whole = format!("{count}   {KEYS}");
        if whole.len() <= room { whole } else { cut_to_width(&count, room) }
    }
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
