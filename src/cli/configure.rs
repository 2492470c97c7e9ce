//! The options of `configure`, `configure populate` and `configure convert`. The comments of the
//! fields are the help.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::duration::duration;
use crate::selection::Selection;

/// Options of `configure`, or one of its subcommands.
#[derive(Args, Debug, Clone, Default, PartialEq)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ConfigureOptions {
    /// The subcommand, if one is given.
    #[command(subcommand)]
    pub command: Option<ConfigureCommand>,
    /// The options without a subcommand.
    #[command(flatten)]
    pub profile: ConfigureProfileOptions,
}

impl ConfigureOptions {
    /// Whether `--debug` is given.
    pub const fn debug(&self) -> bool {
        match &self.command {
            None => self.profile.debug,
            Some(ConfigureCommand::Populate(options)) => options.debug,
            Some(ConfigureCommand::Convert(options)) => options.debug,
        }
    }
}

/// The subcommands of `configure`. The comments are their lines in `aws-sso-cred configure --help`.
#[derive(Subcommand, Debug, Clone, PartialEq)]
pub enum ConfigureCommand {
    /// Write a profile for each account and role of a session
    Populate(PopulateOptions),
    /// Change existing SSO profiles so that aws-sso-cred gives their credentials, or change them back
    Convert(ConvertOptions),
}

/// Options of `configure` without a subcommand.
#[derive(Args, Debug, Clone, Default, PartialEq)]
pub struct ConfigureProfileOptions {
    /// Name of the profile to write
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Session to use, or to write: [sso-session NAME]
    #[arg(long, value_name = "NAME")]
    pub sso_session: Option<String>,
    /// Start URL of the AWS access portal, for a new session
    #[arg(long, value_name = "URL")]
    pub start_url: Option<String>,
    /// Region of Identity Center, for a new session
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Scopes to register, for a new session [default: sso:account:access]
    #[arg(long, value_name = "SCOPES")]
    pub registration_scopes: Option<String>,
    /// Account, 12 digits
    #[arg(long, value_name = "ID")]
    pub account_id: Option<String>,
    /// Role (permission set) in the account
    #[arg(long, value_name = "NAME")]
    pub role_name: Option<String>,
    /// Region of your workload, which the profile gets
    #[arg(long, value_name = "REGION")]
    pub client_region: Option<String>,
    /// Output format of the AWS CLI, which the profile gets
    #[arg(long, value_name = "FORMAT", value_parser = ["json", "yaml", "yaml-stream", "text", "table", "off"])]
    pub client_output: Option<String>,
    /// Write the sso_ keys that SDKs read themselves, and no credential_process
    #[arg(long, conflicts_with = "both")]
    pub native: bool,
    /// Write two profiles: NAME-sso with the sso_ keys, and NAME, which uses it
    #[arg(long)]
    pub both: bool,
    /// Write the session only
    #[arg(long, conflicts_with_all = ["profile", "account_id", "role_name", "client_region", "client_output", "native", "both"])]
    pub session_only: bool,
    /// Import profiles of granted, aws-sso-util, aws-sso-credential-process, aws-sso-cli or its
    /// config.yaml [default: all of them]
    #[arg(long, value_name = "SOURCE", num_args = 0..=1, default_missing_value = "", hide_default_value = true, conflicts_with_all = ["profile", "sso_session", "start_url", "region", "registration_scopes", "account_id", "role_name", "client_region", "client_output", "native", "both", "session_only"])]
    pub import: Option<String>,
    /// How the file is written.
    #[command(flatten)]
    pub write: WriteOptions,
    /// Never ask you anything
    #[arg(short, long)]
    pub noninteractive: bool,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}

impl ConfigureProfileOptions {
    /// The options that name the session.
    pub fn selection(&self) -> Selection {
        Selection {
            sso_session: self.sso_session.clone(),
            start_url: self.start_url.clone(),
            region: self.region.clone(),
            ..Selection::default()
        }
    }
}

/// Options of `configure populate`.
#[derive(Args, Debug, Clone, Default, PartialEq)]
pub struct PopulateOptions {
    /// Session whose roles get profiles [default: the only session]
    #[arg(long, value_name = "NAME")]
    pub sso_session: Option<String>,
    /// How old the list of roles may be, such as 30m or 1h [default: 1h]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub max_age: Option<Duration>,
    /// Ask AWS for the list of roles
    #[arg(long)]
    pub refresh: bool,
    /// Name of each profile [default: {account_name}.{role_name}]
    #[arg(long, value_name = "TEMPLATE")]
    pub name: Option<String>,
    /// Only accounts whose id, name or e-mail has this text
    #[arg(long, value_name = "PATTERN")]
    pub account: Option<String>,
    /// Only roles whose name has this text
    #[arg(long, value_name = "PATTERN")]
    pub role: Option<String>,
    /// Patterns are regular expressions
    #[arg(long)]
    pub regex: bool,
    /// Region of the workload, once or more: a profile for each
    #[arg(long, value_name = "REGION")]
    pub client_region: Vec<String>,
    /// Write the sso_ keys that SDKs read themselves, and no credential_process
    #[arg(long)]
    pub native: bool,
    /// Remove profiles that populate wrote for roles that you no longer have
    #[arg(long)]
    pub prune: bool,
    /// How the file is written.
    #[command(flatten)]
    pub write: WriteOptions,
    /// Never ask you anything
    #[arg(short, long)]
    pub noninteractive: bool,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}

impl PopulateOptions {
    /// The option that names the session.
    pub fn selection(&self) -> Selection {
        Selection { sso_session: self.sso_session.clone(), ..Selection::default() }
    }
}

/// Options of `configure convert`.
#[derive(Args, Debug, Clone, Default, PartialEq)]
pub struct ConvertOptions {
    /// Profiles, by name or with *
    #[arg(value_name = "PROFILE", required_unless_present = "all", conflicts_with = "all")]
    pub profiles: Vec<String>,
    /// Every SSO profile
    #[arg(long)]
    pub all: bool,
    /// Keep the old profile beside the new one, as NAME-sso
    #[arg(long, conflicts_with = "back")]
    pub keep_native: bool,
    /// Put the sso_ keys back
    #[arg(long)]
    pub back: bool,
    /// How the file is written.
    #[command(flatten)]
    pub write: WriteOptions,
    /// Never ask you anything
    #[arg(short, long)]
    pub noninteractive: bool,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}

/// The options of every command that writes the config file.
#[derive(Args, Debug, Clone, Default, PartialEq)]
pub struct WriteOptions {
    /// Print the change as a unified diff, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write without asking
    #[arg(short, long)]
    pub yes: bool,
    /// Replace existing values that differ
    #[arg(long)]
    pub force: bool,
}
