//! The gate's only real implementation: AWS's SDK crates over TLS.
//!
//! The one place that knows tokio, rustls and the SDK. Clients are built by hand:
//! no default credential chain, no instance metadata, no shared config, nothing
//! signed. One call is one request; retrying is `retry`'s business. What costs
//! time (runtime, trust store, clients) is made at the first request.

mod answers;
mod certificate;
mod connect;
pub mod endpoints;
mod failure;
mod proxies;
mod refusal;
mod transport;
mod trust;

use std::cell::{Cell, OnceCell};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use tokio::runtime::{Builder, Runtime};

use self::answers::Lacks;
use self::endpoints::{Endpoint, Service};
use self::failure::Failure;
use self::proxies::Proxies;
use self::transport::Transport;
use self::trust::Trust;
use super::{
    Account, Client, DeviceAuthorization, Grant, IdentityCenter, IssuedToken, RegisterClient,
    RegisteredClient, ServiceError, ServiceErrorKind,
};
use crate::context::Context;
use crate::error::Error;
use crate::identifiers::{AccountId, Region, RoleName, StartUrl};
use crate::request::ConnectionSettings;
use crate::role_credentials::RoleCredentials;
use crate::secret::Secret;

/// The longest one request may take, from the name look-up to the last byte.
const REQUEST_PATIENCE: Duration = Duration::from_secs(8);

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
}

impl<'a> SdkIdentityCenter<'a> {
    /// Checks the settings and makes nothing that costs. `start_url` tells whether
    /// the instance is a dual-stack one; without it the plain endpoint is asked.
    ///
    /// # Errors
    /// [`Error::BadConnectionSetting`] for an endpoint, CA bundle or proxy that cannot be used.
    pub fn new(
        context: &'a Context,
        region: &Region,
        start_url: Option<&StartUrl>,
        settings: &ConnectionSettings,
    ) -> Result<Self, Error> {
        let portal_endpoint = endpoints::find(Service::Portal, region, start_url, settings)?;
        let oidc_endpoint = endpoints::find(Service::Oidc, region, start_url, settings)?;
        let both = [&portal_endpoint, &oidc_endpoint];
        let any = |tls: bool| both.iter().any(|one| one.as_ref().is_ok_and(|one| one.is_tls() == tls));
        let proxies = Proxies::new(context, any(true), any(false))?;
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
        })
    }

    fn portal(&self) -> &aws_sdk_sso::Client {
        use aws_sdk_sso::config::{
            AppName, BehaviorVersion, Config, StalledStreamProtectionConfig, retry::RetryConfig,
            timeout::TimeoutConfig,
        };
        self.portal.get_or_init(|| {
            let mut config = Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .http_client(self.transport.client())
                .retry_config(RetryConfig::disabled())
                .timeout_config(TimeoutConfig::disabled())
                .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
            config.set_app_name(AppName::new(env!("CARGO_PKG_NAME")).ok());
            if let Ok(endpoint) = &self.portal_endpoint {
                config = config.endpoint_resolver(endpoint.clone());
            }
            aws_sdk_sso::Client::from_conf(config.build())
        })
    }

    fn oidc(&self) -> &aws_sdk_ssooidc::Client {
        use aws_sdk_ssooidc::config::{
            AppName, BehaviorVersion, Config, StalledStreamProtectionConfig, retry::RetryConfig,
            timeout::TimeoutConfig,
        };
        self.oidc.get_or_init(|| {
            let mut config = Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .http_client(self.transport.client())
                .retry_config(RetryConfig::disabled())
                .timeout_config(TimeoutConfig::disabled())
                .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
            config.set_app_name(AppName::new(env!("CARGO_PKG_NAME")).ok());
            if let Ok(endpoint) = &self.oidc_endpoint {
                config = config.endpoint_resolver(endpoint.clone());
            }
            aws_sdk_ssooidc::Client::from_conf(config.build())
        })
    }

    /// Sends one request to `service` and reads its answer with `read`. `secrets`
    /// are what the request carries: an error that repeats one loses its message.
    fn call<T, O, E, F>(
        &self,
        operation: &'static str,
        service: Service,
        secrets: &[&Secret],
        send: impl FnOnce() -> F,
        read: impl FnOnce(O) -> Result<T, Lacks>,
    ) -> Result<T, ServiceError>
    where
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    {
        let endpoint = match service {
            Service::Portal => &self.portal_endpoint,
            Service::Oidc => &self.oidc_endpoint,
        };
        let started = self.context.elapsed();
        let result = self.answer(operation, endpoint, send).and_then(|(answer, host)| {
            read(answer).map_err(|Lacks(field)| {
                let message = format!("the answer has no usable `{field}`");
                refusal::unanswered(operation, host, Failure::new(ServiceErrorKind::NotAws, message))
            })
        });
        let result = result.map_err(|error| without(error, secrets));
        let took = self.context.elapsed().saturating_sub(started).as_millis();
        match &result {
            Ok(_) => crate::debug!(self.context, "{operation}: answered in {took} ms"),
            Err(error) => crate::debug!(
                self.context,
                "{operation} at {}: {:?}, status {:?}, code {:?}, message {:?}, after {took} ms",
                error.endpoint,
                error.kind,
                error.status,
                error.code,
                error.message
            ),
        }
        result
    }

    /// Waits for the answer, with the host that gave it.
    fn answer<'e, O, E, F>(
        &self,
        operation: &'static str,
        endpoint: &'e Result<Endpoint, String>,
        send: impl FnOnce() -> F,
    ) -> Result<(O, &'e str), ServiceError>
    where
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    {
        let fail = |host: &str, kind, message: String| {
            Err(refusal::unanswered(operation, host, Failure::new(kind, message)))
        };
        let host = match endpoint {
            Ok(endpoint) => endpoint.authority(),
            Err(cause) => return fail("AWS", ServiceErrorKind::Connection, cause.clone()),
        };
        let patience = self.patience();
        if patience.is_zero() {
            return fail(host, ServiceErrorKind::TimedOut, "no time is left to ask".to_owned());
        }
        let runtime = match self.runtime() {
            Ok(runtime) => runtime,
            Err(error) => return fail(host, ServiceErrorKind::Connection, error.to_string()),
        };
        let sent = runtime.block_on(async { tokio::time::timeout(patience, send()).await });
        match sent {
            Ok(Ok(answer)) => Ok((answer, host)),
            Ok(Err(error)) => Err(refusal::service_error(operation, host, &error, self.context.now())),
            Err(_) => {
                let message = format!("no answer within {:.0} seconds", patience.as_secs_f64().ceil());
                fail(host, ServiceErrorKind::TimedOut, message)
            }
        }
    }

    fn patience(&self) -> Duration {
        let left = self.deadline.get().map(|deadline| deadline.saturating_sub(self.context.elapsed()));
        left.map_or(REQUEST_PATIENCE, |left| left.min(REQUEST_PATIENCE))
    }

    fn runtime(&self) -> std::io::Result<&Runtime> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        Ok(self.runtime.get_or_init(|| runtime))
    }

    /// A header can hold an access token only if it is visible ASCII. One that is
    /// not was damaged in the cache: AWS would call it unknown, and so do we.
    fn checked<'s>(
        &self,
        operation: &'static str,
        access_token: &'s Secret,
    ) -> Result<&'s str, ServiceError> {
        let token = access_token.expose();
        if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(token);
        }
        let host = self.portal_endpoint.as_ref().map_or("AWS", Endpoint::authority);
        let message = "the cached access token holds characters that no access token has";
        Err(refusal::unanswered(operation, host, Failure::new(ServiceErrorKind::Unauthorized, message)))
    }
}

/// A hanging name look-up must not hold the process.
impl Drop for SdkIdentityCenter<'_> {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A server that repeats our secrets does not get to print them.
fn without(mut error: ServiceError, secrets: &[&Secret]) -> ServiceError {
    let tells =
        |text: &String| secrets.iter().any(|secret| !secret.is_empty() && text.contains(secret.expose()));
    error.message = error.message.filter(|message| !tells(message));
    error.code = error.code.filter(|code| !tells(code));
    error
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
        match &self.oidc_endpoint {
            Ok(endpoint) => Ok(format!("{}/authorize", endpoint.base())),
            Err(cause) => {
                let failure = Failure::new(ServiceErrorKind::Connection, cause.clone());
                Err(refusal::unanswered("Authorize", "AWS", failure))
            }
        }
    }

    fn set_deadline(&self, deadline: Option<Duration>) {
        self.deadline.set(deadline);
    }
}
