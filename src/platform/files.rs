//! Creates files that only their owner can read, and opens files without waiting.
//!
//! Replacing a file is in `replacing`, this program's own directory in `private`.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use super::users_home::{ensure_opened_is_safe_for_root, ensure_safe_for_root};

/// Whether a file does not exist. `NotADirectory`: the home directory is `/dev/null`.
pub fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Opens a regular file or a character device such as `/dev/null` for reading. The call does
/// not wait, not even for the other end of a FIFO.
///
/// # Errors
/// The system's error, and [`io::ErrorKind::InvalidInput`] for a directory, a FIFO or a socket.
pub fn open_regular(path: &Path) -> io::Result<File> {
    open_with_metadata(path).map(|(file, _)| file)
}

/// As [`open_regular`], for a file whose age matters. A modification time in the future shows
/// that the clock has been set back, so the age is not known.
///
/// # Errors
/// As for [`open_regular`], and [`io::ErrorKind::InvalidData`] for a modification time in the
/// future.
#[expect(clippy::disallowed_methods, reason = "file times are the wall clock's")]
pub fn open_regular_not_from_the_future(path: &Path) -> io::Result<File> {
    // A file server's clock may differ a little.
    const TOLERATED: Duration = Duration::from_secs(300);
    let (file, metadata) = open_with_metadata(path)?;
    match metadata.and_then(|found| found.modified().ok()).map(|at| at.elapsed()) {
        Some(Err(ahead)) if ahead.duration() > TOLERATED => {
            let what = "was written in the future: the clock has been set back since";
            Err(io::Error::new(io::ErrorKind::InvalidData, what))
        }
        _ => Ok(file),
    }
}

/// The null device of Windows has no metadata.
fn open_with_metadata(path: &Path) -> io::Result<(File, Option<fs::Metadata>)> {
    let file = open_for_reading(path)?;
    if cfg!(windows) && path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("NUL")) {
        return Ok((file, None));
    }
    let metadata = file.metadata()?;
    ensure_opened_is_safe_for_root(path, &file, &metadata)?;
    let kind = metadata.file_type();
    if kind.is_file() || is_character_device(kind) {
        return Ok((file, Some(metadata)));
    }
    let what = if kind.is_dir() { "is a directory" } else { "is not a regular file" };
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

#[cfg(unix)]
mod os {
    use super::{File, OpenOptions, Path, fs, io};
    use rustix::fs::{Mode, OFlags};
    use rustix::process::{geteuid, umask};
    use std::os::unix::fs::{
        DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
    };

    pub(super) fn open_for_reading(path: &Path) -> io::Result<File> {
        // rustix makes one system call; the C library would make two.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let open = || rustix::fs::open(path, flags, Mode::empty());
        Ok(File::from(rustix::io::retry_on_intr(open)?))
    }

    pub(super) fn is_character_device(kind: fs::FileType) -> bool {
        kind.is_char_device()
    }

    pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        // Without NONBLOCK, opening a FIFO would wait until another process reads from it.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let flags = i32::try_from(flags.bits()).unwrap_or_default();
        options.mode(0o600).custom_flags(flags)
    }

    /// When root runs this program, a new directory gets the owner of its parent directory: in a
    /// user's home, that user could not write to a directory of root's.
    pub(super) fn create_directories(path: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = path.ancestors().take_while(|part| !part.exists()).collect();
        for directory in missing.into_iter().rev() {
            let created = with_private_umask(|| fs::DirBuilder::new().mode(0o700).create(directory));
            match created {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => {
                    created?;
                    give_to_owner_of_parent(directory)?;
                }
            }
        }
        if path.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// Calls `create` with the umask 077. The umask that this process was started with could
    /// take too much: with 0777, not even the owner can read a new file.
    pub(in crate::platform) fn with_private_umask<T>(create: impl FnOnce() -> T) -> T {
        let before = umask(Mode::RWXG | Mode::RWXO);
        let created = create();
        umask(before);
        created
    }

    /// The owner of the file that `path` leads to; `None` if there is none.
    pub(in crate::platform) fn owner_of(path: &Path) -> Option<u32> {
        fs::metadata(path).ok().map(|found| found.uid())
    }

    fn give_to_owner_of_parent(path: &Path) -> io::Result<()> {
        if !geteuid().is_root() {
            return Ok(());
        }
        let parent = fs::metadata(path.parent().unwrap_or(Path::new(".")))?;
        std::os::unix::fs::lchown(path, Some(parent.uid()), Some(parent.gid()))
    }

    /// Gives `file` the owner and mode of the file at `replaced`, else the owner of its directory.
    pub(super) fn take_over(file: &File, replaced: &Path) -> io::Result<()> {
        let is_model = |old: &fs::Metadata| old.is_file() && may_be_taken_over(old, replaced);
        let Some(old) = fs::metadata(replaced).ok().filter(is_model) else {
            return give_to_owner_of_directory(file, replaced);
        };
        let has_same_group = if geteuid().is_root() {
            give(file, &old)?;
            true
        } else {
            let group = old.gid();
            file.metadata()?.gid() == group || std::os::unix::fs::fchown(file, None, Some(group)).is_ok()
        };
        let mode = old.permissions().mode() & 0o777;
        file.set_permissions(fs::Permissions::from_mode(match mode {
            // A mode that gives all users access is a mistake, and is not copied.
            _ if mode & 0o007 != 0 => 0o600,
            // The old group could not be set: the new file's group gets no access.
            _ if !has_same_group => mode & !0o070 | 0o600,
            _ => mode | 0o600,
        }))
    }

    /// Gives `file` owner and mode of a file that it will replace.
    pub(super) fn keep_owner_and_mode(file: &File, old: &fs::Metadata, mode: Option<u32>) -> io::Result<()> {
        let has_same_group = if geteuid().is_root() {
            give(file, old)?;
            true
        } else {
            file.metadata()?.gid() == old.gid()
                || std::os::unix::fs::fchown(file, None, Some(old.gid())).is_ok()
        };
        let old_mode = old.permissions().mode() & 0o777;
        // If the old group could not be set, the new file's group gets no access.
        let kept = if has_same_group { old_mode } else { old_mode & !0o070 };
        file.set_permissions(fs::Permissions::from_mode(mode.unwrap_or(kept)))
    }

    pub(super) fn ensure_writable(path: &Path, found: &fs::Metadata) -> io::Result<()> {
        use rustix::fs::{Access, access};
        let user = geteuid();
        if !user.is_root() && found.uid() != user.as_raw() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(access(path, Access::WRITE_OK)?)
    }

    /// When root runs this program, the owner of a link's target is copied only if the link has the
    /// same owner.
    fn may_be_taken_over(old: &fs::Metadata, replaced: &Path) -> bool {
        let has_same_owner = fs::symlink_metadata(replaced).is_ok_and(|link| link.uid() == old.uid());
        has_same_owner || !geteuid().is_root()
    }

    /// When root runs this program, a new file in a user's directory belongs to that user.
    pub(super) fn give_to_owner_of_directory(file: &File, path: &Path) -> io::Result<()> {
        match path.parent().map(fs::metadata) {
            Some(directory) if geteuid().is_root() => give(file, &directory?),
            _ => Ok(()),
        }
    }

    fn give(file: &File, like: &fs::Metadata) -> io::Result<()> {
        std::os::unix::fs::fchown(file, Some(like.uid()), Some(like.gid()))
    }

    /// When root runs this program, the file may belong to the owner of its directory instead.
    pub(super) fn open_own(path: &Path) -> io::Result<File> {
        let flags = i32::try_from((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits()).unwrap_or_default();
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
        let (found, user) = (file.metadata()?, geteuid());
        let owners_directory = user.is_root() && path.parent().and_then(owner_of) == Some(found.uid());
        let has_right_owner = found.uid() == user.as_raw() || owners_directory;
        if found.is_file() && has_right_owner && found.permissions().mode() & 0o022 == 0 {
            return Ok(file);
        }
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "is not a file that only its owner can write"))
    }

    /// Takes away other users' access to a file of this user.
    pub(super) fn close_to_others(file: &File) -> io::Result<()> {
        let found = file.metadata()?;
        if found.permissions().mode() & 0o777 != 0o600 && found.uid() == geteuid().as_raw() {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
        Ok(())
    }
}

/// Windows: access lists take the place of owners and modes. A new file inherits its directory's.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "these can fail on other systems")]
mod os {
    use super::{File, OpenOptions, Path, fs, io};

    pub(super) fn open_for_reading(path: &Path) -> io::Result<File> {
        crate::platform::in_use::open_patiently(|| File::open(path))
    }

    pub(super) fn is_character_device(_kind: fs::FileType) -> bool {
        false
    }

    // A new file inherits the access list of the user's profile, which lets only the user in.
    pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn create_directories(path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    pub(in crate::platform) fn with_private_umask<T>(create: impl FnOnce() -> T) -> T {
        create()
    }

    pub(super) fn take_over(_file: &File, _replaced: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn give_to_owner_of_directory(_file: &File, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn keep_owner_and_mode(
        _file: &File,
        _old: &fs::Metadata,
        _mode: Option<u32>,
    ) -> io::Result<()> {
        Ok(())
    }

    /// A read-only file is found by `ensure_replaceable`.
    pub(super) fn ensure_writable(_path: &Path, _found: &fs::Metadata) -> io::Result<()> {
        Ok(())
    }

    /// The access list of the user's profile lets only the user write there.
    pub(super) fn open_own(path: &Path) -> io::Result<File> {
        if fs::symlink_metadata(path)?.is_file() {
            return File::open(path);
        }
        Err(io::ErrorKind::InvalidInput.into())
    }

    pub(super) fn close_to_others(_file: &File) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
pub(super) use os::owner_of;
pub(super) use os::with_private_umask;
use os::{create_directories, is_character_device, open_for_reading, private, take_over};

/// Creates the directory `path` and its parents with mode 0700. Existing ones are not changed.
///
/// # Errors
/// The system's error.
pub fn create_private_directories(path: &Path) -> io::Result<()> {
    ensure_safe_for_root(path)?;
    create_directories(path)
}

/// Creates a file with mode 0600.
///
/// # Errors
/// The system's error, and [`io::ErrorKind::AlreadyExists`] if the name is taken.
pub fn create_private_new(path: &Path) -> io::Result<File> {
    ensure_safe_for_root(path)?;
    with_private_umask(|| private(OpenOptions::new().write(true).create_new(true)).open(path))
}

/// Gives `file`, which will replace the file at `path`, that file's owner and mode: if root runs
/// this program in a user's home, the user stays the owner. A mode that gives all users access
/// becomes 0600. If there is no file at `path`, the owner is that of the directory.
///
/// # Errors
/// The system's error.
pub fn become_successor_of(file: &File, path: &Path) -> io::Result<()> {
    ensure_safe_for_root(path)?;
    take_over(file, path)
}

/// Gives `file` the owner of `old`, the file that it will replace, and its mode.
///
/// # Errors
/// The system's error.
pub fn keep_owner_and_mode(file: &File, old: &fs::Metadata) -> io::Result<()> {
    os::keep_owner_and_mode(file, old, None)
}

/// Gives `file` the owner of `old`, of which it is a copy that only the owner may read.
///
/// # Errors
/// The system's error.
pub fn become_private_copy_of(file: &File, old: &fs::Metadata) -> io::Result<()> {
    os::keep_owner_and_mode(file, old, Some(0o600))
}

/// Checks whether the file at `path`, with the metadata `found`, is this user's to change: a rename
/// could also replace the file of another user, and a file that is read-only on purpose.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`], and [`io::ErrorKind::ReadOnlyFilesystem`].
pub fn ensure_writable(path: &Path, found: &fs::Metadata) -> io::Result<()> {
    os::ensure_writable(path, found)
}

/// Opens for reading a regular file that belongs to this user and that no other user can write.
/// Links are not followed.
///
/// # Errors
/// The system's error, and [`io::ErrorKind::PermissionDenied`] for any other file.
pub fn open_own(path: &Path) -> io::Result<File> {
    ensure_safe_for_root(path)?;
    os::open_own(path)
}

/// Opens a file for appending and creates it if it is missing. Its mode becomes 0600 if it
/// belongs to this user. Links are not followed.
///
/// # Errors
/// The system's error, and [`io::ErrorKind::InvalidInput`] for anything but a regular file.
pub fn open_private_append(path: &Path) -> io::Result<File> {
    ensure_safe_for_root(path)?;
    let is_new = fs::symlink_metadata(path).is_err();
    let file = with_private_umask(|| private(OpenOptions::new().append(true).create(true)).open(path))?;
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    if is_new {
        os::give_to_owner_of_directory(&file, path)?;
    } else {
        os::close_to_others(&file)?;
    }
    Ok(file)
}

/// Truncates a regular file to nothing, so that it is empty under all its names.
///
/// # Errors
/// The system's error.
pub fn empty(path: &Path) -> io::Result<()> {
    private(OpenOptions::new().write(true)).open(path)?.set_len(0)
}

/// How long ago `path` was modified; `None` if there is no such file, or the time is in the
/// future.
pub fn age(path: &Path) -> Option<Duration> {
    age_of(&fs::metadata(path).ok()?)
}

/// How long ago a file with this metadata was modified; `None` if the time is in the future.
#[expect(clippy::disallowed_methods, reason = "file times are the wall clock's")]
pub fn age_of(found: &fs::Metadata) -> Option<Duration> {
    found.modified().ok()?.elapsed().ok()
}
