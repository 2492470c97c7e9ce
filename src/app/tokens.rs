//! Keeping tokens: what was issued becomes the session's token file.

use std::time::Duration;

use super::refresh::lock_path;
use super::{SessionRun, standing};
use crate::cache::Miss;
use crate::config;
use crate::debug;
use crate::error::Error;
use crate::identity_center::{IssuedToken, RegisteredClient};
use crate::lock::{Busy, Lock};
use crate::token::SsoToken;

/// How long a new sign-in waits for somebody who refreshes the old one.
const PATIENCE: Duration = Duration::from_secs(10);

/// The session's lock, for writing what a person has just signed in for. A holder that
/// hangs does not cost them the sign-in: the file is replaced whole, lock or no lock.
pub(super) fn lock(run: &SessionRun) -> Lock {
    Lock::acquire(run.context, lock_path(run).as_ref(), PATIENCE).unwrap_or_else(|Busy { .. }| {
        debug!(run.context, "lock: its holder hangs; going on without");
        Lock::none()
    })
}

/// Nothing is asked of AWS that gives a token, unless there is a place for the token: a
/// refresh token that is spent for nothing ends the sign-in for every tool.
///
/// # Errors
/// [`Error::TokenUnkeepable`].
pub(super) fn ensure_room(run: &SessionRun) -> Result<(), Error> {
    run.caches.ensure_room_for_token(run.session).map_err(|(path, error)| {
        debug!(run.context, "no token is asked for: {} cannot be written: {error}", path.display());
        Error::TokenUnkeepable {
            path: config::shown_path(run.context, &path),
            cause: error.to_string(),
            login: run.login.clone(),
        }
    })
}

/// Keeps the token of a new sign-in.
pub(super) fn store_new(
    run: &SessionRun,
    lock: &Lock,
    client: &RegisteredClient,
    issued: IssuedToken,
) -> SsoToken {
    let token = SsoToken {
        expires_at: run.context.now().plus(issued.expires_in),
        access_token: issued.access_token,
        refresh_token: issued.refresh_token,
        client_id: Some(client.client_id.clone()),
        client_secret: Some(client.client_secret.clone()),
        registration_expires_at: Some(client.expires_at),
        region: Some(run.session.region.to_string()),
        start_url: Some(run.session.start_url.to_string()),
    };
    write(run, lock, &token);
    token
}

/// Keeps a refreshed token. An answer without a refresh token keeps the old one.
pub(super) fn store_refreshed(
    run: &SessionRun,
    lock: &Lock,
    old: &SsoToken,
    issued: IssuedToken,
) -> SsoToken {
    let token = SsoToken {
        expires_at: run.context.now().plus(issued.expires_in),
        access_token: issued.access_token,
        refresh_token: issued.refresh_token.or_else(|| old.refresh_token.clone()),
        region: Some(run.session.region.to_string()),
        start_url: Some(run.session.start_url.to_string()),
        ..old.clone()
    };
    if replaced_meanwhile(run, old) {
        debug!(run.context, "token not written: another tool has signed in or out while we refreshed");
    } else {
        write(run, lock, &token);
    }
    standing::note_refresh(run, old, &token);
    token
}

/// Other tools do not know our lock: what they did about the sign-in while AWS answered
/// us is newer than what we asked with.
fn replaced_meanwhile(run: &SessionRun, old: &SsoToken) -> bool {
    match run.caches.read_token(run.context, run.session) {
        Ok(found) => {
            !found.access_token.matches(old.access_token.expose()) && found.expires_at > run.context.now()
        }
        Err(miss) => matches!(miss, Miss::Absent | Miss::Other(_)),
    }
}

/// Nobody is signed in by a token that no other process will find: for `login`, unlike
/// the credential process, the file is the point.
///
/// # Errors
/// [`Error::Disk`].
pub(super) fn ensure_kept(run: &SessionRun, token: &SsoToken) -> Result<(), Error> {
    let kept = run.caches.read_token(run.context, run.session);
    if kept.is_ok_and(|kept| kept.access_token.matches(token.access_token.expose())) {
        return Ok(());
    }
    run.caches.write_token(run.context, run.session, token, &lock(run)).map_err(|error| Error::Disk {
        what: "keep the sign-in in".to_owned(),
        path: run.caches.token_path(run.session).display().to_string(),
        cause: error.to_string(),
    })
}

/// A token that cannot be written still serves this run.
pub(super) fn write(run: &SessionRun, lock: &Lock, token: &SsoToken) {
    match run.caches.write_token(run.context, run.session, token, lock) {
        Ok(()) => debug!(run.context, "token written, good until {}", token.expires_at),
        Err(error) => debug!(run.context, "token not written: {error}"),
    }
}
