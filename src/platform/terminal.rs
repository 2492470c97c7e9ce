//! The terminal and the standard streams: who would see what we write.

use std::fs::File;

/// What standard error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Closed, or the null device: nobody reads it.
    Nowhere,
    /// A terminal on which we may write now.
    Terminal,
    /// A terminal whose foreground belongs to another job.
    OtherJobsTerminal,
    /// A file, pipe or socket: somebody may read it.
    File,
}

/// The terminal that this process belongs to, for writing only.
pub fn open_controlling_terminal() -> Option<File> {
    os::open_controlling_terminal()
}

/// Whether what is written to our controlling terminal is ours to write now: a
/// background job would garble the screen, or be stopped (`stty tostop`).
pub fn is_in_foreground(terminal: &File) -> bool {
    os::is_in_foreground(terminal)
}

/// Whether what goes to standard error arrives where standard output does (`2>&1`), or
/// that cannot be told.
pub fn standard_streams_are_one() -> bool {
    os::standard_streams_are_one()
}

/// What standard error is.
pub fn standard_error() -> Stream {
    os::standard_error()
}

#[cfg(unix)]
mod os {
    use super::{File, Stream};
    use rustix::fs::{FileType, OFlags, fstat, stat};
    use rustix::io::Errno;
    use rustix::termios::{isatty, tcgetpgrp};
    use std::fs::OpenOptions;
    use std::os::unix::fs::OpenOptionsExt as _;

    /// Non-blocking, so that a screen halted with Ctrl-S cannot hold us up.
    pub(super) fn open_controlling_terminal() -> Option<File> {
        let flags = i32::try_from((OFlags::NOCTTY | OFlags::NONBLOCK).bits()).unwrap_or_default();
        OpenOptions::new().write(true).custom_flags(flags).open("/dev/tty").ok()
    }

    pub(super) fn is_in_foreground(terminal: &File) -> bool {
        tcgetpgrp(terminal).is_ok_and(|group| group.as_raw_nonzero().get() == own_group())
    }

    /// Our process group; 0 where its number is of an outer namespace (`unshare --pid`),
    /// which rustix takes for impossible.
    #[expect(unsafe_code, reason = "rustix panics where the kernel says 0")]
    pub(super) fn own_group() -> libc::pid_t {
        // SAFETY: it takes nothing, changes nothing and cannot fail.
        unsafe { libc::getpgrp() }
    }

    /// Our session, likewise.
    #[expect(unsafe_code, reason = "rustix panics where the kernel says 0")]
    pub(super) fn own_session() -> libc::pid_t {
        // SAFETY: it takes a number, changes nothing, and 0 means the process that asks.
        unsafe { libc::getsid(0) }
    }

    #[expect(clippy::disallowed_methods, reason = "looks at the streams, writes nothing")]
    pub(super) fn standard_streams_are_one() -> bool {
        match (fstat(std::io::stdout()), fstat(std::io::stderr())) {
            (Ok(output), Ok(error)) => output.st_dev == error.st_dev && output.st_ino == error.st_ino,
            _ => false,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "looks at the stream, writes nothing")]
    pub(super) fn standard_error() -> Stream {
        let stream = std::io::stderr();
        if isatty(&stream) {
            return match tcgetpgrp(&stream) {
                Ok(group) if group.as_raw_nonzero().get() == own_group() => Stream::Terminal,
                // A terminal that is not our controlling one knows no jobs of ours.
                Err(Errno::NOTTY) => Stream::Terminal,
                Ok(_) | Err(_) => Stream::OtherJobsTerminal,
            };
        }
        let Ok(ours) = fstat(&stream) else { return Stream::Nowhere };
        let device = FileType::from_raw_mode(ours.st_mode) == FileType::CharacterDevice;
        let null = device && stat("/dev/null").is_ok_and(|null| null.st_rdev == ours.st_rdev);
        if null { Stream::Nowhere } else { Stream::File }
    }
}

/// Windows has consoles and no job control, and std cannot tell there whether two
/// pipes are one.
#[cfg(not(unix))]
mod os {
    use super::{File, Stream};
    use std::fs::OpenOptions;
    use std::io::IsTerminal as _;

    pub(super) fn open_controlling_terminal() -> Option<File> {
        OpenOptions::new().write(true).open("CONOUT$").ok()
    }

    pub(super) fn is_in_foreground(_terminal: &File) -> bool {
        true
    }

    pub(super) fn standard_streams_are_one() -> bool {
        true
    }

    #[expect(clippy::disallowed_methods, reason = "looks at the stream, writes nothing")]
    pub(super) fn standard_error() -> Stream {
        if std::io::stderr().is_terminal() { Stream::Terminal } else { Stream::File }
    }
}

/// The terminal session this process belongs to, as a number that no other has now.
#[cfg(unix)]
pub fn terminal_session() -> String {
    os::own_session().to_string()
}

/// Windows has one console at a time; telling them apart is not worth an API.
#[cfg(not(unix))]
pub fn terminal_session() -> String {
    "console".to_owned()
}

/// The job of the terminal's session that this process belongs to, as a number: a program
/// and what it starts, as a rule.
#[cfg(unix)]
pub fn process_group() -> String {
    os::own_group().to_string()
}

/// Windows knows no jobs on a console.
#[cfg(not(unix))]
pub fn process_group() -> String {
    "0".to_owned()
}
