//! What keeps us from a file or a directory, so that the person can be told whose it is
//! and how to get it back.

use std::io;
use std::path::{Path, PathBuf};

use super::held::Held;
use super::limits::is_out_of_descriptors;
use super::users_home::NotTheirs;

/// Why the system refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObstacleKind {
    /// It belongs to another user, with this id.
    Owner(u32),
    /// It is ours, and its mode forbids it.
    Mode,
    /// The file system is mounted read-only.
    ReadOnly,
    /// The disk or the quota is full.
    Full,
    /// A file stands where a directory should be.
    NoDirectory,
    /// A directory stands where a file should be.
    NoFile,
    /// An attribute holds it, which this command takes away when the path is put behind it.
    Held(&'static str),
    /// This process may write no file of that size.
    FileSize,
    /// This process has too many files open.
    OpenFiles,
    /// Something else; the system's words say what.
    Other,
}

/// What is in the way, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The file or directory that would have to change.
    pub path: PathBuf,
    /// Why.
    pub kind: ObstacleKind,
    /// The system's words, without its number.
    pub words: String,
}

impl Obstacle {
    /// What made an operation on `path` fail with `error`. To make or remove a file is an
    /// operation on its directory.
    pub fn to(path: &Path, error: &io::Error) -> Self {
        let carried = error.get_ref();
        if let Some(undo) = carried.and_then(|error| error.downcast_ref::<Held>()).and_then(|held| held.undo)
        {
            return Self { path: path.to_owned(), kind: ObstacleKind::Held(undo), words: error.to_string() };
        }
        if let Some(refused) = carried.and_then(|error| error.downcast_ref::<NotTheirs>()) {
            let (path, words) = (refused.place.clone(), refused.to_string());
            return Self { path, kind: ObstacleKind::Other, words };
        }
        let there = nearest(path);
        let there = there.as_path();
        let kind = match error.kind() {
            io::ErrorKind::ReadOnlyFilesystem => ObstacleKind::ReadOnly,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ObstacleKind::Full,
            io::ErrorKind::NotADirectory => ObstacleKind::NoDirectory,
            io::ErrorKind::IsADirectory => ObstacleKind::NoFile,
            io::ErrorKind::PermissionDenied => os::forbidden(there),
            io::ErrorKind::FileTooLarge => ObstacleKind::FileSize,
            _ if is_out_of_descriptors(error) => ObstacleKind::OpenFiles,
            _ => ObstacleKind::Other,
        };
        Self { path: there.to_owned(), kind, words: words_of(error) }
    }
}

/// The system's words, without its number.
pub fn words_of(error: &io::Error) -> String {
    let mut words = error.to_string();
    if let Some(at) = words.find(" (os error") {
        words.truncate(at);
    }
    words
}

/// The deepest part of `path` that can be seen: what lies below is not there, or is hidden
/// by exactly this part. A link that leads nowhere is seen itself; of one that leads to where
/// we may not look, that place.
fn nearest(path: &Path) -> PathBuf {
    let seen = path.ancestors().find(|part| part.symlink_metadata().is_ok()).unwrap_or(path);
    let is_closed = |error: io::Error| error.kind() == io::ErrorKind::PermissionDenied;
    // The system follows no more than a few dozen links before it says something else.
    match seen.read_link() {
        Ok(target) if seen.metadata().is_err_and(is_closed) => {
            nearest(&seen.parent().unwrap_or(seen).join(target))
        }
        _ => seen.to_owned(),
    }
}

/// Whether we own `path`, and the link itself if it is one: only then is what it leads to
/// ours to remove. Root works for the owner of both.
pub fn is_ours(path: &Path) -> bool {
    os::is_ours(path)
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

    pub(super) fn is_ours(path: &Path) -> bool {
        let (Ok(link), Ok(target)) = (fs::symlink_metadata(path), fs::metadata(path)) else { return false };
        let us = geteuid();
        link.uid() == target.uid() && (us.is_root() || us.as_raw() == link.uid())
    }
}

#[cfg(not(unix))]
mod os {
    use std::path::Path;

    use super::ObstacleKind;

    pub(super) fn forbidden(_path: &Path) -> ObstacleKind {
        ObstacleKind::Other
    }

    pub(super) fn is_ours(_path: &Path) -> bool {
        true
    }
}
