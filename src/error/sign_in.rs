//! What is said of a sign-in that is needed, waits or came to nothing.

use std::time::Duration;

use super::local::Obstacle;
use super::login_commands::LoginCommands;
use super::sign_in_reason::{OtherSignIn, SignInReason};

/// Exit code 1: a person has to sign in, and that is not allowed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInNeeded {
    /// A sign-in is needed and not allowed here.
    Required {
        /// Why the cached tokens do not do.
        reason: SignInReason,
        /// Whom the cached token is for, when that is the reason.
        other: Option<Box<OtherSignIn>>,
        /// How to sign in.
        login: LoginCommands,
    },
    /// The token file is there and cannot be used.
    Unreadable {
        /// The file, as a person writes it.
        path: String,
        /// What is wrong with its content; `None` when it cannot even be opened.
        content: Option<String>,
        /// What keeps us from opening it.
        obstacle: Option<Obstacle>,
        /// How to sign in anew.
        login: LoginCommands,
    },
}

/// Exit code 3: a sign-in was tried and came to nothing, or could not be shown to anyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInError {
    /// The person pressed Deny.
    Refused {
        /// How to try again.
        login: LoginCommands,
    },
    /// Nobody answered within the life of the code.
    Unanswered {
        /// How to try again.
        login: LoginCommands,
    },
    /// No terminal, no browser: nobody could see the code.
    Unshowable {
        /// Why not.
        cause: String,
        /// This is a CI job, where `login` does not work either.
        in_ci: bool,
        /// How to sign in elsewhere.
        login: LoginCommands,
    },
    /// A sign-in failed a moment ago; we do not ask again yet.
    CoolingDown {
        /// Whether it was refused (else: left unanswered).
        refused: bool,
        /// When it failed, in local time.
        since: String,
        /// How long until we ask again.
        remaining: Duration,
        /// How to try at once.
        login: LoginCommands,
    },
    /// The browser's answer could not be received here.
    ListenerUnavailable {
        /// `--redirect-port`; `None` when any port would have done.
        port: Option<u16>,
        /// The system's words.
        cause: String,
        /// The command that signs in without one.
        without: String,
    },
    /// The sign-in ended with an answer other than yes.
    Failed {
        /// What happened, a clause.
        cause: String,
        /// How to try again.
        login: LoginCommands,
    },
}

/// Exit code 6: a sign-in waits for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInWaiting {
    /// The person has not finished yet.
    Pending {
        /// Where the person signs in.
        verification_uri: String,
        /// What the person compares.
        user_code: String,
        /// Seconds until the code dies.
        expires_in: Duration,
        /// What is signed in to.
        session: String,
    },
    /// Another process is signing the person in, in a way that cannot be joined.
    Elsewhere {
        /// What is signed in to.
        session: String,
        /// Which process, if that is known.
        holder: Option<u32>,
    },
}
