//! What an error tells of the configuration: which value, where it stands, why it is missing.

/// Where a value came from, so that an error can point at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A command-line flag, `--account-id`.
    Flag(&'static str),
    /// An environment variable, `AWS_SSO_ACCOUNT_ID`.
    Environment(&'static str),
    /// A key in a file.
    File {
        /// The file, as the user would write it (`~/.aws/config`).
        path: String,
        /// One-based.
        line: usize,
        /// As written: `profile dev`.
        section: String,
        /// Lower case.
        key: String,
    },
    /// The name in a section's header.
    Header {
        /// The file, as the user would write it.
        path: String,
        /// One-based.
        line: usize,
        /// As written: `sso-session corp`.
        section: String,
    },
}

/// One of the values without which no request can be made, in the order they are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// `sso_start_url`
    StartUrl,
    /// `sso_region`
    Region,
    /// `sso_role_name`
    RoleName,
    /// `sso_account_id`
    AccountId,
}

/// Why values are missing from a profile that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissingReason {
    /// A line of the sections that were read could not be understood.
    BrokenLine {
        /// The file, as the user would write it.
        path: String,
        /// One-based.
        line: usize,
        /// Completes "line 3 …".
        fault: &'static str,
    },
    /// The profile has no `sso_` key at all: it gets its credentials by this one.
    OtherProvider {
        /// `credential_process`, `role_arn`, …
        key: &'static str,
    },
    /// The profile leads to another one, and in the end back to itself or to one on the way.
    Circle {
        /// Those that lead to each other; the first is the last again.
        profiles: Vec<String>,
        /// What names the second in the first: `credential_process` or `source_profile`.
        key: &'static str,
    },
    /// The profile assumes a role with another profile's credentials, and that one signs in.
    SourceProfile {
        /// The other profile, followed to the end.
        source: String,
    },
}

/// What puts an invalid value right, where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// A character that nobody sees stands in it.
    RemoveInvisible(char),
    /// It is the name of an IAM role, made for this permission set.
    PermissionSet(String),
}
