//! What lies in the caches, for commands that work with all of it. The directories
//! are shared: what does not look like ours is passed over.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::json_file::{self, Members as _, Miss};
use super::{Caches, is_sha1_hex};
use crate::context::Context;
use crate::identifiers::{Region, StartUrl};
use crate::request::SsoSession;
use crate::token::SsoToken;

/// A token file that was found by looking, not by name.
#[derive(Debug)]
pub struct TokenFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What it holds.
    pub token: SsoToken,
}

impl TokenFile {
    /// Where the token came from, if the file says so in valid values.
    pub fn session(&self) -> Option<SsoSession> {
        Some(SsoSession {
            name: None,
            start_url: StartUrl::parse(self.token.start_url.as_deref()?).ok()?,
            region: Region::parse(self.token.region.as_deref()?).ok()?,
            registration_scopes: None,
        })
    }
}

impl Caches {
    /// Every token file, whatever its name.
    pub fn token_files(&self, context: &Context) -> Vec<TokenFile> {
        let files = json_files(self.token_directory());
        files
            .into_iter()
            .filter_map(|path| {
                let members = json_file::read_object(context, &path).ok()?;
                // Registrations and other tools' files have no start URL or no token.
                members.text("startUrl")?;
                Some(TokenFile { token: super::token::parse(&members).ok()?, path })
            })
            .collect()
    }

    /// Files under our names that hold no JSON: a token or a registration that was torn,
    /// of no use to any tool, and perhaps with half a secret in it.
    pub fn torn_sso_files(&self, context: &Context) -> Vec<PathBuf> {
        let mut files = json_files(self.token_directory());
        files.retain(|path| {
            let name = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
            is_sha1_hex(name) && matches!(json_file::read_object(context, path), Err(Miss::Unusable(_)))
        });
        files
    }

    /// Every role-credential file that came from SSO (others came from AssumeRole).
    pub fn sso_role_files(&self, context: &Context) -> Vec<PathBuf> {
        let mut files = json_files(self.role_directory());
        files.retain(|path| {
            json_file::read_object(context, path)
                .is_ok_and(|members| members.text("ProviderType") == Some("sso"))
        });
        files
    }
}

fn json_files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    files.sort();
    files
}
