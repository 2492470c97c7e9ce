//! The options of the command line that have a key in AWS's config file too, and `--profile`.

use crate::value_names::{ACCOUNT_ID, REGION, ROLE_NAME, SSO_SESSION, START_URL, ValueNames};

/// The options that name a session or a role, and those that say how it is used. `None` and an
/// empty text both mean that the option is not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// `--profile`: the section to read.
    pub profile: Option<String>,
    /// `--sso-session`
    pub sso_session: Option<String>,
    /// `--start-url`
    pub start_url: Option<String>,
    /// `--region`: the region of Identity Center.
    pub region: Option<String>,
    /// `--account-id`
    pub account_id: Option<String>,
    /// `--role-name`
    pub role_name: Option<String>,
    /// `--interactive` is `Some(true)`, `--noninteractive` is `Some(false)`.
    pub interactive: Option<bool>,
}

impl Selection {
    /// Each value of a session and a role, with its names.
    pub(super) fn values(&self) -> [(&'static ValueNames, &Option<String>); 5] {
        [
            (&SSO_SESSION, &self.sso_session),
            (&START_URL, &self.start_url),
            (&REGION, &self.region),
            (&ACCOUNT_ID, &self.account_id),
            (&ROLE_NAME, &self.role_name),
        ]
    }

    /// As [`Self::values`], to be set.
    pub(super) fn values_mut(&mut self) -> [(&'static ValueNames, &mut Option<String>); 5] {
        [
            (&SSO_SESSION, &mut self.sso_session),
            (&START_URL, &mut self.start_url),
            (&REGION, &mut self.region),
            (&ACCOUNT_ID, &mut self.account_id),
            (&ROLE_NAME, &mut self.role_name),
        ]
    }
}
