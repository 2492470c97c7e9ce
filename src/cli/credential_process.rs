//! The options of the credential process.

use std::time::Duration;

use crate::selection::Selection;

/// What the credential process is asked for, and how it answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CredentialProcessOptions {
    /// The options that name the role.
    pub selection: Selection,
    /// `--no-browser`
    pub no_browser: bool,
    /// `--no-terminal`: the sign-in prompt is not written to the controlling terminal.
    pub no_terminal: bool,
    /// `--no-account-id`: the document has no `AccountId`.
    pub no_account_id: bool,
    /// `--force-refresh`
    pub force_refresh: bool,
    /// `--no-cache`
    pub no_cache: bool,
    /// `--debug`
    pub debug: bool,
    /// `--wait SECONDS`: how long this process waits for a sign-in.
    pub wait: Option<Duration>,
}
