//! The options of `login`. The comments of the fields are the help.

use std::time::Duration;

use clap::Args;

use super::duration::duration;
use crate::selection::Selection;

/// Options of `login`.
#[derive(Args, Debug, Clone, Default, PartialEq)]
pub struct LoginOptions {
    /// Sign in to this profile's session [env: AWS_PROFILE] [default: default, else the only session]
    #[arg(long, value_name = "NAME", conflicts_with_all = ["sso_session", "all"])]
    pub profile: Option<String>,
    /// Sign in to this [sso-session]
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    pub sso_session: Option<String>,
    /// Start URL of the AWS access portal, if it is not in the config
    #[arg(long, value_name = "URL", conflicts_with = "all")]
    pub start_url: Option<String>,
    /// Region of Identity Center, if it is not in the config
    #[arg(long, value_name = "REGION", conflicts_with = "all")]
    pub region: Option<String>,
    /// Sign in to every session in ~/.aws/config
    #[arg(long)]
    pub all: bool,
    /// Only sign in if the current sign-in has expired and cannot be refreshed
    #[arg(long)]
    pub if_needed: bool,
    /// With --if-needed: how long the sign-in must stay valid, such as 30m or 1h
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "if_needed")]
    pub min_validity: Option<Duration>,
    /// Sign in with a code, on any device: for SSH and containers
    #[arg(long)]
    pub use_device_code: bool,
    /// Show the sign-in URL, but open no browser [env: AWS_SSO_DISABLE_BROWSER]
    #[arg(long)]
    pub no_browser: bool,
    /// Port of this computer that the browser returns to, for `ssh -L`
    #[arg(long, value_name = "PORT", conflicts_with = "use_device_code")]
    pub redirect_port: Option<u16>,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}

impl LoginOptions {
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
