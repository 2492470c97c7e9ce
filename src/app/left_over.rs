//! A token that AWS gave to a process that was killed before it could put the file in
//! place. Its refresh token may be the only one that is still good.

use std::fs;
use std::time::UNIX_EPOCH;

use super::sign_in_state::SignInState;
use super::{SessionRun, refresh, tokens, without_state};
use crate::cache::{LeftOverToken, Miss, is_abandoned};
use crate::debug;
use crate::lock::Lock;
use crate::platform;
use crate::state::StateDirectory;
use crate::token::{SsoToken, refreshable};

/// Whether there may be something to [`adopt`]. Reads one directory.
pub(super) fn is_there(run: &SessionRun) -> bool {
    run.caches.has_left_over_token(run.session)
}

/// [`adopt`] for a process that has a live token: takes over a sign-in that came to its end
/// since, if nobody else holds the session's lock, who may be about to.
pub(super) fn adopt_sign_in(run: &SessionRun) -> Option<SsoToken> {
    let left_over = run.caches.left_over_tokens(run.session);
    if !left_over.iter().any(|left_over| is_of_a_sign_in_under_way(run, left_over)) {
        return None;
    }
    adopt(run, &Lock::try_acquire(run.context, refresh::lock_path(run).as_ref()).ok()?)
}

/// Puts the newest token that was left over in place, if it is one of this sign-in and
/// newer than the token that is there. What is of no use is removed once it is old.
pub(super) fn adopt(run: &SessionRun, lock: &Lock) -> Option<SsoToken> {
    let mut adopted = None;
    for left_over in run.caches.left_over_tokens(run.session) {
        if adopted.is_none() && is_wanted(run, &left_over) {
            let ends_a_sign_in = is_of_a_sign_in_under_way(run, &left_over);
            match run.caches.adopt_token(run.session, &left_over, lock, &|| is_wanted(run, &left_over)) {
                Ok(()) => {
                    debug!(run.context, "token: took over {}", left_over.path.display());
                    if ends_a_sign_in {
                        end_sign_in(run);
                    }
                    adopted = left_over.token;
                    continue;
                }
                Err(error) => debug!(run.context, "token: {} stays: {error}", left_over.path.display()),
            }
        }
        if is_abandoned(&left_over.path) && !is_good_for_another(run, &left_over) {
            let removed = fs::remove_file(&left_over.path);
            debug!(run.context, "token: removed {}: {removed:?}", left_over.path.display());
        }
    }
    adopted
}

/// The same for a process that holds another lock than the session's; gives a token that
/// can be used as it is.
pub(super) fn adopt_live(run: &SessionRun) -> Option<SsoToken> {
    if !is_there(run) {
        return None;
    }
    adopt(run, &tokens::lock(run)).filter(|token| token.expires_at > run.context.now())
}

fn is_wanted(run: &SessionRun, left_over: &LeftOverToken) -> bool {
    let Some(token) = good(run, left_over) else { return false };
    if token.other_sign_in(run.session).is_some() {
        return false;
    }
    let there = platform::modified(&run.caches.token_path(run.session));
    // Another person's sign-in keeps the client too: the older of two is never taken, however
    // long it lives.
    if there.is_some_and(|there| there > left_over.modified) {
        return false;
    }
    match run.caches.read_token(run.context, run.session) {
        Ok(present) if present.access_token.matches(token.access_token.expose()) => false,
        // A refresh keeps the client.
        Ok(present) if present.client_id.is_some() && present.client_id == token.client_id => true,
        Err(Miss::Unusable(_)) => true,
        // `aws sso logout` removes the token, and leaves our temporary files: only a sign-in
        // that was under way may end with one.
        _ => is_of_a_sign_in_under_way(run, left_over),
    }
}

/// A token that a session can still be gone on with, if one was left over.
fn good<'a>(run: &SessionRun, left_over: &'a LeftOverToken) -> Option<&'a SsoToken> {
    let now = run.context.now();
    let token = left_over.token.as_ref()?;
    let is_whole = token.start_url.is_some() && token.region.is_some();
    (is_whole && (token.expires_at > now || refreshable(token, now).is_ok())).then_some(token)
}

/// Whether it is for another start URL or region, as another config file has them under
/// this session's name: it may be the only good token there.
fn is_good_for_another(run: &SessionRun, left_over: &LeftOverToken) -> bool {
    good(run, left_over).is_some_and(|token| token.other_sign_in(run.session).is_some())
}

fn is_of_a_sign_in_under_way(run: &SessionRun, left_over: &LeftOverToken) -> bool {
    let Some(client_id) = left_over.token.as_ref().and_then(|token| token.client_id.as_ref()) else {
        return false;
    };
    let written = left_over.modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().cast_signed();
    let noted = SignInState::of(run.context, run.state, run.session).began_with(client_id);
    if noted
        .or_else(|| without_state::began_with(run, client_id))
        .is_some_and(|began| began.unix() <= written)
    {
        return true;
    }
    // By redirect.
    let Some(note) = run.state.session_file(run.session, UNPROVED_CLIENT) else { return false };
    let is_its_client = StateDirectory::read_json(&note)
        .is_some_and(|document| document.get("client_id").and_then(|id| id.as_str()) == Some(client_id));
    is_its_client && platform::age(&left_over.path) <= note.age()
}

/// The note of `login` by redirect about the client that it uses.
const UNPROVED_CLIENT: &str = "unproved-client.json";

/// What is done at the end of every sign-in.
fn end_sign_in(run: &SessionRun) {
    let state = SignInState::of(run.context, run.state, run.session);
    state.forget_pending();
    without_state::end_cool_down(run, &state);
    if let Some(note) = run.state.session_file(run.session, UNPROVED_CLIENT) {
        StateDirectory::remove(run.context, &note);
    }
    tokens::forget_role_credentials(run);
}
