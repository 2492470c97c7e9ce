//! The end of a sign-in that `logout` gave up while the sign-in waited for the person.

use super::cool_down;
use super::network_time::COURTESY;
use super::session::SessionRun;
use crate::debug;
use crate::error::{Error, SignInError};
use crate::identity_center::Deadline;
use crate::secret::Secret;

/// The error for such a sign-in. Revokes `token`, if the person has approved the sign-in all the
/// same, and begins a pause, so that the other waiting processes do not ask the person again.
pub fn given_up(run: &SessionRun, token: Option<&Secret>) -> Error {
    if let Some(token) = token {
        let revoked = run.aws.logout(token, Deadline::after(run.files.context, COURTESY)).is_ok();
        debug!(run.files.context, "sign-in: signed out meanwhile (token revoked: {revoked})");
    }
    cool_down::begin_after_refusal(run.files);
    Error::SignIn(SignInError::Failed {
        cause: "`aws-sso-cred logout` ran while it waited".to_owned(),
        login: run.login.clone(),
    })
}
