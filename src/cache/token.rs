//! Token files, as `aws sso login` writes them.

use std::io;

use serde_json::{Map, Value};

use super::Caches;
use super::json_file::{self, Durability, Members as _, Miss, Object};
use crate::context::Context;
use crate::lock::Lock;
use crate::platform::{self, Obstacle};
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
    /// [`Miss`], when there is none or none that makes sense.
    pub fn read_token(&self, context: &Context, session: &SsoSession) -> Result<SsoToken, Miss> {
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
        _lock: &Lock,
    ) -> io::Result<()> {
        let path = self.token_path(session);
        let old = json_file::read_object(context, &path).unwrap_or_default();
        let text = Secret::new(compose(token, &old));
        self.write(&path, &text, Durability::Precious)
    }

    /// Whether a token could be kept now. A refresh spends the refresh token; with
    /// nowhere to keep the next one, the session would be lost for everybody.
    pub fn can_keep_tokens(&self) -> bool {
        json_file::try_room(self.token_directory()).is_ok()
    }

    /// What would keep a token from being kept now, before a person is asked for one. The
    /// directory of the tokens is made if it is not there.
    pub fn trouble_keeping_tokens(&self) -> Option<Obstacle> {
        let directory = self.token_directory();
        let tried = self
            .home_is_there()
            .and_then(|()| platform::create_private_directories(directory))
            .and_then(|()| json_file::try_room(directory));
        tried.err().map(|error| Obstacle::to(directory, &error))
    }
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
