//! Lists the files of the caches, for commands that work with all of them.
//!
//! Other tools keep files in the same directories; those are left out.

use std::io;
use std::path::{Path, PathBuf};

use super::caches::Caches;
use super::json_file::{self, Members as _};
use super::role_file::{HalfWrittenRole, RoleFile};
use super::sign_in_file::{SignInFile, session_of};
use super::token;
use crate::context::Context;
use crate::identifiers::SessionName;
use crate::platform;
use crate::request::SsoSession;
use crate::token::SsoToken;

/// A token file that was found by listing the directory.
#[derive(Debug)]
pub struct TokenFile {
    /// The file.
    pub path: PathBuf,
    /// The token in the file.
    pub token: SsoToken,
}

impl TokenFile {
    /// The session that the token is for, if the file has a valid start URL and region.
    pub fn session(&self) -> Option<SsoSession> {
        session_of(self.token.start_url.as_deref(), self.token.region.as_deref())
    }
}

impl Caches {
    /// Every file with a token that can be used, under any name.
    pub fn token_files(&self, context: &Context) -> Vec<TokenFile> {
        let files = json_files(self.token_directory()).unwrap_or_default();
        files
            .into_iter()
            .filter_map(|path| {
                let members = json_file::read_object(context, &path).ok()?;
                // Registrations and other tools' files have no start URL or no token.
                members.text("startUrl")?;
                Some(TokenFile { token: token::parse(&members).ok()?, path })
            })
            .collect()
    }

    /// The token file of `session`, for signing out of it.
    pub fn sign_in_of(&self, context: &Context, session: &SsoSession) -> SignInFile {
        SignInFile::at(context, self.token_path(session))
    }

    /// The token file of the sso-session `name`, whether or not a config has such a section.
    pub fn sign_in_named(&self, context: &Context, name: &SessionName) -> SignInFile {
        SignInFile::at(context, self.token_path_of(name.as_str()))
    }

    /// Every file that any AWS tool may take for a token, and every file with the name of a cache
    /// file that holds no JSON: such a token or registration is damaged, no tool can use it, and
    /// a part of a secret may be left in it.
    ///
    /// # Errors
    /// The system's error, if the directory cannot be read.
    pub fn sign_ins(&self, context: &Context) -> io::Result<Vec<SignInFile>> {
        let files = json_files(self.token_directory())?.into_iter();
        let files = files.map(|path| SignInFile::at(context, path));
        Ok(files.filter(SignInFile::may_be_a_token).collect())
    }

    /// The temporary files of role credentials, of killed and of working processes.
    pub fn half_written_roles(&self) -> Vec<HalfWrittenRole> {
        let entries = platform::read_directory(self.role_directory()).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        paths.filter_map(HalfWrittenRole::at).collect()
    }

    /// Every file of role credentials that came from Identity Center (others came from
    /// `AssumeRole`), and every file with the name of a cache file that cannot be opened.
    ///
    /// # Errors
    /// The system's error, if the directory cannot be read.
    pub fn sso_role_files(&self, context: &Context) -> io::Result<Vec<RoleFile>> {
        let files = json_files(self.role_directory())?.into_iter();
        Ok(files.filter_map(|path| RoleFile::at(context, path)).collect())
    }
}

/// The files in `directory` whose names end in `.json`, sorted. A missing directory has none.
fn json_files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match platform::read_directory(directory) {
        Err(error) if platform::is_missing(&error) => return Ok(Vec::new()),
        entries => entries?,
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    files.sort();
    Ok(files)
}
