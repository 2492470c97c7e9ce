//! Removes files with secrets, and records the files that could not be removed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::obstacles;
use crate::cache::Linked;
use crate::config::shown_path;
use crate::context::Context;
use crate::debug;
use crate::error::{Error, Holding, LeftFile, LocalError};
use crate::platform::{
    Obstacle, TEMPORARY_ENDING, behind_links, belongs_to_this_user, empty, ensure_files_can_go,
    ensure_replaceable, ensure_safe_for_root, has_other_names, is_missing, read_directory, remove_file,
};
use crate::terminal::output;

/// What became of a file that was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// The file is gone.
    Gone,
    /// There was no file.
    WasAbsent,
    /// The file is still there, and is recorded.
    Stays,
}

/// Removes files, and records those that it could not remove.
pub struct Removals<'a> {
    context: &'a Context,
    left: Vec<LeftFile>,
}

impl<'a> Removals<'a> {
    /// Nothing is removed or recorded yet.
    pub fn new(context: &'a Context) -> Self {
        Self { context, left: Vec::new() }
    }

    /// Removes the file at `path`; if that is a link, also the file that the link leads to.
    pub fn remove(&mut self, path: &Path, holds: Holding) -> Removal {
        let found = match fs::symlink_metadata(path) {
            Ok(found) => found,
            Err(error) if is_missing(&error) => return Removal::WasAbsent,
            Err(error) => {
                self.cannot_look_into(directory_of(path), &error);
                return Removal::Stays;
            }
        };
        if found.is_dir() {
            // No tool keeps a secret in a directory of this name: its content is left alone.
            return Removal::WasAbsent;
        }
        if let Err(error) = ensure_safe_for_root(path) {
            self.record(path, holds, &Obstacle::to(path, &error), false);
            return Removal::Stays;
        }
        if found.is_symlink() {
            self.remove_linked(path, holds);
        } else if has_other_names(&found)
            && Linked::at(self.context, path) != Linked::Other
            && let Err(error) = empty(path)
        {
            // The secret can still be read under the file's other name.
            self.record(path, holds, &Obstacle::to(path, &error), false);
            return Removal::Stays;
        }
        match remove_file(path) {
            Ok(()) => {
                debug!(self.context, "logout: removed {}", path.display());
                Removal::Gone
            }
            Err(error) if is_missing(&error) => Removal::Gone,
            Err(error) => {
                // An obstacle of the file itself is reported before one of its directory.
                let obstacle = match ensure_replaceable(path) {
                    Err(file_error) => Obstacle::to(path, &file_error),
                    Ok(()) => Obstacle::to(directory_of(path), &error),
                };
                let is_empty = fs::symlink_metadata(path).is_ok_and(|left| left.is_file() && left.len() == 0);
                self.record(path, if is_empty { Holding::Nothing } else { holds }, &obstacle, false);
                Removal::Stays
            }
        }
    }

    /// Removes the file that `link` leads to, which holds the secret. As a link may lead anywhere,
    /// the file is removed only if it belongs to the user and looks like a cache file.
    fn remove_linked(&mut self, link: &Path, holds: Holding) {
        let Ok(target) = behind_links(link) else { return };
        let removed = match Linked::at(self.context, &target) {
            Linked::Other => return,
            Linked::Secret if belongs_to_this_user(link) => remove_file(&target),
            Linked::Secret | Linked::Closed => Err(io::ErrorKind::PermissionDenied.into()),
        };
        match removed {
            Ok(()) => {
                debug!(self.context, "logout: removed {}, which was linked to", target.display());
                // It was written through the link, so that temporary files are beside it.
                let is_of_target = |stem: &str| target.file_stem().is_some_and(|name| name == stem);
                self.sweep_half_written(directory_of(&target), &is_of_target);
            }
            Err(error) => {
                let blocked = if belongs_to_this_user(link) { directory_of(&target) } else { &target };
                self.record(&target, holds, &Obstacle::to(blocked, &error), true);
            }
        }
    }

    /// Records the file at `path` if it could not be removed. Removes nothing.
    pub fn look_at(&mut self, path: &Path, holds: Holding) {
        let obstacle = match ensure_replaceable(path) {
            Err(file_error) => Obstacle::to(path, &file_error),
            Ok(()) => match ensure_files_can_go(directory_of(path)) {
                Err(error) => Obstacle::to(directory_of(path), &error),
                Ok(()) => return,
            },
        };
        self.record(path, holds, &obstacle, false);
    }

    /// Records that `directory` cannot be read, so that files in it are unknown.
    pub fn cannot_look_into(&mut self, directory: &Path, error: &io::Error) {
        self.record(directory, Holding::Unknown, &Obstacle::to(directory, error), false);
    }

    /// Records the notes of our own state that could not be removed.
    pub fn notes_stay(&mut self, left: Vec<(PathBuf, io::Error)>) {
        for (path, error) in left {
            // A directory in the place of a note is itself the obstacle.
            let obstacle = if path.is_dir() {
                Obstacle::to(&path, &io::ErrorKind::IsADirectory.into())
            } else {
                Obstacle::to(directory_of(&path), &error)
            };
            self.record(&path, Holding::Note, &obstacle, false);
        }
    }

    /// Records that the file at `path` is still there.
    fn record(&mut self, path: &Path, holds: Holding, obstacle: &Obstacle, was_linked: bool) {
        debug!(self.context, "logout: {} stays: {obstacle:?}", path.display());
        let path = shown_path(self.context, path);
        if self.left.iter().all(|left| left.path != path) {
            let obstacle = obstacles::shown(self.context, obstacle);
            self.left.push(LeftFile { path, holds, obstacle, was_linked });
        }
    }

    /// Removes the temporary files that killed processes left in `directory`, which hold secrets
    /// too. `is_wanted` gets the name, without its ending, of the file that each was to become.
    pub fn sweep_half_written(&mut self, directory: &Path, is_wanted: &dyn Fn(&str) -> bool) {
        let entries = match read_directory(directory) {
            Ok(entries) => entries,
            Err(error) if is_missing(&error) => return,
            Err(error) => return self.cannot_look_into(directory, &error),
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let stem = name.split('.').next().unwrap_or_default();
            if name.ends_with(TEMPORARY_ENDING) && is_wanted(stem) {
                self.remove(&entry.path(), Holding::HalfWritten);
            }
        }
    }

    /// Whether no file is recorded as still there.
    pub fn is_complete(&self) -> bool {
        self.left.is_empty()
    }

    /// Fails if a file is recorded as still there. If there are several, each is named on stderr
    /// first. `session` is `None` for all sessions; `revoked` says whether AWS has revoked the
    /// tokens, if there were any; `again` is the command that removes the files later.
    ///
    /// # Errors
    /// [`LocalError::Left`](crate::error::LocalError::Left).
    pub fn into_result(
        self,
        session: Option<String>,
        revoked: Option<bool>,
        again: String,
    ) -> Result<(), Error> {
        if self.left.is_empty() {
            return Ok(());
        }
        if self.left.len() > 1 {
            for file in &self.left {
                output::tell(&format!("still there: {}", file.path));
            }
        }
        Err(Error::Local(LocalError::Left { files: self.left, session, revoked, again }))
    }
}

fn directory_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
