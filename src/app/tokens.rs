//! Keeping tokens: what was issued becomes the session's token file.

use std::time::Duration;

use super::refresh::lock_path;
use super::{SessionRun, obstacles, signed_in};
use crate::cache::Miss;
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
    signed_in::note(run, &token);
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
    token
}

/// Other tools do not know our lock: what they did about the sign-in while AWS answered
/// us is newer than what we asked with.
fn replaced_meanwhile(run: &SessionRun, old: &SsoToken) -> bool {
    match run.caches.read_token(run.context, run.session) {
        Ok(found) => {
            !found.access_token.matches(old.access_token.expose()) && found.expires_at > run.context.now()
        }
        Err(miss) => miss == Miss::Absent,
    }
}

/// Nobody is signed in by a token that no other process will find: for `login`, unlike
/// the credential process, the file is the point.
///
/// # Errors
/// [`CacheTrouble::NotKept`](crate::error::CacheTrouble::NotKept).
pub(super) fn ensure_kept(run: &SessionRun, token: &SsoToken) -> Result<(), Error> {
    let kept = run.caches.read_token(run.context, run.session);
    if kept.is_ok_and(|kept| kept.access_token.matches(token.access_token.expose())) {
        return Ok(());
    }
    let written = run.caches.write_token(run.context, run.session, token, &lock(run));
    written.map_err(|error| obstacles::not_kept(run, token, &error))?;
    signed_in::note(run, token);
    Ok(())
}

/// A token that cannot be written still serves this run.
pub(super) fn write(run: &SessionRun, lock: &Lock, token: &SsoToken) {
    match run.caches.write_token(run.context, run.session, token, lock) {
        Ok(()) => debug!(run.context, "token written, good until {}", token.expires_at),
        Err(error) => debug!(run.context, "token not written: {error}"),
    }
}
