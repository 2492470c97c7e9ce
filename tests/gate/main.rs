//! The gate to AWS, tested with the stand-in: the requests that it sends, and its reading of every
//! answer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may stop at once, and has a clock and files of its own"
)]

mod faults;
mod operations;
mod proxies;
mod tls;

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aws_sso_cred::context::Context;
use aws_sso_cred::error::ServiceError;
use aws_sso_cred::identifiers::{AccountId, Region, RoleName};
use aws_sso_cred::identity_center::sdk::SdkIdentityCenter;
use aws_sso_cred::identity_center::{Deadline, IdentityCenter as _};
use aws_sso_cred::request::ConnectionSettings;
use aws_sso_cred::role_credentials::RoleCredentials;
use aws_sso_cred::secret::Secret;
use aws_sso_cred::timestamp::Timestamp;
use stand_in::{IdentityCenter, IssuedToken, TokenOptions};

const ACCOUNT_ID: &str = "111122223333";
const ROLE_NAME: &str = "Developer";

/// The environment comes from the test; the date is today's, because tokens and certificates
/// expire.
fn context(variables: &[(&str, &str)]) -> Context {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Context::fake(variables, Timestamp::from_unix(now.as_secs().try_into().unwrap()))
}

fn settings(aws: &IdentityCenter) -> ConnectionSettings {
    ConnectionSettings {
        sso_endpoint_url: Some(aws.url()),
        sso_oidc_endpoint_url: Some(aws.url()),
        ..ConnectionSettings::default()
    }
}

fn region() -> Region {
    Region::parse("eu-west-1").unwrap()
}

fn gate<'a>(context: &'a Context, settings: &ConnectionSettings) -> SdkIdentityCenter<'a> {
    SdkIdentityCenter::new(context, &region(), None, settings).unwrap()
}

fn token(aws: &IdentityCenter) -> IssuedToken {
    aws.issue_token(&TokenOptions::default())
}

/// Later than the end of any request.
const FAR: Deadline = Deadline::at(Duration::MAX);

/// Asks for the role credentials that every test asks for.
fn fetch(gate: &SdkIdentityCenter<'_>, access_token: &str) -> Result<RoleCredentials, ServiceError> {
    fetch_until(gate, access_token, FAR)
}

/// The same before `deadline`.
fn fetch_until(
    gate: &SdkIdentityCenter<'_>,
    access_token: &str,
    deadline: Deadline,
) -> Result<RoleCredentials, ServiceError> {
    let (account_id, role_name) =
        (AccountId::parse(ACCOUNT_ID).unwrap(), RoleName::parse(ROLE_NAME).unwrap());
    gate.get_role_credentials(&Secret::new(access_token), &account_id, &role_name, deadline)
}

/// A file that is removed at the end of the test.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn new(name: &str, content: &[u8]) -> TemporaryFile {
        let path = std::env::temp_dir().join(format!("aws-sso-cred-gate-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        TemporaryFile(path)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Enough time to send a request on a slow machine.
const SOON: Duration = Duration::from_secs(3);
