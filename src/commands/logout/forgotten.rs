//! Removing all that this computer holds of one session.

use std::time::Duration;

use super::super::surroundings::Surroundings;
use super::revocation::{Forgotten, INCOMPLETE, UNREAD};
use crate::cache::{Miss, SignInContent};
use crate::config::ResolvedSession;
use crate::error::Holding;
use crate::lock::Lock;
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::sign_in::{PendingSignIn, Removal, Removals, Unexplained, remove_role_credentials};
use crate::state::LockPlace;

/// What was there of a session, and what became of it.
pub struct ForgottenSession {
    pub end: End,
    access_token: Option<Secret>,
    /// Where the token came from, when that is another start URL or region than asked for.
    issued_for: Option<SsoSession>,
    /// Why AWS cannot be told of the sign-in, if there was one.
    pub untold: Option<&'static str>,
    /// Role credentials that are left and may be the session's.
    pub unexplained: Unexplained,
}

impl ForgottenSession {
    /// The token to revoke, at the portal that issued it.
    pub fn token(&self, resolved: ResolvedSession) -> Option<Forgotten> {
        let resolved = self.issued_for.clone().map_or(resolved, ResolvedSession::without_config);
        Some(Forgotten { resolved, access_token: self.access_token.clone()? })
    }
}

/// How a sign-in ended.
pub enum End {
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
    pub fn words(&self, session: &str, revocation: &str) -> Option<String> {
        match self {
            Self::SignedOut => Some(format!("signed out of {session}{revocation}")),
            Self::GivenUp => Some(format!("{session}: the sign-in that waited is given up")),
            Self::NotSignedIn => Some(format!("{session}: you were not signed in")),
            Self::NoToken => {
                Some(format!("{session}: you were not signed in; a token file without a token is removed"))
            }
            Self::Unread(cause) => Some(format!(
                "{session}: the token file is removed; AWS was not told, because the file could not be \
                 read: {cause}"
            )),
            Self::Stays => None,
        }
    }
}

/// Removes all that this computer holds of a session; gives its access token, if it
/// had one, so that the portal can be told.
pub fn forget_session(
    command: &Surroundings,
    session: &SsoSession,
    forget_client: bool,
    removals: &mut Removals,
) -> ForgottenSession {
    let Surroundings { context, caches, state, .. } = command;
    let files = command.files(session);
    let place = LockPlace::of_session(state, session);
    // A sign-in that is under way must not write its token after we are done; but
    // signing out is never refused.
    let _lock = Lock::acquire(context, place.lock.as_ref(), Duration::from_secs(2));
    let waited = || PendingSignIn::of(files).is_waited_for();
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
    let unexplained = remove_role_credentials(files, &command.configured, removals);
    removals.notes_stay(state.forget_notes(session));
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
