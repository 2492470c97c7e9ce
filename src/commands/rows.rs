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
    output::print_data(&match format {
        RowFormat::Table => rows.table(),
        RowFormat::Json => rows.json(),
        RowFormat::Csv => rows.csv(),
        RowFormat::Tsv => rows.tsv(),
    })
}
