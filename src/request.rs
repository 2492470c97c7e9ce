//! What one run is asked for: a session to sign in to, and a role in an account.

use crate::identifiers::{AccountId, Region, RoleName, SessionName, StartUrl};

/// An IAM Identity Center sign-in: an `[sso-session]`, or the start URL of a
/// profile in the older layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoSession {
    /// The section's name; `None` for the older layout and for an overridden start URL.
    pub name: Option<SessionName>,
    /// The AWS access portal, exactly as configured.
    pub start_url: StartUrl,
    /// The region of the Identity Center instance.
    pub region: Region,
    /// `sso_registration_scopes` as parsed: `None` when the key is absent,
    /// empty when the key is there without a value (another registration-cache name).
    pub registration_scopes: Option<Vec<String>>,
}

impl SsoSession {
    /// What the AWS CLI hashes to name the token file: the session's name, else the start URL.
    pub fn token_cache_key(&self) -> &str {
        self.name.as_ref().map_or(self.start_url.as_str(), SessionName::as_str)
    }
}

/// A role in an account, reached through a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRequest {
    /// Where the person signs in.
    pub session: SsoSession,
    /// The account that holds the role.
    pub account_id: AccountId,
    /// The permission set's role.
    pub role_name: RoleName,
}

/// How AWS is reached. Nothing here is looked at on a cache hit.
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
    /// `AWS_CA_BUNDLE` or the profile's `ca_bundle`: a PEM file that replaces the system's trust.
    pub ca_bundle: Option<std::path::PathBuf>,
}
