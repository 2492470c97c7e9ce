//! Prints rows in the format that an option chose.

use crate::cli::RowFormat;
use crate::error::Error;
use crate::terminal::output;
use crate::terminal::rows::Rows;

/// Prints `rows` to stdout. A closed pipe is no failure.
///
/// # Errors
/// [`LocalError::OutputFailed`](crate::error::LocalError::OutputFailed).
pub fn print(rows: &Rows, format: RowFormat) -> Result<(), Error> {
    match format {
        RowFormat::Table => output::print_data(&rows.table()),
        RowFormat::Json => output::print_data(&rows.json()),
        // Neither format can escape what a terminal obeys.
        RowFormat::Csv => output::print_raw_data(&rows.csv()),
        RowFormat::Tsv => output::print_raw_data(&rows.tsv()),
    }
}
