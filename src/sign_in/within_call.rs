//! A sign-in from within the credential process, whose caller may kill it at any moment.

use std::time::Duration;

use super::device_code::authorize_device;
use super::obstacles;
use super::role_files::ensure_role_credentials_can_go;
use super::session::SessionRun;
use super::token_step::required;
use super::{cool_down, left_over, meanwhile, prompt, waiting};
use crate::debug;
use crate::error::{Error, SignInError};
use crate::lock::Lock;
use crate::secret::Secret;
use crate::terminal::Channel;
use crate::token::SignInReason;

/// Asks a person to sign in, if that is allowed, if a prompt can be seen, and not right after
/// a sign-in came to nothing. `session` is given back first: others may refresh while the
/// person is waited for.
pub fn sign_in_within_call(run: &SessionRun, session: Lock, reason: SignInReason) -> Result<Secret, Error> {
    // What is there is the sign-in of somebody else, who did not ask for this one.
    if !run.policy.sign_in_allowed || reason == SignInReason::OtherSignIn {
        return Err(required(run.files, &run.login, reason));
    }
    drop(session);
    debug!(run.files.context, "sign-in needed: {reason:?}, and allowed");
    let lock = waiting::for_the_person(run, reason)?;
    if let Some(token) = meanwhile::live_token(run).or_else(|| left_over::adopt_live(run.files)) {
        return Ok(token.access_token);
    }
    obstacles::ensure_room(run.files)?;
    ensure_role_credentials_can_go(run.files, &run.login)?;
    if let Some(cool_down) = cool_down::holding(run.files) {
        let remaining = cool_down.until.seconds_since(run.files.context.now());
        return Err(Error::SignIn(SignInError::CoolingDown {
            refused: cool_down.refused,
            since: cool_down.since,
            remaining: Duration::from_secs(remaining.unsigned_abs()),
            login: run.login.clone(),
        }));
    }
    let channel = Channel::find(run.policy.terminal_allowed);
    if let Some(cause) = prompt::cannot_be_seen(run, &channel) {
        return Err(Error::SignIn(SignInError::Unshowable { cause, login: run.login.clone() }));
    }
    authorize_device(run, &lock, &channel, &mut || {}).map(|token| token.access_token)
}
