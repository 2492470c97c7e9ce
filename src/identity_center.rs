//! The operations of IAM Identity Center that this program uses, as one synchronous trait with
//! AWS's names. [`sdk`] is the implementation that talks to the network.
//!
//! One call is one request. Retrying is in [`retry`].

mod deadline;
mod pages;
pub mod retry;
pub mod sdk;

use std::time::Duration;

pub use deadline::Deadline;
pub use pages::{Account, List, Page, PageBatch, PageRequest, Step};

use crate::error::ServiceError;
use crate::identifiers::{AccountId, RoleName, StartUrl};
use crate::role_credentials::RoleCredentials;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// A `RegisterClient` request: AWS's variant of dynamic client registration (RFC 7591).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterClient {
    /// `botocore-client-<session>`, as the AWS CLI names its clients.
    pub client_name: String,
    /// The scopes (`sso_registration_scopes`); left out of the request when empty.
    pub scopes: Vec<String>,
    /// Present for the authorization code grant only.
    pub authorization_code: Option<AuthorizationCodeClient>,
}

/// What a client registers in addition for the authorization code grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationCodeClient {
    /// `http://127.0.0.1/oauth/callback`: registered without a port (RFC 8252 §7.3).
    pub redirect_uri: String,
    /// The start URL.
    pub issuer_url: String,
}

/// The answer to `RegisterClient`.
#[derive(Debug, Clone)]
pub struct RegisteredClient {
    /// The client's public name.
    pub client_id: String,
    /// The client's secret, valid until `expires_at`.
    pub client_secret: Secret,
    /// When AWS forgets the client, about 90 days from now.
    pub expires_at: Timestamp,
}

/// The client that makes a request, borrowed from a registration or a token file.
#[derive(Debug, Clone, Copy)]
pub struct Client<'a> {
    /// The client's public name.
    pub id: &'a str,
    /// The client's secret.
    pub secret: &'a Secret,
}

/// The answer to `StartDeviceAuthorization` (RFC 8628 §3.2).
#[derive(Debug, Clone)]
pub struct DeviceAuthorization {
    /// The code that `CreateToken` is polled with.
    pub device_code: Secret,
    /// The code that the person compares with the one in the browser.
    pub user_code: String,
    /// Where the person types the user code.
    pub verification_uri: String,
    /// The same page with the user code filled in.
    pub verification_uri_complete: String,
    /// How long the device code is valid, from the answer on.
    pub expires_in: Duration,
    /// The least time between two polls; zero if the server names none.
    pub interval: Duration,
}

/// A `CreateToken` grant.
#[derive(Debug, Clone, Copy)]
pub enum Grant<'a> {
    /// `urn:ietf:params:oauth:grant-type:device_code` (RFC 8628).
    DeviceCode(&'a Secret),
    /// `authorization_code` (RFC 6749 §4.1.3) with PKCE (RFC 7636).
    AuthorizationCode {
        /// The code from the redirect.
        code: &'a Secret,
        /// The verifier whose hash was the challenge.
        code_verifier: &'a Secret,
        /// The redirect URI with its port, exactly as authorized.
        redirect_uri: &'a str,
    },
    /// `refresh_token` (RFC 6749 §6).
    RefreshToken(&'a Secret),
}

/// The answer to `CreateToken`.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// The bearer token for the portal.
    pub access_token: Secret,
    /// How long the access token is valid, from the answer on.
    pub expires_in: Duration,
    /// The next refresh token. Absent for sessions that cannot be refreshed, and in some answers to
    /// a refresh.
    pub refresh_token: Option<Secret>,
}

/// The status and redirect target in a web server's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The HTTP status.
    pub status: u16,
    /// The header `Location` of a redirect (3xx), neither checked nor escaped yet.
    pub location: Option<String>,
}

/// The operations of IAM Identity Center that this program uses. Each call is one request, which
/// fails with [`ServiceErrorKind::TimedOut`](crate::error::ServiceErrorKind::TimedOut) at its
/// deadline.
pub trait IdentityCenter {
    /// `POST /client/register` at sso-oidc.
    ///
    /// # Errors
    /// [`ServiceError`], as for every operation here.
    fn register_client(
        &self,
        request: &RegisterClient,
        deadline: Deadline,
    ) -> Result<RegisteredClient, ServiceError>;

    /// `POST /device_authorization` at sso-oidc.
    ///
    /// # Errors
    /// [`ServiceError`]; a wrong start URL or region is
    /// [`InvalidRequest`](crate::error::ServiceErrorKind::InvalidRequest).
    fn start_device_authorization(
        &self,
        client: Client<'_>,
        start_url: &str,
        deadline: Deadline,
    ) -> Result<DeviceAuthorization, ServiceError>;

    /// `POST /token` at sso-oidc.
    ///
    /// # Errors
    /// [`ServiceError`]; while a device code waits for the person, it is
    /// [`AuthorizationPending`](crate::error::ServiceErrorKind::AuthorizationPending) or
    /// [`SlowDown`](crate::error::ServiceErrorKind::SlowDown).
    fn create_token(
        &self,
        client: Client<'_>,
        grant: Grant<'_>,
        deadline: Deadline,
    ) -> Result<IssuedToken, ServiceError>;

    /// `GET /federation/credentials` at the portal (`sso`).
    ///
    /// # Errors
    /// [`ServiceError`]; an invalid token is
    /// [`Unauthorized`](crate::error::ServiceErrorKind::Unauthorized), a role that is not assigned to
    /// the person [`Forbidden`](crate::error::ServiceErrorKind::Forbidden).
    fn get_role_credentials(
        &self,
        access_token: &Secret,
        account_id: &AccountId,
        role_name: &RoleName,
        deadline: Deadline,
    ) -> Result<RoleCredentials, ServiceError>;

    /// `GET /assignment/accounts` at the portal: one page, and the token of the next page.
    ///
    /// # Errors
    /// [`ServiceError`].
    fn list_accounts(
        &self,
        access_token: &Secret,
        next_token: Option<&str>,
        deadline: Deadline,
    ) -> Result<(Vec<Account>, Option<String>), ServiceError>;

    /// `GET /assignment/roles` at the portal: one page of role names, not checked, and the token
    /// of the next page.
    ///
    /// # Errors
    /// [`ServiceError`].
    fn list_account_roles(
        &self,
        access_token: &Secret,
        account_id: &AccountId,
        next_token: Option<&str>,
        deadline: Deadline,
    ) -> Result<(Vec<String>, Option<String>), ServiceError>;

    /// Carries out a `batch` of [`Self::list_accounts`] and [`Self::list_account_roles`], several
    /// requests at a time if this implementation can do that.
    fn list_pages(&self, access_token: &Secret, batch: &mut dyn PageBatch) {
        pages::one_at_a_time(batch, &mut |request, deadline| self.page(access_token, request, deadline));
    }

    /// One page of one of the two lists.
    ///
    /// # Errors
    /// [`ServiceError`].
    fn page(
        &self,
        access_token: &Secret,
        request: &PageRequest,
        deadline: Deadline,
    ) -> Result<Page, ServiceError> {
        let next_token = request.next_token.as_deref();
        match &request.list {
            List::Accounts => self
                .list_accounts(access_token, next_token, deadline)
                .map(|(accounts, next)| Page::Accounts(accounts, next)),
            List::Roles(account_id) => self
                .list_account_roles(access_token, account_id, next_token, deadline)
                .map(|(names, next)| Page::Roles(names, next)),
        }
    }

    /// `POST /logout` at the portal: revokes the access token.
    ///
    /// # Errors
    /// [`ServiceError`].
    fn logout(&self, access_token: &Secret, deadline: Deadline) -> Result<(), ServiceError>;

    /// The address that the browser opens for the authorization code grant, without its query:
    /// scheme and host of the sso-oidc endpoint, and `/authorize`.
    ///
    /// # Errors
    /// [`ServiceError`] if the region has no sso-oidc endpoint.
    fn authorize_endpoint(&self) -> Result<String, ServiceError>;

    /// Asks a web server for the redirect at `address`: with a `HEAD` request, or with a `GET`
    /// request if the server has no `HEAD`. The request carries no secret, and the redirect is not
    /// followed.
    ///
    /// # Errors
    /// [`ServiceError`] if there was no answer.
    fn redirect_of(&self, address: &str, deadline: Deadline) -> Result<Redirect, ServiceError>;

    /// Sets AWS's own start URL of the instance, for a vanity start URL that leads to it. Call it
    /// before the first sso-oidc request: a dual-stack instance has another sso-oidc endpoint.
    fn set_portal(&self, _portal: &StartUrl) {}

    /// The server's clock in the last answer (header `Date`), to find the clock difference.
    fn server_date(&self) -> Option<Timestamp> {
        None
    }
}
