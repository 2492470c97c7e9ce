//! Removing files with secrets, and an account of those that stay.

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
    Obstacle, TEMPORARY_ENDING, empty, ensure_files_can_go, ensure_replaceable, ensure_theirs,
    has_other_names, is_ours, read_directory,
};
use crate::terminal::output;

/// What became of a file that was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It is gone.
    Gone,
    /// There was none.
    WasAbsent,
    /// It is still there, and noted as such.
    Stays,
}

/// Removes files, and remembers what it could not remove.
pub struct Removals<'a> {
    context: &'a Context,
    left: Vec<LeftFile>,
}

impl<'a> Removals<'a> {
    /// Nothing is removed yet.
    pub fn new(context: &'a Context) -> Self {
        Self { context, left: Vec::new() }
    }

    /// Removes the file at `path`, and what it leads to if it is a link.
    pub fn remove(&mut self, path: &Path, holds: Holding) -> Removal {
        let found = match fs::symlink_metadata(path) {
            Ok(found) => found,
            Err(error) if is_absent(&error) => return Removal::WasAbsent,
            Err(error) => {
                self.cannot_look_into(directory_of(path), &error);
                return Removal::Stays;
            }
        };
        if found.is_dir() {
            // No tool keeps a secret as a directory, and what is in it is nobody's to remove.
            return Removal::WasAbsent;
        }
        if let Err(error) = ensure_theirs(path) {
            self.stays(path, holds, &Obstacle::to(path, &error), false);
            return Removal::Stays;
        }
        if found.is_symlink() {
            self.remove_linked(path, holds);
        } else if has_other_names(&found)
            && Linked::at(self.context, path) != Linked::Other
            && let Err(error) = empty(path)
        {
            // Under another name the secret would stay.
            self.stays(path, holds, &Obstacle::to(path, &error), false);
            return Removal::Stays;
        }
        match fs::remove_file(path) {
            Ok(()) => {
                debug!(self.context, "logout: removed {}", path.display());
                Removal::Gone
            }
            Err(error) if is_absent(&error) => Removal::Gone,
            Err(error) => {
                // The file's own obstacle is the one to remove, if it has one.
                let obstacle = match ensure_replaceable(path) {
                    Err(of_the_file) => Obstacle::to(path, &of_the_file),
                    Ok(()) => Obstacle::to(directory_of(path), &error),
                };
                self.stays(path, holds, &obstacle, false);
                Removal::Stays
            }
        }
    }

    /// A link's file holds the secret, wherever it is. Only a file that is ours and that
    /// looks like one of the caches is removed: a link may lead anywhere.
    fn remove_linked(&mut self, link: &Path, holds: Holding) {
        let Ok(target) = fs::canonicalize(link) else { return };
        let removed = match Linked::at(self.context, &target) {
            Linked::Other => return,
            Linked::Secret if is_ours(link) => fs::remove_file(&target),
            Linked::Secret | Linked::Closed => Err(io::ErrorKind::PermissionDenied.into()),
        };
        match removed {
            Ok(()) => {
                debug!(self.context, "logout: removed {}, which was linked to", target.display());
                // It was written to by way of the link.
                let own = |stem: &str| target.file_stem().is_some_and(|name| name == stem);
                self.sweep_half_written(directory_of(&target), &own);
            }
            Err(error) => {
                let blocked = if is_ours(link) { directory_of(&target) } else { &target };
                self.stays(&target, holds, &Obstacle::to(blocked, &error), true);
            }
        }
    }

    /// Notes the file at `path` if it could not be removed, and leaves it where it is.
    pub fn look_at(&mut self, path: &Path, holds: Holding) {
        let obstacle = match ensure_replaceable(path) {
            Err(of_the_file) => Obstacle::to(path, &of_the_file),
            Ok(()) => match ensure_files_can_go(directory_of(path)) {
                Err(error) => Obstacle::to(directory_of(path), &error),
                Ok(()) => return,
            },
        };
        self.stays(path, holds, &obstacle, false);
    }

    /// Notes that nobody can tell what is in `directory`.
    pub fn cannot_look_into(&mut self, directory: &Path, error: &io::Error) {
        self.stays(directory, Holding::Unknown, &Obstacle::to(directory, error), false);
    }

    /// Notes what our own state could not get rid of.
    pub fn notes_stay(&mut self, left: Vec<(PathBuf, io::Error)>) {
        for (path, error) in left {
            // A directory in its place is the obstacle itself.
            let obstacle = if path.is_dir() {
                Obstacle::to(&path, &io::ErrorKind::IsADirectory.into())
            } else {
                Obstacle::to(directory_of(&path), &error)
            };
            self.stays(&path, Holding::Note, &obstacle, false);
        }
    }

    fn stays(&mut self, path: &Path, holds: Holding, obstacle: &Obstacle, was_linked: bool) {
        debug!(self.context, "logout: {} stays: {obstacle:?}", path.display());
        let path = shown_path(self.context, path);
        if self.left.iter().all(|left| left.path != path) {
            let obstacle = obstacles::shown(self.context, obstacle);
            self.left.push(LeftFile { path, holds, obstacle, was_linked });
        }
    }

    /// What a killed process left behind holds secrets too. `is_wanted` tells by the name,
    /// without its ending, of the file that each was to become.
    pub fn sweep_half_written(&mut self, directory: &Path, is_wanted: &dyn Fn(&str) -> bool) {
        let entries = match read_directory(directory) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return,
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

    /// Whether nothing stays.
    pub fn is_complete(&self) -> bool {
        self.left.is_empty()
    }

    /// The failure, if something stays: of `session` or of all, to be removed by running
    /// `again`. Every file is named before.
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

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn directory_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
