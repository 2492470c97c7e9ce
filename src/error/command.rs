//! Failures to start the command of `exec`.

/// The command of `exec` could not be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandError {
    /// Exit code 127: there is no such program.
    NotFound {
        /// The command, as given.
        command: String,
        /// Whether the command is a path, so that `PATH` is not searched.
        is_path: bool,
    },
    /// Exit code 126: the program is there and cannot be run.
    NotExecutable {
        /// The command, as given.
        command: String,
        /// The file that was found.
        path: String,
        /// The system's message, or the reason.
        cause: String,
    },
}

impl CommandError {
    /// The exit code, as in shells.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::NotFound { .. } => 127,
            Self::NotExecutable { .. } => 126,
        }
    }
}
