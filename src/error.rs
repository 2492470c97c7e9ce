//! Everything that can go wrong, sorted by what the user can do about it.
//!
//! The words are in `wording`, where they can be read and edited as prose;
//! `tests/snapshots/errors.txt` shows every one as a user sees it.

mod aws;
mod configuration;
mod local;
mod login_commands;
mod service;
mod sign_in;
mod sign_in_reason;
mod text;
mod wording;

use std::fmt;

use crate::text::escape::{escape, shorten};

pub use aws::AwsError;
pub use configuration::{ConfigurationError, MissingReason, Origin, Remedy, Value};
pub use local::{Holding, LeftFile, LocalError, Obstacle};
pub use login_commands::LoginCommands;
pub use service::{REDIRECT, ServiceError, ServiceErrorKind};
pub use sign_in::{SignInError, SignInNeeded, SignInWaiting};
pub use sign_in_reason::{OtherSignIn, SignInReason};
pub use text::Text;
pub(crate) use wording::clock_skew::clock_skew;

/// A failed run, by its exit code. A new failure is a variant of one of these kinds, and a
/// text in the file of that kind below `wording`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// Exit code 1.
    SignInNeeded(SignInNeeded),
    /// Exit code 2.
    Configuration(ConfigurationError),
    /// Exit code 3.
    SignIn(SignInError),
    /// Exit code 4.
    Aws(AwsError),
    /// Exit code 5.
    Local(LocalError),
    /// Exit code 6.
    Waiting(SignInWaiting),
    /// What another process of ours was told a moment ago, while this one waited for it.
    Shared {
        /// That process's exit code.
        exit_code: u8,
        /// And its words.
        text: Text,
    },
}

impl Error {
    /// The process's exit code, as `docs/troubleshooting.md` lists them.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::SignInNeeded(_) => 1,
            Self::Configuration(_) => 2,
            Self::SignIn(_) => 3,
            Self::Aws(_) => 4,
            Self::Local(_) => 5,
            Self::Waiting(_) => 6,
            Self::Shared { exit_code, .. } => *exit_code,
        }
    }

    /// Whether it is about AWS, and so not only about this process.
    pub fn concerns_every_process(&self) -> bool {
        match self {
            Self::Aws(AwsError::Service { error, .. }) => error.kind != ServiceErrorKind::Exhausted,
            error => matches!(error, Self::Aws(_)),
        }
    }

    /// The words, control characters escaped.
    pub fn text(&self) -> Text {
        let text = match self {
            Self::SignInNeeded(error) => wording::sign_in::needed(error),
            Self::Configuration(error) => wording::configuration::text(error),
            Self::SignIn(error) => wording::sign_in::failed(error),
            Self::Aws(error) => wording::aws::text(error),
            Self::Local(error) => wording::local::text(error),
            Self::Waiting(error) => wording::sign_in::waiting(error),
            Self::Shared { text, .. } => text.clone(),
        };
        let shown = |line: String| shorten(&escape(&without_system_numbers(line)));
        let hint = text.hint.map(|line| shorten(&escape(&line)));
        Text { what: shown(text.what), why: text.why.map(shown), hint }
    }
}

/// The system's words without its number: ` (os error 13)`.
fn without_system_numbers(mut line: String) -> String {
    const BEFORE: &str = " (os error ";
    while let Some(start) = line.find(BEFORE) {
        let Some(length) = line[start..].find(')') else { break };
        line.replace_range(start..=start + length, "");
    }
    line
}

/// `aws-sso-cred: what happened`, then why, then `hint: `; no newline at the end.
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
