//! What can go wrong with the files of the caches where the file is the point: a sign-in
//! that cannot be read, kept or removed.

use super::login_commands::LoginCommands;
use crate::platform::ObstacleKind;

/// What could not be done with the files of the caches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheTrouble {
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
    /// A directory that cannot be looked into.
    Unknown,
}

impl CacheTrouble {
    pub(super) const fn exit_code(&self) -> u8 {
        match self {
            // The sign-in may be good, and another could not be read either.
            Self::Unreadable { obstacle: Some(Obstacle { kind: ObstacleKind::OpenFiles, .. }), .. }
            | Self::NoRoom { .. }
            | Self::NotKept { .. }
            | Self::Left { .. } => 5,
            Self::Unreadable { .. } => 1,
        }
    }
}
