//! The options that name a role in the commands for people. The comments of the fields are the help.

use clap::Args;

use crate::selection::Selection;

/// Which role a command for people is about.
#[derive(Args, Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleOptions {
    /// Use this profile's role [env: AWS_PROFILE] [default: default]
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Use this [sso-session], with --account-id and --role-name
    #[arg(long, value_name = "NAME")]
    pub sso_session: Option<String>,
    /// Start URL of the AWS access portal, if it is not in the config
    #[arg(long, value_name = "URL")]
    pub start_url: Option<String>,
    /// Region of Identity Center, if it is not in the config
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Account, 12 digits
    #[arg(long, value_name = "ID")]
    pub account_id: Option<String>,
    /// Role (permission set) in the account
    #[arg(long, value_name = "NAME")]
    pub role_name: Option<String>,
    /// Choose the role from a list, on a terminal
    #[arg(long, conflicts_with_all = ["account_id", "role_name", "noninteractive"])]
    pub pick: bool,
    /// Never ask you to sign in: fail instead
    #[arg(short, long)]
    pub noninteractive: bool,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}

impl RoleOptions {
    /// The options that name the role.
    pub fn selection(&self) -> Selection {
        Selection {
            profile: self.profile.clone(),
            sso_session: self.sso_session.clone(),
            start_url: self.start_url.clone(),
            region: self.region.clone(),
            account_id: self.account_id.clone(),
            role_name: self.role_name.clone(),
            interactive: self.noninteractive.then_some(false),
        }
    }
}
