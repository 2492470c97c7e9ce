//! `logout`: local credentials go first and always, the portal is told afterwards. What
//! could not be removed is named, and is a failure.

mod again;
mod all;
mod forgotten;
mod revocation;

use super::surroundings::Surroundings;
use crate::cache::SignInContent;
use crate::cli::LogoutOptions;
use crate::config::{self, ResolvedSession};
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::identifiers::SessionName;
use crate::options::Options;
use crate::output;
use crate::request::SsoSession;
use crate::sign_in::Removals;

use again::again;
use forgotten::forget_session;
use revocation::Revocation;

/// Signs out of the chosen session, or of all.
///
/// # Errors
/// The session cannot be told from the command line and the config, or something of it
/// cannot be removed.
pub fn logout(context: &Context, options: &LogoutOptions) -> Result<u8, Error> {
    let command = Surroundings::new(context)?;
    if options.all {
        return all::logout_all(&command, options).map(|()| 0);
    }
    let Chosen { resolved, shown } = chosen(&command, options)?;
    let mut removals = Removals::new(context);
    let forgotten = forget_session(&command, &resolved.session, options.forget_client, &mut removals);
    let mut revocation = Revocation::of(&command, forgotten.token(resolved).as_slice());
    if let Some(cause) = forgotten.untold {
        revocation.add_not_told(cause);
    }
    // The failure about what stays says it, too.
    let revocation_words = if removals.is_complete() { revocation.words(1) } else { String::new() };
    if let Some(text) = forgotten.end.words(&shown, &revocation_words) {
        output::tell(&text);
    }
    forgotten.unexplained.tell(context, &command.caches);
    removals.into_result(Some(shown), revocation.is_complete(), again(options)).map(|()| 0)
}

/// The session to sign out of, and how it is called.
struct Chosen {
    resolved: ResolvedSession,
    shown: String,
}

fn chosen(command: &Surroundings, options: &LogoutOptions) -> Result<Chosen, Error> {
    let named = Options {
        profile: options.profile.clone(),
        sso_session: options.sso_session.clone(),
        ..Options::default()
    };
    match config::resolve_session(command.context, &named, true) {
        Ok(resolved) => {
            let shown = resolved.login_commands().session;
            Ok(Chosen { resolved, shown })
        }
        Err(error) => {
            let name = match &error {
                Error::Configuration(ConfigurationError::SessionNotFound { sso_session, .. }) => {
                    Some(sso_session)
                }
                // Without a config that can be read there is no section either.
                Error::Configuration(ConfigurationError::ConfigMissing { .. })
                | Error::Configuration(ConfigurationError::ConfigNotUtf8 { .. }) => {
                    options.sso_session.as_ref()
                }
                _ => None,
            };
            name.and_then(|name| without_section(command, name)).ok_or(error)
        }
    }
}

/// A session whose section has gone from the config, while its token is still there.
fn without_section(command: &Surroundings, name: &str) -> Option<Chosen> {
    let name = SessionName::parse(name).ok()?;
    match command.caches.sign_in_named(command.context, &name).content {
        SignInContent::Token { session: Some(session), .. } => {
            let shown = format!("sso-session `{name}`");
            let session = SsoSession { name: Some(name), ..session };
            Some(Chosen { resolved: ResolvedSession::without_config(session), shown })
        }
        _ => None,
    }
}
