//! `status`: who is signed in to what, until when, and what went wrong last.

mod report;

use super::SessionCommand;
use crate::cli::{OutputFormat, StatusOptions};
use crate::config::{self, ResolvedSession};
use crate::context::Context;
use crate::error::Error;
use crate::options::Options;
use crate::output;

/// Shows the chosen session, or every session of the config. Asks nobody: all of
/// it is read from files. Gives 0 if every session shown is usable now, else 1.
///
/// # Errors
/// When a named profile or session is not in the config.
pub fn status(context: &Context, options: &StatusOptions) -> Result<u8, Error> {
    let command = SessionCommand::new(context)?;
    let sessions = chosen(context, options)?;
    let reports: Vec<_> = sessions.iter().map(|resolved| report::Report::of(&command, resolved)).collect();
    if reports.is_empty() {
        output::tell(&format!(
            "no sso-session and no SSO profile in {}\nhint: run `aws configure sso`",
            config::shown_config_path(context)
        ));
    }
    output::print_text(&match options.output {
        OutputFormat::Table => report::table(&reports, context.now()),
        OutputFormat::Json => report::json(&reports),
    })?;
    let usable = !reports.is_empty() && reports.iter().all(report::Report::is_usable);
    Ok(u8::from(!usable))
}

fn chosen(context: &Context, options: &StatusOptions) -> Result<Vec<ResolvedSession>, Error> {
    if options.profile.is_some() || options.sso_session.is_some() {
        let named = Options {
            profile: options.profile.clone(),
            sso_session: options.sso_session.clone(),
            ..Options::default()
        };
        return Ok(vec![config::resolve_session(context, &named, false)?]);
    }
    let (sessions, broken) = config::all_sessions(context)?;
    for error in broken {
        output::tell(&error.to_string());
    }
    Ok(sessions)
}
