//! The note about the access tokens of one sign-in, in the order in which refreshes gave them.
//! An access token that was used a moment ago still belongs to the session if it has only been
//! refreshed since.

use serde_json::json;

use super::directory::StateDirectory;
use super::fingerprint;
use super::note::Note;
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::token::SsoToken;

pub(super) const NAME: &str = "refreshed.json";

/// How many access tokens are remembered. A sign-in that lasts three months is refreshed about
/// two thousand times, but only requests that are under way ask about earlier access tokens.
const REMEMBERED: usize = 8;

/// The note about the last access tokens of one sign-in.
#[derive(Debug, Clone, Copy)]
pub struct RefreshedTokens;

impl RefreshedTokens {
    /// Notes that a refresh replaced `old` by `new`.
    pub fn note(state: &StateDirectory, session: &SsoSession, old: &SsoToken, new: &SsoToken) {
        let note = state.session_note(session, NAME);
        if !note.has_a_place() {
            return;
        }
        let old = fingerprint::of_token(&old.access_token);
        let new = fingerprint::of_token(&new.access_token);
        let mut chain = chain(&note);
        let mut first = first(&note);
        if chain.last() != Some(&old) {
            (chain, first) = (vec![old], None);
        }
        let first = first.or_else(|| chain.first().cloned());
        chain.push(new);
        let recent = &chain[chain.len().saturating_sub(REMEMBERED)..];
        note.write(&json!({ "tokens": recent, "first": first }));
    }

    /// A name for the sign-in to which `access_token` belongs: the fingerprint of its first access
    /// token, as far as that is noted.
    pub fn sign_in(state: &StateDirectory, session: &SsoSession, access_token: &Secret) -> String {
        let note = state.session_note(session, NAME);
        let (chain, fingerprint) = (chain(&note), fingerprint::of_token(access_token));
        if !chain.contains(&fingerprint) {
            return fingerprint;
        }
        first(&note).or_else(|| chain.first().cloned()).unwrap_or(fingerprint)
    }

    /// Whether `access_token` is noted as the result of a refresh.
    pub fn contains(state: &StateDirectory, session: &SsoSession, access_token: &Secret) -> bool {
        let chain = chain(&state.session_note(session, NAME));
        chain.iter().skip(1).any(|refreshed| *refreshed == fingerprint::of_token(access_token))
    }

    /// Whether both access tokens are noted as belonging to one sign-in.
    pub fn connect(state: &StateDirectory, session: &SsoSession, one: &Secret, other: &Secret) -> bool {
        let chain = chain(&state.session_note(session, NAME));
        chain.contains(&fingerprint::of_token(one)) && chain.contains(&fingerprint::of_token(other))
    }
}

/// The fingerprint of the first access token of the sign-in.
fn first(note: &Note) -> Option<String> {
    note.read()?.get("first")?.as_str().map(str::to_owned)
}

/// The fingerprints of the noted access tokens, the newest last.
fn chain(note: &Note) -> Vec<String> {
    let document = note.read().unwrap_or_default();
    let tokens = document.get("tokens").and_then(|tokens| tokens.as_array());
    let texts = tokens.into_iter().flatten().filter_map(|token| token.as_str());
    texts.map(str::to_owned).collect()
}
