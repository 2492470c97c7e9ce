//! What goes wrong on this computer: files that cannot be read, kept or removed, a lock that is
//! held, a closed pipe.

use std::time::Duration;

use crate::platform::ObstacleKind;

/// Exit code 5: something on this computer is in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalError {
    /// Another process holds a lock and does not let go.
    LockTimeout {
        /// What for.
        what: String,
        /// How long we waited; `None` when it is known that waiting is of no use.
        waited: Option<Duration>,
        /// Which process, if that is known.
        holder: Option<u32>,
    },
    /// What was asked for could not be handed over.
    OutputFailed {
        /// The system's words.
        cause: String,
    },
    /// The token file cannot be opened, because this process has too many files open. The
    /// sign-in may be good, and another could not be read either.
    TokenNotOpened {
        /// The file, as a person writes it.
        path: String,
        /// What keeps us from opening it.
        obstacle: Obstacle,
        /// What is signed in to.
        session: String,
    },
    /// A token could not be kept, so nobody was asked to sign in.
    NoRoom {
        /// The directory of the tokens, as a person writes it.
        directory: String,
        /// What is in the way.
        obstacle: Obstacle,
    },
    /// The person has signed in, and the token could not be kept after all.
    NotKept {
        /// The directory of the tokens, or the token file, as a person writes it.
        path: String,
        /// What is in the way.
        obstacle: Obstacle,
        /// Whether AWS has revoked the token.
        revoked: bool,
    },
    /// Signing out left something behind.
    Left {
        /// What was to be removed; not empty.
        files: Vec<LeftFile>,
        /// What it belongs to: `sso-session `corp``; `None` for all sessions.
        session: Option<String>,
        /// Whether AWS has revoked the sign-in; `None` if there was none to revoke.
        revoked: Option<bool>,
        /// The command to run when the obstacles are gone.
        again: String,
    },
}

/// What is in the way, for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The file or directory, as a person writes it.
    pub path: String,
    /// Why.
    pub kind: ObstacleKind,
    /// The system's words.
    pub words: String,
}

/// A file that could not be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftFile {
    /// As a person writes it.
    pub path: String,
    /// What is in it.
    pub holds: Holding,
    /// What keeps it there.
    pub obstacle: Obstacle,
    /// Whether a link of the cache led to it: the link is gone, the file is elsewhere.
    pub was_linked: bool,
}

/// What a file holds that signing out removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// A token.
    SignIn,
    /// Role credentials.
    RoleCredentials,
    /// A client registration.
    Registration,
    /// A file that a killed process left half written.
    HalfWritten,
    /// A note of ours, such as a sign-in that waits.
    Note,
    /// Nothing any more: its secret was removed from it.
    Nothing,
    /// A directory that cannot be looked into.
    Unknown,
}
