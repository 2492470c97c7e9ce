//! Asks for a row of a list, and says afterwards which it was.

use super::frame::{Frame, Look, label};
use super::keys::Key;
use super::line::Line;
use super::list::{ChoiceRow, List};
use super::plain::Lines;
use super::question::{Question, Step};
use crate::error::Error;

/// Rows that are listed at once where lines are all that can be shown.
const LISTED: usize = 20;

/// The question for a row.
pub(super) struct Choice<'a> {
    pub(super) list: List<'a>,
    /// The answer, if it is row `number`.
    says: &'a dyn Fn(usize) -> String,
}

impl<'a> Choice<'a> {
    pub(super) fn new(question: &'a str, rows: &[ChoiceRow], says: &'a dyn Fn(usize) -> String) -> Self {
        Self { list: List::new(question, rows), says }
    }

    /// The rows that match, with numbers, of which `chosen` is the default.
    fn listing(&self) -> String {
        let rows = self.list.found.iter().take(LISTED).zip(1..).filter_map(|(row, number)| {
            Some(format!("{number:>4}  {}", self.list.cells.get(*row)?.join("  ").trim_end()))
        });
        let mut listing: Vec<String> = rows.collect();
        let more = self.list.found.len().saturating_sub(LISTED);
        if more > 0 {
            listing.push(format!("      and {more} more: type a part of a name to see them"));
        }
        if listing.is_empty() {
            listing.push("      none of them matches".to_owned());
        }
        listing.join("\n")
    }
}

impl Question for Choice<'_> {
    fn draw(&mut self, look: Look) -> Frame {
        self.list.draw(look)
    }

    fn press(&mut self, key: Key) -> Step {
        self.list.press(&key)
    }

    fn answered(&self) -> String {
        let answer = self.list.answer().map_or_else(String::new, self.says);
        format!("{}{answer}", label(self.list.question, ""))
    }

    /// A number chooses; any other text filters. Enter alone chooses the row that is the default.
    fn ask_by_lines(&mut self, lines: &mut Lines) -> Result<(), Error> {
        let label = label(self.list.question, "number, or text to filter");
        loop {
            lines.say(&self.listing());
            let text = lines.ask(&label)?;
            if text.is_empty() && (self.list.found.len() == 1) {
                break;
            }
            match text.parse::<usize>() {
                Ok(number) if (1..=self.list.found.len().min(LISTED)).contains(&number) => {
                    self.list.choose(number - 1);
                    break;
                }
                _ => {
                    self.list.filter = Line::with(&text);
                    self.list.search();
                }
            }
        }
        lines.say(&self.answered());
        Ok(())
    }
}
