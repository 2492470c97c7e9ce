//! Whether an access token that was used a moment ago is still its session's: while AWS
//! answered, a person may have signed out, or another person in.

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::SessionRun;
use crate::cache::Miss;
use crate::debug;
use crate::platform::PrivateFile;
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::state::StateDirectory;
use crate::token::SsoToken;

/// How a used access token stands to what the token file holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is the session's, or was refreshed to what is the session's now.
    Current,
    /// The file holds another token, perhaps of another person.
    Replaced,
    /// The file is gone: somebody signed out.
    SignedOut,
    /// The file cannot be read, or this run could not write it.
    Unknown,
}

/// How `used` stands to the session's token now.
pub(super) fn of(run: &SessionRun, used: &Secret) -> Standing {
    let standing = match run.caches.read_token(run.context, run.session) {
        Ok(token) if token.access_token.matches(used.expose()) => Standing::Current,
        Ok(token) if are_of_one_sign_in(run, used, &token.access_token) => Standing::Current,
        Ok(_) | Err(Miss::Other(_)) => Standing::Replaced,
        Err(Miss::Absent) if run.unkept.get() => Standing::Unknown,
        Err(Miss::Absent) => Standing::SignedOut,
        Err(Miss::Unusable(_)) => Standing::Unknown,
    };
    if standing != Standing::Current {
        debug!(run.context, "the access token that was used: {standing:?}");
    }
    standing
}

/// A sign-in that lasts three months is refreshed some two thousand times; only requests
/// that are under way ask for what was before.
const REMEMBERED: usize = 8;

/// Notes that `new` came from `old` by a refresh.
pub(super) fn note_refresh(run: &SessionRun, old: &SsoToken, new: &SsoToken) {
    let Some(file) = note(run) else { return };
    let (old, new) = (fingerprint(&old.access_token), fingerprint(&new.access_token));
    let mut chain = chain(&file);
    if chain.last() != Some(&old) {
        chain = vec![old];
    }
    chain.push(new);
    let recent = &chain[chain.len().saturating_sub(REMEMBERED)..];
    StateDirectory::write_text(run.context, &file, &json!({ "tokens": recent }).to_string());
}

/// Whether `access_token` came by refreshing, as far as we know.
pub(super) fn is_refreshed(state: &StateDirectory, session: &SsoSession, access_token: &Secret) -> bool {
    let file = state.session_file(session, NOTE);
    let chain = file.map(|file| chain(&file)).unwrap_or_default();
    chain.iter().skip(1).any(|refreshed| *refreshed == fingerprint(access_token))
}

fn are_of_one_sign_in(run: &SessionRun, one: &Secret, other: &Secret) -> bool {
    let chain = note(run).map(|file| chain(&file)).unwrap_or_default();
    chain.contains(&fingerprint(one)) && chain.contains(&fingerprint(other))
}

/// Access tokens of one sign-in, as fingerprints, the newest last.
fn chain(file: &PrivateFile) -> Vec<String> {
    let document = StateDirectory::read_json(file).unwrap_or_default();
    let tokens = document.get("tokens").and_then(|tokens| tokens.as_array());
    let texts = tokens.into_iter().flatten().filter_map(|token| token.as_str());
    texts.map(str::to_owned).collect()
}

/// What tells one access token from another in our notes, without holding it.
pub(super) fn fingerprint(access_token: &Secret) -> String {
    hex::encode(Sha256::digest(access_token.expose().as_bytes()))
}

fn note(run: &SessionRun) -> Option<PrivateFile> {
    run.state.session_file(run.session, NOTE)
}

const NOTE: &str = "refreshed.json";
