//! What a refused refresh means: the session has ended, or another tool, which does not know
//! our lock, has used the refresh token first.

use std::time::Duration;

use super::session::{SessionFiles, SessionRun};
use crate::debug;
use crate::error::{ServiceErrorKind, SignInReason};
use crate::token::{SsoToken, refreshable};

/// A refresh token that another tool has used is refused before that tool has written
/// what it got: so long its file is awaited.
const AWAITED: Duration = Duration::from_secs(2);

/// How often the file is looked at.
const PAUSE: Duration = Duration::from_millis(25);

/// Whether AWS refused the refresh for good, and why; `None` for a passing failure.
pub fn refusal(token: &SsoToken, kind: &ServiceErrorKind) -> Option<SignInReason> {
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
pub fn replacement(run: &SessionRun, refused: &SsoToken) -> Option<SsoToken> {
    let context = run.files.context;
    let end = context.elapsed().saturating_add(AWAITED.min(run.time.left()));
    loop {
        let found = found_instead(run.files, refused);
        if found.is_some() || context.elapsed() >= end {
            return found;
        }
        context.sleep(PAUSE);
    }
}

/// The same without waiting.
pub fn found_instead(files: SessionFiles, refused: &SsoToken) -> Option<SsoToken> {
    let found = files.caches.read_token(files.context, files.session).ok()?;
    if found.access_token.matches(refused.access_token.expose()) {
        return None;
    }
    let now = files.context.now();
    let is_another = match (&found.refresh_token, &refused.refresh_token) {
        (Some(found), Some(refused)) => !found.matches(refused.expose()),
        _ => true,
    };
    let is_good = found.expires_at > now || is_another && refreshable(&found, now).is_ok();
    is_good.then(|| {
        debug!(files.context, "another tool has replaced the token meanwhile");
        found
    })
}
