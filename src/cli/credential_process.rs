//! The options of the credential process.

use std::time::Duration;

use clap::Args;

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

/// The same options as clap reads them. The comments are the help.
#[derive(Args)]
pub(super) struct CredentialProcessArguments {
    /// Profile in ~/.aws/config to take the values from
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Section [sso-session NAME] in ~/.aws/config
    #[arg(long, value_name = "NAME")]
    sso_session: Option<String>,
    /// Start URL of the AWS access portal
    #[arg(long, value_name = "URL")]
    start_url: Option<String>,
    /// Region of Identity Center, not of your workload
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Account, 12 digits
    #[arg(long, value_name = "ID")]
    account_id: Option<String>,
    /// Role (permission set) in the account
    #[arg(long, value_name = "NAME")]
    role_name: Option<String>,
    /// Ask you to sign in when needed
    #[arg(short, long, conflicts_with = "noninteractive")]
    interactive: bool,
    /// Never ask you to sign in; overrides variable and config
    #[arg(short, long)]
    noninteractive: bool,
    /// Show the sign-in URL, but open no browser
    #[arg(long)]
    no_browser: bool,
    /// Show no sign-in prompt on the terminal
    #[arg(long)]
    no_terminal: bool,
    /// Leave AccountId out of the output: SDKs then use no account-based endpoints
    #[arg(long)]
    no_account_id: bool,
    /// Get new credentials from AWS even if cached ones are valid
    #[arg(long)]
    force_refresh: bool,
    /// Neither read nor write the role-credential cache
    #[arg(long)]
    no_cache: bool,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    debug: bool,
    /// How long to wait until you have signed in [default: 50]
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u64>,
}

impl CredentialProcessArguments {
    pub(super) fn into_options(self) -> CredentialProcessOptions {
        let interactive = match (self.interactive, self.noninteractive) {
            (_, true) => Some(false),
            (true, false) => Some(true),
            (false, false) => None,
        };
        let selection = Selection {
            profile: self.profile,
            sso_session: self.sso_session,
            start_url: self.start_url,
            region: self.region,
            account_id: self.account_id,
            role_name: self.role_name,
            interactive,
        };
        CredentialProcessOptions {
            selection,
            no_browser: self.no_browser,
            no_terminal: self.no_terminal,
            no_account_id: self.no_account_id,
            force_refresh: self.force_refresh,
            no_cache: self.no_cache,
            debug: self.debug,
            wait: self.wait.map(Duration::from_secs),
        }
    }
}
