//! Token files, as `aws sso login` writes them.

use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use serde_json::{Map, Value};

use super::caches::Caches;
use super::json_file::{self, Members as _, Miss};
use super::left_over::{self, LeftOver};
use super::object::Object;
use super::room::{Room, reserve_room};
use super::staging::{self, Durability, Staged};
use crate::context::Context;
use crate::lock::Lock;
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::token::SsoToken;

/// The members, in the order in which the AWS CLI writes them.
const FIELDS: [&str; 8] = [
    "startUrl",
    "region",
    "accessToken",
    "expiresAt",
    "clientId",
    "clientSecret",
    "registrationExpiresAt",
    "refreshToken",
];

impl Caches {
    /// The token of `session`.
    ///
    /// # Errors
    /// [`Miss`], when there is none that can be used, or it is for another start URL or region:
    /// such a token is never sent.
    pub fn read_token(&self, context: &Context, session: &SsoSession) -> Result<SsoToken, Miss> {
        let token = parse(&json_file::read_object(context, &self.token_path(session))?)?;
        match token.other_sign_in(session) {
            None => Ok(token),
            Some(other) => Err(Miss::Other(Box::new(other))),
        }
    }

    /// Replaces the token of `session`; members that this program does not know stay.
    ///
    /// # Errors
    /// The system's error.
    pub fn write_token(
        &self,
        context: &Context,
        session: &SsoSession,
        token: &SsoToken,
        lock: &Lock,
    ) -> io::Result<()> {
        self.stage_token(context, session, token)?.put_in_place(lock)
    }

    /// Writes a token to a temporary file, without replacing the token of `session` yet: if this
    /// process is killed while it waits for the lock, the token is not lost.
    ///
    /// # Errors
    /// The system's error.
    pub fn stage_token(
        &self,
        context: &Context,
        session: &SsoSession,
        token: &SsoToken,
    ) -> io::Result<StagedToken> {
        self.ensure_home()?;
        let path = self.token_path(session);
        let text = self.token_text(context, session, token);
        staging::stage(&path, text.expose(), Durability::Precious).map(StagedToken)
    }

    /// As [`Self::stage_token`], in the space that was reserved for the token.
    ///
    /// # Errors
    /// The system's error.
    pub fn stage_token_in(
        &self,
        room: TokenRoom,
        context: &Context,
        session: &SsoSession,
        token: &SsoToken,
    ) -> io::Result<StagedToken> {
        let text = self.token_text(context, session, token);
        room.0.stage(text.expose()).map(StagedToken)
    }

    /// The new content of the token file.
    fn token_text(&self, context: &Context, session: &SsoSession, token: &SsoToken) -> Secret {
        let old = json_file::read_object(context, &self.token_path(session)).unwrap_or_default();
        Secret::new(compose(token, &old))
    }

    /// Makes sure that a token of `session` can be stored, and reserves the space for it. A
    /// refresh uses up the refresh token: if the next one could not be stored, all tools would
    /// lose the session.
    ///
    /// # Errors
    /// The system's error, and the directory or file that cannot be written.
    pub fn reserve_room_for_token(&self, session: &SsoSession) -> Result<TokenRoom, (PathBuf, io::Error)> {
        self.ensure_home().map_err(|error| (self.home.clone(), error))?;
        reserve_room(&self.token_path(session)).map(TokenRoom)
    }

    /// Whether a killed process left a token of `session` in a temporary file.
    pub fn has_left_over_token(&self, session: &SsoSession) -> bool {
        left_over::has_left_over(&self.token_path(session))
    }

    /// The tokens of `session` that killed processes left, the newest first.
    pub fn left_over_tokens(&self, session: &SsoSession) -> Vec<LeftOverToken> {
        let target = self.token_path(session);
        let mut tokens: Vec<_> = left_over::left_over(&target)
            .map(|LeftOver { path, modified, members }| LeftOverToken {
                token: members.and_then(|members| parse(&members).ok()),
                path,
                modified,
            })
            .collect();
        tokens.sort_by_key(|left_over| std::cmp::Reverse(left_over.modified));
        tokens
    }

    /// Replaces the token of `session` with one that a killed process left, if it `is_wanted` right
    /// before the file is replaced.
    ///
    /// # Errors
    /// The system's error, and one that says that the token is not wanted.
    pub fn adopt_token(
        &self,
        session: &SsoSession,
        left_over: &LeftOverToken,
        _lock: &Lock,
        is_wanted: &dyn Fn() -> bool,
    ) -> io::Result<()> {
        staging::put_left_over_in_place(&left_over.path, &self.token_path(session), is_wanted)
    }
}

/// Reserved space on the disk for one token. It is released when this is dropped.
#[derive(Debug)]
pub struct TokenRoom(Room);

/// A token in a temporary file, which is removed if this is dropped before
/// [`StagedToken::put_in_place`].
#[derive(Debug)]
pub struct StagedToken(Staged);

impl StagedToken {
    /// Replaces the token of its session with this one.
    ///
    /// # Errors
    /// The system's error.
    pub fn put_in_place(self, _lock: &Lock) -> io::Result<()> {
        self.0.put_in_place()
    }
}

/// A temporary file in which a killed process left a token.
#[derive(Debug)]
pub struct LeftOverToken {
    /// The temporary file.
    pub path: PathBuf,
    /// When the file was written.
    pub modified: SystemTime,
    /// The token; `None` if the file was not written to its end.
    pub token: Option<SsoToken>,
}

pub(super) fn parse(members: &Map<String, Value>) -> Result<SsoToken, Miss> {
    Ok(SsoToken {
        access_token: Secret::new(members.required_text("accessToken")?),
        expires_at: members.required_timestamp("expiresAt")?,
        refresh_token: secret(members, "refreshToken"),
        client_id: members.text("clientId").map(str::to_owned),
        client_secret: secret(members, "clientSecret"),
        registration_expires_at: members.timestamp("registrationExpiresAt"),
        region: members.text("region").map(str::to_owned),
        start_url: members.text("startUrl").map(str::to_owned),
    })
}

fn secret(members: &Map<String, Value>, name: &str) -> Option<Secret> {
    members.text(name).map(Secret::new)
}

fn compose(token: &SsoToken, old: &Map<String, Value>) -> String {
    let registration_expires_at = token.registration_expires_at.map(|at| at.to_string());
    Object::new()
        .optional("startUrl", token.start_url.as_deref())
        .optional("region", token.region.as_deref())
        .text("accessToken", token.access_token.expose())
        .text("expiresAt", &token.expires_at.to_string())
        .optional("clientId", token.client_id.as_deref())
        .optional("clientSecret", token.client_secret.as_ref().map(Secret::expose))
        .optional("registrationExpiresAt", registration_expires_at.as_deref())
        .optional("refreshToken", token.refresh_token.as_ref().map(Secret::expose))
        .keeping(old, &FIELDS)
        .into_text()
}
