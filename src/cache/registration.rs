//! Client registration files, as `aws sso login` writes them beside the tokens.

use std::io;

use serde_json::Value;

use super::caches::Caches;
use super::json_file::{self, Members as _, Miss};
use super::left_over;
use super::object::Object;
use super::staging::Durability;
use crate::context::Context;
use crate::lock::Lock;
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

const FIELDS: [&str; 5] = ["clientId", "clientSecret", "expiresAt", "scopes", "grantTypes"];

/// A client that `aws-sso-cred` or the AWS CLI has registered. AWS knows it for about 90 days.
#[derive(Debug, Clone)]
pub struct ClientRegistration {
    /// The client's public name.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: Secret,
    /// When AWS forgets the client.
    pub expires_at: Timestamp,
    /// The scopes it was registered for; empty when the file names none.
    pub scopes: Vec<String>,
    /// `authorization_code` and `refresh_token` for PKCE; empty for device authorization. The
    /// AWS CLI tells the two kinds of client apart by this member.
    pub grant_types: Vec<String>,
}

impl Caches {
    /// The cached registration for `session`.
    ///
    /// # Errors
    /// [`Miss`], when there is none that can be used.
    pub fn read_registration(
        &self,
        context: &Context,
        session: &SsoSession,
    ) -> Result<ClientRegistration, Miss> {
        let members = json_file::read_object(context, &self.registration_path(session))?;
        Ok(ClientRegistration {
            client_id: members.required_text("clientId")?.to_owned(),
            client_secret: Secret::new(members.required_text("clientSecret")?),
            expires_at: members.required_timestamp("expiresAt")?,
            scopes: words(members.member("scopes")),
            grant_types: words(members.member("grantTypes")),
        })
    }

    /// Replaces the registration of `session`.
    ///
    /// # Errors
    /// The system's error.
    pub fn write_registration(
        &self,
        context: &Context,
        session: &SsoSession,
        registration: &ClientRegistration,
        _lock: &Lock,
    ) -> io::Result<()> {
        let path = self.registration_path(session);
        let old = json_file::read_object(context, &path).unwrap_or_default();
        let text = Object::new()
            .text("clientId", &registration.client_id)
            .text("clientSecret", registration.client_secret.expose())
            .text("expiresAt", &registration.expires_at.to_string())
            .words("scopes", &registration.scopes)
            .words("grantTypes", &registration.grant_types)
            .keeping(&old, &FIELDS)
            .into_text();
        self.write(&path, &Secret::new(text), Durability::Precious)?;
        left_over::remove_abandoned(&path);
        Ok(())
    }
}

fn words(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
