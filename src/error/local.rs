//! Failures on this computer: a file that cannot be read, stored or removed, a lock that another
//! process holds, a closed pipe.

use std::time::Duration;

use crate::platform::ObstacleKind;

/// Exit code 5: an operation on this computer failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalError {
    /// Another process holds a lock and does not release it.
    LockTimeout {
        /// What the lock is for.
        what: String,
        /// How long this process waited; `None` if it did not wait, because the holder hangs.
        waited: Option<Duration>,
        /// The id of the process that holds the lock, if it is known.
        holder: Option<u32>,
    },
    /// A configuration file could not be changed. It is as it was before.
    NotEdited {
        /// The file, as a person writes it.
        path: String,
        /// The reason.
        obstacle: Obstacle,
    },
    /// Another program changes a configuration file again and again.
    KeepsChanging {
        /// The file, as a person writes it.
        path: String,
    },
    /// A bug: a changed configuration file would not be read back as asked, and was not written.
    ReadsBackWrong {
        /// The file, as a person writes it.
        path: String,
        /// What would be wrong with it; completes "the changed file …".
        what: String,
    },
    /// The output could not be written to stdout.
    OutputFailed {
        /// The system's message.
        cause: String,
    },
    /// `man --dir` could not write a page.
    PageNotWritten {
        /// The file or the directory.
        path: String,
        /// The system's message.
        cause: String,
    },
    /// `export` cannot write a value in the format that was asked for.
    NotExportable {
        /// The variable.
        variable: &'static str,
        /// The format, as `--format` names it.
        format: &'static str,
        /// What the value has and the format cannot hold; completes "it has …".
        holds: &'static str,
    },
    /// `exec --server` cannot serve credentials.
    NoEndpoint {
        /// The reason.
        cause: String,
    },
    /// The token file cannot be opened, because this process has too many files open. The sign-in
    /// may be valid, and a new one could not be read either.
    TokenNotOpened {
        /// The file, as a person writes it.
        path: String,
        /// The reason why it cannot be opened.
        obstacle: Obstacle,
        /// The session's name for people.
        session: String,
    },
    /// A new token could not be stored. Therefore AWS was not asked for one.
    NoRoom {
        /// The directory of the tokens, as a person writes it.
        directory: String,
        /// The reason.
        obstacle: Obstacle,
    },
    /// The person has signed in, but the token could not be stored.
    NotKept {
        /// The directory of the tokens, or the token file, as a person writes it.
        path: String,
        /// The reason.
        obstacle: Obstacle,
        /// Whether AWS has revoked the token.
        revoked: bool,
    },
    /// `logout` could not remove all files.
    Left {
        /// The files that are left; at least one.
        files: Vec<LeftFile>,
        /// The session that they belong to: ``sso-session `corp` ``; `None` for all sessions.
        session: Option<String>,
        /// Whether AWS has revoked the sign-in; `None` if there was no sign-in to revoke.
        revoked: Option<bool>,
        /// The command to repeat after the obstacles are removed.
        again: String,
    },
}

/// The reason why a file or directory cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The file or directory, as a person writes it.
    pub path: String,
    /// The kind of reason.
    pub kind: ObstacleKind,
    /// The system's message.
    pub words: String,
}

/// A file that could not be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftFile {
    /// The file's path, as a person writes it.
    pub path: String,
    /// The content of the file.
    pub holds: Holding,
    /// The reason why it could not be removed.
    pub obstacle: Obstacle,
    /// Whether a link in the cache pointed to the file. The link has been removed; the file is
    /// outside of the cache.
    pub was_linked: bool,
}

/// The content of a file that `logout` removes.
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
    /// State of aws-sso-cred, such as a pending sign-in.
    Note,
    /// Nothing: the file has been emptied, but could not be removed.
    Nothing,
    /// Unknown: a directory that cannot be read.
    Unknown,
}
