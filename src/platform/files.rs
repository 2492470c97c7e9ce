//! Files: private from birth, and opened without being held up.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file for reading without being held up by a FIFO or taking part in its
/// life: non-blocking, and only regular files and `/dev/null` are accepted.
///
/// # Errors
/// The system's; [`io::ErrorKind::InvalidInput`] for anything that is not a file.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let file = open_for_reading(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_file() || is_character_device(kind) {
        return Ok(file);
    }
    let what = if kind.is_dir() { "is a directory" } else { "is not a regular file" };
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

#[cfg(unix)]
mod os {
    use super::{File, OpenOptions, Path, fs, io};
    use rustix::fs::OFlags;
    use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, OpenOptionsExt as _};

    pub(super) fn open_for_reading(path: &Path) -> io::Result<File> {
        let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
        OpenOptions::new().read(true).custom_flags(flags).open(path)
    }

    pub(super) fn is_character_device(kind: fs::FileType) -> bool {
        kind.is_char_device()
    }

    pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        // Without NONBLOCK, a FIFO in the file's place would hold us up until somebody reads it.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let flags = i32::try_from(flags.bits()).unwrap_or_default();
        options.mode(0o600).custom_flags(flags)
    }

    pub(super) fn create_directories(path: &Path) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
    }
}

#[cfg(not(unix))]
mod os {
    use super::{File, OpenOptions, Path, fs, io};

    pub(super) fn open_for_reading(path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).open(path)
    }

    pub(super) fn is_character_device(_kind: fs::FileType) -> bool {
        false
    }

    // The profile directory's access list is inherited: private to the person already.
    pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn create_directories(path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }
}

use os::{create_directories, is_character_device, open_for_reading, private};

/// Creates `path` and its parents, 0700 each; existing ones stay as they are.
///
/// # Errors
/// The system's.
pub fn create_private_directories(path: &Path) -> io::Result<()> {
    create_directories(path)
}

/// Creates a new file, 0600 from birth; fails if the name is taken.
///
/// # Errors
/// The system's.
pub fn create_private_new(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Opens a file for appending, created 0600 if it is not there; links are not followed.
///
/// # Errors
/// The system's; [`io::ErrorKind::InvalidInput`] for anything that is not a file.
pub fn open_private_append(path: &Path) -> io::Result<File> {
    let file = private(OpenOptions::new().append(true).create(true)).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

/// Opens a file to lock it, created 0600 if it is not there; its bytes are left alone.
///
/// # Errors
/// The system's.
pub fn open_private_lock(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)
}

/// How long ago `path` was written; `None` when there is no such file.
#[expect(clippy::disallowed_methods, reason = "file times are the wall clock's")]
pub fn age(path: &Path) -> Option<std::time::Duration> {
    fs::metadata(path).ok()?.modified().ok()?.elapsed().ok()
}
