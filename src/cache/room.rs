//! Room on the disk for a file that is still to come.

use std::fs;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::staging::{Durability, Staged, complete, temporary_path, write_new, written_through};
use crate::platform;

/// More than a token file of Identity Center ever has.
const ROOM: usize = 16 * 1024;

/// What a room is full of, and no file that we write begins with.
const BLANK: &str = " ";

/// A file as large as a token's may be, on the disk, beside the one that it is to replace.
/// It is removed if that never happens.
#[derive(Debug)]
pub(super) struct Room {
    file: fs::File,
    staged: Staged,
}

/// Makes sure that `target` can be replaced, and keeps the room for that.
///
/// # Errors
/// The system's, with the path that it is about.
pub(super) fn reserve_room(target: &Path) -> Result<Room, (PathBuf, io::Error)> {
    let target = &written_through(target);
    let directory = target.parent().unwrap_or(Path::new("."));
    let about = |path: &Path, error| (path.to_owned(), error);
    platform::create_private_directories(directory).map_err(|error| about(directory, error))?;
    ensure_names_can_go(target).map_err(|error| about(directory, error))?;
    // It has a name by which the next process cleans up after one that is killed here.
    let temporary = temporary_path(target);
    let durability = Durability::Precious;
    let staged = Staged { temporary: Some(temporary.clone()), target: target.to_owned(), durability };
    let file = write_new(&temporary, target, &BLANK.repeat(ROOM), durability);
    let file = file.map_err(|error| about(directory, error))?;
    platform::ensure_replaceable(target).map_err(|error| about(target, error))?;
    Ok(Room { file, staged })
}

/// Whether nothing has been written to a [`Room`] yet.
pub(super) fn is_room(path: &Path) -> bool {
    let mut first = [0];
    let read = platform::open_own(path).and_then(|mut file| file.read(&mut first));
    read.is_ok() && first == *BLANK.as_bytes()
}

/// A directory may take new names and keep all that it has: nothing is renamed there.
fn ensure_names_can_go(target: &Path) -> io::Result<()> {
    let probe = temporary_path(target);
    platform::create_private_new(&probe)?;
    fs::remove_file(&probe).or_else(|error| match error.kind() {
        // `logout --all` sweeps the directory.
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })
}

impl Room {
    /// As [`stage`](super::staging::stage), in blocks of the disk that nobody else can take any more.
    pub(super) fn stage(mut self, text: &str) -> io::Result<Staged> {
        // What AWS gave comes first. The blanks behind it, if we are killed before they are
        // cut off, are no part of a JSON text.
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())?;
        self.file.set_len(text.len() as u64)?;
        complete(&self.file, &self.staged.target, self.staged.durability)?;
        Ok(self.staged)
    }
}
