//! Role credentials, as AWS CLI v2 caches them for itself.

use std::io;

use serde_json::{Map, Value};

use super::caches::Caches;
use super::json_file::{self, Members as _, Miss};
use super::object::Object;
use super::staging::Durability;
use crate::context::Context;
use crate::lock::Lock;
use crate::request::RoleRequest;
use crate::role_credentials::RoleCredentials;
use crate::secret::Secret;

const FIELDS: [&str; 2] = ["ProviderType", "Credentials"];

impl Caches {
    /// The cached credentials for `request`, whatever time they have left.
    ///
    /// # Errors
    /// [`Miss`], when there are none or none that make sense.
    pub fn read_role_credentials(
        &self,
        context: &Context,
        request: &RoleRequest,
    ) -> Result<RoleCredentials, Miss> {
        let members = json_file::read_object_from_the_past(context, &self.role_path(request))?;
        let missing = |name: &str| Miss::Unusable(format!("it has no usable `{name}`"));
        let credentials =
            members.member("Credentials").and_then(Value::as_object).ok_or_else(|| missing("Credentials"))?;
        let text = |name: &str| credentials.text(name).ok_or_else(|| missing(name));
        belongs(credentials, request)?;
        Ok(RoleCredentials {
            access_key_id: text("AccessKeyId")?.to_owned(),
            secret_access_key: Secret::new(text("SecretAccessKey")?),
            session_token: Secret::new(text("SessionToken")?),
            expiration: credentials.timestamp("Expiration").ok_or_else(|| missing("Expiration"))?,
        })
    }

    /// Replaces the cached credentials for `request`.
    ///
    /// # Errors
    /// The system's.
    pub fn write_role_credentials(
        &self,
        context: &Context,
        request: &RoleRequest,
        credentials: &RoleCredentials,
        _lock: &Lock,
    ) -> io::Result<()> {
        let path = self.role_path(request);
        let old = json_file::read_object(context, &path).unwrap_or_default();
        let text = Secret::new(compose(credentials, request, &old));
        self.write(&path, &text, Durability::Refetchable)?;
        self.sweep_half_written_roles();
        Ok(())
    }

    /// What a killed process left here is of no use to any, and holds secrets.
    fn sweep_half_written_roles(&self) {
        for left in self.half_written_roles().into_iter().filter(|left| left.is_abandoned) {
            let _ = std::fs::remove_file(left.path);
        }
    }

    /// Removes the cached credentials for `request`.
    ///
    /// # Errors
    /// The system's.
    pub fn remove_role_credentials(&self, request: &RoleRequest, _lock: &Lock) -> io::Result<()> {
        std::fs::remove_file(self.role_path(request))
    }
}

/// A file that says which account it is for must say ours.
fn belongs(credentials: &Map<String, Value>, request: &RoleRequest) -> Result<(), Miss> {
    match credentials.text("AccountId") {
        Some(account) if account != request.account_id.as_str() => {
            Err(Miss::Unusable("it is for another account".to_owned()))
        }
        _ => Ok(()),
    }
}

fn compose(credentials: &RoleCredentials, request: &RoleRequest, old: &Map<String, Value>) -> String {
    let inner = Object::new()
        .text("AccessKeyId", &credentials.access_key_id)
        .text("SecretAccessKey", credentials.secret_access_key.expose())
        .text("SessionToken", credentials.session_token.expose())
        .text("Expiration", &credentials.expiration.to_string())
        .text("AccountId", request.account_id.as_str());
    Object::new().text("ProviderType", "sso").object("Credentials", inner).keeping(old, &FIELDS).into_text()
}
