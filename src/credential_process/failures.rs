//! Reports a failure in other places than stderr, which many SDKs swallow: in a note for
//! `aws-sso-cred status`, and on the terminal if the person has to do something.

use super::run::Run;
use crate::error::{Error, SignInError};
use crate::platform;
use crate::role_credentials::RoleCredentials;
use crate::sign_in::SessionFiles;
use crate::state::{LastError, Prompted};
use crate::terminal::{Channel, stderr_is_a_terminal};

/// Shows a failure on the controlling terminal if the person has to do something about it, unless
/// stderr is a terminal already: the default chains of some SDKs report only "no credentials".
/// Nothing is shown with `--noninteractive`, which full-screen programs need.
pub fn tell_person(run: &Run, outcome: &Result<RoleCredentials, Error>) {
    let Err(error) = outcome else { return };
    let about_sign_in = matches!(error.exit_code(), 1 | 3 | 6);
    if !about_sign_in || run.options.selection.interactive == Some(false) || stderr_is_a_terminal() {
        return;
    }
    let channel = Channel::find(run.sso.policy.terminal_allowed);
    let SessionFiles { context, state, session, .. } = run.sso.files;
    let shown = Prompted::of(state, session);
    let job = format!("{} {}", channel.name(), platform::process_group());
    if matches!(channel, Channel::Terminal(_))
        && shown.may_tell_failure(&job, &identity(error), context.now())
    {
        channel.tell(&format!("{error}\n"));
    }
}

/// The text by which a failure is recognised as one that was shown before. During a pause it is the
/// text of the failure that began the pause, because the text of the pause changes every second.
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

/// Notes a failure for `status`, also if live credentials are handed out for now.
pub fn remember(files: SessionFiles, error: &Error) {
    // A pending sign-in is no failure, and the failure that began a pause is noted already.
    // `status` shows both in lines of their own.
    if error.exit_code() == 6 || matches!(error, Error::SignIn(SignInError::CoolingDown { .. })) {
        return;
    }
    let SessionFiles { context, state, session, .. } = files;
    LastError::note(state, session, error, context.now());
}
