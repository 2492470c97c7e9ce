//! What becomes of a failure besides stderr, which many SDKs swallow: it is kept for
//! `aws-sso-cred status`, and a person who can do something about it is told.

use serde_json::json;

use super::sign_in_state::SignInState;
use super::{Run, SessionRun, without_state};
use crate::error::{Error, SignInError};
use crate::platform;
use crate::request::SsoSession;
use crate::role_credentials::RoleCredentials;
use crate::state::StateDirectory;
use crate::terminal::{Channel, stderr_is_a_terminal};

/// Says on the controlling terminal what a person has to do, if stderr is not shown
/// there anyway: the default chains of some SDKs report no more than "no credentials".
/// `--noninteractive` asks for silence there, as a full-screen program needs it.
pub(super) fn tell_person(run: &Run, outcome: &Result<RoleCredentials, Error>) {
    let Err(error) = outcome else { return };
    let about_sign_in = matches!(error.exit_code(), 1 | 3 | 6);
    if !about_sign_in || run.options.interactive == Some(false) || stderr_is_a_terminal() {
        return;
    }
    let channel = Channel::find(run.sso.policy.terminal_allowed);
    let state = SignInState::of(run.sso.context, run.sso.state, run.sso.session);
    let job = format!("{} {}", channel.name(), platform::process_group());
    if matches!(channel, Channel::Terminal(_)) && state.may_tell_failure(&job, &identity(error)) {
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
pub(super) fn remember(run: &Run, error: &Error) {
    // That a person has not finished yet is no failure, and a cool-down comes from one that
    // was noted before; `status` shows both as what they are.
    if error.exit_code() == 6 || matches!(error, Error::SignIn(SignInError::CoolingDown { .. })) {
        return;
    }
    let Some(path) = run.sso.state.session_file(run.sso.session, "last-error.json") else { return };
    let text = error.text();
    let note =
        json!({ "at": run.sso.context.now().to_string(), "exit": error.exit_code(), "text": text.what });
    StateDirectory::write_text(run.sso.context, &path, &note.to_string());
}

/// Forgets what [`remember`] noted: it works again, or somebody has signed in anew.
pub(super) fn forget(run: &SessionRun) {
    let state = SignInState::of(run.context, run.state, run.session);
    state.forget_what_is_over();
    state.forget_what_is_spent(run.caches);
    without_state::forget(run);
    if let Some(path) = run.state.session_file(run.session, "last-error.json") {
        StateDirectory::remove(run.context, &path);
    }
}

/// What [`remember`] noted.
pub(super) struct LastError {
    /// When, as text.
    pub(super) at: String,
    pub(super) exit_code: u64,
    pub(super) text: String,
}

/// The last failure of `session`, if nothing succeeded since.
pub(super) fn last(state: &StateDirectory, session: &SsoSession) -> Option<LastError> {
    let note = StateDirectory::read_json(&state.session_file(session, "last-error.json")?)?;
    Some(LastError {
        at: note.get("at")?.as_str()?.to_owned(),
        exit_code: note.get("exit")?.as_u64()?,
        text: note.get("text")?.as_str()?.to_owned(),
    })
}
