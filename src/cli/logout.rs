//! The options of `logout`. The comments of the fields are the help.

use clap::Args;

use crate::selection::Selection;

/// Options of `logout`.
#[derive(Args, Debug, Clone, Default, PartialEq)]
pub struct LogoutOptions {
    /// Sign out of this profile's session [env: AWS_PROFILE] [default: default, else the only session]
    #[arg(long, value_name = "NAME", conflicts_with_all = ["sso_session", "all"])]
    pub profile: Option<String>,
    /// Sign out of this [sso-session]
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    pub sso_session: Option<String>,
    /// Sign out of every session, also those that are not in the config
    #[arg(long)]
    pub all: bool,
    /// Also remove the client registration
    #[arg(long)]
    pub forget_client: bool,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}

impl LogoutOptions {
    /// The options that name the session.
    pub fn selection(&self) -> Selection {
        Selection {
            profile: self.profile.clone(),
            sso_session: self.sso_session.clone(),
            ..Selection::default()
        }
    }
}
