//! Replaces a file at once and whole: a temporary file beside it, and a rename.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::json_file::is_secret;
use crate::platform;

/// Whether a file must survive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// Role credentials: AWS gives them again.
    Refetchable,
    /// A token or a client: AWS does not give a rotated refresh token again.
    Precious,
}

/// Replaces `path` at once and whole: writes a temporary file beside it, which is created with mode
/// 0600 and whose name does not end in `.json`, and renames it.
pub(super) fn write_atomically(path: &Path, text: &str, durability: Durability) -> io::Result<()> {
    stage(path, text, durability)?.put_in_place()
}

/// A complete temporary file beside its target. It is removed if this is dropped before
/// [`Staged::put_in_place`].
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) temporary: Option<PathBuf>,
    pub(super) target: PathBuf,
    pub(super) durability: Durability,
}

/// The first half of [`write_atomically`]: writes the temporary file.
pub(super) fn stage(path: &Path, text: &str, durability: Durability) -> io::Result<Staged> {
    let path = &written_through(path);
    let directory = path.parent().ok_or_else(|| io::Error::other("it has no directory"))?;
    platform::create_private_directories(directory)?;
    let temporary = temporary_path(path);
    let staged = Staged { temporary: Some(temporary.clone()), target: path.to_owned(), durability };
    write_new(&temporary, path, text, durability)?;
    Ok(staged)
}

impl Staged {
    /// The second half of [`write_atomically`]: renames the temporary file.
    pub(super) fn put_in_place(mut self) -> io::Result<()> {
        if let Some(temporary) = &self.temporary {
            platform::rename(temporary, &self.target)?;
        }
        self.temporary = None;
        if let (Durability::Precious, Some(directory)) = (self.durability, self.target.parent()) {
            platform::sync_directory(directory);
        }
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            let _ = fs::remove_file(temporary);
        }
    }
}

/// Replaces `target` with a temporary file that a killed process left, if it `is_wanted` right
/// before the rename. Its modification time becomes now.
pub(super) fn put_left_over_in_place(
    left_over: &Path,
    target: &Path,
    is_wanted: &dyn Fn() -> bool,
) -> io::Result<()> {
    let target = &written_through(target);
    let file = platform::open_own(left_over)?;
    platform::become_successor_of(&file, target)?;
    if !is_wanted() {
        return Err(io::Error::other("another tool has signed in or out meanwhile"));
    }
    platform::rename(left_over, target)?;
    platform::touch(&file);
    platform::sync_directory(target.parent().unwrap_or(Path::new(".")));
    Ok(())
}

/// The file that is replaced when `path` is written: the target of a link to another cache
/// file, else `path` itself. If the link were replaced, its target would keep a refresh token.
/// The AWS CLI writes through such links too.
pub(super) fn written_through(path: &Path) -> PathBuf {
    platform::behind_own_link(path).filter(|target| is_secret(target)).unwrap_or_else(|| path.to_owned())
}

/// Writes the new content of `target` to `path`, a new file.
pub(super) fn write_new(
    path: &Path,
    target: &Path,
    text: &str,
    durability: Durability,
) -> io::Result<fs::File> {
    let mut file = platform::create_private_new(path)?;
    // AWS's answer is written first: it is lost if this process is killed before that.
    file.write_all(text.as_bytes())?;
    complete(&file, target, durability)?;
    Ok(file)
}

/// Gives a written file what it needs before it replaces `target`: owner, mode, durability.
pub(super) fn complete(file: &fs::File, target: &Path, durability: Durability) -> io::Result<()> {
    platform::become_successor_of(file, target)?;
    if durability == Durability::Precious {
        file.sync_all()?;
    }
    Ok(())
}

pub(super) fn temporary_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(platform::temporary_name(&name))
}
