//! `export`: prints the credentials of a role, in the form that a shell or a program reads.

mod dotenv;
mod fish;
mod harmless;
mod json;
mod posix;
mod powershell;
mod windows_cmd;

use super::role::{Obtained, obtain};
use super::variables::{self, Variable};
use crate::cli::{ExportFormat, ExportOptions};
use crate::context::Context;
use crate::error::{Error, LocalError};
use crate::platform;
use crate::secret::Secret;
use crate::terminal::output;

/// Prints the credentials in one write.
///
/// # Errors
/// Those of [`obtain`], and a value that the format cannot hold.
pub fn export(context: &Context, options: &ExportOptions) -> Result<(), Error> {
    platform::wipe_freed_memory();
    let obtained = obtain(context, &options.role, "export")?;
    let region = obtained.region.as_deref().filter(|_| !options.no_region);
    output::print_document(&document(&obtained, region, options.format)?)
}

fn document(obtained: &Obtained, region: Option<&str>, format: ExportFormat) -> Result<Secret, Error> {
    let account_id = &obtained.resolved.request.account_id;
    match format {
        ExportFormat::Process => Ok(obtained.credentials.document(Some(account_id))),
        ExportFormat::Json => Ok(json::object(&obtained.credentials, account_id, region)),
        format => {
            let mut all = variables::keys(obtained);
            all.extend(variables::regions(region));
            assignments(format, &all)
        }
    }
}

/// One line for each of `variables`, which sets it in the shell or the program of `format`.
/// [`ExportFormat::Process`] and [`ExportFormat::Json`] are documents and have no lines.
///
/// # Errors
/// [`LocalError::NotExportable`] if the format cannot hold a value.
pub fn assignments(format: ExportFormat, variables: &[Variable]) -> Result<Secret, Error> {
    let mut text = String::new();
    for variable in variables {
        let Variable { name, value } = variable;
        let line = line(format, name, value.expose()).map_err(|holds| {
            Error::Local(LocalError::NotExportable { variable: name, format: format.name(), holds })
        })?;
        text.push_str(&line);
    }
    Ok(Secret::new(text))
}

/// The line for one variable.
///
/// # Errors
/// What the value has and the format cannot hold.
fn line(format: ExportFormat, name: &str, value: &str) -> Result<String, &'static str> {
    // No environment variable can have this character.
    if value.contains('\0') {
        return Err("a NUL character");
    }
    match format {
        ExportFormat::Env => Ok(posix::export(name, value)),
        ExportFormat::EnvNoExport => Ok(posix::assign(name, value)),
        ExportFormat::Powershell => Ok(powershell::assign(name, value)),
        ExportFormat::WindowsCmd => windows_cmd::assign(name, value),
        ExportFormat::Fish => Ok(fish::assign(name, value)),
        ExportFormat::Dotenv => dotenv::assign(name, value),
        ExportFormat::Process | ExportFormat::Json => Ok(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_a_format_cannot_hold_is_named_by_its_variable_only() {
        let variables = [Variable { name: "AWS_SESSION_TOKEN", value: Secret::new("SECRET\0") }];
        let all = [
            ExportFormat::Env,
            ExportFormat::EnvNoExport,
            ExportFormat::Powershell,
            ExportFormat::WindowsCmd,
            ExportFormat::Fish,
            ExportFormat::Dotenv,
        ];
        for format in all {
            let text = assignments(format, &variables).unwrap_err().to_string();
            assert!(text.contains("`AWS_SESSION_TOKEN`") && !text.contains("SECRET"), "{text}");
        }
    }
}
