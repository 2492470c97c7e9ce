//! Reserves space on the disk for a file before its content is known.

use std::fs;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::staging::{Durability, Staged, complete, temporary_path, write_new, written_through};
use crate::platform;

/// The reserved space in bytes, more than a token file of Identity Center ever has.
const ROOM: usize = 16 * 1024;

/// The byte that fills the reserved space. No file that this program writes begins with it.
const BLANK: &str = " ";

/// A temporary file as large as a token file may be, beside the file that it is to replace.
/// It is removed if this is dropped before [`Room::stage`].
#[derive(Debug)]
pub(super) struct Room {
    file: fs::File,
    staged: Staged,
}

/// Makes sure that `target` can be replaced, and reserves the space for its new content.
///
/// # Errors
/// The system's error, and the path that could not be written or replaced.
pub(super) fn reserve_room(target: &Path) -> Result<Room, (PathBuf, io::Error)> {
    let target = &written_through(target);
    let directory = target.parent().unwrap_or(Path::new("."));
    let about = |path: &Path, error| (path.to_owned(), error);
    platform::create_private_directories(directory).map_err(|error| about(directory, error))?;
    ensure_files_can_be_removed(target).map_err(|error| about(directory, error))?;
    // By this name the next process finds the file if this one is killed here.
    let temporary = temporary_path(target);
    let durability = Durability::Precious;
    let staged = Staged { temporary: Some(temporary.clone()), target: target.to_owned(), durability };
    let file = write_new(&temporary, target, &BLANK.repeat(ROOM), durability);
    let file = file.map_err(|error| about(directory, error))?;
    platform::ensure_replaceable(target).map_err(|error| about(target, error))?;
    Ok(Room { file, staged })
}

/// Whether the temporary file at `path` is reserved space without content.
pub(super) fn is_room(path: &Path) -> bool {
    let mut first = [0];
    let read = platform::open_own(path).and_then(|mut file| file.read(&mut first));
    read.is_ok() && first == *BLANK.as_bytes()
}

/// A directory with the attribute `a` (append-only) takes new files, but no file in it can be
/// renamed or removed.
fn ensure_files_can_be_removed(target: &Path) -> io::Result<()> {
    let probe = temporary_path(target);
    platform::create_private_new(&probe)?;
    fs::remove_file(&probe).or_else(|error| match error.kind() {
        // `logout --all` may have removed it.
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })
}

impl Room {
    /// As [`stage`](super::staging::stage), in disk blocks that this file has already.
    pub(super) fn stage(mut self, text: &str) -> io::Result<Staged> {
        // AWS's answer is written first. If this process is killed before the blanks behind the
        // text are cut off, the file is still valid JSON.
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())?;
        self.file.set_len(text.len() as u64)?;
        complete(&self.file, &self.staged.target, self.staged.durability)?;
        Ok(self.staged)
    }
}
