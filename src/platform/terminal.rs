//! The terminal and the standard streams: whether a person can see what is written to them.
//!
//! Nothing is written here.

use std::fs::File;

/// What standard error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Closed, or the null device: what is written is lost.
    Nowhere,
    /// A terminal on which this process may write now.
    Terminal,
    /// A terminal on which another job is in the foreground.
    OtherJobsTerminal,
    /// A file, pipe or socket: a person may read it later.
    File,
}

/// Opens the controlling terminal of this process, for writing only.
pub fn open_controlling_terminal() -> Option<File> {
    os::open_controlling_terminal()
}

/// Whether this process is in the foreground of its controlling terminal. If a background job
/// wrote to it, it would garble the screen or be stopped (`stty tostop`).
pub fn is_in_foreground(terminal: &File) -> bool {
    os::is_in_foreground(terminal)
}

/// Whether this process may change the mode of `terminal`: it is in the foreground there, or the
/// terminal is not the one of its session and knows no jobs.
#[cfg(unix)]
pub(super) fn is_our_terminal(terminal: std::os::fd::BorrowedFd<'_>) -> bool {
    os::is_our_terminal(terminal)
}

/// Whether standard error and standard output are the same file or pipe (`2>&1`). `true` also if
/// that is not known on this system.
pub fn standard_streams_are_one() -> bool {
    os::standard_streams_are_one()
}

/// Whether standard input is a terminal. Nothing is read.
pub fn standard_input_is_a_terminal() -> bool {
    os::standard_input_is_a_terminal()
}

/// Whether standard output is a terminal. Nothing is written.
#[expect(clippy::disallowed_methods, reason = "looks at the stream, writes nothing")]
pub fn standard_output_is_a_terminal() -> bool {
    std::io::IsTerminal::is_terminal(&std::io::stdout())
}

/// What standard error is.
pub fn standard_error() -> Stream {
    os::standard_error()
}

#[cfg(unix)]
pub(super) use os::own_group;

#[cfg(unix)]
mod os {
    use super::{File, Stream};
    use rustix::fs::{FileType, OFlags, fstat, stat};
    use rustix::io::Errno;
    use rustix::termios::{isatty, tcgetpgrp};
    use std::fs::OpenOptions;
    use std::os::fd::BorrowedFd;
    use std::os::unix::fs::OpenOptionsExt as _;

    /// Non-blocking, so that a write to a screen halted with Ctrl-S does not wait.
    pub(super) fn open_controlling_terminal() -> Option<File> {
        let flags = i32::try_from((OFlags::NOCTTY | OFlags::NONBLOCK).bits()).unwrap_or_default();
        OpenOptions::new().write(true).custom_flags(flags).open("/dev/tty").ok()
    }

    pub(super) fn is_in_foreground(terminal: &File) -> bool {
        tcgetpgrp(terminal).is_ok_and(|group| group.as_raw_nonzero().get() == own_group())
    }

    pub(super) fn is_our_terminal(terminal: BorrowedFd<'_>) -> bool {
        match tcgetpgrp(terminal) {
            Ok(group) => group.as_raw_nonzero().get() == own_group(),
            Err(error) => error == Errno::NOTTY,
        }
    }

    /// The process group of this process. It is 0 if the group is in an outer process namespace
    /// (`unshare --pid`); rustix panics at 0.
    #[expect(unsafe_code, reason = "rustix panics where the kernel says 0")]
    pub(in crate::platform) fn own_group() -> libc::pid_t {
        // SAFETY: `getpgrp` takes nothing, changes nothing and cannot fail.
        unsafe { libc::getpgrp() }
    }

    /// The session of this process; 0 as for [`own_group`].
    #[expect(unsafe_code, reason = "rustix panics where the kernel says 0")]
    pub(super) fn own_session() -> libc::pid_t {
        // SAFETY: `getsid` takes a number and changes nothing; 0 means the calling process.
        unsafe { libc::getsid(0) }
    }

    #[expect(clippy::disallowed_methods, reason = "looks at the streams, writes nothing")]
    pub(super) fn standard_streams_are_one() -> bool {
        match (fstat(std::io::stdout()), fstat(std::io::stderr())) {
            (Ok(output), Ok(error)) => output.st_dev == error.st_dev && output.st_ino == error.st_ino,
            _ => false,
        }
    }

    pub(super) fn standard_input_is_a_terminal() -> bool {
        isatty(rustix::stdio::stdin())
    }

    #[expect(clippy::disallowed_methods, reason = "looks at the stream, writes nothing")]
    pub(super) fn standard_error() -> Stream {
        let stream = std::io::stderr();
        if isatty(&stream) {
            return match tcgetpgrp(&stream) {
                Ok(group) if group.as_raw_nonzero().get() == own_group() => Stream::Terminal,
                // It is not the controlling terminal, so it does not know this process's job.
                Err(Errno::NOTTY) => Stream::Terminal,
                Ok(_) | Err(_) => Stream::OtherJobsTerminal,
            };
        }
        let Ok(found) = fstat(&stream) else { return Stream::Nowhere };
        let is_device = FileType::from_raw_mode(found.st_mode) == FileType::CharacterDevice;
        let is_null = is_device && stat("/dev/null").is_ok_and(|null| null.st_rdev == found.st_rdev);
        if is_null { Stream::Nowhere } else { Stream::File }
    }
}

/// Windows has consoles without job control, and std cannot tell whether two handles are the same
/// pipe.
#[cfg(not(unix))]
mod os {
    use super::{File, Stream};
    use std::fs::OpenOptions;
    use std::io::IsTerminal as _;

    /// Windows recognises a console only by a handle that may read, too. Nothing is read from it.
    pub(super) fn open_controlling_terminal() -> Option<File> {
        OpenOptions::new().read(true).write(true).open("CONOUT$").ok()
    }

    pub(super) fn is_in_foreground(terminal: &File) -> bool {
        terminal.is_terminal()
    }

    pub(super) fn standard_streams_are_one() -> bool {
        true
    }

    #[expect(clippy::disallowed_methods, reason = "looks at the stream, reads nothing")]
    pub(super) fn standard_input_is_a_terminal() -> bool {
        std::io::stdin().is_terminal()
    }

    #[expect(clippy::disallowed_methods, reason = "looks at the stream, writes nothing")]
    pub(super) fn standard_error() -> Stream {
        if std::io::stderr().is_terminal() { Stream::Terminal } else { Stream::File }
    }
}

/// The id of the terminal session that this process belongs to; no other session has it now.
#[cfg(unix)]
pub fn terminal_session() -> String {
    os::own_session().to_string()
}

/// A constant: consoles are not told apart on Windows.
#[cfg(not(unix))]
pub fn terminal_session() -> String {
    "console".to_owned()
}

/// The id of the process group (the shell's job) that this process belongs to: as a rule, a
/// program and the processes that it started.
#[cfg(unix)]
pub fn process_group() -> String {
    own_group().to_string()
}

/// A constant: a Windows console has no jobs.
#[cfg(not(unix))]
pub fn process_group() -> String {
    "0".to_owned()
}
