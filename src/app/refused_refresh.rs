//! A refresh token that AWS has refused for good is not sent again and again: forty
//! processes that find the same dead session ask once.

use std::path::PathBuf;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::SessionRun;
use crate::debug;
use crate::state::StateDirectory;
use crate::timestamp::Timestamp;
use crate::token::{SignInReason, SsoToken};

/// For so many seconds the refusal is believed without asking; a mistake on AWS's
/// side heals by itself.
const BELIEVED: i64 = 60;

/// Notes that AWS refused to refresh `token`, and why.
pub(super) fn note(run: &SessionRun, token: &SsoToken, reason: SignInReason) {
    let (Some(path), Some(fingerprint)) = (path(run), fingerprint(run, token)) else { return };
    let note = json!({ "of": fingerprint, "reason": reason.name(), "at": run.context.now().unix() });
    StateDirectory::write_text(run.context, &path, &note.to_string());
}

/// Why AWS refused to refresh this very token a moment ago, if it did.
pub(super) fn recent(run: &SessionRun, token: &SsoToken) -> Option<SignInReason> {
    let note = StateDirectory::read_json(&path(run)?)?;
    let same = note.get("of")?.as_str()? == fingerprint(run, token)?;
    let at = Timestamp::from_unix(note.get("at")?.as_i64()?);
    let recent = (0..BELIEVED).contains(&run.context.now().seconds_since(at));
    let reason = SignInReason::from_name(note.get("reason")?.as_str()?)?;
    (same && recent).then(|| {
        debug!(run.context, "AWS refused this refresh token a moment ago: {reason:?}");
        reason
    })
}

/// What tells one refusal from another without holding the token: who was asked with what.
fn fingerprint(run: &SessionRun, token: &SsoToken) -> Option<String> {
    let (client, refresh_token) = token.refresh_parts()?;
    let mut digest = Sha256::new();
    for part in [run.session.region.as_str(), client.id, refresh_token.expose()] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    Some(hex::encode(digest.finalize()))
}

fn path(run: &SessionRun) -> Option<PathBuf> {
    run.state.session_file(run.session, "refused-refresh.json")
}
