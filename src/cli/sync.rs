//! The options of `sync`. The comments of the fields are the help.

use clap::Args;

/// Options of `sync`.
#[derive(Args, Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncOptions {
    /// Profiles, by name or with *; PROFILE:NAME writes to the section NAME [env: AWS_PROFILE]
    /// [default: default]
    #[arg(value_name = "PROFILE[:NAME]", conflicts_with = "all")]
    pub profiles: Vec<String>,
    /// Every SSO profile
    #[arg(long)]
    pub all: bool,
    /// Replace keys that sync did not write
    #[arg(long)]
    pub force: bool,
    /// Remove keys that sync wrote and that have expired; with no profile named, do only this
    #[arg(long)]
    pub prune: bool,
    /// Print which sections would be written and removed, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Never ask you to sign in: fail instead
    #[arg(short, long)]
    pub noninteractive: bool,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}
