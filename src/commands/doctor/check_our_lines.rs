//! `credential_process` lines that start this program, and fail whenever an SDK runs them.

use std::cell::LazyCell;
use std::collections::HashSet;
use std::ffi::OsString;

use super::facts::{Facts, Findings, profile_subject};
use super::finding::{Finding, Id, Severity};
use super::keys::{Found, Keys};
use super::profile::{is_cut_off, our_line};
use crate::cli::{self, Command};
use crate::error::{ConfigurationError, Error};
use crate::selection::{HelperLine, RoleSources, arguments_of_line, resolve_role};
use crate::value_names::{LINE_KEY, REGION, START_URL};

/// Tells of each line why it fails, unless an error about the values of its profile is told already, or one
/// about its session will be: `broken` says why sessions do not resolve.
pub(super) fn check(facts: &Facts<'_>, broken: &[Error], findings: &mut Findings) {
    let errors = findings.iter().filter(|found| {
        let is_of_values = matches!(found.id, Id::BrokenConfigLine | Id::RecursiveProfile);
        is_of_values && found.severity == Severity::Error
    });
    let told: HashSet<String> = errors.map(|found| found.subject.clone()).collect();
    let sources = LazyCell::new(|| RoleSources::read_files(facts.context).ok());
    for keys in &facts.profiles {
        let subject = profile_subject(keys.name);
        let Some(found) = keys.find(LINE_KEY).filter(|_| !told.contains(&subject)) else { continue };
        let error = refused(facts, found.value()).or_else(|| {
            let is_plain = is_plain(facts, keys);
            if is_plain { None } else { unresolved(facts, LazyCell::force(&sources).as_ref()?, keys) }
        });
        if let Some(error) = error.filter(|error| !broken.contains(error)) {
            findings.push(of_line(&subject, found, &error));
        } else if is_cut_off(found.value()) {
            let text = format!("a quote in its `credential_process` line is not closed ({})", found.place());
            let hint = "close the quote, or write a line that needs none".to_owned();
            findings.push(Finding::new(Id::BrokenConfigLine, &subject, text, hint).error_if(true));
        }
    }
}

fn of_line(subject: &str, found: Found<'_>, error: &Error) -> Finding {
    let told = Finding::of_error(Id::BrokenConfigLine, subject, error, "correct the line");
    let why = match error {
        // The rest says where a value may be given.
        Error::Configuration(ConfigurationError::MissingValues { .. }) => error.text().what,
        _ => told.text,
    };
    let text = format!("its `credential_process` line fails ({}): {why}", found.place());
    Finding { text, ..told }.error_if(true)
}

/// Why this program refuses the options of a line, or lacks all values. What a shell may do with the
/// line is not known.
fn refused(facts: &Facts<'_>, line: &str) -> Option<Error> {
    if line.contains(['|', '&', ';', '<', '>', '(', '$', '`', '#']) {
        return None;
    }
    let arguments: Vec<OsString> = arguments_of_line(line)?.into_iter().map(OsString::from).collect();
    match cli::parse(&arguments) {
        Ok(Command::CredentialProcess(options)) => {
            let said = options.selection;
            let says_nothing = !said.names_values() && said.profile_name().is_none();
            says_nothing.then(|| resolve_role(facts.context, &said).err())?
        }
        parsed => parsed.err(),
    }
}

/// Whether a line names session, account and role, and the session has its values: nothing is missing.
fn is_plain(facts: &Facts<'_>, keys: &Keys<'_>) -> bool {
    let Some(line) = our_line(keys) else { return false };
    let session = line.sso_session.as_deref().and_then(|name| facts.names.sessions.get(name));
    let is_whole = session.is_some_and(|session| session.has(START_URL.key) && session.has(REGION.key));
    is_whole
        && line.account_id.is_some()
        && line.role_name.is_some()
        && line.start_url.or(line.region).is_none()
}

/// Why a line gives no role. Values that variables give here are not missing.
fn unresolved(facts: &Facts<'_>, sources: &RoleSources<'_>, keys: &Keys<'_>) -> Option<Error> {
    let HelperLine::Broken(error) = sources.of(keys.name).line? else { return None };
    let is_given = match &*error {
        Error::Configuration(ConfigurationError::MissingValues { missing, .. }) => {
            missing.iter().all(|value| facts.context.variable(value.names().variable).is_some())
        }
        _ => false,
    };
    (!is_given).then_some(*error)
}
