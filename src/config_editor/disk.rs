//! A configuration file on the disk: reads it, and replaces it at once and whole.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::name::ConfigurationFile;
use super::synced::without_synced;
use crate::cache;
use crate::config::lines::LARGEST_FILE;
use crate::config::shown_path;
use crate::context::Context;
use crate::error::{ConfigurationError, Error, LocalError, Obstacle};
use crate::platform::{self, FileState};

/// A configuration file.
pub(super) struct Target {
    file: ConfigurationFile,
    /// The path that the configuration names.
    path: PathBuf,
    /// The file behind all links. It need not exist.
    pub(super) real: PathBuf,
    /// The path as texts show it.
    pub(super) shown: String,
}

/// A file as it was read.
pub(super) struct Snapshot {
    /// Its text; `None` if there is no file.
    pub(super) text: Option<Vec<u8>>,
    /// The file stays open if an open file can be replaced.
    opened: Option<(Option<File>, fs::Metadata)>,
}

/// What became of a file.
pub(super) enum Outcome {
    /// It was replaced. `backup` is the copy of what was there before.
    Replaced { backup: Option<PathBuf> },
    /// It is no longer as it was read, and was left alone.
    ChangedMeanwhile,
}

impl Target {
    /// # Errors
    /// [`ConfigurationError::NoHome`], and [`ConfigurationError::ConfigUnreadable`] for a circle of links.
    pub(super) fn find(context: &Context, file: ConfigurationFile) -> Result<Self, Error> {
        let path = file.path(context).ok_or(Error::Configuration(ConfigurationError::NoHome))?;
        let shown = shown_path(context, &path);
        let real = behind_links(&path);
        let mut target = Self { file, real: path.clone(), path, shown };
        target.real = real.map_err(|error| target.unreadable(&error))?;
        Ok(target)
    }

    /// The directory of the file behind all links.
    pub(super) fn directory(&self) -> &Path {
        self.real.parent().unwrap_or(Path::new("."))
    }

    /// # Errors
    /// [`ConfigurationError::ConfigUnreadable`]
    pub(super) fn read(&self) -> Result<Snapshot, Error> {
        self.opened().map_err(|error| self.unreadable(&error))
    }

    /// Reads the file when no other program seems to be writing it. The AWS CLI empties a file and
    /// then writes it in place.
    ///
    /// # Errors
    /// [`ConfigurationError::ConfigUnreadable`]
    pub(super) fn read_settled(&self, context: &Context) -> Result<Snapshot, Error> {
        let mut pauses = 0;
        loop {
            let snapshot = self.read()?;
            if snapshot.is_settled() || pauses >= MOST_PAUSES {
                return Ok(snapshot);
            }
            context.sleep(PAUSE);
            pauses += 1;
        }
    }

    fn opened(&self) -> io::Result<Snapshot> {
        match platform::open_regular(&self.real) {
            Err(error) if platform::is_missing(&error) => Ok(Snapshot { text: None, opened: None }),
            Err(error) => Err(error),
            Ok(mut file) => {
                let metadata = file.metadata()?;
                if !metadata.is_file() {
                    return Err(io::Error::new(io::ErrorKind::InvalidInput, "is not a regular file"));
                }
                let text = read_all(&mut file)?;
                Ok(Snapshot { text: Some(text), opened: Some((cfg!(unix).then_some(file), metadata)) })
            }
        }
    }

    fn unreadable(&self, error: &io::Error) -> Error {
        Error::Configuration(ConfigurationError::ConfigUnreadable {
            path: self.shown.clone(),
            cause: platform::words_of(error),
            variable: self.file.variable(),
            too_many_files: platform::is_out_of_descriptors(error),
        })
    }

    /// Checks whether the file can be replaced, makes its directory, and removes temporary files that
    /// killed processes left.
    ///
    /// # Errors
    /// [`LocalError::NotEdited`]
    pub(super) fn prepare(&self, context: &Context) -> Result<(), Error> {
        let check = || {
            platform::ensure_safe_to_edit(&self.path, &self.real)?;
            if let Ok(found) = fs::metadata(&self.real) {
                platform::ensure_writable(&self.real, &found)?;
            }
            platform::ensure_replaceable(&self.real)
        };
        check().map_err(|error| self.not_edited(context, &self.real, &error))?;
        platform::create_private_directories(self.directory())
            .map_err(|error| self.not_edited(context, self.directory(), &error))?;
        self.remove_left_over();
        Ok(())
    }

    pub(super) fn remove_left_over(&self) {
        let name = self.real.file_name().unwrap_or_default().to_string_lossy();
        let start = format!("{name}.");
        for entry in fs::read_dir(self.directory()).into_iter().flatten().flatten() {
            let other = entry.file_name();
            let other = other.to_string_lossy();
            let is_ours = other.starts_with(&start) && other.ends_with(platform::TEMPORARY_ENDING);
            if is_ours && cache::is_abandoned(&entry.path()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Replaces the file with `text`, after a copy of it as it is now.
    ///
    /// # Errors
    /// [`LocalError::NotEdited`]
    pub(super) fn replace(&self, context: &Context, now: &Snapshot, text: &[u8]) -> Result<Outcome, Error> {
        let about = |path: &Path, error: &io::Error| self.not_edited(context, path, error);
        let in_directory = |error| about(self.directory(), &error);
        let old = now.opened.as_ref().map(|(_, metadata)| metadata);
        let new = self.stage(&self.real, text, |file| match old {
            // It holds keys: other users have no business in it.
            Some(old) if self.file == ConfigurationFile::Credentials => {
                platform::become_private_copy_of(file, old)
            }
            Some(old) => platform::keep_owner_and_mode(file, old),
            None => platform::become_successor_of(file, &self.real),
        });
        let new = new.map_err(in_directory)?;
        let backup = match (old, &now.text) {
            (Some(old), Some(before)) => {
                let path = self.backup_path();
                platform::ensure_replaceable(&path).map_err(|error| about(&path, &error))?;
                let copy = self.stage(&path, &without_synced(self.file, before), |file| {
                    platform::become_private_copy_of(file, old)
                });
                Some((copy.map_err(in_directory)?, path))
            }
            _ => None,
        };
        if !now.is_same(&self.read()?) {
            return Ok(Outcome::ChangedMeanwhile);
        }
        let backup = match backup {
            Some((copy, path)) => {
                copy.rename(&path).map_err(|error| about(&path, &error))?;
                Some(path)
            }
            None => None,
        };
        if !self.put_in_place(context, new, now)? {
            return Ok(Outcome::ChangedMeanwhile);
        }
        platform::sync_directory(self.directory());
        Ok(Outcome::Replaced { backup })
    }

    /// Replaces the file, unless it is no longer as it is `now`. On Windows another program that has it
    /// open is in the way, and may write to it until it closes it.
    fn put_in_place(&self, context: &Context, mut new: Temporary, now: &Snapshot) -> Result<bool, Error> {
        for pauses in 0.. {
            // Before the look, because until it is closed the other program may write to it.
            if pauses < MOST_PAUSES && platform::is_kept_open(&self.real) {
                context.sleep(PAUSE);
                continue;
            }
            if !now.is_same(&self.read()?) {
                return Ok(false);
            }
            match new.rename_by(|from, to| fs::rename(from, to), &self.real) {
                Err(error) if platform::is_in_use(&error) && pauses < MOST_PAUSES => context.sleep(PAUSE),
                Err(error) => {
                    let reason = platform::reason_in_use(error, &self.real);
                    return Err(self.not_edited(context, &self.real, &reason));
                }
                Ok(()) => break,
            }
        }
        Ok(true)
    }

    fn backup_path(&self) -> PathBuf {
        let mut name = self.real.file_name().unwrap_or_default().to_owned();
        name.push(".aws-sso-cred.bak");
        self.real.with_file_name(name)
    }

    /// Writes a temporary file beside `target`, whole and on the disk.
    fn stage(
        &self,
        target: &Path,
        text: &[u8],
        complete: impl FnOnce(&File) -> io::Result<()>,
    ) -> io::Result<Temporary> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let path = self.directory().join(platform::temporary_name(&name));
        let mut file = platform::create_private_new(&path)?;
        let temporary = Temporary(Some(path));
        file.write_all(text)?;
        complete(&file)?;
        file.sync_all()?;
        Ok(temporary)
    }

    fn not_edited(&self, context: &Context, path: &Path, error: &io::Error) -> Error {
        let obstacle = platform::Obstacle::to(path, error);
        // The name by which the person knows the file.
        let is_file = obstacle.path == self.real;
        let path = if is_file { self.shown.clone() } else { shown_path(context, &obstacle.path) };
        let obstacle = Obstacle { path, kind: obstacle.kind, words: obstacle.words };
        Error::Local(LocalError::NotEdited { path: self.shown.clone(), obstacle })
    }
}

/// A file that was modified longer ago than this is not being written, except by a process that was
/// stopped in the middle.
const SETTLED: Duration = Duration::from_millis(50);

/// The same for an empty file: a program that rewrites a file empties it first.
const SETTLED_EMPTY: Duration = Duration::from_millis(250);

const PAUSE: Duration = Duration::from_millis(10);
const MOST_PAUSES: u32 = 100;

impl Snapshot {
    fn is_settled(&self) -> bool {
        let is_empty = self.text.as_ref().is_some_and(Vec::is_empty);
        let pause = if is_empty { SETTLED_EMPTY } else { SETTLED };
        let found = self.opened.as_ref().and_then(|(_, metadata)| platform::age_of(metadata));
        found.is_none_or(|age| age > pause)
    }

    fn is_same(&self, other: &Self) -> bool {
        let state = |snapshot: &Self| snapshot.opened.as_ref().map(|(_, found)| FileState::of(found));
        state(self) == state(other) && self.text == other.text
    }

    /// What another program has written to this file after it was read, although it may have been
    /// replaced since.
    pub(super) fn written_since(&mut self, context: &Context) -> Option<Vec<u8>> {
        let (Some(file), metadata) = self.opened.as_mut()? else { return None };
        let before = FileState::of(metadata);
        let mut pauses = 0;
        loop {
            let now = file.metadata().ok()?;
            if FileState::of(&now) == before {
                return None;
            }
            if platform::age_of(&now).is_none_or(|age| age > SETTLED) || pauses >= MOST_PAUSES {
                file.rewind().ok()?;
                return read_all(file).ok();
            }
            context.sleep(PAUSE);
            pauses += 1;
        }
    }
}

/// A temporary file, which is removed if it does not replace another one.
struct Temporary(Option<PathBuf>);

impl Temporary {
    fn rename(mut self, target: &Path) -> io::Result<()> {
        self.rename_by(platform::rename, target)
    }

    fn rename_by(&mut self, rename: fn(&Path, &Path) -> io::Result<()>, target: &Path) -> io::Result<()> {
        if let Some(path) = &self.0 {
            rename(path, target)?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}

fn read_all(file: &mut File) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    file.take(LARGEST_FILE + 1).read_to_end(&mut text)?;
    if text.len() as u64 > LARGEST_FILE {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 64 MiB"));
    }
    Ok(text)
}

/// The file that `path` leads to, also through a link to a file that does not exist yet.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    const MOST_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match platform::behind_links(&path) {
            Err(error) if platform::is_missing(&error) => {}
            found => return found,
        }
        let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new(".")).to_owned();
        let Ok(target) = fs::read_link(&path) else {
            let name = path.file_name().unwrap_or_default().to_owned();
            return Ok(platform::behind_links(&directory).unwrap_or(directory).join(name));
        };
        path = directory.join(target);
    }
    Err(io::Error::other("its links lead in a circle"))
}
