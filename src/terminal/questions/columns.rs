//! The cells of a list in columns, within the width of the terminal.

use crate::text::width::{cut_to_width, pad_to_width, width};

/// Between two columns.
const GAP: &str = "  ";
/// A column is not made narrower than this, as long as there is a wider one.
const NARROW: usize = 4;

/// The width of each column: that of its widest cell.
pub(super) fn natural(rows: &[Vec<String>]) -> Vec<usize> {
    let mut widths = Vec::new();
    for row in rows {
        widths.resize(row.len().max(widths.len()), 0);
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = width(cell).max(*widest);
        }
    }
    widths
}

/// `widths`, where the widest columns are made narrower until all fit into `room`.
pub(super) fn fitted(widths: &[usize], room: usize) -> Vec<usize> {
    let mut widths = widths.to_vec();
    loop {
        let filled = widths.iter().filter(|width| **width > 0).count();
        let taken = widths.iter().sum::<usize>() + GAP.len() * filled.saturating_sub(1);
        let widest = widths.iter_mut().max().filter(|widest| **widest > NARROW);
        match widest {
            Some(widest) if taken > room => *widest -= 1,
            _ => return widths,
        }
    }
}

/// A row in its columns. Empty columns take no room.
pub(super) fn aligned(row: &[String], widths: &[usize], room: usize) -> String {
    let cells = row.iter().zip(widths).filter(|(_, width)| **width > 0);
    let cells: Vec<String> =
        cells.map(|(cell, width)| pad_to_width(&cut_to_width(cell, *width), *width)).collect();
    cut_to_width(cells.join(GAP).trim_end(), room)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = rows(&[&["日本", "Admin", ""], &["Production", "RO", ""], &["x"]]);
        let widths = natural(&rows);
        assert_eq!(widths, [10, 5, 0]);
        assert_eq!(aligned(&rows[0], &widths, 40), "日本        Admin");
        assert_eq!(aligned(&rows[1], &widths, 40), "Production  RO");
        assert_eq!(aligned(&rows[2], &widths, 40), "x");
    }

    #[test]
    fn the_widest_columns_give_way_first() {
        assert_eq!(fitted(&[10, 19, 12], 45), [10, 19, 12]);
        assert_eq!(fitted(&[10, 19, 12], 40), [10, 14, 12]);
        assert_eq!(fitted(&[10, 19, 12], 34), [10, 10, 10]);
        assert_eq!(fitted(&[3, 20], 5), [3, 4], "what is too wide then is cut");
        assert_eq!(fitted(&[], 5), [0; 0]);
        let row = &rows(&[&["Production", "AdministratorAccess", "111122223333"]])[0];
        assert_eq!(aligned(row, &[10, 14, 12], 40), "Production  Administrator…  111122223333");
        assert_eq!(aligned(row, &[4, 4, 4], 7), "Pro…  …");
    }
}
