//! The options of `status`. The comments of the fields are the help.

use clap::Args;

use super::output_format::OutputFormat;
use crate::selection::Selection;

/// Options of `status`.
#[derive(Args, Debug, Clone, Default, PartialEq)]
pub struct StatusOptions {
    /// Show only this profile's session
    #[arg(long, value_name = "NAME", conflicts_with = "sso_session")]
    pub profile: Option<String>,
    /// Show only this [sso-session]
    #[arg(long, value_name = "NAME")]
    pub sso_session: Option<String>,
    /// Format of the output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: OutputFormat,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}

impl StatusOptions {
    /// The options that name the session.
    pub fn selection(&self) -> Selection {
        Selection {
            profile: self.profile.clone(),
            sso_session: self.sso_session.clone(),
            ..Selection::default()
        }
    }
}
