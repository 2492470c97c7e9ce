//! A sign-in from within the credential process, whose caller may kill it at any moment.

use std::time::Duration;

use super::device_code::authorize_device;
use super::obstacles;
use super::role_files::ensure_role_credentials_can_go;
use super::session::SessionRun;
use super::token_step::required;
use super::{cool_down, left_over, meanwhile, prompt, synced_keys, waiting};
use crate::audit::outcome;
use crate::browser;
use crate::debug;
use crate::error::{Error, SignInError, SignInReason};
use crate::lock::Lock;
use crate::secret::Secret;
use crate::terminal::Channel;

/// Asks a person to sign in, if that is allowed, a prompt can be seen, and no pause holds.
/// `session_lock` is released first: other processes may refresh while this one waits for the
/// person.
pub fn sign_in_within_call(
    run: &SessionRun,
    session_lock: Lock,
    reason: SignInReason,
) -> Result<Secret, Error> {
    // A sign-in to another start URL or region is replaced only by `login`.
    if !run.policy.sign_in_allowed || reason == SignInReason::OtherSignIn {
        return Err(required(run.files, &run.login, reason));
    }
    drop(session_lock);
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
            since: run.files.context.for_people(cool_down.since),
            remaining: Duration::from_secs(remaining.unsigned_abs()),
            login: run.login.clone(),
        }));
    }
    let channel = Channel::find(run.policy.terminal_allowed);
    if let Some(cause) = prompt::cannot_be_seen(run, &channel) {
        let in_ci = browser::is_ci_job(run.files.context);
        return Err(Error::SignIn(SignInError::Unshowable { cause, in_ci, login: run.login.clone() }));
    }
    let signed_in = authorize_device(run, &lock, &channel, &mut || {}).map(|token| token.access_token);
    run.record("sign-in", outcome(&signed_in));
    if signed_in.is_ok() {
        // Another person may have signed in.
        synced_keys::forget_after_sign_in(run.files, &channel);
    }
    signed_in
}
