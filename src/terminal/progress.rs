//! What moves on a terminal while a command works. Only commands for people show it.

use std::io::Write as _;

use crate::platform::{self, Stream};

/// Whether stderr is a terminal: only there does anything move or wait visibly.
pub fn stderr_is_a_terminal() -> bool {
    platform::standard_error() == Stream::Terminal
}

/// Replaces the terminal's current line with `text`; wipes it when empty.
#[expect(clippy::disallowed_methods, reason = "progress goes to stderr, and only to a terminal")]
pub fn show_in_place(text: &str) {
    let _ = std::io::stderr().write_all(format!("\r\x1b[K{text}").as_bytes());
}
