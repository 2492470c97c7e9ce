//! What the system lets a process have (`ulimit`), and what happens beyond it.

use std::io;

/// Whether `error` says that this process, or the whole system, has too many files open.
pub fn is_out_of_descriptors(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| os::TOO_MANY_FILES.contains(&code))
}

/// A descriptor that nobody else gets for as long as this is held.
#[derive(Debug)]
pub struct SpareDescriptor {
    _file: Option<std::fs::File>,
}

/// Sets a descriptor aside, for a file that must be written later whatever is open by then.
///
/// # Errors
/// The system's, when there is none left.
pub fn spare_descriptor() -> io::Result<SpareDescriptor> {
    match std::fs::File::open(std::path::Component::RootDir) {
        Ok(file) => Ok(SpareDescriptor { _file: Some(file) }),
        Err(error) if is_out_of_descriptors(&error) => Err(error),
        // Closed to us; descriptors are not what is missing.
        Err(_) => Ok(SpareDescriptor { _file: None }),
    }
}

/// From now on a write beyond the largest allowed file (`RLIMIT_FSIZE`) fails with an
/// error that can be told; the system's way is to kill by SIGXFSZ.
pub fn survive_file_size_limit() {
    #[cfg(unix)]
    os::set_file_size_signal(libc::SIG_IGN);
}

/// What [`survive_file_size_limit`] changed, as a child expects it.
#[cfg(unix)]
pub(super) fn restore_file_size_limit() {
    os::set_file_size_signal(libc::SIG_DFL);
}

#[cfg(unix)]
mod os {
    pub(super) const TOO_MANY_FILES: [i32; 2] = [libc::EMFILE, libc::ENFILE];

    #[expect(unsafe_code, reason = "std has no safe way to ignore a signal")]
    pub(super) fn set_file_size_signal(action: libc::sighandler_t) {
        // SAFETY: SIG_IGN and SIG_DFL run no code of ours.
        unsafe { libc::signal(libc::SIGXFSZ, action) };
    }
}

#[cfg(windows)]
mod os {
    use windows_sys::Win32::Foundation::ERROR_TOO_MANY_OPEN_FILES;

    /// The second is WSAEMFILE.
    pub(super) const TOO_MANY_FILES: [i32; 2] = [ERROR_TOO_MANY_OPEN_FILES.cast_signed(), 10024];
}
