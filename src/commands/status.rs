//! `status`: who is signed in to what, until when, and what went wrong last.

mod never_started;
mod report;

use self::report::Report;
use super::surroundings::Surroundings;
use crate::cli::{OutputFormat, StatusOptions};
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::selection::{self, Overruled};
use crate::terminal::output;

/// Shows the chosen session, or every session that there is. Asks nobody: all of
/// it is read from files. Gives 0 if every session shown is usable now, else 1; 2 where the
/// config file that a variable names is missing, or the config cannot be read.
///
/// # Errors
/// When a named profile or session is not in the config.
pub fn status(context: &Context, options: &StatusOptions) -> Result<u8, Error> {
    let command = Surroundings::new(context)?;
    let is_given = |name: &Option<String>| name.as_ref().is_some_and(|name| !name.is_empty());
    let named = is_given(&options.profile) || is_given(&options.sso_session);
    let (reports, mut broken) =
        if named { (vec![one(&command, options)?], Vec::new()) } else { every(&command)? };
    if !named && broken.is_empty() && (reports.is_empty() || is_at_fault(&no_config(context))) {
        broken.push(no_config(context));
    }
    for error in &broken {
        output::tell(&error.to_string());
    }
    if !is_given(&options.sso_session) {
        let profile = options.profile.as_deref().filter(|name| !name.is_empty());
        tell_what_is_overruled(context, profile);
        never_started::tell(context, profile);
    }
    output::print_text(&match options.output {
        OutputFormat::Table => report::table(&reports, context),
        OutputFormat::Json => report::json(&reports),
    })?;
    if broken.iter().any(is_at_fault) {
        return Ok(2);
    }
    let usable = broken.is_empty() && reports.iter().all(Report::is_usable);
    Ok(u8::from(!usable))
}

fn no_config(context: &Context) -> Error {
    selection::nothing_to_sign_in_to(context)
}

/// Not one session is at fault, but the whole file. That there is none yet is no mistake.
fn is_at_fault(error: &Error) -> bool {
    matches!(
        error,
        Error::Configuration(
            ConfigurationError::ConfigMissing { by_variable: true, .. }
                | ConfigurationError::ConfigNotUtf8 { .. }
        )
    )
}

/// Notes each variable that changes what a profile says: the credential process obeys it
/// as well, wherever it is set.
fn tell_what_is_overruled(context: &Context, profile: Option<&str>) {
    let overruled = selection::overruled(context, profile).unwrap_or_default();
    let mut told: Vec<&str> = Vec::new();
    for Overruled { variable, value, key, profile, configured } in &overruled {
        if told.contains(variable) {
            continue;
        }
        told.push(variable);
        let others = overruled.iter().filter(|other| other.variable == *variable).count() - 1;
        let others = match others {
            0 => String::new(),
            1 => ", and that of 1 more profile".to_owned(),
            n => format!(", and that of {n} more profiles"),
        };
        output::tell(&format!(
            "note: {variable} is set to `{value}` and overrules `{key} = {configured}` of profile `{profile}`{others}"
        ));
    }
}

fn one(command: &Surroundings, options: &StatusOptions) -> Result<Report, Error> {
    Ok(Report::of(command, &selection::resolve_session(command.context, &options.selection(), false)?))
}

/// The sessions of the config, and sign-ins that are good though it does not have
/// them; then what is wrong in the config.
fn every(command: &Surroundings) -> Result<(Vec<Report>, Vec<Error>), Error> {
    let (sessions, broken) = selection::all_sessions(command.context)?;
    let mut reports: Vec<_> = sessions.iter().map(|resolved| Report::of(command, resolved)).collect();
    for file in command.caches.token_files(command.context) {
        if !reports.iter().any(|report| report.is_from(&file.path)) {
            reports.extend(Report::of_file(command, file).filter(Report::is_usable));
        }
    }
    Ok((reports, broken))
}
