//! A refresh token that AWS has refused for good is not sent again and again: forty
//! processes that find the same dead session ask once.

use std::time::Duration;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::SessionRun;
use crate::debug;
use crate::identity_center::ServiceErrorKind;
use crate::platform::PrivateFile;
use crate::request::SsoSession;
use crate::state::StateDirectory;
use crate::timestamp::Timestamp;
use crate::token::{SignInReason, SsoToken, refreshable};

/// For so many seconds the refusal is believed without asking; a mistake on AWS's
/// side heals by itself.
const BELIEVED: i64 = 60;

/// A refresh token that another tool has used is refused before that tool has written
/// what it got: so long its file is awaited.
const AWAITED: Duration = Duration::from_secs(2);

/// How often the file is looked at.
const PAUSE: Duration = Duration::from_millis(25);

/// Whether AWS refused the refresh for good, and why; `None` for a passing failure.
pub(super) fn reason(token: &SsoToken, kind: &ServiceErrorKind) -> Option<SignInReason> {
    match kind {
        ServiceErrorKind::InvalidGrant | ServiceErrorKind::InvalidRequest if token.region.is_none() => {
            Some(SignInReason::WrongRegionOrEnded)
        }
        ServiceErrorKind::InvalidGrant | ServiceErrorKind::ExpiredToken | ServiceErrorKind::AccessDenied => {
            Some(SignInReason::SessionEnded)
        }
        ServiceErrorKind::InvalidClient | ServiceErrorKind::UnauthorizedClient => {
            Some(SignInReason::ClientRejected)
        }
        _ => None,
    }
}

/// What another tool, which does not know our lock, has made of `refused`: waits until
/// there is another token that is alive, or that has another refresh token.
pub(super) fn replacement(run: &SessionRun, refused: &SsoToken) -> Option<SsoToken> {
    let left = run.deadline.get().saturating_sub(run.context.elapsed());
    let end = run.context.elapsed().saturating_add(AWAITED.min(left));
    loop {
        let found = found_instead(run, refused);
        if found.is_some() || run.context.elapsed() >= end {
            return found;
        }
        run.context.sleep(PAUSE);
    }
}

/// The same without waiting.
pub(super) fn found_instead(run: &SessionRun, refused: &SsoToken) -> Option<SsoToken> {
    let found = run.caches.read_token(run.context, run.session).ok()?;
    if found.access_token.matches(refused.access_token.expose()) {
        return None;
    }
    let now = run.context.now();
    let is_another = match (&found.refresh_token, &refused.refresh_token) {
        (Some(found), Some(refused)) => !found.matches(refused.expose()),
        _ => true,
    };
    let is_good = found.expires_at > now || is_another && refreshable(&found, now).is_ok();
    is_good.then(|| {
        debug!(run.context, "another tool has replaced the token meanwhile");
        found
    })
}

/// Notes that AWS refused to refresh `token`, and why.
pub(super) fn note(run: &SessionRun, token: &SsoToken, reason: SignInReason) {
    let (Some(path), Some(fingerprint)) = (path(run.state, run.session), fingerprint(run.session, token))
    else {
        return;
    };
    let note = json!({ "of": fingerprint, "reason": reason.name(), "at": run.context.now().unix() });
    StateDirectory::write_text(run.context, &path, &note.to_string());
}

/// Why AWS refused to refresh this very token a moment ago, if it did.
pub(super) fn recent(run: &SessionRun, token: &SsoToken) -> Option<SignInReason> {
    let (reason, at) = last(run.state, run.session, token)?;
    (0..BELIEVED).contains(&run.context.now().seconds_since(at)).then(|| {
        debug!(run.context, "AWS refused this refresh token a moment ago: {reason:?}");
        reason
    })
}

/// Why AWS refused to refresh this very token, and when, however long ago.
pub(super) fn last(
    state: &StateDirectory,
    session: &SsoSession,
    token: &SsoToken,
) -> Option<(SignInReason, Timestamp)> {
    let note = StateDirectory::read_json(&path(state, session)?)?;
    let same = note.get("of")?.as_str()? == fingerprint(session, token)?;
    let at = Timestamp::from_unix(note.get("at")?.as_i64()?);
    let reason = SignInReason::from_name(note.get("reason")?.as_str()?)?;
    same.then_some((reason, at))
}

/// What tells one refusal from another without holding the token: who was asked with what.
fn fingerprint(session: &SsoSession, token: &SsoToken) -> Option<String> {
    let (client, refresh_token) = token.refresh_parts()?;
    let mut digest = Sha256::new();
    for part in [session.region.as_str(), client.id, refresh_token.expose()] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    Some(hex::encode(digest.finalize()))
}

fn path(state: &StateDirectory, session: &SsoSession) -> Option<PrivateFile> {
    state.session_file(session, "refused-refresh.json")
}
