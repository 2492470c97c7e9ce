//! What is in the way of a token file: told before a person is asked for anything, and
//! when a sign-in that is there cannot be read.

use std::io;

use super::network_time::COURTESY;
use super::session::{SessionFiles, SessionRun};
use crate::cache::{Miss, TokenRoom};
use crate::config::shown_path;
use crate::context::Context;
use crate::debug;
use crate::error::{self, CacheTrouble, ConfigurationError, Error, LoginCommands};
use crate::platform::{self, Obstacle};
use crate::token::SsoToken;

/// An obstacle as a person is told of it.
pub fn shown(context: &Context, obstacle: &Obstacle) -> error::Obstacle {
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
pub fn ensure_room(files: SessionFiles) -> Result<(), Error> {
    reserve_room(files).map(drop)
}

/// The same, and the room stays ours: others may fill the disk while AWS answers.
///
/// # Errors
/// As there.
pub fn reserve_room(files: SessionFiles) -> Result<TokenRoom, Error> {
    files.caches.reserve_room_for_token(files.session).map_err(|(path, error)| {
        debug!(files.context, "no token is asked for: {} cannot be written: {error}", path.display());
        if let Some(error) = missing_home(files.context) {
            return error;
        }
        Error::Caches(CacheTrouble::NoRoom {
            directory: shown_path(files.context, files.caches.token_directory()),
            obstacle: shown(files.context, &Obstacle::to(&path, &error)),
        })
    })
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
pub fn unreadable(files: SessionFiles, login: &LoginCommands) -> Option<Error> {
    let path = files.caches.token_path(files.session);
    let refused = platform::open_regular(&path).err();
    // Anything else, such as a link to itself, is bad content, as junk is.
    let refused = refused.filter(|error| {
        error.kind() == io::ErrorKind::PermissionDenied || platform::is_out_of_descriptors(error)
    });
    let obstacle = refused.map(|error| shown(files.context, &Obstacle::to(&path, &error)));
    let content = match files.caches.read_token(files.context, files.session) {
        Err(Miss::Unusable(why)) => Some(why),
        // It has come or gone meanwhile.
        Ok(_) | Err(Miss::Absent | Miss::Other(_)) => return None,
    };
    Some(Error::Caches(CacheTrouble::Unreadable {
        path: shown_path(files.context, &path),
        content: content.filter(|_| obstacle.is_none()),
        obstacle,
        login: login.clone(),
    }))
}

/// A sign-in, or its refresh, that cannot be kept although there was room before: it is of
/// no use to anybody, so AWS is told, and the person learns what became of it.
pub fn not_kept(run: &SessionRun, token: &SsoToken, error: &io::Error) -> Error {
    let files = run.files;
    let path = files.caches.token_path(files.session);
    let place = if path.is_dir() { &path } else { files.caches.token_directory() };
    run.aws.set_deadline(Some(files.context.elapsed() + COURTESY));
    let revoked = run.aws.logout(&token.access_token).is_ok();
    Error::Caches(CacheTrouble::NotKept {
        path: shown_path(files.context, place),
        obstacle: shown(files.context, &Obstacle::to(place, error)),
        revoked,
    })
}
