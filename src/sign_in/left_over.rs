//! A token that AWS gave to a process that was killed before it could put the file in
//! place. Its refresh token may be the only one that is still good.

use std::fs;
use std::time::UNIX_EPOCH;

use super::pending::PendingSignIn;
use super::session::SessionFiles;
use super::{cool_down, token_lock, token_store};
use crate::cache::{LeftOverToken, Miss, is_abandoned};
use crate::debug;
use crate::lock::Lock;
use crate::platform;
use crate::state::{LockPlace, UnprovedClient};
use crate::token::{SsoToken, refreshable};

/// Whether there may be something to [`adopt`]. Reads one directory.
pub fn is_there(files: SessionFiles) -> bool {
    files.caches.has_left_over_token(files.session)
}

/// [`adopt`] for a process that has a live token: takes over a sign-in that came to its end
/// since, if nobody else holds the session's lock, who may be about to.
pub fn adopt_sign_in(files: SessionFiles) -> Option<SsoToken> {
    let left_over = files.caches.left_over_tokens(files.session);
    if !left_over.iter().any(|left_over| is_of_a_sign_in_under_way(files, left_over)) {
        return None;
    }
    let place = LockPlace::of_session(files.state, files.session);
    adopt(files, &Lock::try_acquire(files.context, place.lock.as_ref()).ok()?)
}

/// Puts the newest token that was left over in place, if it is one of this sign-in and
/// newer than the token that is there. What is of no use is removed once it is old.
pub fn adopt(files: SessionFiles, lock: &Lock) -> Option<SsoToken> {
    let mut adopted = None;
    for left_over in files.caches.left_over_tokens(files.session) {
        if adopted.is_none() && is_wanted(files, &left_over) {
            let ends_a_sign_in = is_of_a_sign_in_under_way(files, &left_over);
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
        if is_abandoned(&left_over.path) && !is_good_for_another(files, &left_over) {
            let removed = fs::remove_file(&left_over.path);
            debug!(files.context, "token: removed {}: {removed:?}", left_over.path.display());
        }
    }
    adopted
}

/// The same for a process that holds another lock than the session's; gives a token that
/// can be used as it is.
pub fn adopt_live(files: SessionFiles) -> Option<SsoToken> {
    if !is_there(files) {
        return None;
    }
    adopt(files, &token_lock::for_new_token(files)).filter(|token| token.expires_at > files.context.now())
}

fn is_wanted(files: SessionFiles, left_over: &LeftOverToken) -> bool {
    let Some(token) = good(files, left_over) else { return false };
    if token.other_sign_in(files.session).is_some() {
        return false;
    }
    let there = platform::modified(&files.caches.token_path(files.session));
    // Another person's sign-in keeps the client too: the older of two is never taken, however
    // long it lives.
    if there.is_some_and(|there| there > left_over.modified) {
        return false;
    }
    match files.caches.read_token(files.context, files.session) {
        Ok(present) if present.access_token.matches(token.access_token.expose()) => false,
        // A refresh keeps the client.
        Ok(present) if present.client_id.is_some() && present.client_id == token.client_id => true,
        Err(Miss::Unusable(_)) => true,
        // `aws sso logout` removes the token, and leaves our temporary files: only a sign-in
        // that was under way may end with one.
        _ => is_of_a_sign_in_under_way(files, left_over),
    }
}

/// A token that a session can still be gone on with, if one was left over.
fn good<'a>(files: SessionFiles, left_over: &'a LeftOverToken) -> Option<&'a SsoToken> {
    let now = files.context.now();
    let token = left_over.token.as_ref()?;
    let is_whole = token.start_url.is_some() && token.region.is_some();
    (is_whole && (token.expires_at > now || refreshable(token, now).is_ok())).then_some(token)
}

/// Whether it is for another start URL or region, as another config file has them under
/// this session's name: it may be the only good token there.
fn is_good_for_another(files: SessionFiles, left_over: &LeftOverToken) -> bool {
    good(files, left_over).is_some_and(|token| token.other_sign_in(files.session).is_some())
}

fn is_of_a_sign_in_under_way(files: SessionFiles, left_over: &LeftOverToken) -> bool {
    let Some(client_id) = left_over.token.as_ref().and_then(|token| token.client_id.as_ref()) else {
        return false;
    };
    let written = left_over.modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().cast_signed();
    let noted = PendingSignIn::of(files).began_with(client_id);
    if noted.or_else(|| cool_down::began_with(files, client_id)).is_some_and(|began| began.unix() <= written)
    {
        return true;
    }
    // By redirect.
    let unproved = UnprovedClient::read(files.state, files.session);
    unproved.is_some_and(|unproved| {
        unproved.client_id == *client_id && platform::age(&left_over.path) <= unproved.age
    })
}

/// What is done at the end of every sign-in.
fn end_sign_in(files: SessionFiles) {
    PendingSignIn::of(files).forget();
    cool_down::end(files);
    UnprovedClient::forget(files.state, files.session);
    token_store::forget_role_credentials(files);
}
