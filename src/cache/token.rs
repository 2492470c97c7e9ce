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

/// In the order the AWS CLI writes them.
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
    /// [`Miss`], when there is none, none that makes sense, or one that is for another
    /// start URL or region: such a token is never sent, and never taken for this session's.
    pub fn read_token(&self, context: &Context, session: &SsoSession) -> Result<SsoToken, Miss> {
        let token = self.read_token_of_anybody(context, session)?;
        match token.other_sign_in(session) {
            None => Ok(token),
            Some(other) => Err(Miss::Other(Box::new(other))),
        }
    }

    /// The token under the name of `session`, whatever start URL and region it is for.
    ///
    /// # Errors
    /// [`Miss`], when there is none or none that makes sense.
    pub fn read_token_of_anybody(&self, context: &Context, session: &SsoSession) -> Result<SsoToken, Miss> {
        let members = json_file::read_object(context, &self.token_path(session))?;
        parse(&members)
    }

    /// Replaces the token of `session`; members that are not ours stay.
    ///
    /// # Errors
    /// The system's.
    pub fn write_token(
        &self,
        context: &Context,
        session: &SsoSession,
        token: &SsoToken,
        lock: &Lock,
    ) -> io::Result<()> {
        self.stage_token(context, session, token)?.put_in_place(lock)
    }

    /// Brings a token to the disk without replacing the one of `session` yet: a process
    /// that is killed while it waits for the lock does not lose it.
    ///
    /// # Errors
    /// The system's.
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

    /// The same in the `room` that was kept for it.
    ///
    /// # Errors
    /// The system's.
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

    /// A token file's new content.
    fn token_text(&self, context: &Context, session: &SsoSession, token: &SsoToken) -> Secret {
        let old = json_file::read_object(context, &self.token_path(session)).unwrap_or_default();
        Secret::new(compose(token, &old))
    }

    /// Makes sure that a token of `session` can be kept, and keeps the room for it. A refresh
    /// spends the refresh token; with nowhere to keep the next one, the session would be lost
    /// for everybody.
    ///
    /// # Errors
    /// What is in the way: the directory or the file, and the system's words.
    pub fn reserve_room_for_token(&self, session: &SsoSession) -> Result<TokenRoom, (PathBuf, io::Error)> {
        self.ensure_home().map_err(|error| (self.home.clone(), error))?;
        reserve_room(&self.token_path(session)).map(TokenRoom)
    }

    /// Whether a process was killed while it wrote a token of `session`.
    pub fn has_left_over_token(&self, session: &SsoSession) -> bool {
        left_over::has_left_over(&self.token_path(session))
    }

    /// What such processes left, the newest first.
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

    /// Makes a token that was left over the token of `session`, if it `is_wanted` at the last
    /// moment.
    ///
    /// # Errors
    /// The system's, or that it is not wanted.
    pub fn adopt_token(
        &self,
        session: &SsoSession,
        left_over: &LeftOverToken,
        _lock: &Lock,
        is_wanted: &dyn Fn() -> bool,
    ) -> io::Result<()> {
        staging::put_in_place(&left_over.path, &self.token_path(session), is_wanted)
    }
}

/// Room on the disk for one token. Dropped, it is given back.
#[derive(Debug)]
pub struct TokenRoom(Room);

/// A token that is on the disk and not in place. Dropped, it is removed.
#[derive(Debug)]
pub struct StagedToken(Staged);

impl StagedToken {
    /// Makes it the token of its session.
    ///
    /// # Errors
    /// The system's.
    pub fn put_in_place(self, _lock: &Lock) -> io::Result<()> {
        self.0.put_in_place()
    }
}

/// A temporary file that was to become a token file.
#[derive(Debug)]
pub struct LeftOverToken {
    /// Where it lies.
    pub path: PathBuf,
    /// When it was written.
    pub modified: SystemTime,
    /// What it holds; nothing if it was not written to its end.
    pub token: Option<SsoToken>,
}

pub(super) fn parse(members: &Map<String, Value>) -> Result<SsoToken, Miss> {
    let missing = |name: &str| Miss::Unusable(format!("it has no usable `{name}`"));
    Ok(SsoToken {
        access_token: secret(members, "accessToken").ok_or_else(|| missing("accessToken"))?,
        expires_at: members.timestamp("expiresAt").ok_or_else(|| missing("expiresAt"))?,
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
