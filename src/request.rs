//! The request of a run: the session to sign in to, the role in an account, and the connection
//! settings.
//!
//! Where the values come from is not known here.

use crate::identifiers::{AccountId, Region, RoleName, SessionName, StartUrl};

/// An IAM Identity Center sign-in: an `[sso-session]`, or the start URL of a profile in the
/// older layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoSession {
    /// The name of the section; `None` for the older layout, and for an overridden start URL.
    pub name: Option<SessionName>,
    /// The address of the AWS access portal, exactly as configured.
    pub start_url: StartUrl,
    /// The region of the Identity Center instance.
    pub region: Region,
    /// The scopes in `sso_registration_scopes`: `None` without the key, empty for a key without a
    /// value. The two have different client registration files.
    pub registration_scopes: Option<Vec<String>>,
}

impl SsoSession {
    /// The text that the AWS CLI hashes to name the token file: the session's name, else the start
    /// URL.
    pub fn token_cache_key(&self) -> &str {
        self.name.as_ref().map_or(self.start_url.as_str(), SessionName::as_str)
    }
}

/// A role in an account, and the session through which it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRequest {
    /// The session that the person signs in to.
    pub session: SsoSession,
    /// The account that holds the role.
    pub account_id: AccountId,
    /// The name of the permission set.
    pub role_name: RoleName,
}

/// How AWS is reached. A cache hit uses none of these settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConnectionSettings {
    /// `AWS_ENDPOINT_URL_SSO`, or the `sso` entry of the profile's `services` section.
    pub sso_endpoint_url: Option<String>,
    /// `AWS_ENDPOINT_URL_SSO_OIDC`, or the `sso_oidc` entry.
    pub sso_oidc_endpoint_url: Option<String>,
    /// `AWS_USE_FIPS_ENDPOINT` or `use_fips_endpoint`.
    pub use_fips_endpoint: bool,
    /// `AWS_USE_DUALSTACK_ENDPOINT` or `use_dualstack_endpoint`.
    pub use_dualstack_endpoint: bool,
    /// `AWS_CA_BUNDLE` or the profile's `ca_bundle`: a PEM file whose certificates
    /// are trusted instead of the system's.
    pub ca_bundle: Option<std::path::PathBuf>,
}
