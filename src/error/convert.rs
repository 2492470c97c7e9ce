//! Why `configure convert` does not change a profile.

/// Why `configure convert` leaves a profile as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotConvertible {
    /// It has no `sso_` keys.
    NoSsoKeys {
        /// What gives its credentials: a key, or a program in its `credential_process` line.
        instead: Option<String>,
    },
    /// SDKs get its credentials by this key, whether it has `sso_` keys or a line.
    OtherWay {
        /// `aws_access_key_id`, `role_arn`, …
        key: &'static str,
    },
    /// A key of the same profile in the credentials file decides, too.
    InCredentialsFile {
        /// The key.
        key: &'static str,
        /// The file.
        path: String,
    },
    /// Its `credential_process` line starts a program that has nothing to do with its `sso_` keys.
    OtherProgram {
        /// The file name of the program.
        program: String,
    },
    /// The config file has several sections of this name, which AWS's tools merge in different ways.
    SeveralSections,
    /// Its start URL or region is not that of its sso-session.
    DiffersFromSession {
        /// The key.
        key: &'static str,
    },
    /// Its `sso_` keys and its `credential_process` line name different roles.
    TwoRoles,
    /// `--back`: it has no line that starts this program.
    NoLine,
    /// `--back`: its line starts this program, and does not say for which session and role.
    LineNotFollowed,
    /// `--keep-native`: the name for the kept profile is that of another profile.
    NameTaken {
        /// The name.
        name: String,
    },
    /// The changed file would not be read as it was meant.
    ReadOtherwise,
}
