//! The program started by a person, with no values at all, before anything is configured.

use crate::cli::CredentialProcessOptions;
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::selection;
use crate::terminal::stderr_is_a_terminal;

/// `error`, unless a person has started the bare program on a terminal and there is no session: then
/// the error says that, and how to begin.
pub fn first_start(context: &Context, options: &CredentialProcessOptions, error: Error) -> Error {
    let is_bare = *options == CredentialProcessOptions::default();
    let lacks_values =
        matches!(error, Error::Configuration(ConfigurationError::MissingValues { profile: None, .. }));
    if !is_bare || !lacks_values || !stderr_is_a_terminal() {
        return error;
    }
    match selection::all_sessions(context) {
        Ok((sessions, broken)) if sessions.is_empty() && broken.is_empty() => {
            selection::nothing_to_sign_in_to(context)
        }
        _ => error,
    }
}
