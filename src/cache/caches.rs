//! The directories and paths of the cache files.

use std::io;
use std::path::{Path, PathBuf};

use super::names::{registration_key, request_key, sha1_hex};
use super::staging::{Durability, write_atomically};
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::request::{RoleRequest, SsoSession};
use crate::secret::Secret;

/// The directories of the AWS CLI's caches. No environment variable moves them.
#[derive(Debug, Clone)]
pub struct Caches {
    pub(super) home: PathBuf,
    sso: PathBuf,
    cli: PathBuf,
}

impl Caches {
    /// The caches below the home directory.
    ///
    /// # Errors
    /// [`ConfigurationError::NoHome`](crate::error::ConfigurationError::NoHome).
    pub fn find(context: &Context) -> Result<Self, Error> {
        let home = context.home().ok_or(Error::Configuration(ConfigurationError::NoHome))?;
        let aws = home.join(".aws");
        Ok(Self { sso: aws.join("sso").join("cache"), cli: aws.join("cli").join("cache"), home })
    }

    /// `~/.aws/sso/cache/<sha1>.json`.
    pub fn token_path(&self, session: &SsoSession) -> PathBuf {
        self.token_path_of(session.token_cache_key())
    }

    /// The token file whose name is the hash of `key`.
    pub(super) fn token_path_of(&self, key: &str) -> PathBuf {
        in_directory(&self.sso, key)
    }

    /// The client registration's file, in the same directory as the token's:
    /// `~/.aws/sso/cache/<sha1>.json`.
    pub fn registration_path(&self, session: &SsoSession) -> PathBuf {
        in_directory(&self.sso, &registration_key(session))
    }

    /// `~/.aws/cli/cache/<sha1>.json`.
    pub fn role_path(&self, request: &RoleRequest) -> PathBuf {
        in_directory(&self.cli, &request_key(request))
    }

    /// Replaces a cache file.
    ///
    /// # Errors
    /// The system's error, and [`io::ErrorKind::NotFound`] when there is no home directory.
    pub(super) fn write(&self, path: &Path, text: &Secret, durability: Durability) -> io::Result<()> {
        self.ensure_home()?;
        write_atomically(path, text.expose(), durability)
    }

    /// A missing home directory is never created.
    pub(super) fn ensure_home(&self) -> io::Result<()> {
        if self.home.is_dir() {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::NotFound, "the home directory does not exist"))
    }

    /// `~/.aws/cli/cache`.
    pub fn role_directory(&self) -> &Path {
        &self.cli
    }

    /// `~/.aws/sso/cache`.
    pub fn token_directory(&self) -> &Path {
        &self.sso
    }
}

fn in_directory(directory: &Path, key: &str) -> PathBuf {
    directory.join(sha1_hex(key) + ".json")
}
