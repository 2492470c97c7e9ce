//! Lines of texts as a table. The width of a text is the number of columns that it takes on a terminal.

use crate::text::width::{pad_to_width, width};

/// The blanks between two columns.
const GAP: &str = "  ";

/// Aligned columns; the first line has the titles. The texts are escaped already.
pub(super) fn table(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |at: usize| lines.iter().filter_map(|line| line.get(at)).map(|text| width(text)).max();
    let widths: Vec<usize> = (0..columns).map(|at| widest(at).unwrap_or(0)).collect();
    let mut out = String::new();
    for line in lines {
        let start = out.len();
        for (text, columns) in line.iter().zip(&widths) {
            out.push_str(&pad_to_width(text, *columns));
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
    use super::*;

    fn table_of(rows: &[[&str; 2]]) -> String {
        let line = |texts: &[&str; 2]| texts.iter().map(|text| (*text).to_owned()).collect();
        table(&std::iter::once(&["NAME", "ROLE"]).chain(rows).map(line).collect::<Vec<_>>())
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
    fn no_line_ends_in_blanks() {
        assert!(table_of(&[["a", ""], ["b  ", "  "]]).lines().all(|line| !line.ends_with(' ')));
    }
}
