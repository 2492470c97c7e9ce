//! Helps to replace a file at once and whole: names a temporary file, checks beforehand that the
//! target can be replaced, and brings the directory to the disk afterwards.
//!
//! The caller writes the temporary file and renames it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::held::Held;
use super::obstacle::belongs_to_this_user;
use super::users_home::ensure_safe_for_root;

/// Brings the names in a directory to the disk, where its file system can.
pub fn sync_directory(path: &Path) {
    os::sync_directory(path);
}

/// Checks whether a rename could replace `path`, as far as can be known without trying. A
/// directory, an immutable file and a mount point cannot be replaced, nor can another user's file
/// in a directory with the sticky bit (mode 1777).
///
/// # Errors
/// The reason why it cannot be replaced.
pub fn ensure_replaceable(path: &Path) -> io::Result<()> {
    ensure_safe_for_root(path)?;
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if os::is_held_by_a_sticky_directory(path) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    os::held(path).map_or(Ok(()), |held| Err(io::Error::other(held)))
}

/// The target of `path`, if it is a link, and this user owns the link and its target. Other tools
/// write to the target of such a link.
pub fn behind_own_link(path: &Path) -> Option<PathBuf> {
    let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    let is_own_file = is_link && path.is_file() && belongs_to_this_user(path);
    if is_own_file && ensure_safe_for_root(path).is_ok() { behind_links(path).ok() } else { None }
}

/// The file or directory that `path` leads to, by its one absolute path.
///
/// # Errors
/// The system's error, for example if there is none.
pub fn behind_links(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path).map(os::as_people_write)
}

/// Whether the file has other names (hard links), which remain when this name is removed.
pub fn has_other_names(found: &fs::Metadata) -> bool {
    os::has_other_names(found)
}

/// Checks whether the mode of `directory` lets this process remove files in it.
///
/// # Errors
/// The system's error, if it does not.
pub fn ensure_files_can_go(directory: &Path) -> io::Result<()> {
    os::ensure_files_can_go(directory)
}

/// The ending of a temporary file's name. By this ending `logout` finds the files that killed
/// processes left.
pub const TEMPORARY_ENDING: &str = ".aws-sso-cred.tmp";

/// A temporary file that is older than this belongs to no process any more. A process creates it right
/// before it asks AWS for a token, and gives up that request in less than a minute.
pub const ABANDONED: Duration = Duration::from_secs(60);

/// A unique name for a temporary file that will be renamed to `name`.
pub fn temporary_name(name: &str) -> String {
    let stem = name.strip_suffix(".json").unwrap_or(name);
    let mut unique = [0u8; 8];
    // Without random bytes, the process id is in the name; `create_new` fails if it is taken.
    let _ = getrandom::fill(&mut unique);
    format!("{stem}.{}-{}{TEMPORARY_ENDING}", std::process::id(), hex::encode(unique))
}

/// What shows that a file is another one, or was written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileState {
    identity: (u64, u64),
    length: u64,
    modified: Option<std::time::SystemTime>,
}

impl FileState {
    /// The state of a file with this metadata.
    pub fn of(found: &fs::Metadata) -> Self {
        Self { identity: os::identity(found), length: found.len(), modified: found.modified().ok() }
    }
}

/// When `path` was modified, by the clock of its file system; `None` if there is no such file.
pub fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// Sets the modification time of a file.
///
/// # Errors
/// The system's error, for example for another user's file.
pub fn set_modified(path: &Path, at: std::time::SystemTime) -> io::Result<()> {
    os::open_to_set_modified(path)?.set_modified(at)
}

/// Sets the modification time of a file to now. If that fails, the old time stays.
pub fn touch(file: &File) {
    os::touch(file);
}

#[cfg(unix)]
mod os {
    use super::{File, Held, Path, PathBuf, fs};
    use std::os::unix::fs::MetadataExt as _;

    pub(super) fn as_people_write(path: PathBuf) -> PathBuf {
        path
    }

    /// The owner of a file can set its time even if it was opened for reading.
    pub(super) fn open_to_set_modified(path: &Path) -> std::io::Result<File> {
        crate::platform::files::open_own(path)
    }

    pub(super) fn has_other_names(found: &fs::Metadata) -> bool {
        found.is_file() && found.nlink() > 1
    }

    pub(super) fn identity(found: &fs::Metadata) -> (u64, u64) {
        (found.dev(), found.ino())
    }

    /// After a rename, the new name may exist in memory only until the directory is synced.
    pub(super) fn sync_directory(path: &Path) {
        // Some file systems cannot do this; the file's content is on the disk all the same.
        let _ = File::open(path).and_then(|directory| directory.sync_all());
    }

    pub(super) fn ensure_files_can_go(directory: &Path) -> std::io::Result<()> {
        use rustix::fs::{Access, access};
        Ok(access(directory, Access::WRITE_OK | Access::EXEC_OK)?)
    }

    pub(super) fn touch(file: &File) {
        use rustix::fs::{Timespec, Timestamps, UTIME_NOW, futimens};
        let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
        let _ = futimens(file, &Timestamps { last_access: now, last_modification: now });
    }

    /// Whether the directory's sticky bit keeps this user from replacing the file: only the file's
    /// owner, the directory's owner and root may.
    pub(super) fn is_held_by_a_sticky_directory(path: &Path) -> bool {
        const STICKY: u32 = 0o1000;
        let directory = path.parent().and_then(|directory| fs::metadata(directory).ok());
        let (Some(directory), Ok(file)) = (directory, fs::symlink_metadata(path)) else { return false };
        let user = rustix::process::geteuid();
        let may_replace = user.is_root() || [directory.uid(), file.uid()].contains(&user.as_raw());
        directory.mode() & STICKY != 0 && !may_replace
    }

    #[cfg(target_os = "linux")]
    pub(super) fn held(path: &Path) -> Option<Held> {
        use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
        let found = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::TYPE).ok()?;
        let has = |attribute| found.stx_attributes.contains(attribute);
        if has(StatxAttributes::IMMUTABLE) {
            Some(Held { words: "it is immutable (chattr +i)", undo: Some("sudo chattr -i") })
        } else if has(StatxAttributes::APPEND) {
            Some(Held { words: "it is append-only (chattr +a)", undo: Some("sudo chattr -a") })
        } else if has(StatxAttributes::MOUNT_ROOT) {
            Some(Held { words: "it is a mount of its own; mount its directory instead", undo: None })
        } else {
            None
        }
    }

    /// macOS has flags instead of attributes, and no mounts of single files.
    #[cfg(target_os = "macos")]
    pub(super) fn held(path: &Path) -> Option<Held> {
        use std::os::macos::fs::MetadataExt as _;
        const LOCKED: u32 = 0x0002_0002;
        const APPEND_ONLY: u32 = 0x0004_0004;
        let flags = fs::symlink_metadata(path).ok()?.st_flags();
        if flags & LOCKED != 0 {
            Some(Held { words: "it is locked (chflags uchg)", undo: Some("sudo chflags nouchg,noschg") })
        } else if flags & APPEND_ONLY != 0 {
            let undo = Some("sudo chflags nouappnd,nosappnd");
            Some(Held { words: "it is append-only (chflags uappnd)", undo })
        } else {
            None
        }
    }

    /// Not known on other systems.
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    pub(super) fn held(_path: &Path) -> Option<Held> {
        None
    }
}

#[cfg(not(unix))]
mod os {
    use super::{File, Held, Path, PathBuf, fs};

    /// Windows begins the path with `\\?\`, with which few programs can do anything. It stays where the
    /// path would mean something else without it, such as a file with the name of a device.
    pub(super) fn as_people_write(path: PathBuf) -> PathBuf {
        let plain = path.to_str().and_then(|text| {
            let text = text.strip_prefix(r"\\?\")?;
            let share = text.strip_prefix(r"UNC\").map(|share| [r"\\", share].concat());
            let plain = PathBuf::from(share.unwrap_or_else(|| text.to_owned()));
            std::path::absolute(&plain)
                .is_ok_and(|meant| meant.as_os_str() == plain.as_os_str())
                .then_some(plain)
        });
        plain.unwrap_or(path)
    }

    pub(super) fn open_to_set_modified(path: &Path) -> std::io::Result<File> {
        File::options().write(true).open(path)
    }

    /// Not known on Windows.
    pub(super) fn has_other_names(_found: &fs::Metadata) -> bool {
        false
    }

    /// Not known on Windows.
    pub(super) fn identity(_found: &fs::Metadata) -> (u64, u64) {
        (0, 0)
    }

    /// Access lists are not checked.
    #[expect(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
    pub(super) fn ensure_files_can_go(_directory: &Path) -> std::io::Result<()> {
        Ok(())
    }

    /// The old time stays. It is only compared with the times of other files.
    pub(super) fn touch(_file: &File) {}

    /// The journal of NTFS keeps the names.
    pub(super) fn sync_directory(_path: &Path) {}

    /// Windows has no sticky bit.
    pub(super) fn is_held_by_a_sticky_directory(_path: &Path) -> bool {
        false
    }

    pub(super) fn held(path: &Path) -> Option<Held> {
        let read_only = fs::metadata(path).is_ok_and(|found| found.permissions().readonly());
        read_only.then_some(Held { words: "it is read-only", undo: Some("attrib -r") })
    }
}

#[cfg(all(test, windows))]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_links_is_one_that_other_programs_understand() {
        for (system, plain) in [
            (r"\\?\C:\Users\me\.aws\config", r"C:\Users\me\.aws\config"),
            (r"\\?\UNC\server\share\me", r"\\server\share\me"),
            (r"\\?\C:\Users\me\con", r"\\?\C:\Users\me\con"),
            (r"\\?\C:\Users\me\dot.", r"\\?\C:\Users\me\dot."),
            (r"\\?\Volume{b75e2c83}\me", r"\\?\Volume{b75e2c83}\me"),
            (r"C:\Users\me", r"C:\Users\me"),
        ] {
            assert_eq!(os::as_people_write(PathBuf::from(system)).as_os_str(), plain);
        }
    }
}
