//! The options of `configure` where no person can be asked: they must say everything.

use super::answers::{ChosenSession, Given};
use crate::cli::ConfigureProfileOptions;
use crate::error::{ConfigurationError, Error};
use crate::selection::{ResolvedSession, not_empty};
use crate::value_names::{ACCOUNT_ID, PROFILE, REGION, ROLE_NAME, SSO_SESSION, START_URL, ValueNames};

/// The session that is meant: the one that the options name, else the only one of the file.
pub fn session(given: &Given, known: &[ResolvedSession]) -> Option<ChosenSession> {
    let names_none = given.session_name.is_none() && given.start_url.is_none();
    given.session(known).or_else(|| match known {
        [only] if names_none => Some(ChosenSession::There(Box::new(only.clone()))),
        _ => None,
    })
}

/// Fails if options are missing, and names all of them.
///
/// # Errors
/// [`ConfigurationError::MissingOptions`]
pub fn ensure_complete(
    options: &ConfigureProfileOptions,
    given: &Given,
    known: &[ResolvedSession],
    session: Option<&ChosenSession>,
) -> Result<(), Error> {
    let mut missing: Vec<String> = Vec::new();
    let mut need = |is_given: bool, names: &ValueNames| {
        if !is_given {
            missing.push(format!("`{} {}`", names.option, names.placeholder));
        }
    };
    if session.is_none() {
        need(given.session_name.is_some(), &SSO_SESSION);
        if given.session_name.is_some() || given.start_url.is_some() || known.is_empty() {
            need(given.start_url.is_some(), &START_URL);
            need(given.region.is_some(), &REGION);
        }
    }
    if !options.session_only {
        need(given.account_id.is_some(), &ACCOUNT_ID);
        need(given.role_name.is_some(), &ROLE_NAME);
        need(not_empty(options.profile.as_deref()).is_some(), &PROFILE);
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::Configuration(ConfigurationError::MissingOptions { command: "configure", missing }))
}
