//! What it takes to replace a file at once and whole: a name beside it, a target that can
//! be replaced, and a directory that is on the disk afterwards.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::held::Held;
use super::obstacle::is_ours;
use super::users_home::ensure_theirs;

/// Brings the names in a directory to the disk, as far as its file system does that.
pub fn sync_directory(path: &Path) {
    os::sync_directory(path);
}

/// Whether another file could take the place of `path`, as far as can be known without
/// doing it: a directory, an immutable file or the target of a mount stays where it is, and
/// so does another user's file in a directory where everybody can make files (mode 1777).
///
/// # Errors
/// What is in the way.
pub fn ensure_replaceable(path: &Path) -> io::Result<()> {
    ensure_theirs(path)?;
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if os::is_held_by_a_sticky_directory(path) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    os::obstacle(path).map_or(Ok(()), |held| Err(io::Error::other(held)))
}

/// Where `path` is a link of ours to a file of ours: that file. Other tools write through
/// such a link, so that what it leads to is the newest of all that goes by its names.
pub fn behind_own_link(path: &Path) -> Option<PathBuf> {
    let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    let is_file_of_ours = is_link && path.is_file() && is_ours(path);
    if is_file_of_ours && ensure_theirs(path).is_ok() { fs::canonicalize(path).ok() } else { None }
}

/// Whether the file has other names (hard links), which stay when one is removed.
pub fn has_other_names(found: &fs::Metadata) -> bool {
    os::has_other_names(found)
}

/// Whether the files in `directory` can be removed, as far as it is the directory that decides.
///
/// # Errors
/// What is in the way.
pub fn ensure_files_can_go(directory: &Path) -> io::Result<()> {
    os::ensure_files_can_go(directory)
}

/// The ending of a file that is not whole yet: by it `logout` finds what a killed process
/// left behind.
pub const TEMPORARY_ENDING: &str = ".aws-sso-cred.tmp";

/// A name that no other process takes, for a file that is to become `name`.
pub fn temporary_name(name: &str) -> String {
    let stem = name.strip_suffix(".json").unwrap_or(name);
    let mut unique = [0u8; 8];
    // Without randomness the process id alone has to do; create_new tells a clash.
    let _ = getrandom::fill(&mut unique);
    format!("{stem}.{}-{}{TEMPORARY_ENDING}", std::process::id(), hex::encode(unique))
}

/// When `path` was written, by the clock of its file system; `None` when there is no such
/// file.
pub fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// Makes a file count as written at another time.
///
/// # Errors
/// The system's, for a file that is not ours for instance.
pub fn date(path: &Path, at: std::time::SystemTime) -> io::Result<()> {
    os::open_for_date(path)?.set_modified(at)
}

/// Makes a file count as written now. Failing leaves the older date.
pub fn touch(file: &File) {
    os::touch(file);
}

#[cfg(unix)]
mod os {
    use super::{File, Held, Path, fs};
    use std::os::unix::fs::MetadataExt as _;

    /// An owner needs no more than this to date a file.
    pub(super) fn open_for_date(path: &Path) -> std::io::Result<File> {
        crate::platform::files::open_own(path)
    }

    pub(super) fn has_other_names(found: &fs::Metadata) -> bool {
        found.is_file() && found.nlink() > 1
    }

    /// The names in a directory are on the disk only after this.
    pub(super) fn sync_directory(path: &Path) {
        // Some file systems cannot; the file itself is on the disk.
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

    /// Whether only its owner, the directory's or root can rename or replace this file.
    pub(super) fn is_held_by_a_sticky_directory(path: &Path) -> bool {
        const STICKY: u32 = 0o1000;
        let directory = path.parent().and_then(|directory| fs::metadata(directory).ok());
        let (Some(directory), Ok(file)) = (directory, fs::symlink_metadata(path)) else { return false };
        let us = rustix::process::geteuid();
        let is_ours = us.is_root() || [directory.uid(), file.uid()].contains(&us.as_raw());
        directory.mode() & STICKY != 0 && !is_ours
    }

    #[cfg(target_os = "linux")]
    pub(super) fn obstacle(path: &Path) -> Option<Held> {
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

    /// As on Linux; files are not mounted by themselves here.
    #[cfg(target_os = "macos")]
    pub(super) fn obstacle(path: &Path) -> Option<Held> {
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

    /// Not known here.
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    pub(super) fn obstacle(_path: &Path) -> Option<Held> {
        None
    }
}

#[cfg(not(unix))]
mod os {
    use super::{File, Held, Path, fs};

    pub(super) fn open_for_date(path: &Path) -> std::io::Result<File> {
        File::options().write(true).open(path)
    }

    /// Not known here.
    pub(super) fn has_other_names(_found: &fs::Metadata) -> bool {
        false
    }

    /// The access list is not looked at here.
    #[expect(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
    pub(super) fn ensure_files_can_go(_directory: &Path) -> std::io::Result<()> {
        Ok(())
    }

    /// The older date does: it is only compared with those of other files.
    pub(super) fn touch(_file: &File) {}

    /// The file system's journal keeps names here.
    pub(super) fn sync_directory(_path: &Path) {}

    /// There is nothing of the kind here.
    pub(super) fn is_held_by_a_sticky_directory(_path: &Path) -> bool {
        false
    }

    pub(super) fn obstacle(path: &Path) -> Option<Held> {
        let read_only = fs::metadata(path).is_ok_and(|found| found.permissions().readonly());
        read_only.then_some(Held { words: "it is read-only", undo: Some("attrib -r") })
    }
}
