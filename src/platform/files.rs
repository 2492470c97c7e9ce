//! Files: private from birth, and opened without being held up.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use super::users_home::{ensure_opened_is_theirs, ensure_theirs};

/// Opens a file for reading without being held up by a FIFO or taking part in its
/// life: non-blocking, and only regular files and `/dev/null` are accepted.
///
/// # Errors
/// The system's; [`io::ErrorKind::InvalidInput`] for anything that is not a file.
pub fn open_regular(path: &Path) -> io::Result<File> {
    open_with_metadata(path).map(|(file, _)| file)
}

/// The same for a file whose age matters: one from the future was written before the clock
/// was set back, and its age cannot be told.
///
/// # Errors
/// As there; [`io::ErrorKind::InvalidData`] for a file from the future.
#[expect(clippy::disallowed_methods, reason = "file times are the wall clock's")]
pub fn open_regular_from_the_past(path: &Path) -> io::Result<File> {
    // A file server's clock may differ a little.
    const TOLERATED: Duration = Duration::from_secs(300);
    let (file, metadata) = open_with_metadata(path)?;
    match metadata.modified().map(|at| at.elapsed()) {
        Ok(Err(ahead)) if ahead.duration() > TOLERATED => {
            let what = "was written in the future: the clock has been set back since";
            Err(io::Error::new(io::ErrorKind::InvalidData, what))
        }
        _ => Ok(file),
    }
}

fn open_with_metadata(path: &Path) -> io::Result<(File, fs::Metadata)> {
    let file = open_for_reading(path)?;
    let metadata = file.metadata()?;
    ensure_opened_is_theirs(path, &file, &metadata)?;
    let kind = metadata.file_type();
    if kind.is_file() || is_character_device(kind) {
        return Ok((file, metadata));
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
        // By the kernel's own call: the C library's would cost a second one.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let open = || rustix::fs::open(path, flags, Mode::empty());
        Ok(File::from(rustix::io::retry_on_intr(open)?))
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

    /// Root makes them for whom they lie with: a user who finds root's directories in
    /// their home is locked out.
    pub(super) fn create_directories(path: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = path.ancestors().take_while(|part| !part.exists()).collect();
        for directory in missing.into_iter().rev() {
            let made = with_private_umask(|| fs::DirBuilder::new().mode(0o700).create(directory));
            match made {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => {
                    made?;
                    give_to_owner_of_parent(directory)?;
                }
            }
        }
        if path.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// A umask is the whole process's, and may take from our files even what is ours to
    /// have: 0777 leaves a file that its owner cannot read.
    pub(in crate::platform) fn with_private_umask<T>(make: impl FnOnce() -> T) -> T {
        let before = umask(Mode::RWXG | Mode::RWXO);
        let made = make();
        umask(before);
        made
    }

    /// The user that `path` belongs to, links followed; `None` if it is not there.
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

    /// As the file at `replaced`, else as its directory has it.
    pub(super) fn take_over(file: &File, replaced: &Path) -> io::Result<()> {
        let followed = |old: &fs::Metadata| old.is_file() && may_be_taken_over(old, replaced);
        let Some(old) = fs::metadata(replaced).ok().filter(followed) else {
            return give_to_owner_of_directory(file, replaced);
        };
        let is_given = if geteuid().is_root() {
            give(file, &old)?;
            true
        } else {
            let group = old.gid();
            file.metadata()?.gid() == group || std::os::unix::fs::fchown(file, None, Some(group)).is_ok()
        };
        let mode = old.permissions().mode() & 0o777;
        file.set_permissions(fs::Permissions::from_mode(match mode {
            // What everybody could read is a mistake that is not kept.
            _ if mode & 0o007 != 0 => 0o600,
            // It was open to the members of a group, and this file is another group's.
            _ if !is_given => mode & !0o070 | 0o600,
            _ => mode | 0o600,
        }))
    }

    /// What a link leads to says nothing about its owner, whom root works for.
    fn may_be_taken_over(old: &fs::Metadata, replaced: &Path) -> bool {
        let is_its_owners = fs::symlink_metadata(replaced).is_ok_and(|link| link.uid() == old.uid());
        is_its_owners || !geteuid().is_root()
    }

    /// What root makes in a user's directory is the user's.
    pub(super) fn give_to_owner_of_directory(file: &File, path: &Path) -> io::Result<()> {
        match path.parent().map(fs::metadata) {
            Some(directory) if geteuid().is_root() => give(file, &directory?),
            _ => Ok(()),
        }
    }

    fn give(file: &File, like: &fs::Metadata) -> io::Result<()> {
        std::os::unix::fs::fchown(file, Some(like.uid()), Some(like.gid()))
    }

    /// Opens a regular file that nobody but us, or who we work for as root, can have made.
    pub(super) fn open_own(path: &Path) -> io::Result<File> {
        let flags = i32::try_from((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits()).unwrap_or_default();
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
        let (found, user) = (file.metadata()?, geteuid());
        let owners_directory = user.is_root() && path.parent().and_then(owner_of) == Some(found.uid());
        let is_ours = found.uid() == user.as_raw() || owners_directory;
        if found.is_file() && is_ours && found.permissions().mode() & 0o022 == 0 {
            return Ok(file);
        }
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "is not a file of ours"))
    }

    /// A file of ours that others can read is closed to them.
    pub(super) fn close_to_others(file: &File) -> io::Result<()> {
        let found = file.metadata()?;
        if found.permissions().mode() & 0o777 != 0o600 && found.uid() == geteuid().as_raw() {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
        Ok(())
    }
}

/// Owners and modes are the access list's, which is inherited.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "these can fail on other systems")]
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

    pub(in crate::platform) fn with_private_umask<T>(make: impl FnOnce() -> T) -> T {
        make()
    }

    pub(super) fn take_over(_file: &File, _replaced: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn give_to_owner_of_directory(_file: &File, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    /// What lies in the person's own profile is theirs by its access list.
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

/// Creates `path` and its parents, 0700 each; existing ones stay as they are.
///
/// # Errors
/// The system's.
pub fn create_private_directories(path: &Path) -> io::Result<()> {
    ensure_theirs(path)?;
    create_directories(path)
}

/// Creates a new file, 0600 from birth; fails if the name is taken.
///
/// # Errors
/// The system's.
pub fn create_private_new(path: &Path) -> io::Result<File> {
    ensure_theirs(path)?;
    with_private_umask(|| private(OpenOptions::new().write(true).create_new(true)).open(path))
}

/// Gives `file`, which is about to replace what is at `path`, the owner and the mode of
/// that: root may run us in a user's home, and the user stays the owner. A mode that
/// lets everybody read is not kept. A new file gets the owner of its directory.
///
/// # Errors
/// The system's.
pub fn become_successor_of(file: &File, path: &Path) -> io::Result<()> {
    ensure_theirs(path)?;
    take_over(file, path)
}

/// Opens for reading a file that a process of this user made and nobody else can write:
/// no link, and nothing but a regular file.
///
/// # Errors
/// The system's, and whatever is no such file.
pub fn open_own(path: &Path) -> io::Result<File> {
    ensure_theirs(path)?;
    os::open_own(path)
}

/// Opens a file for appending, made 0600 if it is not there, and 0600 afterwards if it
/// is ours; links are not followed.
///
/// # Errors
/// The system's; [`io::ErrorKind::InvalidInput`] for anything that is not a file.
pub fn open_private_append(path: &Path) -> io::Result<File> {
    ensure_theirs(path)?;
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

/// Takes its content from a regular file, under whatever names it is known.
///
/// # Errors
/// The system's.
pub fn empty(path: &Path) -> io::Result<()> {
    private(OpenOptions::new().write(true)).open(path)?.set_len(0)
}

/// How long ago `path` was written; `None` when there is no such file.
#[expect(clippy::disallowed_methods, reason = "file times are the wall clock's")]
pub fn age(path: &Path) -> Option<Duration> {
    fs::metadata(path).ok()?.modified().ok()?.elapsed().ok()
}
