//! The gate's only real implementation: AWS's SDK crates over TLS.
//!
//! The one place that knows tokio, rustls and the SDK. Clients are built by hand:
//! no default credential chain, no instance metadata, no shared config, nothing
//! signed. One call is one request; retrying is `retry`'s business. What costs
//! time (runtime, trust store, clients) is made at the first request.

mod answers;
mod call;
mod certificate;
mod clients;
mod connect;
pub mod endpoints;
mod failure;
mod names;
mod proxies;
mod refusal;
mod tcp;
mod transport;
mod trust;

use std::cell::{Cell, OnceCell};
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use tokio::runtime::Runtime;

use self::endpoints::{Endpoint, Service};
use self::failure::Failure;
use self::proxies::Proxies;
use self::transport::Transport;
use self::trust::Trust;
use super::{
    Account, Client, DeviceAuthorization, Grant, IdentityCenter, IssuedToken, Redirect, RegisterClient,
    RegisteredClient, ServiceError, ServiceErrorKind,
};
use crate::context::Context;
use crate::error::Error;
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
    deadline: Cell<Option<Duration>>,
    runtime: OnceCell<Runtime>,
    portal: OnceCell<aws_sdk_sso::Client>,
    oidc: OnceCell<aws_sdk_ssooidc::Client>,
    /// The region and the settings, for [`Self::found_at`].
    asked: (Region, ConnectionSettings),
    instance_endpoint: OnceCell<Result<Endpoint, String>>,
    instance: OnceCell<aws_sdk_ssooidc::Client>,
}

impl<'a> SdkIdentityCenter<'a> {
    /// Checks the settings and makes nothing that costs. `start_url` tells whether
    /// the instance is a dual-stack one; without it the plain endpoint is asked.
    ///
    /// # Errors
    /// [`ConfigurationError::BadConnectionSetting`](crate::error::ConfigurationError::BadConnectionSetting) for an endpoint, CA bundle or proxy that cannot be used.
    pub fn new(
        context: &'a Context,
        region: &Region,
        start_url: Option<&StartUrl>,
        settings: &ConnectionSettings,
    ) -> Result<Self, Error> {
        let portal_endpoint = endpoints::find(Service::Portal, region, start_url, settings)?;
        let oidc_endpoint = endpoints::find(Service::Oidc, region, start_url, settings)?;
        let both = [&portal_endpoint, &oidc_endpoint];
        let direct = |one: &Endpoint| proxies::goes_direct(context, &one.url);
        let proxies = match Proxies::new(context) {
            // Nothing but a look at a vanity start URL would go through it.
            Err(_) if both.iter().all(|one| one.as_ref().is_ok_and(direct)) => Proxies::default(),
            proxies => proxies?,
        };
        let trust = Trust::new(context, settings)?;
        Ok(Self {
            context,
            portal_endpoint,
            oidc_endpoint,
            transport: Arc::new(Transport::new(trust, proxies)),
            deadline: Cell::new(None),
            runtime: OnceCell::new(),
            portal: OnceCell::new(),
            oidc: OnceCell::new(),
            asked: (region.clone(), settings.clone()),
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

    fn endpoint(&self, service: Service) -> &Result<Endpoint, String> {
        match service {
            Service::Portal => &self.portal_endpoint,
            Service::Oidc => self.instance_endpoint.get().unwrap_or(&self.oidc_endpoint),
        }
    }
}

impl IdentityCenter for SdkIdentityCenter<'_> {
    fn register_client(&self, request: &RegisterClient) -> Result<RegisteredClient, ServiceError> {
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
        self.call("RegisterClient", Service::Oidc, &[], send, |answer| {
            answers::registered_client(answer, now)
        })
    }

    fn start_device_authorization(
        &self,
        client: Client<'_>,
        start_url: &str,
    ) -> Result<DeviceAuthorization, ServiceError> {
        let send = || {
            let call = self.oidc().start_device_authorization().start_url(start_url);
            call.client_id(client.id).client_secret(client.secret.expose()).send()
        };
        let operation = "StartDeviceAuthorization";
        self.call(operation, Service::Oidc, &[client.secret], send, answers::device_authorization)
    }

    fn create_token(&self, client: Client<'_>, grant: Grant<'_>) -> Result<IssuedToken, ServiceError> {
        let (granting, other) = match grant {
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
        let secrets = [client.secret, granting, other];
        // AWS gives a token once. The connection stays open, and must not have taken the last
        // descriptor, which the token's file needs.
        let _spare = self.spare_descriptor("CreateToken", Service::Oidc)?;
        self.call("CreateToken", Service::Oidc, &secrets, send, answers::issued_token)
    }

    fn get_role_credentials(
        &self,
        access_token: &Secret,
        account_id: &AccountId,
        role_name: &RoleName,
    ) -> Result<RoleCredentials, ServiceError> {
        let operation = "GetRoleCredentials";
        let token = self.checked(operation, access_token)?;
        let send = || {
            let call = self.portal().get_role_credentials().access_token(token);
            call.account_id(account_id.as_str()).role_name(role_name.as_str()).send()
        };
        let now = self.context.now();
        self.call(operation, Service::Portal, &[access_token], send, |answer| {
            answers::role_credentials(answer, now)
        })
    }

    fn list_accounts(
        &self,
        access_token: &Secret,
        next_token: Option<&str>,
    ) -> Result<(Vec<Account>, Option<String>), ServiceError> {
        let operation = "ListAccounts";
        let token = self.checked(operation, access_token)?;
        let send = || {
            let call = self.portal().list_accounts().access_token(token);
            call.set_next_token(next_token.map(str::to_owned)).send()
        };
        self.call(operation, Service::Portal, &[access_token], send, answers::accounts)
    }

    fn list_account_roles(
        &self,
        access_token: &Secret,
        account_id: &AccountId,
        next_token: Option<&str>,
    ) -> Result<(Vec<String>, Option<String>), ServiceError> {
        let operation = "ListAccountRoles";
        let token = self.checked(operation, access_token)?;
        let send = || {
            let call = self.portal().list_account_roles().access_token(token).account_id(account_id.as_str());
            call.set_next_token(next_token.map(str::to_owned)).send()
        };
        self.call(operation, Service::Portal, &[access_token], send, answers::role_names)
    }

    fn logout(&self, access_token: &Secret) -> Result<(), ServiceError> {
        let token = self.checked("Logout", access_token)?;
        let send = || self.portal().logout().access_token(token).send();
        self.call("Logout", Service::Portal, &[access_token], send, |_| Ok(()))
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

    fn redirect_of(&self, address: &str) -> Result<Redirect, ServiceError> {
        let answer = self.look(&Method::HEAD, address)?;
        // A server that has no HEAD says so (RFC 9110 §15.5.6, §15.6.2).
        if matches!(answer.status, 405 | 501) { self.look(&Method::GET, address) } else { Ok(answer) }
    }

    fn found_at(&self, start_url: &StartUrl) {
        let (region, settings) = &self.asked;
        // An override that is no address has been refused by `new`.
        if let Ok(endpoint) = endpoints::find(Service::Oidc, region, Some(start_url), settings) {
            let _ = self.instance_endpoint.set(endpoint);
        }
    }

    fn server_date(&self) -> Option<Timestamp> {
        self.transport.server_date()
    }

    fn set_deadline(&self, deadline: Option<Duration>) {
        self.deadline.set(deadline);
    }
}
