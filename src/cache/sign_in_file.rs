//! The content of a token file, for signing out.
//!
//! Other tools use tokens that this program cannot use. They count as tokens here, but not in
//! `token`.

use std::path::PathBuf;

use super::json_file::{self, Members as _, Miss};
use super::names::has_hashed_name;
use crate::context::Context;
use crate::identifiers::{Region, StartUrl};
use crate::platform;
use crate::request::SsoSession;
use crate::secret::Secret;

/// A file that any AWS tool may take for a token.
#[derive(Debug)]
pub struct SignInFile {
    /// The file.
    pub path: PathBuf,
    /// What the file holds.
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
        /// The session that it is for, if the file has a valid start URL and region.
        session: Option<SsoSession>,
    },
    /// JSON without a token's secrets.
    NoToken,
    /// No JSON.
    NotJson,
    /// The file cannot be opened, for this reason.
    Closed(String),
}

impl SignInFile {
    pub(super) fn at(context: &Context, path: PathBuf) -> Self {
        let content = match json_file::read_object(context, &path) {
            // `read_object` never gives `Other`.
            Err(Miss::Absent | Miss::Other(_)) => SignInContent::Absent,
            // A directory is not a token file, and must not be removed.
            Err(Miss::Unusable(_)) if path.is_dir() => SignInContent::Absent,
            Err(Miss::Unusable(_)) => match platform::open_regular(&path) {
                Err(error) => SignInContent::Closed(platform::words_of(&error)),
                Ok(_) => SignInContent::NotJson,
            },
            Ok(members) if json_file::holds_token(&members) => SignInContent::Token {
                access_token: members.text("accessToken").map(Secret::new),
                session: session_of(members.text("startUrl"), members.text("region")),
            },
            Ok(_) => SignInContent::NoToken,
        };
        Self { path, content }
    }

    /// Whether any AWS tool may take the file for a token. A client registration holds none.
    pub(super) fn may_be_a_token(&self) -> bool {
        match &self.content {
            SignInContent::Absent | SignInContent::NoToken => false,
            SignInContent::Token { session, .. } => session.is_some() || has_hashed_name(&self.path),
            SignInContent::NotJson | SignInContent::Closed(_) => has_hashed_name(&self.path),
        }
    }
}

/// The session of a token file without its name; `None` unless both values are valid.
pub(super) fn session_of(start_url: Option<&str>, region: Option<&str>) -> Option<SsoSession> {
    Some(SsoSession {
        name: None,
        start_url: StartUrl::parse(start_url?).ok()?,
        region: Region::parse(region?).ok()?,
        registration_scopes: None,
    })
}
