//! A line of progress on stderr, for the commands that people run.

use std::io::Write as _;

use crate::context::Context;
use crate::platform::{self, Stream};

/// Whether stderr is a terminal. Progress is shown on a terminal only.
pub fn stderr_is_a_terminal() -> bool {
    platform::standard_error() == Stream::Terminal
}

/// Whether a person can read and answer a question: stdin and stderr are terminals, and this process
/// is in the foreground.
pub fn a_person_can_answer() -> bool {
    stderr_is_a_terminal() && platform::standard_input_is_a_terminal()
}

/// Whether a line of progress is shown: stderr is a terminal that can erase it (not `TERM=dumb`).
pub fn can_show_in_place(context: &Context) -> bool {
    context.variable("TERM").is_some_and(|terminal| terminal != "dumb") && stderr_is_a_terminal()
}

/// Replaces the current line of the terminal by `text`. An empty `text` erases the line.
#[expect(clippy::disallowed_methods, reason = "progress goes to stderr, and only to a terminal")]
pub fn show_in_place(text: &str) {
    let _ = std::io::stderr().write_all(format!("\r\x1b[K{text}").as_bytes());
}
