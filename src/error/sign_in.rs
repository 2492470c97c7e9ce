//! Failures about signing in: a sign-in is needed, has failed, or waits for the person.

use std::time::Duration;

use super::configuration::Origin;
use super::local::Obstacle;
use super::login_commands::LoginCommands;
use super::sign_in_reason::{OtherSignIn, SignInReason};

/// Exit code 1: a person has to sign in, and this run may not ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInNeeded {
    /// No cached token can be used.
    Required {
        /// The reason.
        reason: SignInReason,
        /// The details, if the reason is [`SignInReason::OtherSignIn`].
        other: Option<Box<OtherSignIn>>,
        /// The commands to sign in.
        login: LoginCommands,
    },
    /// The token file exists and cannot be read.
    Unreadable {
        /// The file, as a person writes it.
        path: String,
        /// What is wrong with its content, a clause, if that is known.
        content: Option<String>,
        /// The reason why the file cannot be opened; `None` if its content is wrong.
        obstacle: Option<Obstacle>,
        /// The commands to sign in again.
        login: LoginCommands,
    },
    /// `aws_sso_cred_sign_in` does not let this process start a sign-in.
    NotFromHere {
        /// Where a sign-in may be started from.
        from: SignInFrom,
        /// The place of the key.
        origin: Origin,
        /// The commands to sign in.
        login: LoginCommands,
    },
}

/// Where a sign-in may be started from, if not from anywhere. The later is the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignInFrom {
    /// A process in the foreground of a terminal.
    Terminal,
    /// A command that a person runs in a terminal.
    Command,
}

/// Exit code 3: a sign-in failed, or could not be shown to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInError {
    /// The person denied the request.
    Refused {
        /// The commands to try again.
        login: LoginCommands,
    },
    /// The code expired before the person answered.
    Unanswered {
        /// The commands to try again.
        login: LoginCommands,
    },
    /// There is neither a terminal nor a browser to show the code.
    Unshowable {
        /// The reason, a clause.
        cause: String,
        /// Whether this is a CI job, where `login` does not work either.
        in_ci: bool,
        /// The commands to sign in from a terminal.
        login: LoginCommands,
    },
    /// `console` could not open a browser.
    ConsoleNotOpened {
        /// The reason, a clause.
        cause: String,
        /// Whether a link to the access portal was to be opened.
        shortcut: bool,
    },
    /// The last sign-in failed, and aws-sso-cred does not ask again yet.
    CoolingDown {
        /// Whether the person refused it. Otherwise it was left unanswered.
        refused: bool,
        /// The time when it failed, in local time.
        since: String,
        /// The time until aws-sso-cred asks again.
        remaining: Duration,
        /// The commands to sign in at once.
        login: LoginCommands,
    },
    /// The listener for the browser's answer could not be started.
    ListenerUnavailable {
        /// The value of `--redirect-port`, if it is given.
        port: Option<u16>,
        /// The system's message.
        cause: String,
        /// The command that signs in without a listener.
        without: String,
    },
    /// The sign-in failed for another reason.
    Failed {
        /// The reason, a clause.
        cause: String,
        /// The commands to try again.
        login: LoginCommands,
    },
}

/// Exit code 6: a sign-in waits for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInWaiting {
    /// The person has not finished yet.
    Pending {
        /// The page where the person signs in.
        verification_uri: String,
        /// The code that the page must show.
        user_code: String,
        /// The time until the code expires.
        expires_in: Duration,
        /// The session's name for people.
        session: String,
        /// Whether the last answer to the question was lost, so that the person may have finished.
        unanswered: bool,
    },
    /// Another process runs a sign-in that this process cannot join.
    Elsewhere {
        /// The session's name for people.
        session: String,
        /// The id of that process, if it is known.
        holder: Option<u32>,
    },
}
