//! The AWS CLI's cache files, read leniently and written strictly.
//!
//! Tokens and client registrations live in `~/.aws/sso/cache`, role credentials in
//! `~/.aws/cli/cache`, under the CLI's own SHA-1 names. These files are shared
//! property: every AWS tool reads them, so unknown fields stay and foreign files
//! are left alone. What is not here: deciding what to do with what was read.

mod json_file;
mod listing;
mod names;
mod registration;
mod role;
mod token;

use std::io;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::request::{RoleRequest, SsoSession};
use crate::secret::Secret;
use json_file::Durability;

pub use json_file::{LARGEST, Miss, is_abandoned};
pub use listing::{HalfWrittenRole, Linked, RoleFile, SignInContent, SignInFile, TokenFile};
pub use names::{is_sha1_hex, registration_key, role_key, sha1_hex};
pub use registration::ClientRegistration;
pub use token::{LeftOverToken, StagedToken, TokenRoom};

/// Where the AWS CLI keeps its caches. No variable moves them.
#[derive(Debug, Clone)]
pub struct Caches {
    home: PathBuf,
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
        in_directory(&self.sso, session.token_cache_key())
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
    fn write(&self, path: &Path, text: &Secret, durability: Durability) -> io::Result<()> {
        self.ensure_home()?;
        json_file::write_atomically(path, text.expose(), durability)
    }

    fn ensure_home(&self) -> io::Result<()> {
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

/// What is hashed for a role's credentials.
pub fn request_key(request: &RoleRequest) -> String {
    role_key(
        request.account_id.as_str(),
        request.role_name.as_str(),
        request.session.name.as_ref().map(crate::identifiers::SessionName::as_str),
        request.session.start_url.as_str(),
    )
}

fn in_directory(directory: &Path, key: &str) -> PathBuf {
    directory.join(sha1_hex(key) + ".json")
}
