//! How a prompt reaches a person although SDKs swallow our streams.
//!
//! The terminal is written to and never read: what is typed there belongs to the calling
//! program.

use std::fs::File;
use std::io::Write as _;

use super::output;
use super::progress::stderr_is_a_terminal;
use crate::context::Context;
use crate::platform::{self, Stream};

/// Where a person may see what we write.
#[derive(Debug)]
pub enum Channel {
    /// The controlling terminal, which no caller can redirect.
    Terminal(File),
    /// Standard error: shown by some SDKs, swallowed by most.
    Stderr,
    /// Standard error of a command that a person runs, who reads it wherever it goes.
    Command,
    /// Nobody would see it, or it would do harm.
    Nobody,
}

impl Channel {
    /// Looks for the best way there is now. A full-screen program wants nothing written
    /// over its screen: then no terminal is one, whichever way leads there.
    pub fn find(terminal_allowed: bool) -> Self {
        let error = platform::standard_error();
        if !terminal_allowed && error == Stream::Terminal {
            return Self::Nobody;
        }
        let terminal = terminal_allowed.then(platform::open_controlling_terminal).flatten();
        match terminal.filter(platform::is_in_foreground) {
            Some(terminal) => Self::Terminal(terminal),
            None if may_use_stderr(error, platform::standard_streams_are_one()) => Self::Stderr,
            None => Self::Nobody,
        }
    }

    /// Writes `text` in one write, and says whether it went out. Our job may have been
    /// sent to the background since the last time, so that is looked at again.
    pub fn tell(&self, text: &str) -> bool {
        match self {
            Self::Terminal(terminal) => {
                // A program in raw mode does not turn a newline into a new line.
                let text = text.replace('\n', "\r\n");
                platform::is_in_foreground(terminal) && { terminal }.write_all(text.as_bytes()).is_ok()
            }
            Self::Stderr => {
                may_use_stderr(platform::standard_error(), platform::standard_streams_are_one())
                    && output::write_to_stderr(text.as_bytes()).is_ok()
            }
            Self::Command => output::write_to_stderr(text.as_bytes()).is_ok(),
            Self::Nobody => false,
        }
    }

    /// The channel of a command that a person runs: what it says goes where they read it.
    pub fn for_command() -> Self {
        Self::Command
    }

    /// What tells this channel from another process's: one terminal session is one place.
    pub fn name(&self) -> String {
        match self {
            Self::Terminal(_) => format!("terminal {}", platform::terminal_session()),
            Self::Stderr => "stderr".to_owned(),
            Self::Command => "command".to_owned(),
            Self::Nobody => "nobody".to_owned(),
        }
    }

    /// Whether a person looks at it, as far as can be known.
    pub fn reaches_a_person(&self) -> bool {
        match self {
            Self::Terminal(_) | Self::Command => true,
            Self::Stderr => platform::standard_error() == Stream::Terminal,
            Self::Nobody => false,
        }
    }

    /// Whether bold letters are welcome: on a terminal, without `NO_COLOR`. Old Windows
    /// consoles would show the escape sequence.
    pub fn shows_bold(&self, context: &Context) -> bool {
        let wanted = context.variable_os("NO_COLOR").is_none()
            && context.variable("TERM").is_some_and(|terminal| terminal != "dumb");
        let terminal = match self {
            Self::Terminal(_) => true,
            Self::Command => stderr_is_a_terminal(),
            Self::Stderr | Self::Nobody => false,
        };
        terminal && wanted && !cfg!(windows)
    }
}

/// Some callers join the two streams (`2>&1`): one line of ours would destroy the
/// credentials in their hands. The same terminal twice is a person looking on.
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
    fn bold_letters_are_welcome_on_a_terminal_that_knows_them() {
        let terminal = || Channel::Terminal(tempfile::tempfile().unwrap());
        let at = |variables: &[(&str, &str)]| Context::fake(variables, Timestamp::from_unix(0));
        assert!(terminal().shows_bold(&at(&[("TERM", "xterm")])));
        assert!(!terminal().shows_bold(&at(&[("TERM", "xterm"), ("NO_COLOR", "1")])));
        assert!(!terminal().shows_bold(&at(&[("TERM", "dumb")])));
        assert!(!Channel::Stderr.shows_bold(&at(&[("TERM", "xterm")])));
    }

    #[test]
    fn stderr_is_used_unless_it_is_stdout_too_or_nobody_reads_it() {
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
    fn what_is_no_terminal_is_not_written_to() {
        let mut file = tempfile::tempfile().unwrap();
        assert!(!Channel::Terminal(file.try_clone().unwrap()).tell("x\n"));
        assert_eq!(file.seek(std::io::SeekFrom::End(0)).unwrap(), 0);
        assert!(!Channel::Nobody.tell("x\n"));
        assert!(!Channel::Nobody.reaches_a_person());
    }
}
