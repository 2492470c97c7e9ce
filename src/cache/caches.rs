//! Where the caches are, and writing to them.

use std::io;
use std::path::{Path, PathBuf};

use super::names::{registration_key, request_key, sha1_hex};
use super::staging::{Durability, write_atomically};
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::request::{RoleRequest, SsoSession};
use crate::secret::Secret;

/// Where the AWS CLI keeps its caches. No variable moves them.
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

    /// The token's file by what its name is the hash of.
    pub(super) fn token_path_of(&self, key: &str) -> PathBuf {
        in_directory(&self.sso, key)
    }

    /// The registration's file beside it.
    pub fn registration_path(&self, session: &SsoSession) -> PathBuf {
        in_directory(&self.sso, &registration_key(session))
    }

    /// `~/.aws/cli/cache/<sha1>.json`.
    pub fn role_path(&self, request: &RoleRequest) -> PathBuf {
        in_directory(&self.cli, &request_key(request))
    }

    /// Replaces a cache file, in a home that is there: no home is made for it.
    pub(super) fn write(&self, path: &Path, text: &Secret, durability: Durability) -> io::Result<()> {
        self.ensure_home()?;
        write_atomically(path, text.expose(), durability)
    }

    pub(super) fn ensure_home(&self) -> io::Result<()> {
        if self.home.is_dir() {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::NotFound, "there is no such home directory"))
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
