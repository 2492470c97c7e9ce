//! Renames and removes files that another process may have open. On Windows that process is in the
//! way. Most have a file open for a moment only, as the AWS CLI and virus scanners do.

use std::fs;
use std::io;
use std::path::Path;

/// Renames a file to `to`, and replaces the file of that name. On Windows this waits up to a second
/// until no other process has that file open.
///
/// # Errors
/// The system's error.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    patiently(is_in_use, || fs::rename(from, to)).map_err(|error| os::telling(error, to))
}

/// Removes a file. On Windows this waits up to a second until no other process has it open.
///
/// # Errors
/// The system's error.
pub fn remove_file(path: &Path) -> io::Result<()> {
    patiently(is_in_use, || fs::remove_file(path)).map_err(|error| os::telling(error, path))
}

/// Whether a file could not be replaced or removed, perhaps because another process has it open.
/// Windows gives the same error where permission is missing. `false` on other systems.
pub fn is_in_use(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(os::is_in_use)
}

/// Whether another process has a file open in a way that keeps it from being replaced. `false` on other
/// systems than Windows.
pub fn is_kept_open(path: &Path) -> bool {
    os::is_kept_open(path)
}

/// In the place of `error`, which a change of `path` gave: whether another process has that file open,
/// if Windows says only that access was denied.
pub fn reason_in_use(error: io::Error, path: &Path) -> io::Error {
    os::telling(error, path)
}

/// Opens a file that another process may have open without letting others in.
#[cfg(windows)]
pub(super) fn open_patiently(open: impl FnMut() -> io::Result<fs::File>) -> io::Result<fs::File> {
    patiently(|error| error.raw_os_error().is_some_and(os::is_locked), open)
}

/// Makes `attempt` until it ends otherwise than by an error for which `again`, for about a second.
#[expect(clippy::disallowed_methods, reason = "a moment in which another process closes a file")]
fn patiently<T>(
    again: impl Fn(&io::Error) -> bool,
    mut attempt: impl FnMut() -> io::Result<T>,
) -> io::Result<T> {
    for pause in [1, 4, 15, 30, 50, 100, 200, 300, 300] {
        match attempt() {
            Err(error) if again(&error) => std::thread::sleep(std::time::Duration::from_millis(pause)),
            ended => return ended,
        }
    }
    attempt()
}

/// An open file can be replaced and removed.
#[cfg(not(windows))]
mod os {
    use super::{Path, io};

    pub(super) fn is_in_use(_code: i32) -> bool {
        false
    }

    pub(super) fn is_kept_open(_path: &Path) -> bool {
        false
    }

    pub(super) fn telling(error: io::Error, _path: &Path) -> io::Error {
        error
    }
}

#[cfg(windows)]
mod os {
    use super::{Path, fs, io};
    use crate::platform::held::Held;
    use std::os::windows::fs::OpenOptionsExt as _;
    use windows_sys::Win32::Foundation::{
        ERROR_ACCESS_DENIED, ERROR_LOCK_VIOLATION, ERROR_SHARING_VIOLATION, ERROR_USER_MAPPED_FILE,
    };

    pub(super) fn is_in_use(code: i32) -> bool {
        is_locked(code)
            || matches!(
                code.cast_unsigned(),
                ERROR_ACCESS_DENIED | ERROR_LOCK_VIOLATION | ERROR_USER_MAPPED_FILE
            )
    }

    pub(super) fn is_locked(code: i32) -> bool {
        code.cast_unsigned() == ERROR_SHARING_VIOLATION
    }

    /// Opening the file for removal says so.
    pub(super) fn is_kept_open(path: &Path) -> bool {
        const DELETE: u32 = 0x0001_0000;
        let opened = fs::OpenOptions::new().access_mode(DELETE).open(path);
        opened.is_err_and(|reason| reason.raw_os_error().is_some_and(is_locked))
    }

    pub(super) fn telling(error: io::Error, path: &Path) -> io::Error {
        if !error.raw_os_error().is_some_and(is_in_use) || !is_kept_open(path) {
            return error;
        }
        let held = Held { words: "another program has it open", undo: None };
        io::Error::new(io::ErrorKind::ResourceBusy, held)
    }
}
