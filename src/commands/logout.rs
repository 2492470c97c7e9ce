//! `logout`: removes the session's files from this computer, then revokes its token at the portal.
//! Files that could not be removed are named, and are a failure; a token that could not be revoked
//! is not.

mod again;
mod all;
mod forgotten;
mod revocation;

use super::surroundings::{Surroundings, only_one};
use super::synced::{self, and_also};
use crate::cache::SignInContent;
use crate::cli::LogoutOptions;
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::identifiers::SessionName;
use crate::request::SsoSession;
use crate::selection::{self, MeantSession, ResolvedSession};
use crate::sign_in::Removals;
use crate::terminal::output;

use again::again;
use forgotten::forget_session;
use revocation::Revocation;

/// Signs out of the chosen session, or of all with `--all`.
///
/// # Errors
/// The command line and the config do not say which session is meant, or a file of the session
/// cannot be removed.
pub fn logout(context: &Context, options: &LogoutOptions) -> Result<u8, Error> {
    let command = Surroundings::new(context)?;
    if options.all {
        return all::logout_all(&command, options).map(|()| 0);
    }
    let resolved = chosen(&command, options)?;
    let shown = resolved.login_commands().session;
    let mut removals = Removals::new(context);
    let forgotten = forget_session(&command, &resolved.session, options.forget_client, &mut removals);
    let synced = synced::remove(context, Some(&resolved.session));
    let mut revocation = Revocation::of(&command, forgotten.token(resolved).as_slice());
    if let Some(cause) = forgotten.not_revocable {
        revocation.add_not_revoked(cause);
    }
    // If files stay, the failure about them says whether the token was revoked.
    let revocation_words = if removals.is_complete() { revocation.words(1) } else { String::new() };
    if let Some(text) = forgotten.end.words(&shown, &revocation_words) {
        output::tell(&text);
    }
    forgotten.unexplained.tell(context, &command.caches);
    let removed = removals.into_result(Some(shown), revocation.is_complete(), again(options));
    and_also(removed, synced).map(|()| 0)
}

/// The session to sign out of.
fn chosen(command: &Surroundings, options: &LogoutOptions) -> Result<ResolvedSession, Error> {
    match selection::meant_session(command.context, &options.selection(), "logout") {
        Ok(MeantSession { resolved, is_the_only_one }) => {
            if is_the_only_one {
                output::tell(&only_one(command.context, &resolved));
            }
            Ok(resolved)
        }
        Err(error) => {
            let name = match &error {
                Error::Configuration(ConfigurationError::SessionNotFound { sso_session, .. }) => {
                    Some(sso_session)
                }
                // If the config cannot be read, the session has no section either.
                Error::Configuration(
                    ConfigurationError::ConfigMissing { .. } | ConfigurationError::ConfigNotUtf8 { .. },
                ) => options.sso_session.as_ref(),
                _ => None,
            };
            name.and_then(|name| without_section(command, name)).ok_or(error)
        }
    }
}

/// The session `name`, if the config has no section for it, but its token is still cached.
fn without_section(command: &Surroundings, name: &str) -> Option<ResolvedSession> {
    let name = SessionName::parse(name).ok()?;
    match command.caches.sign_in_named(command.context, &name).content {
        SignInContent::Token { session: Some(session), .. } => {
            Some(ResolvedSession::without_config(SsoSession { name: Some(name), ..session }))
        }
        _ => None,
    }
}
