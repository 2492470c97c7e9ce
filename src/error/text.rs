//! A failure as it is shown.

/// One failure as it is shown: at most three lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What happened, complete by itself.
    pub what: String,
    /// Why, when there is more to say.
    pub why: Option<String>,
    /// A command or change that helps.
    pub hint: Option<String>,
}
