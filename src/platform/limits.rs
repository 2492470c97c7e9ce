//! The limits of a process (`ulimit`): open files, and the size of a file.

use std::io;

/// Whether `error` says that this process, or the whole system, has too many files open.
pub fn is_out_of_descriptors(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| os::TOO_MANY_FILES.contains(&code))
}

/// A file descriptor that stays reserved until this is dropped.
#[derive(Debug)]
pub struct SpareDescriptor {
    _file: Option<std::fs::File>,
}

/// Reserves a file descriptor, for a file that must be written later.
///
/// # Errors
/// The system's error, if no descriptor is left.
pub fn spare_descriptor() -> io::Result<SpareDescriptor> {
    match std::fs::File::open(std::path::Component::RootDir) {
        Ok(file) => Ok(SpareDescriptor { _file: Some(file) }),
        Err(error) if is_out_of_descriptors(&error) => Err(error),
        // The directory cannot be opened for another reason: descriptors are left.
        Err(_) => Ok(SpareDescriptor { _file: None }),
    }
}

/// From now on, a write beyond the largest allowed file size (`RLIMIT_FSIZE`) fails with an
/// error. By default the system kills the process with SIGXFSZ.
pub fn survive_file_size_limit() {
    #[cfg(unix)]
    os::set_file_size_signal(libc::SIG_IGN);
}

/// Undoes [`survive_file_size_limit`], for a child process.
#[cfg(unix)]
pub(super) fn restore_file_size_limit() {
    os::set_file_size_signal(libc::SIG_DFL);
}

#[cfg(unix)]
mod os {
    pub(super) const TOO_MANY_FILES: [i32; 2] = [libc::EMFILE, libc::ENFILE];

    #[expect(unsafe_code, reason = "std has no safe way to ignore a signal")]
    pub(super) fn set_file_size_signal(action: libc::sighandler_t) {
        // SAFETY: SIG_IGN and SIG_DFL run no code of this program.
        unsafe { libc::signal(libc::SIGXFSZ, action) };
    }
}

#[cfg(windows)]
mod os {
    use windows_sys::Win32::Foundation::ERROR_TOO_MANY_OPEN_FILES;

    /// The second is WSAEMFILE.
    pub(super) const TOO_MANY_FILES: [i32; 2] = [ERROR_TOO_MANY_OPEN_FILES.cast_signed(), 10024];
}
