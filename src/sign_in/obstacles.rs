//! What prevents the token file from being written or read. Writing is checked before a person
//! is asked to sign in or a token is requested from AWS.

use std::io;

use super::network_time::COURTESY;
use super::session::SessionFiles;
use crate::cache::{Miss, TokenRoom};
use crate::config::shown_path;
use crate::context::Context;
use crate::debug;
use crate::error::{self, ConfigurationError, Error, LocalError, LoginCommands, SignInNeeded};
use crate::identity_center::{Deadline, IdentityCenter};
use crate::platform::{self, Obstacle, ObstacleKind};
use crate::token::SsoToken;

/// The obstacle as an error text names it.
pub fn shown(context: &Context, obstacle: &Obstacle) -> error::Obstacle {
    error::Obstacle {
        path: shown_path(context, &obstacle.path),
        kind: obstacle.kind,
        words: obstacle.words.clone(),
    }
}

/// Checks that a token can be written. A token is requested from AWS only if that is so: a
/// refresh token that is used in vain ends the sign-in for every tool, and a person is not asked
/// to sign in for a token that is then lost.
///
/// # Errors
/// [`LocalError::NoRoom`](crate::error::LocalError::NoRoom).
pub fn ensure_room(files: SessionFiles) -> Result<(), Error> {
    reserve_room(files).map(drop)
}

/// The same, and reserves the room: other programs may fill the disk while AWS answers.
///
/// # Errors
/// [`LocalError::NoRoom`](crate::error::LocalError::NoRoom).
pub fn reserve_room(files: SessionFiles) -> Result<TokenRoom, Error> {
    files.caches.reserve_room_for_token(files.session).map_err(|(path, error)| {
        debug!(
            files.context,
            "token: none is requested, because {} cannot be written: {error}",
            path.display()
        );
        if let Some(error) = missing_home(files.context) {
            return error;
        }
        Error::Local(LocalError::NoRoom {
            directory: shown_path(files.context, files.caches.token_directory()),
            obstacle: shown(files.context, &Obstacle::to(&path, &error)),
        })
    })
}

/// The error for a home directory that is configured but does not exist. The directory is not
/// created; the variable has to be corrected.
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

/// The error for a token file that exists and cannot be used, with the cause.
pub fn unreadable(files: SessionFiles, login: &LoginCommands) -> Option<Error> {
    let path = files.caches.token_path(files.session);
    let refused = platform::open_regular(&path).err();
    // Any other failure to open the file, such as a link to itself, counts as bad content.
    let refused = refused.filter(|error| {
        error.kind() == io::ErrorKind::PermissionDenied || platform::is_out_of_descriptors(error)
    });
    let obstacle = refused.map(|error| shown(files.context, &Obstacle::to(&path, &error)));
    let content = match files.caches.read_token(files.context, files.session) {
        Err(Miss::Unusable(why)) => Some(why),
        // The file was written or removed meanwhile.
        Ok(_) | Err(Miss::Absent | Miss::Other(_)) => return None,
    };
    let shown_path = shown_path(files.context, &path);
    Some(match obstacle {
        Some(obstacle) if obstacle.kind == ObstacleKind::OpenFiles => {
            let session = login.session.clone();
            Error::Local(LocalError::TokenNotOpened { path: shown_path, obstacle, session })
        }
        obstacle => Error::SignInNeeded(SignInNeeded::Unreadable {
            path: shown_path,
            content: content.filter(|_| obstacle.is_none()),
            obstacle,
            login: login.clone(),
        }),
    })
}

/// The error for a token that could not be written, although there was room before. No process
/// can use the token, so it is revoked, and the error says whether that worked.
pub fn not_kept(files: SessionFiles, aws: &dyn IdentityCenter, token: &SsoToken, error: &io::Error) -> Error {
    let path = files.caches.token_path(files.session);
    let place = if path.is_dir() { &path } else { files.caches.token_directory() };
    let revoked = aws.logout(&token.access_token, Deadline::after(files.context, COURTESY)).is_ok();
    Error::Local(LocalError::NotKept {
        path: shown_path(files.context, place),
        obstacle: shown(files.context, &Obstacle::to(place, error)),
        revoked,
    })
}
