//! What the command line says, before environment and config are asked.

use std::time::Duration;

/// Options of the credential process. `None` and empty text both mean "not given".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// `--profile`: the section to read.
    pub profile: Option<String>,
    /// `--sso-session`
    pub sso_session: Option<String>,
    /// `--start-url`
    pub start_url: Option<String>,
    /// `--region`: the SSO region.
    pub region: Option<String>,
    /// `--account-id`
    pub account_id: Option<String>,
    /// `--role-name`
    pub role_name: Option<String>,
    /// `-i`/`--interactive` is `Some(true)`, `-n`/`--noninteractive` is `Some(false)`.
    pub interactive: Option<bool>,
    /// `--no-browser`
    pub no_browser: bool,
    /// `--no-terminal`: nothing is written to the controlling terminal.
    pub no_terminal: bool,
    /// `--no-account-id`: the document has no `AccountId`.
    pub no_account_id: bool,
    /// `--force-refresh`
    pub force_refresh: bool,
    /// `--no-cache`
    pub no_cache: bool,
    /// `--debug`
    pub debug: bool,
    /// `--wait SECONDS`: how long the foreground waits for a sign-in.
    pub wait: Option<Duration>,
}
