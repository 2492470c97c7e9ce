//! Left-over tokens: AWS gave a token to a process that was killed before it could put the token
//! file in place. The refresh token in it may be the only one that still works.

use std::fs;
use std::time::UNIX_EPOCH;

use super::pending::PendingSignIn;
use super::session::SessionFiles;
use super::{cool_down, synced_keys, token_lock, token_store};
use crate::cache::{LeftOverToken, Miss, is_abandoned};
use crate::debug;
use crate::lock::Lock;
use crate::platform;
use crate::state::{LockPlace, UnprovedClient};
use crate::terminal::Channel;
use crate::token::{SsoToken, refreshable};

/// Whether there may be a token to [`adopt`]. Reads one directory.
pub fn is_there(files: SessionFiles) -> bool {
    files.caches.has_left_over_token(files.session)
}

/// [`adopt`] for a process that has a live token: only if there is a token of a pending sign-in,
/// and only if the session's lock is free, as its holder may be about to adopt the token.
pub fn adopt_sign_in(files: SessionFiles) -> Option<SsoToken> {
    let left_over = files.caches.left_over_tokens(files.session);
    if !left_over.iter().any(|left_over| is_from_pending_sign_in(files, left_over)) {
        return None;
    }
    let place = LockPlace::of_session(files.state, files.session);
    adopt(files, &Lock::try_acquire(files.context, place.lock.as_ref()).ok()?)
}

/// Puts the newest left-over token in place, if it belongs to this sign-in and is newer than the
/// token file. Left-over tokens that are of no use are removed once they are old.
pub fn adopt(files: SessionFiles, lock: &Lock) -> Option<SsoToken> {
    let mut adopted = None;
    for left_over in files.caches.left_over_tokens(files.session) {
        if adopted.is_none() && is_wanted(files, &left_over) {
            let ends_a_sign_in = is_from_pending_sign_in(files, &left_over);
            match files.caches.adopt_token(files.session, &left_over, lock, &|| is_wanted(files, &left_over))
            {
                Ok(()) => {
                    debug!(files.context, "token: took over {}", left_over.path.display());
                    if ends_a_sign_in {
                        end_sign_in(files);
                    }
                    adopted = left_over.token;
                    continue;
                }
                Err(error) => debug!(files.context, "token: {} stays: {error}", left_over.path.display()),
            }
        }
        if is_abandoned(&left_over.path) && !is_usable_elsewhere(files, &left_over) {
            let removed = fs::remove_file(&left_over.path);
            debug!(files.context, "token: removed {}: {removed:?}", left_over.path.display());
        }
    }
    adopted
}

/// [`adopt`] for a process that does not hold the session's lock. Returns the token if it is
/// alive.
pub fn adopt_live(files: SessionFiles) -> Option<SsoToken> {
    if !is_there(files) {
        return None;
    }
    adopt(files, &token_lock::for_new_token(files)).filter(|token| token.expires_at > files.context.now())
}

/// Whether the left-over token is to take the place of the token file.
fn is_wanted(files: SessionFiles, left_over: &LeftOverToken) -> bool {
    let Some(token) = usable(files, left_over) else { return false };
    if token.other_sign_in(files.session).is_some() {
        return false;
    }
    let written = platform::modified(&files.caches.token_path(files.session));
    // A sign-in of another person may have used the same client, so a token that is older than
    // the token file is never taken, however long it lives.
    if written.is_some_and(|written| written > left_over.modified) {
        return false;
    }
    match files.caches.read_token(files.context, files.session) {
        Ok(present) if present.access_token.matches(token.access_token.expose()) => false,
        // A refresh keeps the client.
        Ok(present) if present.client_id.is_some() && present.client_id == token.client_id => true,
        Err(Miss::Unusable(_)) => true,
        // `aws sso logout` removes the token file, but not our temporary files: only the token
        // of a sign-in that is still pending may take its place.
        _ => is_from_pending_sign_in(files, left_over),
    }
}

/// The left-over token, if it is complete, and is alive or can be refreshed.
fn usable<'a>(files: SessionFiles, left_over: &'a LeftOverToken) -> Option<&'a SsoToken> {
    let now = files.context.now();
    let token = left_over.token.as_ref()?;
    let is_whole = token.start_url.is_some() && token.region.is_some();
    (is_whole && (token.expires_at > now || refreshable(token, now).is_ok())).then_some(token)
}

/// Whether the token is usable, but for another start URL or region: another config file uses
/// this session's name for them, and the token may be the only usable one there.
fn is_usable_elsewhere(files: SessionFiles, left_over: &LeftOverToken) -> bool {
    usable(files, left_over).is_some_and(|token| token.other_sign_in(files.session).is_some())
}

/// Whether the token belongs to a sign-in that is still noted as pending: the sign-in began with
/// the token's client, before the file was written.
fn is_from_pending_sign_in(files: SessionFiles, left_over: &LeftOverToken) -> bool {
    let Some(client_id) = left_over.token.as_ref().and_then(|token| token.client_id.as_ref()) else {
        return false;
    };
    let written = left_over.modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().cast_signed();
    let noted = PendingSignIn::of(files).began_with(client_id);
    if noted.or_else(|| cool_down::began_with(files, client_id)).is_some_and(|began| began.unix() <= written)
    {
        return true;
    }
    // A sign-in by redirect has no code; it notes its client.
    let unproved = UnprovedClient::read(files.state, files.session);
    unproved.is_some_and(|unproved| {
        unproved.client_id == *client_id && platform::age(&left_over.path) <= unproved.age
    })
}

/// Concludes the sign-in that the token came from, as its own process would have done.
fn end_sign_in(files: SessionFiles) {
    PendingSignIn::of(files).forget();
    cool_down::end(files);
    UnprovedClient::forget(files.state, files.session);
    token_store::forget_role_credentials(files);
    synced_keys::forget_after_sign_in(files, &Channel::None);
}
