//! An error: a file cannot be replaced, although its directory can be written.

/// Why a file cannot be replaced. It travels inside an [`std::io::Error`].
#[derive(Debug)]
pub(super) struct Held {
    /// The reason, for the error message.
    pub(super) words: &'static str,
    /// The command that makes the file replaceable, without the path.
    pub(super) undo: Option<&'static str>,
}

impl std::error::Error for Held {}

impl std::fmt::Display for Held {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.words)
    }
}
