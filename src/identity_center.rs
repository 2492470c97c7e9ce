//! The gate to AWS: every operation of IAM Identity Center that we use, as one
//! synchronous trait, with AWS's names.
//!
//! The only implementation that talks to the network is [`sdk`]. One call is one
//! request; retrying is `retry`'s business.

mod deadline;
pub mod retry;
pub mod sdk;

use std::time::Duration;

pub use deadline::Deadline;

use crate::error::ServiceError;
use crate::identifiers::{AccountId, RoleName, StartUrl};
use crate::role_credentials::RoleCredentials;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// A `RegisterClient` request (RFC 7591 in AWS's dialect).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterClient {
    /// `botocore-client-<session>`, as the AWS CLI names its clients.
    pub client_name: String,
    /// Left out of the request when empty.
    pub scopes: Vec<String>,
    /// Present for the authorization code grant only.
    pub authorization_code: Option<AuthorizationCodeClient>,
}

/// What a client of the authorization code grant registers besides.
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
    /// Public name of the client.
    pub client_id: String,
    /// Proof of the client, valid until `expires_at`.
    pub client_secret: Secret,
    /// When AWS forgets the client, about 90 days from now.
    pub expires_at: Timestamp,
}

/// Which client speaks: borrowed from a registration or a token file.
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
    /// What we poll with.
    pub device_code: Secret,
    /// What the person compares.
    pub user_code: String,
    /// Where the person types the user code.
    pub verification_uri: String,
    /// The same with the user code filled in.
    pub verification_uri_complete: String,
    /// Life of the device code, from the answer on.
    pub expires_in: Duration,
    /// Least time between two polls; zero where the server names none.
    pub interval: Duration,
}

/// A `CreateToken` grant.
#[derive(Debug, Clone, Copy)]
pub enum Grant<'a> {
    /// `urn:ietf:params:oauth:grant-type:device_code` (RFC 8628).
    DeviceCode(&'a Secret),
    /// `authorization_code` with PKCE (RFC 7636).
    AuthorizationCode {
        /// The code from the redirect.
        code: &'a Secret,
        /// The verifier behind the challenge.
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
    /// Life of the access token, from the answer on.
    pub expires_in: Duration,
    /// Absent for sessions that cannot be refreshed, and in some refresh answers.
    pub refresh_token: Option<Secret>,
}

/// The answer of a web server that was asked where its address leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The HTTP status.
    pub status: u16,
    /// Where it sends a browser, if it does. As it came: not yet checked or escaped.
    pub location: Option<String>,
}

/// An account that the signed-in person can reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits.
    pub account_id: String,
    /// The account's display name.
    pub account_name: String,
    /// The account's e-mail address.
    pub email_address: String,
}

/// The operations of IAM Identity Center that this program uses, one request each. Each is
/// told until when it may take.
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
    /// [`ServiceError`]; a wrong start URL or region is [`ServiceErrorKind::InvalidRequest`].
    fn start_device_authorization(
        &self,
        client: Client<'_>,
        start_url: &str,
        deadline: Deadline,
    ) -> Result<DeviceAuthorization, ServiceError>;

    /// `POST /token` at sso-oidc.
    ///
    /// # Errors
    /// [`ServiceError`]; while a device code waits for the person it is
    /// [`ServiceErrorKind::AuthorizationPending`] or [`ServiceErrorKind::SlowDown`].
    fn create_token(
        &self,
        client: Client<'_>,
        grant: Grant<'_>,
        deadline: Deadline,
    ) -> Result<IssuedToken, ServiceError>;

    /// `GET /federation/credentials` at the portal.
    ///
    /// # Errors
    /// [`ServiceError`]; a dead token is [`ServiceErrorKind::Unauthorized`], an
    /// unassigned role [`ServiceErrorKind::Forbidden`].
    fn get_role_credentials(
        &self,
        access_token: &Secret,
        account_id: &AccountId,
        role_name: &RoleName,
        deadline: Deadline,
    ) -> Result<RoleCredentials, ServiceError>;

    /// `GET /assignment/accounts` at the portal: one page and the token of the next.
    ///
    /// # Errors
    /// [`ServiceError`].
    fn list_accounts(
        &self,
        access_token: &Secret,
        next_token: Option<&str>,
        deadline: Deadline,
    ) -> Result<(Vec<Account>, Option<String>), ServiceError>;

    /// `GET /assignment/roles` at the portal: one page of role names and the token of the next.
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

    /// `POST /logout` at the portal: revokes the access token.
    ///
    /// # Errors
    /// [`ServiceError`].
    fn logout(&self, access_token: &Secret, deadline: Deadline) -> Result<(), ServiceError>;

    /// Where the browser goes for the authorization code grant: scheme and host of
    /// the sso-oidc endpoint and `/authorize`, without a query.
    ///
    /// # Errors
    /// [`ServiceError`] when the region has no such endpoint.
    fn authorize_endpoint(&self) -> Result<String, ServiceError>;

    /// Where a web address leads: one `HEAD`, or a `GET` where that is not known, which
    /// carries nothing of ours and follows nothing.
    ///
    /// # Errors
    /// [`ServiceError`] when there was no answer.
    fn redirect_of(&self, address: &str, deadline: Deadline) -> Result<Redirect, ServiceError>;

    /// Tells where the instance behind a vanity start URL really is, before the first
    /// request to it: a dual-stack one has an sso-oidc endpoint of its own.
    fn found_at(&self, _start_url: &StartUrl) {}

    /// The server's clock (`Date`) in the last answer, good or bad, to tell skew.
    fn server_date(&self) -> Option<Timestamp> {
        None
    }
}
