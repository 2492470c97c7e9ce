//! The environment variables by which SDKs take credentials.

use super::role::Obtained;
use crate::secret::Secret;

/// An environment variable for SDKs.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: Secret,
}

/// The names of the keys of temporary credentials, and of their expiration.
pub const KEYS: [&str; 4] =
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"];

/// The names of the region: SDKs read the first; boto3 and the AWS CLI v1, only the second.
pub const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The credentials as variables.
pub fn keys(obtained: &Obtained) -> Vec<Variable> {
    let credentials = &obtained.credentials;
    let values = [
        Secret::new(credentials.access_key_id.as_str()),
        credentials.secret_access_key.clone(),
        credentials.session_token.clone(),
        Secret::new(credentials.expiration.to_string()),
    ];
    KEYS.into_iter().zip(values).map(|(name, value)| Variable { name, value }).collect()
}

/// The region of the profile as variables; none if it has no region.
pub fn regions(region: Option<&str>) -> Vec<Variable> {
    let both = |region: &str| REGIONS.map(|name| Variable { name, value: Secret::new(region) });
    region.map(both).into_iter().flatten().collect()
}
