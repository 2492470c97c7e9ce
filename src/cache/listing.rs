//! What lies in the caches, for commands that work with all of it. The directories
//! are shared: what does not look like ours is passed over.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::caches::Caches;
use super::json_file::{self, Members as _, Miss};
use super::left_over::is_abandoned;
use super::names::is_sha1_hex;
use super::token;
use crate::context::Context;
use crate::identifiers::{Region, SessionName, StartUrl};
use crate::platform;
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::timestamp::Timestamp;
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
        session_of(self.token.start_url.as_deref(), self.token.region.as_deref())
    }
}

impl Caches {
    /// Every token file, whatever its name.
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

    /// What lies where `session` has its token, for signing out of it.
    pub fn sign_in_of(&self, context: &Context, session: &SsoSession) -> SignInFile {
        SignInFile::at(context, self.token_path(session))
    }

    /// What lies where an sso-session of this `name` has its token, whether or not a
    /// config names it.
    pub fn sign_in_named(&self, context: &Context, name: &SessionName) -> SignInFile {
        SignInFile::at(context, self.token_path_of(name.as_str()))
    }

    /// Every file that other tools may take for a token, whether or not it is one to us,
    /// and every file under our names that holds no JSON: a token or a registration that
    /// was torn, of no use to any tool, and perhaps with half a secret in it.
    ///
    /// # Errors
    /// The system's, when the directory cannot be looked into.
    pub fn sign_ins(&self, context: &Context) -> io::Result<Vec<SignInFile>> {
        let files = json_files(self.token_directory())?.into_iter();
        let files = files.map(|path| SignInFile::at(context, path));
        Ok(files.filter(SignInFile::may_be_a_token).collect())
    }

    /// What processes that were killed, or are still at work, left of role credentials.
    pub fn half_written_roles(&self) -> Vec<HalfWrittenRole> {
        let entries = platform::read_directory(self.role_directory()).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        paths.filter_map(HalfWrittenRole::at).collect()
    }

    /// Every role-credential file that came from SSO (others came from AssumeRole), and
    /// those under a name of ours that cannot be opened to tell.
    ///
    /// # Errors
    /// The system's, when the directory cannot be looked into.
    pub fn sso_role_files(&self, context: &Context) -> io::Result<Vec<RoleFile>> {
        let files = json_files(self.role_directory())?.into_iter();
        Ok(files.filter_map(|path| RoleFile::at(context, path)).collect())
    }
}

/// A file in the place of a token, as whoever signs out sees it: other tools use tokens
/// that we do not.
#[derive(Debug)]
pub struct SignInFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What is in it.
    pub content: SignInContent,
}

/// What a [`SignInFile`] holds.
#[derive(Debug)]
pub enum SignInContent {
    /// There is no file.
    Absent,
    /// A token, or at least one of its secrets.
    Token {
        /// The bearer token for the portal, if it can be read.
        access_token: Option<Secret>,
        /// Where it came from, if the file says so in valid values.
        session: Option<SsoSession>,
    },
    /// JSON without a token's secrets.
    NoToken,
    /// No JSON.
    Torn,
    /// It cannot be opened: the system's words.
    Closed(String),
}

impl SignInFile {
    fn at(context: &Context, path: PathBuf) -> Self {
        let content = match json_file::read_object(context, &path) {
            // What is read here is no session's yet: it is for nobody else.
            Err(Miss::Absent | Miss::Other(_)) => SignInContent::Absent,
            // A directory is no token's file, and nobody's to remove.
            Err(Miss::Unusable(_)) if path.is_dir() => SignInContent::Absent,
            Err(Miss::Unusable(_)) => match platform::open_regular(&path) {
                Err(error) => SignInContent::Closed(platform::words_of(&error)),
                Ok(_) => SignInContent::Torn,
            },
            Ok(members) if json_file::holds_token(&members) => SignInContent::Token {
                access_token: members.text("accessToken").map(Secret::new),
                session: session_of(members.text("startUrl"), members.text("region")),
            },
            Ok(_) => SignInContent::NoToken,
        };
        Self { path, content }
    }

    /// Registrations and other tools' files have names of their own, or no token.
    fn may_be_a_token(&self) -> bool {
        match &self.content {
            SignInContent::Absent | SignInContent::NoToken => false,
            SignInContent::Token { session, .. } => session.is_some() || has_hashed_name(&self.path),
            SignInContent::Torn | SignInContent::Closed(_) => has_hashed_name(&self.path),
        }
    }
}

/// Role credentials that were found by looking, not by name.
#[derive(Debug)]
pub struct RoleFile {
    /// Where it lies.
    pub path: PathBuf,
    /// The account that the file says it is for.
    pub account_id: Option<String>,
    /// Until when the credentials are good, if the file says so.
    pub expiration: Option<Timestamp>,
}

impl RoleFile {
    fn at(context: &Context, path: PathBuf) -> Option<Self> {
        let Ok(members) = json_file::read_object(context, &path) else {
            let closed = has_hashed_name(&path) && platform::open_regular(&path).is_err();
            return closed.then_some(Self { path, account_id: None, expiration: None });
        };
        if members.text("ProviderType") != Some("sso") {
            return None;
        }
        let credentials = members.member("Credentials").and_then(Value::as_object);
        Some(Self {
            path,
            account_id: credentials.and_then(|found| found.text("AccountId")).map(str::to_owned),
            expiration: credentials.and_then(|found| found.timestamp("Expiration")),
        })
    }

    /// The hash that names it.
    pub fn name(&self) -> &str {
        stem(&self.path)
    }

    /// Whether what is in it may still be good at `now`: it is, as far as the file says.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.expiration.is_none_or(|expiration| expiration > now)
    }
}

/// Role credentials under the name that a file has before it is whole.
#[derive(Debug)]
pub struct HalfWrittenRole {
    /// Where it lies.
    pub path: PathBuf,
    /// Whether no process works on it any more.
    pub is_abandoned: bool,
}

impl HalfWrittenRole {
    fn at(path: PathBuf) -> Option<Self> {
        let is_one = is_sha1_hex(stem_of(&path)) && name_of(&path).ends_with(platform::TEMPORARY_ENDING);
        let is_abandoned = is_abandoned(&path);
        is_one.then_some(Self { path, is_abandoned })
    }

    /// The hash that names the file it was to become.
    pub fn name(&self) -> &str {
        stem_of(&self.path)
    }
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(OsStr::to_str).unwrap_or_default()
}

fn stem_of(path: &Path) -> &str {
    name_of(path).split('.').next().unwrap_or_default()
}

/// What is known of a file that a link in a cache leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    /// A file of the caches, with a secret in it.
    Secret,
    /// Another file.
    Other,
    /// It cannot be opened.
    Closed,
}

impl Linked {
    /// What lies at `path`.
    pub fn at(context: &Context, path: &Path) -> Self {
        match json_file::read_object(context, path) {
            Ok(members) if json_file::holds_secret(&members) => Self::Secret,
            Err(_) if !path.is_dir() && platform::open_regular(path).is_err() => Self::Closed,
            Ok(_) | Err(_) => Self::Other,
        }
    }
}

fn session_of(start_url: Option<&str>, region: Option<&str>) -> Option<SsoSession> {
    Some(SsoSession {
        name: None,
        start_url: StartUrl::parse(start_url?).ok()?,
        region: Region::parse(region?).ok()?,
        registration_scopes: None,
    })
}

fn has_hashed_name(path: &Path) -> bool {
    is_sha1_hex(stem(path))
}

fn stem(path: &Path) -> &str {
    path.file_stem().and_then(OsStr::to_str).unwrap_or_default()
}

fn json_files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match platform::read_directory(directory) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        entries => entries?,
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    files.sort();
    Ok(files)
}
