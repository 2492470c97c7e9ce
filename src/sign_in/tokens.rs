//! Reads a session's token file.

use super::session::SessionFiles;
use crate::cache::Miss;
use crate::debug;
use crate::error::SignInReason;
use crate::token::SsoToken;

/// The session's token, or why a person has to sign in.
pub fn read(files: SessionFiles) -> Result<SsoToken, SignInReason> {
    let SessionFiles { context, caches, session, .. } = files;
    let path = caches.token_path(session);
    match caches.read_token(context, session) {
        Ok(token) => {
            let left = token.expires_at.seconds_since(context.now());
            debug!(context, "token {}: {left} s left", path.display());
            Ok(token)
        }
        Err(miss) => {
            debug!(context, "token {}: {miss}", path.display());
            Err(match miss {
                Miss::Absent => SignInReason::NeverSignedIn,
                Miss::Other(_) => SignInReason::OtherSignIn,
                Miss::Unusable(_) => SignInReason::TokenUnreadable,
            })
        }
    }
}

/// The token in the token file, if it has not expired.
pub fn live(files: SessionFiles) -> Option<SsoToken> {
    let token = files.caches.read_token(files.context, files.session).ok()?;
    (token.expires_at > files.context.now()).then_some(token)
}

/// Whether the token file holds `token`.
pub fn is_kept(files: SessionFiles, token: &SsoToken) -> bool {
    let kept = files.caches.read_token(files.context, files.session);
    kept.is_ok_and(|kept| kept.access_token.matches(token.access_token.expose()))
}
