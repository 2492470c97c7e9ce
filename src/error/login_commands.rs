//! The commands that sign in, for hints.

/// The commands that sign in to one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginCommands {
    /// The session's name for people: ``sso-session `corp` `` or ``profile `dev` ``.
    pub session: String,
    /// The command of aws-sso-cred: `aws-sso-cred login …`.
    pub ours: String,
    /// The command of the AWS CLI, `aws sso login …`; `None` if it cannot sign in to this session.
    pub aws_cli: Option<String>,
}
