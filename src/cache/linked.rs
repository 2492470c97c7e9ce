//! Tells whether the target of a link in a cache directory holds a secret.

use std::path::Path;

use super::json_file;
use crate::context::Context;
use crate::platform;

/// What the target of a link in a cache directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    /// A cache file with a secret in it.
    Secret,
    /// Any other file.
    Other,
    /// A file that cannot be opened.
    Closed,
}

impl Linked {
    /// What the file at `path` is.
    pub fn at(context: &Context, path: &Path) -> Self {
        match json_file::read_object(context, path) {
            Ok(members) if json_file::holds_secret(&members) => Self::Secret,
            Err(_) if !path.is_dir() && platform::open_regular(path).is_err() => Self::Closed,
            Ok(_) | Err(_) => Self::Other,
        }
    }
}
