//! The sections that `configure` writes for a session and a profile, as `docs/configuration.md`
//! recommends them.

use super::helper_line::helper_line;
use super::wanted::Wanted;
use crate::config_editor::SectionName;
use crate::context::Context;
use crate::error::Error;
use crate::identifiers::{AccountId, Region, RoleName, SessionName, StartUrl};
use crate::value_names::{
    ACCOUNT_ID, LINE_KEY, PROFILE, REGION, ROLE_NAME, SCOPES_KEY, SSO_SESSION, START_URL,
};

/// How a profile gets its credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// By a `credential_process` line with session and role.
    Line,
    /// By the `sso_` keys, which SDKs read themselves (`--native`).
    Native,
    /// Both (`--both`): `NAME-sso` has the `sso_` keys, and the line of `NAME` names that profile.
    Both,
}

/// A session to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSection {
    /// The name of the section.
    pub name: SessionName,
    /// The start URL.
    pub start_url: StartUrl,
    /// The region of Identity Center.
    pub region: Region,
    /// `sso_registration_scopes`; `None` leaves an existing section's as they are.
    pub registration_scopes: Option<String>,
}

/// A profile to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileSection {
    /// Its name, without `profile `.
    pub name: String,
    /// The session.
    pub sso_session: String,
    /// The account.
    pub account_id: AccountId,
    /// The role.
    pub role_name: RoleName,
    /// The region of the workload.
    pub region: Option<String>,
    /// The region of the workload if the section has none: a variable proposes it.
    pub proposed_region: Option<String>,
    /// The output format of the AWS CLI.
    pub output: Option<String>,
    /// How it gets its credentials.
    pub layout: Layout,
}

/// The ending of the profile with the `sso_` keys in [`Layout::Both`].
pub const NATIVE_ENDING: &str = "-sso";

/// Keys by which a profile gets its credentials in another way than by a line. SDKs prefer most of
/// them to `credential_process`.
const OTHER_WAYS: [&str; 15] = [
    SSO_SESSION.key,
    START_URL.key,
    REGION.key,
    ACCOUNT_ID.key,
    ROLE_NAME.key,
    SCOPES_KEY,
    "role_arn",
    "source_profile",
    "credential_source",
    "web_identity_token_file",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "login_session",
    LINE_KEY,
];

/// The section of a session.
pub fn session(session: &SessionSection) -> Wanted {
    let SessionSection { name, start_url, region, registration_scopes } = session;
    let scopes = registration_scopes.iter().map(|scopes| (SCOPES_KEY, scopes.clone()));
    let values = [(START_URL.key, start_url.to_string()), (REGION.key, region.to_string())];
    Wanted::new(SectionName::SsoSession(name.to_string()), values.into_iter().chain(scopes), &[])
}

/// Fails if no line can have `sso_session` or the path of this program, so that a person learns it
/// before the questions.
///
/// # Errors
/// [`ConfigurationError::NotForALine`](crate::error::ConfigurationError::NotForALine)
pub fn ensure_possible(context: &Context, layout: Layout, sso_session: &str) -> Result<(), Error> {
    match layout {
        Layout::Native => Ok(()),
        Layout::Both => helper_line(context, &[]).map(drop),
        Layout::Line => helper_line(context, &[(SSO_SESSION.option, sso_session)]).map(drop),
    }
}

/// The sections of a profile.
///
/// # Errors
/// [`ConfigurationError::NotForALine`](crate::error::ConfigurationError::NotForALine)
pub fn profile(context: &Context, profile: &ProfileSection) -> Result<Vec<Wanted>, Error> {
    let ProfileSection { name, sso_session, account_id, role_name, .. } = profile;
    let native_name = match profile.layout {
        Layout::Both => format!("{name}{NATIVE_ENDING}"),
        Layout::Native | Layout::Line => name.clone(),
    };
    let native = || section(&native_name, profile, native_keys(sso_session, account_id, role_name).to_vec());
    let by_line = |options: &[(&'static str, &str)]| {
        Ok::<_, Error>(section(name, profile, vec![(LINE_KEY, helper_line(context, options)?)]))
    };
    match profile.layout {
        Layout::Native => Ok(vec![native()]),
        Layout::Both => Ok(vec![native(), by_line(&[(PROFILE.option, &native_name)])?]),
        Layout::Line => Ok(vec![by_line(&role_options(sso_session, account_id, role_name))?]),
    }
}

/// The `sso_` keys of a role.
pub fn native_keys(
    sso_session: &str,
    account_id: &AccountId,
    role_name: &RoleName,
) -> [(&'static str, String); 3] {
    [
        (SSO_SESSION.key, sso_session.to_owned()),
        (ACCOUNT_ID.key, account_id.to_string()),
        (ROLE_NAME.key, role_name.to_string()),
    ]
}

/// The options of a line for a role.
pub fn role_options<'a>(
    sso_session: &'a str,
    account_id: &'a AccountId,
    role_name: &'a RoleName,
) -> [(&'static str, &'a str); 3] {
    [
        (SSO_SESSION.option, sso_session),
        (ACCOUNT_ID.option, account_id.as_str()),
        (ROLE_NAME.option, role_name.as_str()),
    ]
}

/// Keys that a profile with the credentials of `keys` must not have.
pub fn other_ways(keys: &[(&'static str, String)]) -> Vec<&'static str> {
    OTHER_WAYS.into_iter().filter(|other| !keys.iter().any(|(key, _)| key == other)).collect()
}

/// A profile's section with `keys`, in which no other key gives credentials.
fn section(name: &str, profile: &ProfileSection, keys: Vec<(&'static str, String)>) -> Wanted {
    let optional = [("region", &profile.region), ("output", &profile.output)];
    let optional = optional.into_iter().filter_map(|(key, value)| Some((key, value.clone()?)));
    let without = other_ways(&keys);
    Wanted::new(SectionName::Profile(name.to_owned()), optional.chain(keys), &without)
        .with_default("region", profile.proposed_region.clone())
}
