//! A sign-in that was given up by `logout` while it waited for its person.

use super::cool_down;
use super::network_time::COURTESY;
use super::session::SessionRun;
use crate::debug;
use crate::error::{Error, SignInError};
use crate::secret::Secret;

/// Somebody has signed out on this computer meanwhile: what the person approved is
/// revoked, and those who waited along do not ask anew.
pub fn given_up(run: &SessionRun, token: Option<&Secret>) -> Error {
    if let Some(token) = token {
        run.aws.set_deadline(Some(run.files.context.elapsed() + COURTESY));
        let revoked = run.aws.logout(token).is_ok();
        debug!(run.files.context, "sign-in: signed out meanwhile (token revoked: {revoked})");
    }
    cool_down::begin_after_refusal(run.files);
    Error::SignIn(SignInError::Failed {
        cause: "somebody signed out while it waited".to_owned(),
        login: run.login.clone(),
    })
}
