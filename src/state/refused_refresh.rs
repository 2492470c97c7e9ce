//! The note about a refresh token that AWS has refused for good. Of forty processes that find
//! the same ended session, only one sends the refresh token.

use serde_json::json;

use super::directory::StateDirectory;
use super::fingerprint;
use crate::debug;
use crate::error::SignInReason;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;
use crate::token::SsoToken;

pub(super) const NAME: &str = "refused-refresh.json";

/// The refusal is believed for this many seconds. Then AWS is asked again, so that a mistake on
/// AWS's side has no lasting effect.
const BELIEVED: i64 = 60;

/// AWS's refusal to refresh a token.
#[derive(Debug, Clone, Copy)]
pub struct RefusedRefresh {
    /// Why the person has to sign in.
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

    /// The refusal of exactly this refresh token, however long ago.
    pub fn last(state: &StateDirectory, session: &SsoSession, token: &SsoToken) -> Option<Self> {
        let note = state.session_note(session, NAME).read()?;
        let same = note.get("of")?.as_str()? == fingerprint(session, token)?;
        let at = Timestamp::from_unix(note.get("at")?.as_i64()?);
        let reason = SignInReason::from_name(note.get("reason")?.as_str()?)?;
        same.then_some(Self { reason, at })
    }

    /// The reason of the same refusal, if it is less than a minute old.
    pub fn recent(
        state: &StateDirectory,
        session: &SsoSession,
        token: &SsoToken,
        now: Timestamp,
    ) -> Option<SignInReason> {
        let Self { reason, at } = Self::last(state, session, token)?;
        (0..BELIEVED).contains(&now.seconds_since(at)).then(|| {
            debug!(state.context, "token: AWS refused this refresh token a moment ago: {reason:?}");
            reason
        })
    }
}

/// The fingerprint of a refused request: its region, client and refresh token.
fn fingerprint(session: &SsoSession, token: &SsoToken) -> Option<String> {
    let (client, refresh_token) = token.refresh_parts()?;
    Some(fingerprint::of_all(&[session.region.as_str(), client.id, refresh_token.expose()]))
}
