//! What is in the way of a token file: told before a person is asked for anything, and
//! when a sign-in that is there cannot be read.

use std::io;

use super::{SessionCommand, SessionRun, logout, network};
use crate::cache::{Miss, TokenRoom};
use crate::config::shown_path;
use crate::context::Context;
use crate::debug;
use crate::error::{self, CacheTrouble, ConfigurationError, Error};
use crate::platform::{self, Obstacle};
use crate::token::SsoToken;

/// An obstacle as a person is told of it.
pub(super) fn shown(context: &Context, obstacle: &Obstacle) -> error::Obstacle {
    error::Obstacle {
        path: shown_path(context, &obstacle.path),
        kind: obstacle.kind,
        words: obstacle.words.clone(),
    }
}

/// Nothing is asked of AWS that gives a token, unless there is a place for the token: a
/// refresh token that is spent for nothing ends the sign-in for every tool, and a person
/// is not asked to sign in for a token that cannot be kept.
///
/// # Errors
/// [`CacheTrouble::NoRoom`].
pub(super) fn ensure_room(run: &SessionRun) -> Result<(), Error> {
    reserve_room(run).map(drop)
}

/// The same, and the room stays ours: others may fill the disk while AWS answers.
///
/// # Errors
/// As there.
pub(super) fn reserve_room(run: &SessionRun) -> Result<TokenRoom, Error> {
    run.caches.reserve_room_for_token(run.session).map_err(|(path, error)| {
        debug!(run.context, "no token is asked for: {} cannot be written: {error}", path.display());
        if let Some(error) = missing_home(run.context) {
            return error;
        }
        Error::Caches(CacheTrouble::NoRoom {
            directory: shown_path(run.context, run.caches.token_directory()),
            obstacle: shown(run.context, &Obstacle::to(&path, &error)),
        })
    })
}

/// Nobody is asked to sign in where role credentials of the sign-in before would stay: they
/// may be another person's, and would still be handed out.
///
/// # Errors
/// [`CacheTrouble::Left`].
pub(super) fn ensure_role_credentials_can_go(run: &SessionRun) -> Result<(), Error> {
    let command = SessionCommand::new(run.context)?;
    let mut removals = logout::Removals::new(run.context);
    logout::look_at_role_credentials(&command, run.session, &mut removals);
    removals.into_result(Some(run.login.session.clone()), None, run.login.ours.clone())
}

/// A home that is named and does not exist: none is made, and the variable is to be corrected.
fn missing_home(context: &Context) -> Option<Error> {
    let home = context.home()?;
    let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    matches!(home.try_exists(), Ok(false)).then(|| {
        Error::Configuration(ConfigurationError::HomeMissing {
            path: home.display().to_string(),
            variable: context.variable_os(variable).is_some().then_some(variable),
        })
    })
}

/// Why a token that is there cannot be used, with the file and the cause.
pub(super) fn unreadable(run: &SessionRun) -> Option<Error> {
    let path = run.caches.token_path(run.session);
    let refused = platform::open_regular(&path).err();
    // Anything else, such as a link to itself, is bad content, as junk is.
    let refused = refused.filter(|error| {
        error.kind() == io::ErrorKind::PermissionDenied || platform::is_out_of_descriptors(error)
    });
    let obstacle = refused.map(|error| shown(run.context, &Obstacle::to(&path, &error)));
    let content = match run.caches.read_token(run.context, run.session) {
        Err(Miss::Unusable(why)) => Some(why),
        // It has come or gone meanwhile.
        Ok(_) | Err(Miss::Absent | Miss::Other(_)) => return None,
    };
    Some(Error::Caches(CacheTrouble::Unreadable {
        path: shown_path(run.context, &path),
        content: content.filter(|_| obstacle.is_none()),
        obstacle,
        login: run.login.clone(),
    }))
}

/// A sign-in, or its refresh, that cannot be kept although there was room before: it is of
/// no use to anybody, so AWS is told, and the person learns what became of it.
pub(super) fn not_kept(run: &SessionRun, token: &SsoToken, error: &io::Error) -> Error {
    let path = run.caches.token_path(run.session);
    let place = if path.is_dir() { &path } else { run.caches.token_directory() };
    run.aws.set_deadline(Some(run.context.elapsed() + network::COURTESY));
    let revoked = run.aws.logout(&token.access_token).is_ok();
    Error::Caches(CacheTrouble::NotKept {
        path: shown_path(run.context, place),
        obstacle: shown(run.context, &Obstacle::to(place, error)),
        revoked,
    })
}
