//! The texts of all failures.
//!
//! Rules: lower case, no full stop at the end, values in backticks. The first line says what
//! happened, the second why, and the hint has a command to copy, if there is one.
//! `tests/snapshots/errors.txt` shows all texts; `docs/troubleshooting.md` explains them.

pub(super) mod aws;
pub(super) mod clock_skew;
pub(super) mod command;
pub(super) mod configuration;
mod configuration_file;
mod console;
mod convert;
mod import;
pub(super) mod local;
mod missing_values;
mod populate;
mod section_header;
pub(super) mod sign_in;
mod sync;
mod too_many_files;

use super::text::Text;

/// A person stopped the command at a question.
pub(super) fn interrupted() -> Text {
    Text { what: "stopped; your configuration is as it was".to_owned(), why: None, hint: None }
}
