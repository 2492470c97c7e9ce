//! Prints given values in a format of `export`, for `tests/consumers/export_shells.py`: AWS's own values
//! are harmless in every format.
//!
//! `cargo run --example export_format -- FORMAT VALUE…` names the values V0, V1, …. For
//! a value that the format cannot hold, it ends with 5 and the text of the error.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_macros, reason = "an example")]

use std::process::ExitCode;

use aws_sso_cred::cli::ExportFormat;
use aws_sso_cred::commands::export::assignments;
use aws_sso_cred::commands::variables::Variable;
use aws_sso_cred::secret::Secret;
use clap::ValueEnum as _;

const NAMES: [&str; 8] = ["V0", "V1", "V2", "V3", "V4", "V5", "V6", "V7"];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let format = arguments.next().and_then(|name| ExportFormat::from_str(&name, false).ok());
    let Some(format) = format else { return ExitCode::from(2) };
    let variables: Vec<Variable> = NAMES
        .into_iter()
        .zip(arguments)
        .map(|(name, value)| Variable { name, value: Secret::new(value) })
        .collect();
    match assignments(format, &variables) {
        Ok(text) => {
            print!("{}", text.expose());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(error.exit_code())
        }
    }
}
