//! The options of `doctor`. The comments of the fields are the help.

use clap::{Args, ValueEnum};

use crate::selection::Selection;

/// Options of `doctor`.
#[derive(Args, Debug, Clone, Default, PartialEq)]
pub struct DoctorOptions {
    /// Check only this profile
    #[arg(long, value_name = "NAME", conflicts_with = "sso_session")]
    pub profile: Option<String>,
    /// Check only this [sso-session] and its profiles
    #[arg(long, value_name = "NAME")]
    pub sso_session: Option<String>,
    /// Send no request: leave out the checks that need AWS
    #[arg(long)]
    pub offline: bool,
    /// Format of the output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: ReportFormat,
    /// Log to ~/.aws/sso/aws-sso-credential-process-log.txt
    #[arg(long)]
    pub debug: bool,
}

/// How `doctor` shows what it found.
#[derive(ValueEnum, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReportFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

impl DoctorOptions {
    /// The options that name the session.
    pub fn selection(&self) -> Selection {
        Selection {
            profile: self.profile.clone(),
            sso_session: self.sso_session.clone(),
            ..Selection::default()
        }
    }
}
