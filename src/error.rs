//! Every failure of aws-sso-cred, sorted by what the user can do about it.
//!
//! The types hold facts only. All texts are in `wording`; `tests/snapshots/errors.txt` shows each
//! as the user sees it.

mod aws;
mod command;
mod configuration;
mod console;
mod convert;
mod import;
mod local;
mod login_commands;
mod missing_values;
mod populate;
mod service;
mod sign_in;
mod sign_in_reason;
mod sync;
mod text;
mod wording;

use std::fmt;

use crate::text::escape::{escape, shorten};

pub use aws::AwsError;
pub use command::CommandError;
pub use configuration::{ConfigurationError, Difference, Origin, Remedy};
pub use console::ConsoleError;
pub use convert::NotConvertible;
pub use import::{ImportError, NotImported};
pub use local::{Holding, LeftFile, LocalError, Obstacle};
pub use login_commands::LoginCommands;
pub use missing_values::{MissingReason, Value};
pub use populate::{PopulateError, ProfileOwner};
pub use service::{
    CAPTIVE_PORTAL, GET_SIGN_IN_TOKEN, NETWORK_AUTHENTICATION_REQUIRED, REDIRECT, ServiceError,
    ServiceErrorKind,
};
pub use sign_in::{SignInError, SignInFrom, SignInNeeded, SignInWaiting};
pub use sign_in_reason::{OtherSignIn, SignInReason};
pub use sync::SyncError;
pub use text::Text;
pub(crate) use wording::clock_skew::clock_skew;

/// A failed run. There is one kind for each exit code, and one for the two exit codes of `exec`. A new
/// failure is a variant of one of these kinds, with a text in the file of that kind in `wording`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// Exit code 1: a sign-in is needed, and it is not allowed here.
    SignInNeeded(SignInNeeded),
    /// Exit code 2: the command line or the configuration has to be corrected.
    Configuration(ConfigurationError),
    /// Exit code 3: a sign-in failed, or could not be shown to a person.
    SignIn(SignInError),
    /// Exit code 4: AWS refused a request, or cannot be reached.
    Aws(AwsError),
    /// Exit code 5: an operation on this computer failed.
    Local(LocalError),
    /// Exit code 6: a sign-in waits for the person.
    Waiting(SignInWaiting),
    /// Exit code 126 or 127: the command of `exec` could not be started.
    Command(CommandError),
    /// Exit code 130: the person stopped a command for people: Ctrl-C at a question, or no to a change.
    Interrupted,
    /// The failure of another aws-sso-cred process, which this process waited for.
    Shared {
        /// The exit code of that process.
        exit_code: u8,
        /// The text of that failure.
        text: Text,
    },
}

impl From<SyncError> for Error {
    fn from(error: SyncError) -> Self {
        Self::Configuration(ConfigurationError::Sync(error))
    }
}

impl From<PopulateError> for Error {
    fn from(error: PopulateError) -> Self {
        Self::Configuration(ConfigurationError::Populate(error))
    }
}

impl From<ImportError> for Error {
    fn from(error: ImportError) -> Self {
        Self::Configuration(ConfigurationError::Import(error))
    }
}

impl From<ConsoleError> for Error {
    fn from(error: ConsoleError) -> Self {
        Self::Configuration(ConfigurationError::Console(error))
    }
}

impl Error {
    /// The exit code of the process: 1 to 6, 126, 127 or 130. `docs/troubleshooting.md` lists them.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::SignInNeeded(_) => 1,
            Self::Configuration(_) => 2,
            Self::SignIn(_) => 3,
            Self::Aws(_) => 4,
            Self::Local(_) => 5,
            Self::Waiting(_) => 6,
            Self::Command(error) => error.exit_code(),
            Self::Interrupted => 130,
            Self::Shared { exit_code, .. } => *exit_code,
        }
    }

    /// Whether the failure concerns AWS and not this process alone, so that other processes would
    /// fail in the same way.
    pub fn concerns_every_process(&self) -> bool {
        match self {
            Self::Aws(AwsError::Service { error, .. }) => error.kind != ServiceErrorKind::Exhausted,
            error => matches!(error, Self::Aws(_)),
        }
    }

    /// The text for the user, with control characters escaped and each line cut to 1000 characters.
    pub fn text(&self) -> Text {
        let text = match self {
            Self::SignInNeeded(error) => wording::sign_in::needed(error),
            Self::Configuration(error) => wording::configuration::text(error),
            Self::SignIn(error) => wording::sign_in::failed(error),
            Self::Aws(error) => wording::aws::text(error),
            Self::Local(error) => wording::local::text(error),
            Self::Waiting(error) => wording::sign_in::waiting(error),
            Self::Command(error) => wording::command::text(error),
            Self::Interrupted => wording::interrupted(),
            Self::Shared { text, .. } => text.clone(),
        };
        let shown = |line: String| shorten(&escape(&without_system_numbers(line)));
        let hint = text.hint.map(|line| shorten(&escape(&line)));
        Text { what: shown(text.what), why: text.why.map(shown), hint }
    }
}

/// Removes the numbers of system errors, such as ` (os error 13)`.
fn without_system_numbers(mut line: String) -> String {
    const BEFORE: &str = " (os error ";
    while let Some(start) = line.find(BEFORE) {
        let Some(length) = line[start..].find(')') else { break };
        line.replace_range(start..=start + length, "");
    }
    line
}

/// Writes `aws-sso-cred: what happened`, then the reason and `hint: …` on lines of their own, if
/// there are any. There is no newline at the end.
impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        write!(formatter, "aws-sso-cred: {}", text.what)?;
        if let Some(why) = text.why {
            write!(formatter, "\n{why}")?;
        }
        if let Some(hint) = text.hint {
            write!(formatter, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
