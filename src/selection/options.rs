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
    /// The profile that is named.
    pub fn profile_name(&self) -> Option<&str> {
        not_empty(self.profile.as_deref())
    }

    /// Whether a value of the session or the role is given, and not only a profile.
    pub fn names_values(&self) -> bool {
        self.values().into_iter().any(|(_, value)| value.is_some())
    }

    /// Each value of a session and a role, if it is given, with its names.
    pub fn values(&self) -> [(&'static ValueNames, Option<&str>); 5] {
        [
            (&SSO_SESSION, not_empty(self.sso_session.as_deref())),
            (&START_URL, not_empty(self.start_url.as_deref())),
            (&REGION, not_empty(self.region.as_deref())),
            (&ACCOUNT_ID, not_empty(self.account_id.as_deref())),
            (&ROLE_NAME, not_empty(self.role_name.as_deref())),
        ]
    }

    /// Each value of a session and a role, to be set, with its names.
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

/// `text`, unless it is empty: an empty value counts as absent.
pub fn not_empty(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}
