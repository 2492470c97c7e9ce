//! Why a file cannot be replaced although its directory can be written.

/// What keeps a name from being given to another file although its directory can be written;
/// an [`io::Error`] carries it.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) words: &'static str,
    /// The command that undoes it, without the path, if there is one.
    pub(super) undo: Option<&'static str>,
}

impl std::error::Error for Held {}

impl std::fmt::Display for Held {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.words)
    }
}
