//! `status`: who is signed in to what, until when, and what went wrong last.

mod report;

use self::report::Report;
use super::SessionCommand;
use crate::cli::{OutputFormat, StatusOptions};
use crate::config;
use crate::context::Context;
use crate::error::Error;
use crate::options::Options;
use crate::output;

/// Shows the chosen session, or every session that there is. Asks nobody: all of
/// it is read from files. Gives 0 if every session shown is usable now, else 1.
///
/// # Errors
/// When a named profile or session is not in the config.
pub fn status(context: &Context, options: &StatusOptions) -> Result<u8, Error> {
    let command = SessionCommand::new(context)?;
    let named = options.profile.is_some() || options.sso_session.is_some();
    let (reports, all_sound) = if named { (vec![one(&command, options)?], true) } else { every(&command)? };
    if reports.is_empty() && all_sound {
        let config_path = config::shown_config_path(context);
        output::tell(&Error::NothingToSignInTo { config_path }.to_string());
    }
    output::print_text(&match options.output {
        OutputFormat::Table => report::table(&reports, context),
        OutputFormat::Json => report::json(&reports),
    })?;
    let usable = all_sound && !reports.is_empty() && reports.iter().all(Report::is_usable);
    Ok(u8::from(!usable))
}

fn one(command: &SessionCommand, options: &StatusOptions) -> Result<Report, Error> {
    let named = Options {
        profile: options.profile.clone(),
        sso_session: options.sso_session.clone(),
        ..Options::default()
    };
    Ok(Report::of(command, &config::resolve_session(command.context, &named, false)?))
}

/// The sessions of the config, and sign-ins that are good though it does not have
/// them; then whether the config is sound.
fn every(command: &SessionCommand) -> Result<(Vec<Report>, bool), Error> {
    let (sessions, broken) = config::all_sessions(command.context)?;
    for error in &broken {
        output::tell(&error.to_string());
    }
    let mut reports: Vec<_> = sessions.iter().map(|resolved| Report::of(command, resolved)).collect();
    for file in command.caches.token_files(command.context) {
        if !reports.iter().any(|report| report.is_from(&file.path)) {
            reports.extend(Report::of_file(command, file).filter(Report::is_usable));
        }
    }
    Ok((reports, broken.is_empty()))
}
