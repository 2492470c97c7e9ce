//! A sign-in within a command for people: if one is needed and a person is here, the command signs
//! in as `login` does and goes on.

use super::login::login_to;
use super::surroundings::Surroundings;
use crate::browser;
use crate::cli::LoginOptions;
use crate::context::Context;
use crate::error::{Error, SignInNeeded, SignInReason};
use crate::selection::ResolvedSession;
use crate::terminal;

/// Whether a person can be asked: stdin and stderr are terminals, this process is in the
/// foreground, and it is not a CI job.
pub fn is_here(context: &Context) -> bool {
    terminal::a_person_can_answer() && !browser::is_ci_job(context)
}

/// Does `work`. If that needs a sign-in and `may_ask`, a person is asked to sign in, and the work
/// is done again. `session` is looked up only then.
///
/// # Errors
/// Those of `work`, and those of `login`. A sign-in to another start URL or region, under the same
/// name, is replaced only by `login` itself.
pub fn signing_in_if_needed<T>(
    context: &Context,
    may_ask: bool,
    session: impl FnOnce() -> ResolvedSession,
    mut work: impl FnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    match work() {
        Err(error) if may_ask && a_sign_in_helps(&error) && is_here(context) => {
            login_to(&Surroundings::new(context)?, &session(), &LoginOptions::default())?;
            work()
        }
        outcome => outcome,
    }
}

fn a_sign_in_helps(error: &Error) -> bool {
    match error {
        Error::SignInNeeded(SignInNeeded::Required { reason, .. }) => *reason != SignInReason::OtherSignIn,
        _ => false,
    }
}
