//! Why the system refused an operation on a file or directory, and which one is in the way, for
//! an error message that says how to change that.

use std::io;
use std::path::{Path, PathBuf};

use super::held::Held;
use super::limits::is_out_of_descriptors;
use super::users_home::UnsafeForRoot;

/// Why the system refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObstacleKind {
    /// The file or directory belongs to another user, with this id.
    Owner(u32),
    /// It belongs to this user, and its mode forbids the operation.
    Mode,
    /// The file system is mounted read-only.
    ReadOnly,
    /// The disk or the quota is full.
    Full,
    /// There is a file in the place of a directory.
    NoDirectory,
    /// There is a directory in the place of a file.
    NoFile,
    /// The file has an attribute such as "immutable". This command, followed by the path, removes
    /// the attribute.
    Held(&'static str),
    /// The file would be larger than this process may write (`ulimit -f`).
    FileSize,
    /// This process has too many files open.
    OpenFiles,
    /// Another program has the file open (Windows).
    InUse,
    /// Another reason; the system's words name it.
    Other,
}

/// The file or directory that made an operation fail, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The file or directory that would have to change.
    pub path: PathBuf,
    /// Why the system refused.
    pub kind: ObstacleKind,
    /// The system's message, without its error number.
    pub words: String,
}

impl Obstacle {
    /// Why an operation on `path` failed with `error`. Creating or removing a file is an operation
    /// on its directory.
    pub fn to(path: &Path, error: &io::Error) -> Self {
        let inner = error.get_ref();
        if let Some(undo) = inner.and_then(|error| error.downcast_ref::<Held>()).and_then(|held| held.undo) {
            return Self { path: path.to_owned(), kind: ObstacleKind::Held(undo), words: error.to_string() };
        }
        if let Some(refused) = inner.and_then(|error| error.downcast_ref::<UnsafeForRoot>()) {
            let (path, words) = (refused.place.clone(), refused.to_string());
            return Self { path, kind: ObstacleKind::Other, words };
        }
        let path = visible_part(path);
        let kind = match error.kind() {
            io::ErrorKind::ReadOnlyFilesystem => ObstacleKind::ReadOnly,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ObstacleKind::Full,
            io::ErrorKind::NotADirectory => ObstacleKind::NoDirectory,
            io::ErrorKind::IsADirectory => ObstacleKind::NoFile,
            io::ErrorKind::PermissionDenied => os::forbidden(&path),
            io::ErrorKind::FileTooLarge => ObstacleKind::FileSize,
            io::ErrorKind::ResourceBusy if cfg!(windows) => ObstacleKind::InUse,
            _ if is_out_of_descriptors(error) => ObstacleKind::OpenFiles,
            _ => ObstacleKind::Other,
        };
        Self { path, kind, words: words_of(error) }
    }
}

/// The system's message, without its error number.
pub fn words_of(error: &io::Error) -> String {
    let mut words = error.to_string();
    if let Some(at) = words.find(" (os error") {
        words.truncate(at);
    }
    words
}

/// The deepest part of `path` that this process can see. Whatever is below it is missing, or
/// hidden by the mode of that part. The target of a link counts if the link cannot be followed
/// because a directory on the way is closed; a link to nothing counts itself.
fn visible_part(path: &Path) -> PathBuf {
    let seen = path.ancestors().find(|part| part.symlink_metadata().is_ok()).unwrap_or(path);
    let is_closed = |error: io::Error| error.kind() == io::ErrorKind::PermissionDenied;
    // The recursion ends: after a few dozen links the system gives another error.
    match seen.read_link() {
        Ok(target) if seen.metadata().is_err_and(is_closed) => {
            visible_part(&seen.parent().unwrap_or(seen).join(target))
        }
        _ => seen.to_owned(),
    }
}

/// Whether this user owns the file at `path`, and also the link if `path` is one: only then may
/// the link's target be removed. For root, the owner of the link must own the target.
pub fn belongs_to_this_user(path: &Path) -> bool {
    os::belongs_to_this_user(path)
}

#[cfg(unix)]
mod os {
    use std::fs;
    use std::os::unix::fs::MetadataExt as _;
    use std::path::Path;

    use rustix::process::geteuid;

    use super::ObstacleKind;

    pub(super) fn forbidden(path: &Path) -> ObstacleKind {
        let Ok(found) = fs::metadata(path) else { return ObstacleKind::Other };
        let needed = if found.is_dir() { 0o700 } else { 0o600 };
        match found.uid() {
            owner if owner != geteuid().as_raw() => ObstacleKind::Owner(owner),
            _ if found.mode() & needed != needed => ObstacleKind::Mode,
            _ => ObstacleKind::Other,
        }
    }

    pub(super) fn belongs_to_this_user(path: &Path) -> bool {
        let (Ok(link), Ok(target)) = (fs::symlink_metadata(path), fs::metadata(path)) else { return false };
        let user = geteuid();
        link.uid() == target.uid() && (user.is_root() || user.as_raw() == link.uid())
    }
}

#[cfg(not(unix))]
mod os {
    use std::path::Path;

    use super::ObstacleKind;

    pub(super) fn forbidden(_path: &Path) -> ObstacleKind {
        ObstacleKind::Other
    }

    pub(super) fn belongs_to_this_user(_path: &Path) -> bool {
        true
    }
}
