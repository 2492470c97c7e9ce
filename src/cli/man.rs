//! The options of `man`. The comments of the fields are the help.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Options of `man`.
#[derive(Args, Debug, Clone, Default, PartialEq, Eq)]
pub struct ManOptions {
    /// Write a page for each command into this directory, and print none
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}
