//! The options of `exec`. The comments of the fields are the help.

use std::ffi::OsString;

use clap::Args;

use super::role::RoleOptions;

/// Options of `exec`.
#[derive(Args, Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecOptions {
    /// The role.
    #[command(flatten)]
    pub role: RoleOptions,
    /// Give the command an endpoint on 127.0.0.1 that renews credentials, and no keys
    #[arg(long)]
    pub server: bool,
    /// Leave AWS_REGION and AWS_DEFAULT_REGION as they are
    #[arg(long)]
    pub no_region: bool,
    /// The command and its arguments, behind `--`
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}
