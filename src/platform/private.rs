//! This program's own directory, which no other user can change, and the files in it.
//!
//! The directory is opened once, and its files are opened relative to its descriptor: another
//! user cannot redirect a file with a link. A directory that is a link, belongs to another user or
//! can be written by other users is refused.
//!
//! The files of the AWS caches are not opened this way: see `files`.

use std::cell::OnceCell;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use super::directory::Directory;
use super::files::age_of;
use super::replacing::{ABANDONED, TEMPORARY_ENDING, temporary_name};

/// The root of this program's own files. It is opened at the first use, and created at the first
/// write.
#[derive(Debug)]
pub struct PrivateDirectory {
    path: PathBuf,
    opened: OnceCell<Result<Directory, Refused>>,
}

/// Why an existing directory is not used: the kind of error, and the message.
#[derive(Debug, Clone)]
struct Refused(io::ErrorKind, String);

impl From<&Refused> for io::Error {
    fn from(Refused(kind, words): &Refused) -> Self {
        Self::new(*kind, words.clone())
    }
}

impl PrivateDirectory {
    /// The directory at `path`, which need not exist. Nothing is opened yet.
    pub fn at(path: PathBuf) -> Rc<Self> {
        Rc::new(Self { path, opened: OnceCell::new() })
    }

    /// The path of the directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why an existing directory cannot be used; `None` if it can, or does not exist yet.
    pub fn refusal(&self) -> Option<String> {
        match self.open(false) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Some(error.to_string()),
            _ => None,
        }
    }

    fn open(&self, create: bool) -> io::Result<&Directory> {
        if self.opened.get().is_none() {
            let opened = match Directory::at(&self.path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    if !create {
                        return Err(error);
                    }
                    Directory::create(&self.path)
                }
                opened => opened,
            };
            let _ = self.opened.set(opened.map_err(|error| Refused(error.kind(), error.to_string())));
        }
        match self.opened.get() {
            Some(Ok(directory)) => Ok(directory),
            Some(Err(refused)) => Err(refused.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// The directory that the path `name` below this one leads to, and the last part of `name`.
    fn parent_of<'n>(&self, name: &'n str, create: bool) -> io::Result<(Directory, &'n str)> {
        let mut directory = self.open(create)?.try_clone()?;
        let (directories, last) = name.rsplit_once('/').unwrap_or(("", name));
        for part in directories.split('/').filter(|part| !part.is_empty()) {
            directory = directory.subdirectory(part, create)?;
        }
        Ok((directory, last))
    }
}

/// A file below a [`PrivateDirectory`]. It need not exist.
#[derive(Debug, Clone)]
pub struct PrivateFile {
    directory: Rc<PrivateDirectory>,
    name: String,
}

impl PrivateFile {
    /// `name` is a path of plain names below `directory`, with `/` between them.
    pub fn new(directory: &Rc<PrivateDirectory>, name: String) -> Self {
        Self { directory: Rc::clone(directory), name }
    }

    /// The path of the file, for messages.
    pub fn path(&self) -> PathBuf {
        self.directory.path.join(&self.name)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// The system's error, [`io::ErrorKind::PermissionDenied`] for anything but a regular file of this
    /// user, and [`io::ErrorKind::FileTooLarge`] for more than `most` bytes.
    pub fn read(&self, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(1024);
        let file = self.open()?;
        file.take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }

    fn open(&self) -> io::Result<File> {
        let (directory, name) = self.directory.parent_of(&self.name, false)?;
        directory.open(name)
    }

    /// Replaces the file at once and whole, with mode 0600.
    ///
    /// # Errors
    /// The system's error.
    pub fn write(&self, text: &str) -> io::Result<()> {
        let (directory, name) = self.directory.parent_of(&self.name, true)?;
        let temporary = temporary_name(name);
        let mut file = directory.create_new(&temporary)?;
        let written = file.write_all(text.as_bytes());
        let now = file.metadata().and_then(|found| found.modified());
        drop(file);
        let written = written.and_then(|()| directory.rename(&temporary, name));
        if written.is_err() {
            let _ = directory.remove(&temporary);
        }
        if let Ok(now) = now {
            remove_abandoned(&directory, now);
        }
        written
    }

    /// Removes the file; `false` if there was none.
    ///
    /// # Errors
    /// The system's error.
    pub fn remove(&self) -> io::Result<bool> {
        let removed =
            self.directory.parent_of(&self.name, false).and_then(|(directory, name)| directory.remove(name));
        match removed {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Opens the file for locking. It is created if it is missing, and its bytes are kept.
    ///
    /// # Errors
    /// The system's error.
    pub fn open_lock(&self) -> io::Result<File> {
        let (directory, name) = self.directory.parent_of(&self.name, true)?;
        directory.open_lock(name)
    }

    /// How long ago the file was modified; `None` if there is none.
    pub fn age(&self) -> Option<Duration> {
        age_of(&self.open().ok()?.metadata().ok()?)
    }

    /// Whether there is a regular file of this user.
    pub fn exists(&self) -> bool {
        self.open().is_ok()
    }

    /// The names in the directory of this name; none if it is missing or refused.
    pub fn names(&self) -> Vec<String> {
        let with_slash = format!("{}/", self.name.trim_end_matches('/'));
        let listed =
            self.directory.parent_of(&with_slash, false).and_then(|(directory, _)| directory.names());
        listed.unwrap_or_default()
    }
}

/// Removes the temporary files that killed processes left in `directory`. `now` is the time of a file
/// that was written there just now: the clock of a file server may differ from this computer's.
fn remove_abandoned(directory: &Directory, now: SystemTime) {
    let names = directory.names().unwrap_or_default();
    for name in names.iter().filter(|name| name.ends_with(TEMPORARY_ENDING)) {
        let modified = directory.open(name).and_then(|file| file.metadata()?.modified());
        let age = modified.ok().and_then(|modified| now.duration_since(modified).ok());
        if age.is_some_and(|age| age > ABANDONED) {
            let _ = directory.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abandoned_files_are_known_by_the_clock_of_their_file_system() {
        let place = tempfile::tempdir().unwrap();
        let root = PrivateDirectory::at(place.path().join("state"));
        let private = |name: &str| PrivateFile::new(&root, name.to_owned());
        let seconds = |count| SystemTime::UNIX_EPOCH + Duration::from_secs(count);
        for (name, at) in [("left", 100), ("fresh", 150)] {
            let file = private(&format!("{name}{TEMPORARY_ENDING}")).open_lock().unwrap();
            file.set_modified(seconds(at)).unwrap();
        }
        remove_abandoned(root.open(false).unwrap(), seconds(170));
        assert!(!private(&format!("left{TEMPORARY_ENDING}")).exists());
        assert!(private(&format!("fresh{TEMPORARY_ENDING}")).exists());

        private("note").write("").unwrap();
        assert!(!private(&format!("fresh{TEMPORARY_ENDING}")).exists());
    }
}
