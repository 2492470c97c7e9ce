//! Removes all files of one session from this computer.
//!
//! The token is revoked by `revocation`.

use std::time::Duration;

use super::revocation::{Forgotten, INCOMPLETE, UNREAD};
use crate::cache::{Miss, SignInContent};
use crate::commands::surroundings::Surroundings;
use crate::error::Holding;
use crate::lock::Lock;
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::selection::ResolvedSession;
use crate::sign_in::{PendingSignIn, Removal, Removals, Unexplained, remove_role_credentials};
use crate::state::LockPlace;

/// What was found of a session, and what became of it.
pub struct ForgottenSession {
    pub end: End,
    access_token: Option<Secret>,
    /// The session that the token names, if its start URL or region is not the config's.
    issued_for: Option<SsoSession>,
    /// Why a token that was found cannot be revoked.
    pub not_revocable: Option<&'static str>,
    /// Role credentials that were left alone and may belong to the session.
    pub unexplained: Unexplained,
}

impl ForgottenSession {
    /// The token to revoke, with the session that issued it.
    pub fn token(&self, resolved: ResolvedSession) -> Option<Forgotten> {
        let resolved = self.issued_for.clone().map_or(resolved, ResolvedSession::without_config);
        Some(Forgotten { resolved, access_token: self.access_token.clone()? })
    }
}

/// How a sign-in ended.
pub enum End {
    /// The token is removed.
    SignedOut,
    /// There was no token; a sign-in that waited for the person is given up.
    GivenUp,
    /// There was no token, and no sign-in that waited for the person.
    NotSignedIn,
    /// A token file without a token is removed.
    NoToken,
    /// A token file that could not be read, for this reason, is removed.
    Unread(String),
    /// The token, or the sign-in that waits for the person, is still there.
    Stays,
}

impl End {
    /// What to tell the person; `revocation` is the part about AWS, perhaps empty. `None` if an
    /// error text follows.
    pub fn words(&self, session: &str, revocation: &str) -> Option<String> {
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

/// Removes all files of a session. The result has the access token, if there was one, so that it
/// can be revoked.
pub fn forget_session(
    command: &Surroundings,
    session: &SsoSession,
    forget_client: bool,
    removals: &mut Removals,
) -> ForgottenSession {
    let Surroundings { context, caches, state, .. } = command;
    let files = command.files(session);
    let place = LockPlace::of_session(state, session);
    // A pending sign-in must not write its token after this. If the lock cannot be had in time,
    // `logout` goes on without it.
    let _lock = Lock::acquire(context, place.lock.as_ref(), Duration::from_secs(2));
    let sign_in_waits = || PendingSignIn::of(files).is_waited_for();
    let sign_in_waited = sign_in_waits();
    let is_for_another = matches!(caches.read_token(context, session), Err(Miss::Other(_)));
    let found = caches.sign_in_of(context, session);
    let not_revocable = match &found.content {
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
    // Other processes may be writing temporary files of other sessions just now.
    let of_session = [caches.token_path(session), caches.registration_path(session)];
    removals.sweep_half_written(caches.token_directory(), &|stem| {
        of_session.iter().any(|path| path.file_stem().is_some_and(|name| name == stem))
    });
    let end = match (removal, &found.content) {
        (Removal::Stays, _) => End::Stays,
        (Removal::Gone, SignInContent::Token { .. }) => End::SignedOut,
        (Removal::Gone, SignInContent::Closed(cause)) => End::Unread(cause.clone()),
        _ if sign_in_waits() => End::Stays,
        _ if sign_in_waited => End::GivenUp,
        (Removal::Gone, SignInContent::NoToken | SignInContent::NotJson) => End::NoToken,
        (Removal::Gone | Removal::WasAbsent, _) => End::NotSignedIn,
    };
    let (access_token, issued_for) = match found.content {
        SignInContent::Token { access_token, session } => (access_token, session.filter(|_| is_for_another)),
        _ => (None, None),
    };
    ForgottenSession { end, access_token, issued_for, not_revocable, unexplained }
}
