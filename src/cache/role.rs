//! Files of role credentials, as AWS CLI v2 writes them.

use std::io;

use serde_json::{Map, Value};

use super::caches::Caches;
use super::json_file::{self, Members as _, Miss};
use super::object::Object;
use super::staging::Durability;
use crate::context::Context;
use crate::lock::Lock;
use crate::platform;
use crate::request::RoleRequest;
use crate::role_credentials::RoleCredentials;
use crate::secret::Secret;

const FIELDS: [&str; 2] = ["ProviderType", "Credentials"];

impl Caches {
    /// The cached credentials for `request`, expired or not.
    ///
    /// # Errors
    /// [`Miss`], when there are none that can be used.
    pub fn read_role_credentials(
        &self,
        context: &Context,
        request: &RoleRequest,
    ) -> Result<RoleCredentials, Miss> {
        let members = json_file::read_object_not_from_the_future(context, &self.role_path(request))?;
        let credentials = members.member("Credentials").and_then(Value::as_object);
        let credentials = credentials.ok_or_else(|| Miss::no_member("Credentials"))?;
        ensure_same_account(credentials, request)?;
        Ok(RoleCredentials {
            access_key_id: credentials.required_text("AccessKeyId")?.to_owned(),
            secret_access_key: Secret::new(credentials.required_text("SecretAccessKey")?),
            session_token: Secret::new(credentials.required_text("SessionToken")?),
            expiration: credentials.required_timestamp("Expiration")?,
        })
    }

    /// Replaces the cached credentials for `request`.
    ///
    /// # Errors
    /// The system's error.
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

    /// A file that a killed process left here holds secrets, and no process will ever use it.
    fn sweep_half_written_roles(&self) {
        for left in self.half_written_roles().into_iter().filter(|left| left.is_abandoned) {
            let _ = std::fs::remove_file(left.path);
        }
    }

    /// Removes the cached credentials for `request`.
    ///
    /// # Errors
    /// The system's error.
    pub fn remove_role_credentials(&self, request: &RoleRequest, _lock: &Lock) -> io::Result<()> {
        platform::remove_file(&self.role_path(request))
    }
}

/// Refuses credentials that the file says are for another account.
fn ensure_same_account(credentials: &Map<String, Value>, request: &RoleRequest) -> Result<(), Miss> {
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
