//! What becomes of a failure besides stderr, which many SDKs swallow: it is kept for
//! `aws-sso-cred status`, and a person who can do something about it is told.

use super::run::Run;
use crate::error::{Error, SignInError};
use crate::platform;
use crate::role_credentials::RoleCredentials;
use crate::sign_in::SessionFiles;
use crate::state::{LastError, Prompted};
use crate::terminal::{Channel, stderr_is_a_terminal};

/// Says on the controlling terminal what a person has to do, if stderr is not shown
/// there anyway: the default chains of some SDKs report no more than "no credentials".
/// `--noninteractive` asks for silence there, as a full-screen program needs it.
pub fn tell_person(run: &Run, outcome: &Result<RoleCredentials, Error>) {
    let Err(error) = outcome else { return };
    let about_sign_in = matches!(error.exit_code(), 1 | 3 | 6);
    if !about_sign_in || run.options.interactive == Some(false) || stderr_is_a_terminal() {
        return;
    }
    let channel = Channel::find(run.sso.policy.terminal_allowed);
    let SessionFiles { context, state, session, .. } = run.sso.files;
    let said = Prompted::of(state, session);
    let job = format!("{} {}", channel.name(), platform::process_group());
    if matches!(channel, Channel::Terminal(_)) && said.may_tell_failure(&job, &identity(error), context.now())
    {
        channel.tell(&format!("{error}\n"));
    }
}

/// What stays the same while nothing changes: the time that is left does not, and a pause
/// is what the person heard of when it began.
fn identity(error: &Error) -> String {
    match error {
        Error::SignIn(SignInError::CoolingDown { refused: true, login, .. }) => {
            Error::SignIn(SignInError::Refused { login: login.clone() }).text().what
        }
        Error::SignIn(SignInError::CoolingDown { refused: false, login, .. }) => {
            Error::SignIn(SignInError::Unanswered { login: login.clone() }).text().what
        }
        error => error.text().what,
    }
}

/// Notes a failure, also one that live credentials cover up for a while.
pub fn remember(run: &Run, error: &Error) {
    // That a person has not finished yet is no failure, and a cool-down comes from one that
    // was noted before; `status` shows both as what they are.
    if error.exit_code() == 6 || matches!(error, Error::SignIn(SignInError::CoolingDown { .. })) {
        return;
    }
    let SessionFiles { context, state, session, .. } = run.sso.files;
    LastError::note(state, session, error, context.now());
}
