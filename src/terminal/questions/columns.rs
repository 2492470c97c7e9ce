//! The cells of a list in columns, within the width of the terminal.

use crate::text::width::{cut_to_width, pad_to_width, width};

/// Between two columns.
const GAP: &str = "  ";
/// A column that is cut to less says little.
const NARROW: usize = 12;

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

/// `widths`, made to fit into `room`: without the last columns if little would be left of all, and
/// with the widest ones made narrower.
pub(super) fn fitted(widths: &[usize], room: usize) -> Vec<usize> {
    let mut widths = widths.to_vec();
    while widths.len() > 1 && taken(widths.iter().map(|width| *width.min(&NARROW))) > room {
        widths.pop();
    }
    loop {
        let is_too_wide = taken(widths.iter().copied()) > room;
        match widths.iter_mut().max() {
            Some(widest) if is_too_wide && *widest > 0 => *widest -= 1,
            _ => return widths,
        }
    }
}

/// The columns of the terminal that `widths` take, with the gaps. Empty ones take none.
fn taken(widths: impl Iterator<Item = usize>) -> usize {
    let filled = widths.filter(|width| *width > 0).map(|width| width + GAP.len());
    filled.sum::<usize>().saturating_sub(GAP.len())
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
        assert_eq!(fitted(&[14, 19, 12], 40), [12, 12, 12]);
        assert_eq!(fitted(&[], 5), [0; 0]);
        let row = &rows(&[&["Production", "AdministratorAccess", "111122223333"]])[0];
        assert_eq!(aligned(row, &[10, 14, 12], 40), "Production  Administrator…  111122223333");
        assert_eq!(aligned(row, &[4, 4, 4], 7), "Pro…  …");
    }

    #[test]
    fn where_columns_would_be_too_narrow_the_last_ones_are_left_out() {
        assert_eq!(fitted(&[10, 19, 12, 8], 45), [10, 19, 12], "the profiles");
        assert_eq!(fitted(&[24, 19, 12], 37), [18, 17]);
        assert_eq!(fitted(&[3, 20], 10), [3], "a short first column stays whole");
        assert_eq!(fitted(&[20], 5), [5]);
        assert_eq!(fitted(&[20, 0, 0], 0), [0]);
    }
}
