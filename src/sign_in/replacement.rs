//! What a refused refresh means: the session has ended, or another tool, which does not take our
//! lock, has used the refresh token first.

use std::time::Duration;

use super::network_time::NetworkTime;
use super::session::SessionFiles;
use crate::debug;
use crate::error::{ServiceErrorKind, SignInReason};
use crate::token::{SsoToken, refreshable};

/// How long to wait for the token file of another tool. AWS refuses a refresh token that another
/// tool has used before that tool has written its new token.
const PATIENCE: Duration = Duration::from_secs(2);

/// The pause between two looks at the token file.
const PAUSE: Duration = Duration::from_millis(25);

/// Why a person has to sign in, if AWS has refused the refresh for good; `None` for a failure
/// that may pass.
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

/// The token that another tool has written in the place of `refused`: a token that is alive, or
/// that can be refreshed with another refresh token. Waits for it for a moment.
pub fn replacement(files: SessionFiles, time: &NetworkTime, refused: &SsoToken) -> Option<SsoToken> {
    let context = files.context;
    let end = context.elapsed().saturating_add(PATIENCE.min(time.left()));
    loop {
        let found = found_instead(files, refused);
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
        debug!(files.context, "token: another tool has replaced it meanwhile");
        found
    })
}
