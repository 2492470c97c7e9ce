//! `aws-sso-cred` gives AWS SDKs the role credentials of IAM Identity Center
//! (AWS SSO) through `credential_process`. `docs/architecture.md` is the map.

pub mod identifiers;
pub mod request;
pub mod secret;
pub mod timestamp;
