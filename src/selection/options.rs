//! The options of the command line that have a key in AWS's config file too, and `--profile`.

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
