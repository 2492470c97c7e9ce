//! `doctor`: what is wrong with the configuration, the caches and the way to AWS, and what to do.
//!
//! It changes nothing, and never shows a secret. Each check looks at the facts and adds findings.

mod check_choices;
mod check_dialects;
mod check_environment;
mod check_files;
mod check_helper;
mod check_lines;
mod check_network;
mod check_our_lines;
mod check_profiles;
mod check_sessions;
mod check_state;
mod facts;
mod finding;
mod json;
mod keys;
mod profile;
mod providers;
mod report;
mod source_file;
mod text;

use self::facts::{Facts, Findings};
use self::finding::{Finding, Id, Severity};
use self::report::Report;
use self::source_file::SourceFile;
use super::surroundings::Surroundings;
use crate::cli::{DoctorOptions, ReportFormat};
use crate::config::header::Dialect;
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::selection::{self, ResolvedSession, Selection, not_empty};
use crate::terminal::output;
use crate::value_names::ALL;

/// Checks the named profile or session, or all, and prints the report. Gives the exit code: 1 if
/// there is an error, else 0.
///
/// # Errors
/// A named profile or session that is not there, and a report that cannot be written.
pub fn doctor(context: &Context, options: &DoctorOptions) -> Result<u8, Error> {
    let command = Surroundings::new(context)?;
    let config = SourceFile::read(context, Dialect::Config);
    let credentials = SourceFile::read(context, Dialect::Credentials);
    let files = [&config, &credentials];
    let (profile, sso_session) =
        (not_empty(options.profile.as_deref()), not_empty(options.sso_session.as_deref()));
    let (sessions, broken) = sessions(context, options, profile.or(sso_session).is_some());
    let facts = Facts::new(context, files, (profile, sso_session), &sessions);
    if is_not_there(&facts, (profile, sso_session))
        && let Some(error) = broken.first()
    {
        return Err(error.clone());
    }
    let mut findings = Vec::new();
    check_lines::check(&facts, &mut findings);
    check_choices::check(&facts, &mut findings);
    check_profiles::check(&facts, &mut findings);
    check_our_lines::check(&facts, &broken, &mut findings);
    for error in &broken {
        of_resolving(&facts, profile, error, &mut findings);
    }
    check_helper::check(&facts, &mut findings);
    check_environment::check(&facts, profile, &mut findings);
    check_sessions::check(&command, &facts, &mut findings);
    check_files::check(&command, &mut findings);
    check_state::check(&command, &mut findings);
    check_dialects::check(&facts, &mut findings);
    let untold = if options.offline {
        check_network::check_offline(&command, &mut findings);
        Vec::new()
    } else {
        check_network::check(&command, &facts, &mut findings)
    };
    for line in &untold {
        output::tell(&format!("note: {line}"));
    }
    let online = !options.offline && untold.is_empty() && !sessions.is_empty();
    let tells_providers = options.output == ReportFormat::Json || facts.profiles.len() <= text::MOST_PROFILES;
    let report = Report::new(&facts, findings, online, tells_providers);
    match options.output {
        ReportFormat::Text => output::print_text(&text::text(&report))?,
        ReportFormat::Json => output::print_data(&json::document(&report))?,
    }
    Ok(u8::from(report.count(Severity::Error) > 0))
}

/// Whether the profile or session that an option names is not there.
fn is_not_there(facts: &Facts<'_>, (profile, sso_session): (Option<&str>, Option<&str>)) -> bool {
    profile.is_some_and(|name| !facts.names.profiles.contains_key(name))
        || sso_session.is_some_and(|name| !facts.names.sessions.contains_key(name))
}

/// The sessions that are meant, and why others do not resolve.
fn sessions(context: &Context, options: &DoctorOptions, named: bool) -> (Vec<ResolvedSession>, Vec<Error>) {
    if named {
        return match selection::resolve_session(context, &options.selection(), false) {
            Ok(session) => (vec![session], Vec::new()),
            Err(error) => (Vec::new(), vec![error]),
        };
    }
    let unusable = selection::ensure_usable_config(context, "your profiles").err();
    let (mut sessions, mut broken) = selection::all_sessions(context).unwrap_or_default();
    let is_absent = matches!(
        unusable,
        Some(Error::Configuration(ConfigurationError::ConfigMissing { by_variable: false, .. }))
    );
    let by_variables = || ALL.iter().any(|names| context.variable_os(names.variable).is_some());
    if !is_absent && broken.is_empty() {
        broken.extend(unusable);
    } else if is_absent && sessions.is_empty() && broken.is_empty() && by_variables() {
        // Variables alone may name the session, as in CI.
        match selection::resolve_session(context, &Selection::default(), false) {
            Ok(session) => sessions.push(session),
            Err(error) => broken.push(error),
        }
    }
    (sessions, broken)
}

/// The finding about values that do not resolve, unless another finding says why.
fn of_resolving(facts: &Facts<'_>, profile: Option<&str>, error: &Error, findings: &mut Findings) {
    let has_error = |name: &str| {
        let subject = facts::profile_subject(name);
        findings.iter().any(|found| found.severity == Severity::Error && found.subject == subject)
    };
    let is_told = match error {
        Error::Configuration(
            ConfigurationError::SessionNotFound { .. } | ConfigurationError::ConfigUnreadable { .. },
        ) => true,
        Error::Configuration(ConfigurationError::MissingValues { profile: Some(name), .. }) => {
            !facts.profiles.iter().any(|keys| keys.name == name && profile::is_of_sso(keys))
                || has_error(name)
        }
        // What is wrong with the line of the named profile is told with its place.
        _ => profile.is_some_and(has_error),
    };
    if is_told {
        return;
    }
    let subject = &facts.files[0].shown;
    let finding = Finding::of_error(Id::BrokenConfigLine, subject, error, "run `aws-sso-cred configure`");
    findings.push(finding.error_if(true));
}
