//! The way of a prompt to a person. Many SDKs discard stderr, so the controlling terminal comes
//! first.
//!
//! The terminal is written to and never read: typed input belongs to the calling program.

use std::fs::File;

use super::output;
use super::progress::stderr_is_a_terminal;
use crate::context::Context;
use crate::platform::{self, Stream};

/// A way on which text may reach a person.
#[derive(Debug)]
pub enum Channel {
    /// The controlling terminal. The calling program cannot redirect it.
    Terminal(File),
    /// Standard error of a credential process. Some SDKs show it; most discard it.
    Stderr,
    /// Standard error of a command that a person runs. The person reads it, also if it is
    /// redirected.
    Command,
    /// No way: the text would not be seen, or would damage the screen or the output of a program.
    None,
}

impl Channel {
    /// Finds the best way for a credential process. Without `terminal_allowed`, no text goes to a
    /// terminal, also not through stderr: a full-screen program may be using it.
    pub fn find(terminal_allowed: bool) -> Self {
        let error = platform::standard_error();
        if !terminal_allowed && error == Stream::Terminal {
            return Self::None;
        }
        let terminal = terminal_allowed.then(platform::open_controlling_terminal).flatten();
        match terminal.filter(platform::is_in_foreground) {
            Some(terminal) => Self::Terminal(terminal),
            None if may_use_stderr(error, platform::standard_streams_are_one()) => Self::Stderr,
            None => Self::None,
        }
    }

    /// Writes `text` in one write, and gives whether it was written. Each call checks again that this
    /// process is in the foreground.
    pub fn tell(&self, text: &str) -> bool {
        match self {
            Self::Terminal(terminal) => {
                // A terminal in raw mode does not return to the first column after `\n`.
                let text = text.replace('\n', "\r\n");
                platform::is_in_foreground(terminal) && platform::write_to_terminal(terminal, &text).is_ok()
            }
            Self::Stderr => {
                may_use_stderr(platform::standard_error(), platform::standard_streams_are_one())
                    && output::write_to_stderr(text.as_bytes()).is_ok()
            }
            Self::Command => output::write_to_stderr(text.as_bytes()).is_ok(),
            Self::None => false,
        }
    }

    /// A name to compare channels of several processes: equal names mean the same place. All
    /// processes of a terminal session share one name.
    pub fn name(&self) -> String {
        match self {
            Self::Terminal(_) => format!("terminal {}", platform::terminal_session()),
            Self::Stderr => "stderr".to_owned(),
            Self::Command => "command".to_owned(),
            Self::None => "no channel".to_owned(),
        }
    }

    /// Whether a person probably sees the text.
    pub fn reaches_a_person(&self) -> bool {
        match self {
            Self::Terminal(_) | Self::Command => true,
            Self::Stderr => platform::standard_error() == Stream::Terminal,
            Self::None => false,
        }
    }

    /// Whether text may be bold: on a terminal, without `NO_COLOR`, and not on Windows, where old
    /// consoles would show the escape sequence.
    pub fn shows_bold(&self, context: &Context) -> bool {
        let wanted = context.variable_os("NO_COLOR").is_none()
            && context.variable("TERM").is_some_and(|terminal| terminal != "dumb");
        let terminal = match self {
            Self::Terminal(_) => true,
            Self::Command => stderr_is_a_terminal(),
            Self::Stderr | Self::None => false,
        };
        terminal && wanted && !cfg!(windows)
    }
}

/// Whether this process is in the foreground of its controlling terminal.
pub fn is_in_foreground() -> bool {
    platform::open_controlling_terminal().as_ref().is_some_and(platform::is_in_foreground)
}

/// Whether a prompt may go to stderr. Some callers join stderr with stdout (`2>&1`): a line of text
/// would make the credentials unreadable for them. If both are a terminal, a person is watching.
fn may_use_stderr(error: Stream, is_stdout_too: bool) -> bool {
    match error {
        Stream::Nowhere | Stream::OtherJobsTerminal => false,
        Stream::Terminal => true,
        Stream::File => !is_stdout_too,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::Timestamp;
    use std::io::Seek as _;

    #[test]
    fn text_is_bold_only_on_a_terminal_that_can_show_it() {
        let terminal = || Channel::Terminal(tempfile::tempfile().unwrap());
        let at = |variables: &[(&str, &str)]| Context::fake(variables, Timestamp::from_unix(0));
        assert_eq!(terminal().shows_bold(&at(&[("TERM", "xterm")])), cfg!(unix));
        assert!(!terminal().shows_bold(&at(&[("TERM", "xterm"), ("NO_COLOR", "1")])));
        assert!(!terminal().shows_bold(&at(&[("TERM", "dumb")])));
        assert!(!Channel::Stderr.shows_bold(&at(&[("TERM", "xterm")])));
    }

    #[test]
    fn stderr_is_used_unless_it_is_joined_with_stdout_or_not_readable() {
        assert!(may_use_stderr(Stream::File, false));
        assert!(!may_use_stderr(Stream::File, true));
        assert!(may_use_stderr(Stream::Terminal, false));
        assert!(may_use_stderr(Stream::Terminal, true));
        for joined in [false, true] {
            assert!(!may_use_stderr(Stream::Nowhere, joined));
            assert!(!may_use_stderr(Stream::OtherJobsTerminal, joined));
        }
    }

    #[test]
    fn a_file_that_is_no_terminal_is_not_written_to() {
        let mut file = tempfile::tempfile().unwrap();
        assert!(!Channel::Terminal(file.try_clone().unwrap()).tell("x\n"));
        assert_eq!(file.seek(std::io::SeekFrom::End(0)).unwrap(), 0);
        assert!(!Channel::None.tell("x\n"));
        assert!(!Channel::None.reaches_a_person());
    }
}
