//! Rows as a table. The width of a text is the number of columns that it takes on a terminal.

use unicode_width::UnicodeWidthStr as _;

use super::Rows;
use crate::text::escape::escape;

/// The blanks between two columns.
const GAP: &str = "  ";

pub(super) fn table(rows: &Rows) -> String {
    let titles: Vec<String> = rows.columns.iter().map(|column| column.title.to_owned()).collect();
    let cells = rows.rows.iter().map(|row| row.iter().map(|cell| escape(&cell.text())).collect());
    let lines: Vec<Vec<String>> = std::iter::once(titles).chain(cells).collect();
    let widest = |at: usize| lines.iter().filter_map(|line| line.get(at)).map(|text| text.width()).max();
    let widths: Vec<usize> = (0..rows.columns.len()).map(|at| widest(at).unwrap_or(0)).collect();
    let mut out = String::new();
    for line in &lines {
        let start = out.len();
        for (text, width) in line.iter().zip(&widths) {
            out.push_str(text);
            out.extend(std::iter::repeat_n(' ', width.saturating_sub(text.width())));
            out.push_str(GAP);
        }
        // A cell's own blanks at the end of a line cannot be seen either.
        out.truncate(start + out[start..].trim_end_matches(' ').len());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Column};
    use super::*;

    fn table_of(rows: &[[&str; 2]]) -> String {
        let cell = |text: &&str| Cell::Text((*text).to_owned());
        let rows = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        let columns = vec![Column { key: "name", title: "NAME" }, Column { key: "role", title: "ROLE" }];
        table(&Rows { columns, rows })
    }

    #[test]
    fn columns_are_aligned() {
        let expected = "NAME      ROLE\nx         Admin\nSand pit  ReadOnly\n";
        assert_eq!(table_of(&[["x", "Admin"], ["Sand pit", "ReadOnly"]]), expected);
    }

    #[test]
    fn wide_and_combining_characters_are_aligned_too() {
        let table = table_of(&[["日本", "A"], ["e\u{301}tude", "A"], ["🦀", "A"], ["plain", "A"]]);
        let expected = "NAME   ROLE\n日本   A\ne\u{301}tude  A\n🦀     A\nplain  A\n";
        assert_eq!(table, expected);
    }

    #[test]
    fn control_characters_are_escaped() {
        let table = table_of(&[["a\x1b[31m", "b\nc"], ["\u{202e}", "\t"]]);
        assert_eq!(table.lines().count(), 3);
        assert!(!table.contains(|c: char| c != '\n' && c.is_control()), "{table:?}");
    }

    #[test]
    fn no_line_ends_in_blanks() {
        assert!(table_of(&[["a", ""], ["b  ", "  "]]).lines().all(|line| !line.ends_with(' ')));
    }
}
