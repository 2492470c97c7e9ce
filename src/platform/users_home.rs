//! Root in another user's home. That user can put links into AWS's caches, and would get
//! what root reads, writes or removes behind them.
//!
//! Files of the caches are known by their place below `.aws`. As root in the home of another
//! user we work only with what is that user's, and with root's own files, if they have no
//! other name or lie in root's own directories. For everybody else, and for root in a home of
//! root's, nothing is looked at.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// What root does not touch; an [`io::Error`] carries it.
#[derive(Debug)]
#[cfg_attr(not(unix), allow(dead_code, reason = "there is no root"))]
pub(super) struct NotTheirs {
    /// The first part of the path that is not the user's.
    pub(super) place: PathBuf,
    words: &'static str,
}

impl std::error::Error for NotTheirs {}

impl std::fmt::Display for NotTheirs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.words)
    }
}

/// Before something at `path`, a file or directory of the caches, is written, removed or
/// listed.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] when root would work with what is not the user's.
pub fn ensure_theirs(path: &Path) -> io::Result<()> {
    os::ensure_theirs(path)
}

/// The same for a file that is open: whatever becomes of its names, it is this file.
pub(super) fn ensure_opened_is_theirs(path: &Path, file: &File, found: &std::fs::Metadata) -> io::Result<()> {
    os::ensure_opened_is_theirs(path, file, found)
}

/// The entries of a directory of the caches.
///
/// # Errors
/// The system's, and those of [`ensure_theirs`].
pub fn read_directory(path: &Path) -> io::Result<std::fs::ReadDir> {
    ensure_theirs(path)?;
    std::fs::read_dir(path)
}

#[cfg(unix)]
mod os {
    use std::ffi::OsStr;
    use std::fs::{self, File, Metadata};
    use std::io;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::MetadataExt as _;
    use std::path::Path;

    use rustix::fs::{AtFlags, Mode, OFlags};

    use super::NotTheirs;

    const ROOT: u32 = 0;

    const LINK: &str = "root does not follow this link out of the files of the home's owner";
    const FILE: &str = "root does not use what is not the home owner's";

    const AWS: &[u8] = b"/.aws/";
    const CACHES: [&[u8]; 2] = [b"/.aws/sso", b"/.aws/cli"];

    pub(super) fn ensure_theirs(path: &Path) -> io::Result<()> {
        let Some((home, owner)) = users_home(path) else { return Ok(()) };
        let mut place = home.to_owned();
        let mut owner_of_directory = owner;
        for part in path.strip_prefix(home).unwrap_or(path) {
            place.push(part);
            let Ok(found) = fs::symlink_metadata(&place) else { return Ok(()) };
            if found.is_symlink() {
                // One that leads nowhere is only replaced.
                if fs::metadata(&place).is_ok_and(|target| target.uid() != owner) {
                    return Err(refusal(&place, LINK));
                }
                owner_of_directory = owner;
                continue;
            }
            // A second name of root's file may be the user's; one that has no other is root's.
            let is_roots =
                found.uid() == ROOT && (found.is_dir() || owner_of_directory == ROOT || found.nlink() == 1);
            if found.uid() != owner && !is_roots {
                return Err(refusal(&place, FILE));
            }
            owner_of_directory = found.uid();
        }
        Ok(())
    }

    pub(super) fn ensure_opened_is_theirs(path: &Path, file: &File, found: &Metadata) -> io::Result<()> {
        let Some((home, owner)) = users_home(path) else { return Ok(()) };
        if found.uid() == owner || found.uid() == ROOT && lies_in_roots_directory(home, path, file) {
            return Ok(());
        }
        // By its names it can be told better.
        ensure_theirs(path)?;
        Err(refusal(path, FILE))
    }

    /// Whether no link leads from `home` to `file`, and its directory is root's. The user
    /// can exchange names at any moment: each directory is opened before the next.
    fn lies_in_roots_directory(home: &Path, path: &Path, file: &File) -> bool {
        const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);
        let look = || {
            let mut directory = rustix::fs::open(home, DIRECTORY, Mode::empty())?;
            let inside = path.parent().and_then(|parent| parent.strip_prefix(home).ok());
            for part in inside.into_iter().flatten() {
                directory =
                    rustix::fs::openat(&directory, part, DIRECTORY | OFlags::NOFOLLOW, Mode::empty())?;
            }
            let name = path.file_name().unwrap_or(OsStr::new("."));
            let there = rustix::fs::statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
            let opened = rustix::fs::fstat(file)?;
            let is_it = (there.st_dev, there.st_ino) == (opened.st_dev, opened.st_ino);
            let is_roots = rustix::fs::fstat(&directory)?.st_uid == ROOT || opened.st_nlink == 1;
            rustix::io::Result::Ok(is_it && is_roots)
        };
        look().unwrap_or(false)
    }

    /// The home that `path` lies in, as a file of the caches, and its owner; only if we are
    /// root and that owner is another.
    fn users_home(path: &Path) -> Option<(&Path, u32)> {
        if !is_root() {
            return None;
        }
        // By bytes: a hit of root's comes here, and paths are parsed slowly.
        let bytes = path.as_os_str().as_bytes();
        let at = memchr::memrchr_iter(b'/', bytes).find(|at| bytes[*at..].starts_with(AWS))?;
        let (home, inside) = bytes.split_at(at);
        if !CACHES.iter().any(|cache| inside.starts_with(cache)) {
            return None;
        }
        let home = Path::new(if home.is_empty() { OsStr::new("/") } else { OsStr::from_bytes(home) });
        let owner = rustix::fs::stat(home).ok()?.st_uid;
        (owner != ROOT).then_some((home, owner))
    }

    /// Whether we are root, as the kernel told at the start. Every hit asks: it may cost no
    /// system call.
    #[cfg(target_os = "linux")]
    #[expect(unsafe_code, reason = "the C library's only way to what the kernel told")]
    fn is_root() -> bool {
        // SAFETY: it reads what the kernel has put beside the environment, and takes any number.
        unsafe { libc::getauxval(libc::AT_EUID) == 0 && libc::getauxval(libc::AT_PAGESZ) != 0 }
    }

    #[cfg(not(target_os = "linux"))]
    fn is_root() -> bool {
        rustix::process::geteuid().is_root()
    }

    fn refusal(place: &Path, words: &'static str) -> io::Error {
        io::Error::new(io::ErrorKind::PermissionDenied, NotTheirs { place: place.to_owned(), words })
    }
}

/// There is no root.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "these can fail on other systems")]
mod os {
    use std::fs::{File, Metadata};
    use std::io;
    use std::path::Path;

    pub(super) fn ensure_theirs(_path: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn ensure_opened_is_theirs(_path: &Path, _file: &File, _found: &Metadata) -> io::Result<()> {
        Ok(())
    }
}
