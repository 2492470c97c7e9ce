//! The options of `completions`, and of the hidden `complete`, which its scripts call. The comments
//! of the fields are the help.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

/// Options of `completions`.
#[derive(Args, Debug, Clone, Default, PartialEq, Eq)]
pub struct CompletionsOptions {
    /// The shell; without it, the one of the variable SHELL
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Option<Shell>,
}

/// Options of `complete`.
#[derive(Args, Debug, Clone, PartialEq, Eq)]
pub struct CompleteOptions {
    /// The shell that asks
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
    /// The word at the cursor, as far as it is typed
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub word: OsString,
    /// The words between the program's name and the word at the cursor
    #[arg(last = true, value_name = "WORD")]
    pub before: Vec<OsString>,
}

/// A shell that completes command lines.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// GNU Bash
    Bash,
    /// The Z shell
    Zsh,
    /// fish
    Fish,
    /// PowerShell, on every system
    Powershell,
}
