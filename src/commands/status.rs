//! `status`: who is signed in to what, until when, and what went wrong last.

mod report;

use self::report::Report;
use super::surroundings::Surroundings;
use crate::cli::{OutputFormat, StatusOptions};
use crate::config::{self, Overruled};
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::options::Options;
use crate::output;

/// Shows the chosen session, or every session that there is. Asks nobody: all of
/// it is read from files. Gives 0 if every session shown is usable now, else 1; 2 where there
/// is nothing to show because the config file that is named is missing or cannot be read.
///
/// # Errors
/// When a named profile or session is not in the config.
pub fn status(context: &Context, options: &StatusOptions) -> Result<u8, Error> {
    let command = Surroundings::new(context)?;
    let is_given = |name: &Option<String>| name.as_ref().is_some_and(|name| !name.is_empty());
    let named = is_given(&options.profile) || is_given(&options.sso_session);
    let (reports, mut broken) =
        if named { (vec![one(&command, options)?], Vec::new()) } else { every(&command)? };
    if reports.is_empty() && broken.is_empty() {
        broken.push(config::nothing_to_sign_in_to(context));
    }
    for error in &broken {
        output::tell(&error.to_string());
    }
    if !is_given(&options.sso_session) {
        tell_what_is_overruled(context, options.profile.as_deref().filter(|name| !name.is_empty()));
    }
    output::print_text(&match options.output {
        OutputFormat::Table => report::table(&reports, context),
        OutputFormat::Json => report::json(&reports),
    })?;
    // Not one session is at fault, but the whole file. That there is none yet is no mistake.
    let is_at_fault = |error: &Error| {
        matches!(
            error,
            Error::Configuration(ConfigurationError::ConfigMissing { by_variable: true, .. })
                | Error::Configuration(ConfigurationError::ConfigNotUtf8 { .. })
        )
    };
    if broken.iter().any(is_at_fault) {
        return Ok(2);
    }
    let usable = broken.is_empty() && reports.iter().all(Report::is_usable);
    Ok(u8::from(!usable))
}

/// Notes each variable that changes what a profile says: the credential process obeys it
/// as well, wherever it is set.
fn tell_what_is_overruled(context: &Context, profile: Option<&str>) {
    let overruled = config::overruled(context, profile).unwrap_or_default();
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
    let named = Options {
        profile: options.profile.clone(),
        sso_session: options.sso_session.clone(),
        ..Options::default()
    };
    Ok(Report::of(command, &config::resolve_session(command.context, &named, false)?))
}

/// The sessions of the config, and sign-ins that are good though it does not have
/// them; then what is wrong in the config.
fn every(command: &Surroundings) -> Result<(Vec<Report>, Vec<Error>), Error> {
    let (sessions, broken) = config::all_sessions(command.context)?;
    let mut reports: Vec<_> = sessions.iter().map(|resolved| Report::of(command, resolved)).collect();
    for file in command.caches.token_files(command.context) {
        if !reports.iter().any(|report| report.is_from(&file.path)) {
            reports.extend(Report::of_file(command, file).filter(Report::is_usable));
        }
    }
    Ok((reports, broken))
}
