//! The commands that sign a person in, as hints name them.

/// The exact commands that sign this request's person in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginCommands {
    /// What is signed in to, as a person knows it: `sso-session `corp`` or `profile `dev``.
    pub session: String,
    /// `aws-sso-cred login …`
    pub ours: String,
    /// `aws sso login …`, where the AWS CLI can do it.
    pub aws_cli: Option<String>,
}
