//! [`IdentityCenter`] over the network, with AWS's SDK crates.
//!
//! The SDK's clients are built without its credential chain, instance metadata, shared config and
//! request signing. One call is one request: retrying is in `retry`. Making the runtime, the
//! trust store and the clients takes time, so each is made at the first request.
//!
//! Connections, TLS and proxies are in `https`.

mod answers;
mod call;
mod clients;
mod connector;
pub mod endpoints;
mod lists;
mod pages;
mod redaction;
mod refusal;

use std::cell::OnceCell;
use std::sync::Arc;

use http::Method;
use tokio::runtime::Runtime;

use self::endpoints::{Endpoint, Service};
use super::pages::{LIST_ACCOUNT_ROLES, LIST_ACCOUNTS};
use super::{
    Account, Client, Deadline, DeviceAuthorization, Grant, IdentityCenter, IssuedToken, PageBatch, Redirect,
    RegisterClient, RegisteredClient,
};
use crate::context::Context;
use crate::error::{Error, ServiceError, ServiceErrorKind};
use crate::https::failure::Failure;
use crate::https::proxies::{self, Proxies};
use crate::https::transport::Transport;
use crate::https::trust::Trust;
use crate::identifiers::{AccountId, Region, RoleName, StartUrl};
use crate::request::ConnectionSettings;
use crate::role_credentials::RoleCredentials;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// IAM Identity Center in one region, over the network.
#[derive(Debug)]
pub struct SdkIdentityCenter<'a> {
    context: &'a Context,
    portal_endpoint: Result<Endpoint, String>,
    oidc_endpoint: Result<Endpoint, String>,
    transport: Arc<Transport>,
    runtime: OnceCell<Runtime>,
    portal: OnceCell<aws_sdk_sso::Client>,
    oidc: OnceCell<aws_sdk_ssooidc::Client>,
    /// What [`Self::new`] was given, for [`Self::set_portal`].
    given: (Region, ConnectionSettings),
    /// The sso-oidc endpoint after [`Self::set_portal`]; it takes the place of `oidc_endpoint`.
    instance_endpoint: OnceCell<Result<Endpoint, String>>,
    instance: OnceCell<aws_sdk_ssooidc::Client>,
}

impl<'a> SdkIdentityCenter<'a> {
    /// Checks the settings; nothing is connected yet. `start_url` tells whether the instance is a
    /// dual-stack one. Without it, the standard endpoint is used.
    ///
    /// # Errors
    /// [`ConfigurationError::BadConnectionSetting`](crate::error::ConfigurationError::BadConnectionSetting)
    /// for an endpoint, CA bundle or proxy that cannot be used.
    pub fn new(
        context: &'a Context,
        region: &Region,
        start_url: Option<&StartUrl>,
        settings: &ConnectionSettings,
    ) -> Result<Self, Error> {
        let portal_endpoint = endpoints::find(Service::Portal, region, start_url, settings)?;
        let oidc_endpoint = endpoints::find(Service::Oidc, region, start_url, settings)?;
        let both = [&portal_endpoint, &oidc_endpoint];
        let is_direct = |endpoint: &Endpoint| proxies::goes_direct(context, &endpoint.url);
        let proxies = match Proxies::new(context) {
            // A proxy setting that cannot be used does no harm if both services are reached without
            // a proxy. Only the request to a vanity start URL would have used it.
            Err(_) if both.iter().all(|endpoint| endpoint.as_ref().is_ok_and(is_direct)) => {
                Proxies::default()
            }
            proxies => proxies?,
        };
        let trust = Trust::new(context, settings)?;
        Ok(Self {
            context,
            portal_endpoint,
            oidc_endpoint,
            transport: Arc::new(Transport::new(trust, proxies)),
            runtime: OnceCell::new(),
            portal: OnceCell::new(),
            oidc: OnceCell::new(),
            given: (region.clone(), settings.clone()),
            instance_endpoint: OnceCell::new(),
            instance: OnceCell::new(),
        })
    }

    fn portal(&self) -> &aws_sdk_sso::Client {
        self.portal.get_or_init(|| clients::portal(&self.transport, &self.portal_endpoint))
    }

    fn oidc(&self) -> &aws_sdk_ssooidc::Client {
        match self.instance_endpoint.get() {
            Some(endpoint) => self.instance.get_or_init(|| clients::oidc(&self.transport, endpoint)),
            None => self.oidc.get_or_init(|| clients::oidc(&self.transport, &self.oidc_endpoint)),
        }
    }

    /// Answers the next request to `service` with the bytes `answer`.
    #[cfg(fuzzing)]
    pub(crate) fn answer_next(&self, service: Service, answer: Vec<u8>) {
        if let (Ok(endpoint), Ok(runtime)) = (self.endpoint(service), self.runtime()) {
            runtime.block_on(self.transport.answer_next(&endpoint.url, answer));
        }
    }

    fn endpoint(&self, service: Service) -> &Result<Endpoint, String> {
        match service {
            Service::Portal => &self.portal_endpoint,
            Service::Oidc => self.instance_endpoint.get().unwrap_or(&self.oidc_endpoint),
        }
    }
}

impl IdentityCenter for SdkIdentityCenter<'_> {
    fn register_client(
        &self,
        request: &RegisterClient,
        deadline: Deadline,
    ) -> Result<RegisteredClient, ServiceError> {
        let send = || {
            let mut call =
                self.oidc().register_client().client_name(&request.client_name).client_type("public");
            if !request.scopes.is_empty() {
                call = call.set_scopes(Some(request.scopes.clone()));
            }
            if let Some(client) = &request.authorization_code {
                call = call
                    .grant_types("authorization_code")
                    .grant_types("refresh_token")
                    .redirect_uris(&client.redirect_uri)
                    .issuer_url(&client.issuer_url);
            }
            call.send()
        };
        let now = self.context.now();
        self.call("RegisterClient", (Service::Oidc, deadline), &[], send, |answer| {
            answers::registered_client(answer, now)
        })
    }

    fn start_device_authorization(
        &self,
        client: Client<'_>,
        start_url: &str,
        deadline: Deadline,
    ) -> Result<DeviceAuthorization, ServiceError> {
        let send = || {
            let call = self.oidc().start_device_authorization().start_url(start_url);
            call.client_id(client.id).client_secret(client.secret.expose()).send()
        };
        let operation = "StartDeviceAuthorization";
        self.call(operation, (Service::Oidc, deadline), &[client.secret], send, answers::device_authorization)
    }

    fn create_token(
        &self,
        client: Client<'_>,
        grant: Grant<'_>,
        deadline: Deadline,
    ) -> Result<IssuedToken, ServiceError> {
        let (first, second) = match grant {
            Grant::DeviceCode(secret) | Grant::RefreshToken(secret) => (secret, secret),
            Grant::AuthorizationCode { code, code_verifier, .. } => (code, code_verifier),
        };
        let send = || {
            let call = self.oidc().create_token().client_id(client.id).client_secret(client.secret.expose());
            let call = match grant {
                Grant::DeviceCode(device_code) => call
                    .grant_type("urn:ietf:params:oauth:grant-type:device_code")
                    .device_code(device_code.expose()),
                Grant::RefreshToken(refresh_token) => {
                    call.grant_type("refresh_token").refresh_token(refresh_token.expose())
                }
                Grant::AuthorizationCode { code, code_verifier, redirect_uri } => call
                    .grant_type("authorization_code")
                    .redirect_uri(redirect_uri)
                    .code_verifier(code_verifier.expose())
                    .code(code.expose()),
            };
            call.send()
        };
        let secrets = [client.secret, first, second];
        // AWS gives a token once. The connection stays open, so a descriptor is reserved now for the
        // token file.
        let _spare = self.spare_descriptor("CreateToken", Service::Oidc)?;
        let token =
            self.call("CreateToken", (Service::Oidc, deadline), &secrets, send, answers::issued_token);
        token.map_err(|error| match (&error.kind, grant) {
            // Without a poll there is no interval that AWS could want to be longer.
            (ServiceErrorKind::SlowDown, Grant::RefreshToken(_) | Grant::AuthorizationCode { .. }) => {
                ServiceError { kind: ServiceErrorKind::Throttled, ..error }
            }
            _ => error,
        })
    }

    fn get_role_credentials(
        &self,
        access_token: &Secret,
        account_id: &AccountId,
        role_name: &RoleName,
        deadline: Deadline,
    ) -> Result<RoleCredentials, ServiceError> {
        let operation = "GetRoleCredentials";
        let token = self.valid_access_token(operation, access_token)?;
        let send = || {
            let call = self.portal().get_role_credentials().access_token(token);
            call.account_id(account_id.as_str()).role_name(role_name.as_str()).send()
        };
        let now = self.context.now();
        self.call(operation, (Service::Portal, deadline), &[access_token], send, |answer| {
            answers::role_credentials(answer, now)
        })
    }

    fn list_accounts(
        &self,
        access_token: &Secret,
        next_token: Option<&str>,
        deadline: Deadline,
    ) -> Result<(Vec<Account>, Option<String>), ServiceError> {
        let operation = LIST_ACCOUNTS;
        let token = self.valid_access_token(operation, access_token)?;
        let send = || lists::list_accounts(self.portal(), token, next_token);
        self.call(operation, (Service::Portal, deadline), &[access_token], send, answers::accounts)
    }

    fn list_account_roles(
        &self,
        access_token: &Secret,
        account_id: &AccountId,
        next_token: Option<&str>,
        deadline: Deadline,
    ) -> Result<(Vec<String>, Option<String>), ServiceError> {
        let operation = LIST_ACCOUNT_ROLES;
        let token = self.valid_access_token(operation, access_token)?;
        let send = || lists::list_account_roles(self.portal(), token, account_id, next_token);
        self.call(operation, (Service::Portal, deadline), &[access_token], send, answers::role_names)
    }

    fn list_pages(&self, access_token: &Secret, batch: &mut dyn PageBatch) {
        self.carry_out(access_token, batch);
    }

    fn logout(&self, access_token: &Secret, deadline: Deadline) -> Result<(), ServiceError> {
        let token = self.valid_access_token("Logout", access_token)?;
        let send = || self.portal().logout().access_token(token).send();
        self.call("Logout", (Service::Portal, deadline), &[access_token], send, |_| Ok(()))
    }

    fn authorize_endpoint(&self) -> Result<String, ServiceError> {
        match self.endpoint(Service::Oidc) {
            Ok(endpoint) => Ok(format!("{}/authorize", endpoint.base())),
            Err(cause) => {
                let failure = Failure::new(ServiceErrorKind::Connection, cause.clone());
                Err(refusal::unanswered("Authorize", "AWS", failure))
            }
        }
    }

    fn redirect_of(&self, address: &str, deadline: Deadline) -> Result<Redirect, ServiceError> {
        let answer = self.request_redirect(&Method::HEAD, address, deadline)?;
        // Without HEAD, a server answers 405 or 501 (RFC 9110 §15.5.6, §15.6.2).
        if matches!(answer.status, 405 | 501) {
            self.request_redirect(&Method::GET, address, deadline)
        } else {
            Ok(answer)
        }
    }

    fn set_portal(&self, portal: &StartUrl) {
        let (region, settings) = &self.given;
        // `new` has refused an override that is not an address.
        if let Ok(endpoint) = endpoints::find(Service::Oidc, region, Some(portal), settings) {
            let _ = self.instance_endpoint.set(endpoint);
        }
    }

    fn server_date(&self) -> Option<Timestamp> {
        self.transport.server_date()
    }
}
