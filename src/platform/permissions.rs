//! Who owns a file and who may use it, for `doctor`. Nothing is known of it on Windows.

use std::io;
use std::path::Path;

/// The owner and the mode of a file or directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// The user id of the owner.
    pub owner: u32,
    /// The permission bits, such as `0o600`.
    pub mode: u32,
}

/// The permissions of the file or directory that `path` leads to; `None` for a device or a FIFO, and if it
/// is not there.
#[cfg(unix)]
pub fn permissions(path: &Path) -> Option<Permissions> {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::metadata(path).ok().filter(|found| found.is_file() || found.is_dir())?;
    Some(Permissions { owner: found.uid(), mode: found.mode() & 0o7777 })
}

/// The permissions of the file or directory that `path` leads to.
#[cfg(not(unix))]
pub fn permissions(_path: &Path) -> Option<Permissions> {
    None
}

/// Whether `owner` is neither this user nor, for root, the owner of the `home`.
#[cfg(unix)]
pub fn is_foreign(owner: u32, home: &Path) -> bool {
    let user = rustix::process::geteuid();
    let is_of_home = || permissions(home).is_some_and(|home| home.owner == owner);
    owner != user.as_raw() && !(user.is_root() && is_of_home())
}

/// Whether `owner` is neither this user nor, for root, the owner of the `home`.
#[cfg(not(unix))]
pub fn is_foreign(_owner: u32, _home: &Path) -> bool {
    false
}

/// Why this user cannot create files in `directory`, or the directory itself; `None` if nothing is in the
/// way. Nothing is tried: the system is asked.
#[cfg(unix)]
pub fn obstacle_to_files_in(directory: &Path) -> Option<io::ErrorKind> {
    use rustix::fs::{Access, AtFlags, CWD, accessat, statvfs};
    let there = directory.ancestors().find(|part| part.symlink_metadata().is_ok());
    let Some(part) = there.filter(|part| part.is_dir()) else { return Some(io::ErrorKind::NotADirectory) };
    let wanted = Access::WRITE_OK | Access::EXEC_OK;
    if let Err(error) = accessat(CWD, part, wanted, AtFlags::EACCESS) {
        return Some(error.kind());
    }
    let disk = statvfs(part).ok()?;
    let free = if rustix::process::geteuid().is_root() { disk.f_bfree } else { disk.f_bavail };
    // Some file systems do not count, and say that they have nothing.
    (free == 0 && disk.f_blocks > 0).then_some(io::ErrorKind::StorageFull)
}

/// Why this user cannot create files in `directory`, or the directory itself. Nothing is tried, so only a
/// file in the place of a directory is found.
#[cfg(not(unix))]
pub fn obstacle_to_files_in(directory: &Path) -> Option<io::ErrorKind> {
    let there = directory.ancestors().find(|part| part.symlink_metadata().is_ok());
    (!there.is_some_and(Path::is_dir)).then_some(io::ErrorKind::NotADirectory)
}
