//! Protects root's files when root runs this program in another user's home. With a link in AWS's
//! caches, that user could otherwise make root read, write or remove any file.
//!
//! In such a home, only the user's files are used, and root's own files if they have a single
//! name or are in root's own directory. Cache files are known by their place below `.aws`.
//!
//! Nothing is checked for any other user, or for root in a home that belongs to root.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Why root does not use a file. It travels inside an [`io::Error`].
#[derive(Debug)]
#[cfg_attr(not(unix), allow(dead_code, reason = "there is no root"))]
pub(super) struct UnsafeForRoot {
    /// The first part of the path that does not belong to the user.
    pub(super) place: PathBuf,
    /// The reason, for the error message.
    words: &'static str,
}

impl std::error::Error for UnsafeForRoot {}

impl std::fmt::Display for UnsafeForRoot {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.words)
    }
}

/// Checks a file or directory of the caches before it is written, removed or listed.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] if this process runs as root, and `path` belongs neither to
/// the owner of the home nor safely to root.
pub fn ensure_safe_for_root(path: &Path) -> io::Result<()> {
    os::ensure_safe_for_root(path)
}

/// As [`ensure_safe_for_root`], for a configuration file that is to be changed. `real` is the file that
/// `path` leads to; it need not exist.
///
/// # Errors
/// As [`ensure_safe_for_root`].
pub fn ensure_safe_to_edit(path: &Path, real: &Path) -> io::Result<()> {
    os::ensure_safe_to_edit(path, real)
}

/// As [`ensure_safe_for_root`], for an open file: its name may lead to another file meanwhile.
pub(super) fn ensure_opened_is_safe_for_root(
    path: &Path,
    file: &File,
    found: &std::fs::Metadata,
) -> io::Result<()> {
    os::ensure_opened_is_safe_for_root(path, file, found)
}

/// The entries of a directory of the caches.
///
/// # Errors
/// The system's error, and those of [`ensure_safe_for_root`].
pub fn read_directory(path: &Path) -> io::Result<std::fs::ReadDir> {
    ensure_safe_for_root(path)?;
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

    use super::UnsafeForRoot;

    const ROOT: u32 = 0;

    const LINK: &str =
        "root does not follow this link: its target does not belong to the home directory's owner";
    const FILE: &str = "root does not use a file that does not belong to the home directory's owner";

    const AWS: &[u8] = b"/.aws/";
    const CACHES: [&[u8]; 2] = [b"/.aws/sso", b"/.aws/cli"];

    pub(super) fn ensure_safe_for_root(path: &Path) -> io::Result<()> {
        let Some((home, owner)) = users_home(path) else { return Ok(()) };
        ensure_safe_below(home, owner, path)
    }

    /// A configuration file may be anywhere. Without `.aws` in its path, its directory is checked like
    /// a home.
    pub(super) fn ensure_safe_to_edit(path: &Path, real: &Path) -> io::Result<()> {
        if !is_root() {
            return Ok(());
        }
        let bytes = path.as_os_str().as_bytes();
        let at = memchr::memrchr_iter(b'/', bytes).find(|at| bytes[*at..].starts_with(AWS));
        let home = at.map_or(path.parent(), |at| Some(Path::new(OsStr::from_bytes(&bytes[..at]))));
        let home = home.filter(|home| !home.as_os_str().is_empty()).unwrap_or(Path::new("/"));
        let Some(owner) = owner_of(home).filter(|owner| *owner != ROOT) else { return Ok(()) };
        ensure_safe_below(home, owner, path)?;
        // A link may lead to a file that does not exist yet.
        let directory = real.parent().unwrap_or(Path::new("/"));
        let is_users = [None, Some(owner)].contains(&owner_of(directory));
        if is_users || directory == path.parent().unwrap_or(directory) {
            Ok(())
        } else {
            Err(refusal(path, LINK))
        }
    }

    fn owner_of(path: &Path) -> Option<u32> {
        rustix::fs::stat(path).ok().map(|found| found.st_uid)
    }

    fn ensure_safe_below(home: &Path, owner: u32, path: &Path) -> io::Result<()> {
        let mut place = home.to_owned();
        let mut owner_of_directory = owner;
        for part in path.strip_prefix(home).unwrap_or(path) {
            place.push(part);
            let Ok(found) = fs::symlink_metadata(&place) else { return Ok(()) };
            if found.is_symlink() {
                // A link to nothing is harmless: it can only be replaced.
                if fs::metadata(&place).is_ok_and(|target| target.uid() != owner) {
                    return Err(refusal(&place, LINK));
                }
                owner_of_directory = owner;
                continue;
            }
            // The user may have made a hard link to a file of root's, so a file of root's in the
            // user's directory must have no other name.
            let is_safe_file_of_root =
                found.uid() == ROOT && (found.is_dir() || owner_of_directory == ROOT || found.nlink() == 1);
            if found.uid() != owner && !is_safe_file_of_root {
                return Err(refusal(&place, FILE));
            }
            owner_of_directory = found.uid();
        }
        Ok(())
    }

    pub(super) fn ensure_opened_is_safe_for_root(
        path: &Path,
        file: &File,
        found: &Metadata,
    ) -> io::Result<()> {
        let Some((home, owner)) = users_home(path) else { return Ok(()) };
        if found.uid() == owner || found.uid() == ROOT && lies_in_roots_directory(home, path, file) {
            return Ok(());
        }
        // The path gives an error that names the part in the way.
        ensure_safe_for_root(path)?;
        Err(refusal(path, FILE))
    }

    /// Whether the path from `home` to `file` has no link, and the file's directory belongs to root
    /// or the file has no other name. The user can rename directories at any moment, so each is
    /// opened relative to the one before it.
    fn lies_in_roots_directory(home: &Path, path: &Path, file: &File) -> bool {
        const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);
        let check = || {
            let mut directory = rustix::fs::open(home, DIRECTORY, Mode::empty())?;
            let inside = path.parent().and_then(|parent| parent.strip_prefix(home).ok());
            for part in inside.into_iter().flatten() {
                directory =
                    rustix::fs::openat(&directory, part, DIRECTORY | OFlags::NOFOLLOW, Mode::empty())?;
            }
            let name = path.file_name().unwrap_or(OsStr::new("."));
            let there = rustix::fs::statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
            let opened = rustix::fs::fstat(file)?;
            let is_same_file = (there.st_dev, there.st_ino) == (opened.st_dev, opened.st_ino);
            let is_roots = rustix::fs::fstat(&directory)?.st_uid == ROOT || opened.st_nlink == 1;
            rustix::io::Result::Ok(is_same_file && is_roots)
        };
        check().unwrap_or(false)
    }

    /// The home directory of the cache file `path`, and its owner. `None` unless this process
    /// runs as root and the owner is another user.
    fn users_home(path: &Path) -> Option<(&Path, u32)> {
        if !is_root() {
            return None;
        }
        // Bytes, not path components: a cache hit as root passes here, and must be fast.
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

    /// Whether this process runs as root, as the kernel told it at its start. Every cache hit calls
    /// this, so it makes no system call.
    #[cfg(target_os = "linux")]
    #[expect(unsafe_code, reason = "the only way to the kernel's auxiliary vector")]
    fn is_root() -> bool {
        // SAFETY: `getauxval` reads what the kernel put beside the environment, and takes any number.
        unsafe { libc::getauxval(libc::AT_EUID) == 0 && libc::getauxval(libc::AT_PAGESZ) != 0 }
    }

    #[cfg(not(target_os = "linux"))]
    fn is_root() -> bool {
        rustix::process::geteuid().is_root()
    }

    fn refusal(place: &Path, words: &'static str) -> io::Error {
        io::Error::new(io::ErrorKind::PermissionDenied, UnsafeForRoot { place: place.to_owned(), words })
    }
}

/// Windows has no root.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "these can fail on other systems")]
mod os {
    use std::fs::{File, Metadata};
    use std::io;
    use std::path::Path;

    pub(super) fn ensure_safe_for_root(_path: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn ensure_safe_to_edit(_path: &Path, _real: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn ensure_opened_is_safe_for_root(
        _path: &Path,
        _file: &File,
        _found: &Metadata,
    ) -> io::Result<()> {
        Ok(())
    }
}
