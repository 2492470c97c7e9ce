//! The options of `export`. The comments of the fields are the help.

use clap::{Args, ValueEnum};

use super::role::RoleOptions;

/// Options of `export`.
#[derive(Args, Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportOptions {
    /// The role.
    #[command(flatten)]
    pub role: RoleOptions,
    /// Format of the output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ExportFormat,
    /// Leave the profile's region out
    #[arg(long)]
    pub no_region: bool,
}

/// How `export` prints credentials.
#[derive(ValueEnum, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ExportFormat {
    /// For sh, bash and zsh: eval "$(aws-sso-cred export)"
    #[default]
    Env,
    /// The same without `export`
    EnvNoExport,
    /// For PowerShell
    Powershell,
    /// For a batch file of Windows
    WindowsCmd,
    /// For fish: aws-sso-cred export --format fish | source
    Fish,
    /// For a .env file
    Dotenv,
    /// The document of a credential_process
    Process,
    /// One JSON object
    Json,
}

impl ExportFormat {
    /// The name, as `--format` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Env => "env",
            Self::EnvNoExport => "env-no-export",
            Self::Powershell => "powershell",
            Self::WindowsCmd => "windows-cmd",
            Self::Fish => "fish",
            Self::Dotenv => "dotenv",
            Self::Process => "process",
            Self::Json => "json",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_has_the_name_that_the_option_takes() {
        for format in ExportFormat::value_variants() {
            assert_eq!(ExportFormat::from_str(format.name(), false), Ok(*format));
        }
    }
}
