//! A refresh token that AWS has refused for good is not sent again and again: forty
//! processes that find the same dead session ask once.

use serde_json::json;

use super::directory::StateDirectory;
use super::fingerprint;
use crate::debug;
use crate::error::SignInReason;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;
use crate::token::SsoToken;

pub(super) const NAME: &str = "refused-refresh.json";

/// For so many seconds the refusal is believed without asking; a mistake on AWS's
/// side heals by itself.
const BELIEVED: i64 = 60;

/// That AWS refused to refresh a token, and why.
#[derive(Debug, Clone, Copy)]
pub struct RefusedRefresh {
    /// Why.
    pub reason: SignInReason,
    at: Timestamp,
}

impl RefusedRefresh {
    /// Notes that AWS refused to refresh `token`.
    pub fn note(
        state: &StateDirectory,
        session: &SsoSession,
        token: &SsoToken,
        reason: SignInReason,
        now: Timestamp,
    ) {
        let Some(fingerprint) = fingerprint(session, token) else { return };
        let note = json!({ "of": fingerprint, "reason": reason.name(), "at": now.unix() });
        state.session_note(session, NAME).write(&note);
    }

    /// The refusal of this very token, however long ago.
    pub fn last(state: &StateDirectory, session: &SsoSession, token: &SsoToken) -> Option<Self> {
        let note = state.session_note(session, NAME).read()?;
        let same = note.get("of")?.as_str()? == fingerprint(session, token)?;
        let at = Timestamp::from_unix(note.get("at")?.as_i64()?);
        let reason = SignInReason::from_name(note.get("reason")?.as_str()?)?;
        same.then_some(Self { reason, at })
    }

    /// The same, if it was a moment ago.
    pub fn recent(
        state: &StateDirectory,
        session: &SsoSession,
        token: &SsoToken,
        now: Timestamp,
    ) -> Option<SignInReason> {
        let Self { reason, at } = Self::last(state, session, token)?;
        (0..BELIEVED).contains(&now.seconds_since(at)).then(|| {
            debug!(state.context, "AWS refused this refresh token a moment ago: {reason:?}");
            reason
        })
    }
}

/// What tells one refusal from another without holding the token: which region was asked with
/// what.
fn fingerprint(session: &SsoSession, token: &SsoToken) -> Option<String> {
    let (client, refresh_token) = token.refresh_parts()?;
    Some(fingerprint::of_all(&[session.region.as_str(), client.id, refresh_token.expose()]))
}
