//! The text of a failure.

/// The text of one failure, at most three lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What happened. This line is complete without the others.
    pub what: String,
    /// The reason, if there is more to say.
    pub why: Option<String>,
    /// A command or change that helps the user.
    pub hint: Option<String>,
}

impl Text {
    /// A text without a reason.
    pub(super) fn hinted(what: String, hint: impl Into<String>) -> Self {
        Self { what, why: None, hint: Some(hint.into()) }
    }
}
