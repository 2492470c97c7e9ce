//! `status`: for each session whether you are signed in, until when, and the last error.
//!
//! It reads files only, and sends no request to AWS.

mod json;
mod never_started;
mod report;
mod table;

use self::report::Report;
use super::overruled;
use super::surroundings::Surroundings;
use crate::cli::{OutputFormat, StatusOptions};
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::selection::{self, not_empty};
use crate::terminal::output;

/// Shows the named session, or all sessions. Gives the exit code: 0 if credentials can be fetched
/// for each session shown, else 1. It is 2 if the config file that `AWS_CONFIG_FILE` names is
/// missing, or the config is not UTF-8.
///
/// # Errors
/// Any [`Error`], for instance if the named profile or session is not in the config.
pub fn status(context: &Context, options: &StatusOptions) -> Result<u8, Error> {
    let command = Surroundings::new(context)?;
    let profile = not_empty(options.profile.as_deref());
    let sso_session = not_empty(options.sso_session.as_deref());
    let named = profile.or(sso_session).is_some();
    let (reports, mut broken) =
        if named { (vec![named_session(&command, options)?], Vec::new()) } else { all_sessions(&command)? };
    if !named && broken.is_empty() {
        let no_session = selection::nothing_to_sign_in_to(context);
        if reports.is_empty() || is_about_the_file(&no_session) {
            broken.push(no_session);
        }
    }
    for error in &broken {
        output::tell(&error.to_string());
    }
    if sso_session.is_none() {
        overruled::tell(context, profile);
        never_started::tell(context, profile);
    }
    output::print_text(&match options.output {
        OutputFormat::Table => table::table(&reports, context),
        OutputFormat::Json => json::document(&reports),
    })?;
    if broken.iter().any(is_about_the_file) {
        return Ok(2);
    }
    let usable = broken.is_empty() && reports.iter().all(Report::is_usable);
    Ok(u8::from(!usable))
}

/// Whether the whole config file is wrong, and not one session in it. A default config file that
/// does not exist yet is not wrong.
fn is_about_the_file(error: &Error) -> bool {
    matches!(
        error,
        Error::Configuration(
            ConfigurationError::ConfigMissing { by_variable: true, .. }
                | ConfigurationError::ConfigNotUtf8 { .. }
        )
    )
}

/// The report on the session that the options name.
fn named_session(command: &Surroundings, options: &StatusOptions) -> Result<Report, Error> {
    Ok(Report::of(command, &selection::resolve_session(command.context, &options.selection(), false)?))
}

/// The reports on all sessions of the config, and on usable tokens of other sessions; then the
/// errors in the config.
fn all_sessions(command: &Surroundings) -> Result<(Vec<Report>, Vec<Error>), Error> {
    let (sessions, broken) = selection::all_sessions(command.context)?;
    let mut reports: Vec<_> = sessions.iter().map(|resolved| Report::of(command, resolved)).collect();
    for file in command.caches.token_files(command.context) {
        if !reports.iter().any(|report| report.is_from(&file.path)) {
            reports.extend(Report::of_file(command, file).filter(Report::is_usable));
        }
    }
    Ok((reports, broken))
}
