//! Client registrations, as `aws sso login` keeps them beside the tokens.

use std::io;

use serde_json::Value;

use super::caches::Caches;
use super::json_file::{self, Members as _, Miss};
use super::object::Object;
use super::staging::Durability;
use crate::context::Context;
use crate::lock::Lock;
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

const FIELDS: [&str; 5] = ["clientId", "clientSecret", "expiresAt", "scopes", "grantTypes"];

/// A client of ours (or of the AWS CLI's) that AWS knows for about 90 days.
#[derive(Debug, Clone)]
pub struct ClientRegistration {
    /// Public name.
    pub client_id: String,
    /// Proof.
    pub client_secret: Secret,
    /// When AWS forgets it.
    pub expires_at: Timestamp,
    /// What it was registered for; empty when the file does not say.
    pub scopes: Vec<String>,
    /// `authorization_code` and `refresh_token` for PKCE; empty means device
    /// authorization, which is how the AWS CLI tells the two apart.
    pub grant_types: Vec<String>,
}

impl Caches {
    /// The cached registration for `session`.
    ///
    /// # Errors
    /// [`Miss`], when there is none or none that makes sense.
    pub fn read_registration(
        &self,
        context: &Context,
        session: &SsoSession,
    ) -> Result<ClientRegistration, Miss> {
        let members = json_file::read_object(context, &self.registration_path(session))?;
        let missing = |name: &str| Miss::Unusable(format!("it has no usable `{name}`"));
        Ok(ClientRegistration {
            client_id: members.text("clientId").ok_or_else(|| missing("clientId"))?.to_owned(),
            client_secret: members
                .text("clientSecret")
                .map(Secret::new)
                .ok_or_else(|| missing("clientSecret"))?,
            expires_at: members.timestamp("expiresAt").ok_or_else(|| missing("expiresAt"))?,
            scopes: words(members.member("scopes")),
            grant_types: words(members.member("grantTypes")),
        })
    }

    /// Replaces the registration of `session`.
    ///
    /// # Errors
    /// The system's.
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
        self.write(&path, &Secret::new(text), Durability::Precious)
    }
}

fn words(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
