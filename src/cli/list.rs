//! The options of `list`. The comments of the fields are the help.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::duration::duration;
use super::output_format::RowFormat;
use crate::selection::Selection;

/// Options of `list`.
#[derive(Args, Debug, Clone, Default, PartialEq)]
pub struct ListOptions {
    /// Only accounts whose id, name or e-mail address has this text; 12 digits are an id
    #[arg(long, value_name = "PATTERN")]
    pub account: Option<String>,
    /// Only roles whose name has this text
    #[arg(long, value_name = "PATTERN")]
    pub role: Option<String>,
    /// The patterns are regular expressions, case ignored
    #[arg(long)]
    pub regex: bool,
    /// Order of the rows
    #[arg(long, value_enum, default_value_t, value_name = "KEY")]
    pub sort: SortKey,
    /// How old a kept list may be, such as 15m or 2d [default: 1h]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub max_age: Option<Duration>,
    /// Ask AWS even if a recent list is kept
    #[arg(long)]
    pub refresh: bool,
    /// Format of the output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: RowFormat,
    /// List for this profile's session [env: AWS_PROFILE] [default: default, else the only session]
    #[arg(long, value_name = "NAME", conflicts_with = "sso_session")]
    pub profile: Option<String>,
    /// List for this [sso-session]
    #[arg(long, value_name = "NAME")]
    pub sso_session: Option<String>,
    /// Start URL of the AWS access portal, if it is not in the config
    #[arg(long, value_name = "URL")]
    pub start_url: Option<String>,
    /// Region of Identity Center, if it is not in the config
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Never ask you to sign in: fail instead
    #[arg(short, long)]
    pub noninteractive: bool,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}

/// The order of the rows. Rows that are equal in it are sorted by account id, then by role name.
#[derive(ValueEnum, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortKey {
    /// By account id.
    #[default]
    AccountId,
    /// By account name, upper and lower case alike.
    AccountName,
    /// By role name, upper and lower case alike.
    RoleName,
}

impl ListOptions {
    /// The options that name the session.
    pub fn selection(&self) -> Selection {
        Selection {
            profile: self.profile.clone(),
            sso_session: self.sso_session.clone(),
            start_url: self.start_url.clone(),
            region: self.region.clone(),
            ..Selection::default()
        }
    }
}
