//! `--output`.

use clap::ValueEnum;

/// How a command shows its data on stdout.
#[derive(ValueEnum, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

/// How a command shows rows on stdout.
#[derive(ValueEnum, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RowFormat {
    /// For people.
    #[default]
    Table,
    /// One array of objects.
    Json,
    /// Comma-separated values (RFC 4180).
    Csv,
    /// Tab-separated values.
    Tsv,
}
