//! What to do with the token that is there, as far as that is known without a lock or a
//! request.

use super::meanwhile;
use super::obstacles;
use super::session::{SessionFiles, SessionRun};
use super::tokens;
use crate::cache::Miss;
use crate::debug;
use crate::error::{Error, LoginCommands, SignInNeeded};
use crate::secret::Secret;
use crate::state::RefusedRefresh;
use crate::timestamp::Timestamp;
use crate::token::{SignInReason, SsoToken, TokenStep, next_step, refreshable};

/// Decides about `token`, of which AWS has `rejected` one.
pub fn decide(run: &SessionRun, token: &SsoToken, rejected: Option<&Secret>) -> TokenStep {
    let SessionFiles { context, state, session, .. } = run.files;
    let now = context.now();
    let step = if is_rejected(token, rejected) {
        let reason = match token.region {
            Some(_) => SignInReason::TokenRejected,
            None => SignInReason::WrongRegionOrEnded,
        };
        refreshable(token, now)
            .map_or(TokenStep::SignIn(reason), |()| TokenStep::Refresh { still_alive: false })
    } else if run.policy.force_refresh && rejected.is_none() && !meanwhile::token_was_written(run) {
        force(token, run.policy.sign_in_allowed, now)
    } else {
        next_step(token, now)
    };
    let step = match step {
        TokenStep::Refresh { still_alive } => RefusedRefresh::recent(state, session, token, now)
            .map_or(step, |reason| if still_alive { TokenStep::Use } else { TokenStep::SignIn(reason) }),
        step => step,
    };
    debug!(context, "token: {step:?}");
    step
}

/// Whether `token` is the one that AWS has rejected.
pub fn is_rejected(token: &SsoToken, rejected: Option<&Secret>) -> bool {
    rejected.is_some_and(|rejected| token.access_token.matches(rejected.expose()))
}

/// `--force-refresh`: a new token if one can be had without asking a person who
/// may not be asked; a live one is never thrown away for nothing.
fn force(token: &SsoToken, sign_in_allowed: bool, now: Timestamp) -> TokenStep {
    let alive = token.expires_at > now;
    match refreshable(token, now) {
        Ok(()) => TokenStep::Refresh { still_alive: alive },
        Err(_) if alive && !sign_in_allowed => TokenStep::Use,
        Err(_) if alive => TokenStep::SignIn(SignInReason::Forced),
        Err(reason) => TokenStep::SignIn(reason),
    }
}

/// Why only a person can help, if that is so. A refused refresh token may look worth another
/// try while that person is waited for.
pub fn needs_a_person(run: &SessionRun) -> Option<SignInReason> {
    let token = match tokens::read(run.files) {
        Ok(token) => token,
        Err(reason) => return Some(reason),
    };
    match decide(run, &token, None) {
        TokenStep::Use => None,
        TokenStep::Refresh { .. } => {
            RefusedRefresh::last(run.files.state, run.files.session, &token).map(|refused| refused.reason)
        }
        TokenStep::SignIn(reason) => Some(reason),
    }
}

/// A sign-in is needed, and not allowed here.
pub fn required(files: SessionFiles, login: &LoginCommands, reason: SignInReason) -> Error {
    debug!(files.context, "sign-in needed: {reason:?}, and not allowed");
    if reason == SignInReason::TokenUnreadable
        && let Some(error) = obstacles::unreadable(files, login)
    {
        return error;
    }
    let other = match files.caches.read_token(files.context, files.session) {
        Err(Miss::Other(other)) if reason == SignInReason::OtherSignIn => Some(other),
        _ => None,
    };
    Error::SignInNeeded(SignInNeeded::Required { reason, other, login: login.clone() })
}
