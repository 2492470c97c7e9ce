//! How a question looks on a terminal: lines, and the place of the cursor on the first of them.

use super::line::Line;
use crate::text::escape::escape;
use crate::text::width::{cut_to_width, width};

/// What the terminal can show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Whether text may be coloured or bold.
    pub(super) colour: bool,
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// A question as it is drawn. No line is as wide as the terminal, so that none is broken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) lines: Vec<String>,
    /// The column of the cursor on the first line.
    pub(super) cursor: usize,
}

impl Look {
    /// The columns that a line may fill: one is left free, where the cursor would hang at the edge.
    pub(super) fn room(self) -> usize {
        self.columns.saturating_sub(1).max(1)
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.styled("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.styled("2", text)
    }

    /// The row that is meant.
    pub(super) fn chosen(self, text: &str) -> String {
        self.styled("36", text)
    }

    /// What is wrong.
    pub(super) fn wrong(self, text: &str) -> String {
        self.styled("31", text)
    }

    fn styled(self, style: &str, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("\x1b[{style}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// A question without its answer, ready for it: `Session: `, `Write this? `.
pub(super) fn label(question: &str, default: &str) -> String {
    let question = escape(question);
    let default = if default.is_empty() { String::new() } else { format!(" [{}]", escape(default)) };
    match question.strip_suffix('?') {
        Some(_) => format!("{question}{default} "),
        None => format!("{question}{default}: "),
    }
}

/// The first line of a question: its label, and what is being typed. A long label is cut to leave
/// room for that.
pub(super) fn typed(look: Look, label: &str, line: &Line) -> Frame {
    let room = look.room();
    let for_label = room - (room / 2).min(20);
    let fits = |room: usize| width(label) <= room;
    let label = if fits(for_label) || fits(room.saturating_sub(width(&line.visible(usize::MAX).0))) {
        label.to_owned()
    } else {
        format!("{} ", cut_to_width(label.trim_end(), for_label.saturating_sub(1)))
    };
    let taken = width(&label);
    let (text, cursor) = line.visible((room + 1).saturating_sub(taken));
    Frame { lines: vec![format!("{}{text}", look.bold(&label))], cursor: taken + cursor }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(columns: usize) -> Look {
        Look { colour: false, columns, rows: 24 }
    }

    #[test]
    fn a_label_ends_as_its_question_does() {
        assert_eq!(label("Session", ""), "Session: ");
        assert_eq!(label("Region", "eu-west-1"), "Region [eu-west-1]: ");
        assert_eq!(label("Write this?", "Y/n"), "Write this? [Y/n] ");
        assert_eq!(label("a\x1bb", "c\nd"), "a\\u{1b}b [c\\u{a}d]: ");
    }

    #[test]
    fn the_first_line_is_never_as_wide_as_the_terminal() {
        let question = label("Name of the profile for this role", "production.AdministratorAccess");
        for text in ["", "x", "日本語日本語日本語", "a-very-long-name-of-a-profile-that-goes-on"] {
            for columns in 1..100 {
                let frame = typed(look(columns), &question, &Line::with(text));
                let wide = width(&frame.lines[0]);
                assert!(wide <= look(columns).room(), "{columns}: {frame:?}");
                assert!(frame.cursor < columns.max(2), "{columns}: {frame:?}");
            }
        }
    }

    #[test]
    fn a_long_label_leaves_room_for_the_answer() {
        let line = typed(look(20), &label("Name of the profile", "default"), &Line::with("production"));
        assert_eq!(line.lines, ["Name of … roduction"]);
    }

    #[test]
    fn colours_are_left_out_where_they_are_not_wanted() {
        let with = Look { colour: true, ..look(80) };
        assert_eq!(with.bold("x"), "\x1b[1mx\x1b[0m");
        assert_eq!(with.bold(""), "");
        assert_eq!(look(80).bold("x"), "x");
    }
}
