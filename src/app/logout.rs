//! `logout`: local credentials go first and always, the portal is told afterwards. What
//! could not be removed is named, and is a failure.

mod all;
mod removals;
mod revocation;
mod role_credentials;

use std::time::Duration;

use super::SessionCommand;
use super::sign_in_state::SignInState;
use crate::cache::{Miss, SignInContent};
use crate::cli::LogoutOptions;
use crate::config::{self, ResolvedSession, shell_word};
use crate::context::Context;
use crate::error::{Error, Holding};
use crate::identifiers::SessionName;
use crate::lock::Lock;
use crate::options::Options;
use crate::output;
use crate::request::SsoSession;
use crate::secret::Secret;

pub(super) use removals::{Removal, Removals};
use revocation::{Forgotten, INCOMPLETE, Revocation, UNREAD};
pub(super) use role_credentials::{Unexplained, look_at_role_credentials, remove_role_credentials};

/// Signs out of the chosen session, or of all.
///
/// # Errors
/// The session cannot be told from the command line and the config, or something of it
/// cannot be removed.
pub fn logout(context: &Context, options: &LogoutOptions) -> Result<u8, Error> {
    let command = SessionCommand::new(context)?;
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
    forgotten.unexplained.tell(&command);
    removals.into_result(Some(shown), revocation.is_complete(), again(options)).map(|()| 0)
}

/// The session to sign out of, and how it is called.
struct Chosen {
    resolved: ResolvedSession,
    shown: String,
}

fn chosen(command: &SessionCommand, options: &LogoutOptions) -> Result<Chosen, Error> {
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
                Error::SessionNotFound { sso_session, .. } => Some(sso_session),
                // Without a config that can be read there is no section either.
                Error::ConfigMissing { .. } | Error::ConfigNotUtf8 { .. } => options.sso_session.as_ref(),
                _ => None,
            };
            name.and_then(|name| without_section(command, name)).ok_or(error)
        }
    }
}

/// A session whose section has gone from the config, while its token is still there.
fn without_section(command: &SessionCommand, name: &str) -> Option<Chosen> {
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

/// The same command once more, ready to be pasted.
fn again(options: &LogoutOptions) -> String {
    let mut command = "aws-sso-cred logout".to_owned();
    for (flag, value) in [("--profile", &options.profile), ("--sso-session", &options.sso_session)] {
        if let Some(value) = value {
            command.push_str(&format!(" {flag} {}", shell_word(value)));
        }
    }
    if options.all {
        command.push_str(" --all");
    }
    if options.forget_client {
        command.push_str(" --forget-client");
    }
    command
}

/// What was there of a session, and what became of it.
struct ForgottenSession {
    end: End,
    access_token: Option<Secret>,
    /// Where the token came from, when that is another start URL or region than asked for.
    issued_for: Option<SsoSession>,
    /// Why AWS cannot be told of the sign-in, if there was one.
    untold: Option<&'static str>,
    unexplained: Unexplained,
}

impl ForgottenSession {
    /// The token to revoke, at the portal that issued it.
    fn token(&self, resolved: ResolvedSession) -> Option<Forgotten> {
        let resolved = self.issued_for.clone().map_or(resolved, ResolvedSession::without_config);
        Some(Forgotten { resolved, access_token: self.access_token.clone()? })
    }
}

/// How a sign-in ended.
enum End {
    /// The token is gone.
    SignedOut,
    /// There was no token, and a sign-in that waited for its person is gone.
    GivenUp,
    /// There was nothing.
    NotSignedIn,
    /// A file is gone that held no token.
    NoToken,
    /// A file is gone that could not be opened, for this reason.
    Unread(String),
    /// The token, or the sign-in that waits, is still there.
    Stays,
}

impl End {
    /// `revocation` is what is to be said about AWS, if anything is.
    fn words(&self, session: &str, revocation: &str) -> Option<String> {
        match self {
            Self::SignedOut => Some(format!("signed out of {session}{revocation}")),
            Self::GivenUp => Some(format!("{session}: the pending sign-in is cancelled")),
            Self::NotSignedIn => Some(format!("{session}: you were not signed in")),
            Self::NoToken => {
                Some(format!("{session}: you were not signed in; removed a token file without a token"))
            }
            Self::Unread(cause) => Some(format!(
                "{session}: removed the token file; AWS was not told, because the file could not be \
                 read: {cause}"
            )),
            Self::Stays => None,
        }
    }
}

/// Removes all that this computer holds of a session; gives its access token, if it
/// had one, so that the portal can be told.
fn forget_session(
    command: &SessionCommand,
    session: &SsoSession,
    forget_client: bool,
    removals: &mut Removals,
) -> ForgottenSession {
    let SessionCommand { context, caches, state, .. } = command;
    let lock_path = state.session_file(session, "lock");
    // A sign-in that is under way must not write its token after we are done; but
    // signing out is never refused.
    let _lock = Lock::acquire(context, lock_path.as_ref(), Duration::from_secs(2));
    let waited = || SignInState::of(context, state, session).is_waited_for();
    let waited_before = waited();
    let is_anothers = matches!(caches.read_token(context, session), Err(Miss::Other(_)));
    let found = caches.sign_in_of(context, session);
    let untold = match &found.content {
        SignInContent::Closed(_) => found.path.symlink_metadata().is_ok().then_some(UNREAD),
        SignInContent::Token { access_token: None, .. } => Some(INCOMPLETE),
        _ => None,
    };
    let removal = removals.remove(&found.path, Holding::SignIn);
    if forget_client {
        removals.remove(&caches.registration_path(session), Holding::Registration);
    }
    let unexplained = remove_role_credentials(command, session, removals);
    removals.notes_stay(state.forget_notes(context, session));
    // Other sessions may be in the middle of writing theirs.
    let ours = [caches.token_path(session), caches.registration_path(session)];
    removals.sweep_half_written(caches.token_directory(), &|stem| {
        ours.iter().any(|path| path.file_stem().is_some_and(|name| name == stem))
    });
    let end = match (removal, &found.content) {
        (Removal::Stays, _) => End::Stays,
        (Removal::Gone, SignInContent::Token { .. }) => End::SignedOut,
        (Removal::Gone, SignInContent::Closed(cause)) => End::Unread(cause.clone()),
        _ if waited() => End::Stays,
        _ if waited_before => End::GivenUp,
        (Removal::Gone, SignInContent::NoToken | SignInContent::Torn) => End::NoToken,
        (Removal::Gone | Removal::WasAbsent, _) => End::NotSignedIn,
    };
    let (access_token, issued_for) = match found.content {
        SignInContent::Token { access_token, session } => (access_token, session.filter(|_| is_anothers)),
        _ => (None, None),
    };
    ForgottenSession { end, access_token, issued_for, untold, unexplained }
}
