//! What is wrong with the command line or the configuration, and where.

use crate::value_names::{ACCOUNT_ID, REGION, ROLE_NAME, START_URL, ValueNames};

/// Exit code 2: the command line or the configuration is to be corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigurationError {
    /// The command line does not parse.
    Usage {
        /// What is wrong with it.
        message: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// Values that no flag, variable or config key gives.
    MissingValues {
        /// Which, in the contract's order.
        missing: Vec<Value>,
        /// The profile that was read, if any.
        profile: Option<String>,
        /// The session that was read, if any.
        sso_session: Option<String>,
        /// The config file, as the user would write it.
        config_path: String,
        /// What explains it, when something in the file does.
        reason: Option<MissingReason>,
    },
    /// The profile asked for is no section.
    ProfileNotFound {
        /// As asked for.
        profile: String,
        /// `--profile` or `AWS_PROFILE`; `None` for `default`, which nobody named.
        named_by: Option<&'static str>,
        /// The config file.
        config_path: String,
        /// A profile of nearly the same name.
        similar: Option<String>,
    },
    /// `sso_session` names no `[sso-session]`.
    SessionNotFound {
        /// As asked for.
        sso_session: String,
        /// Who asks for it.
        origin: Origin,
        /// The config file.
        config_path: String,
        /// A session of nearly the same name.
        similar: Option<String>,
    },
    /// A value that breaks a rule.
    InvalidValue {
        /// `account id`, `start URL`, …
        what: &'static str,
        /// As given.
        value: String,
        /// Where it stands.
        origin: Origin,
        /// Completes "it …".
        rule: &'static str,
        /// What puts it right.
        remedy: Option<Remedy>,
    },
    /// The config file is not there, so nothing can be found in it.
    ConfigMissing {
        /// The file.
        path: String,
        /// What was to be found in it: "profile `dev`".
        wanted: String,
        /// `AWS_CONFIG_FILE` names it.
        by_variable: bool,
    },
    /// A config file that no tool of AWS's can read.
    ConfigNotUtf8 {
        /// The file.
        path: String,
        /// What it is instead.
        encoding: &'static str,
    },
    /// A config file that is there and cannot be used.
    ConfigUnreadable {
        /// The file.
        path: String,
        /// The system's words, or what it is instead of a file.
        cause: String,
        /// The variable that names another file in its place.
        variable: &'static str,
        /// Nothing is wrong with the file: this process has too many others open.
        too_many_files: bool,
    },
    /// A start URL that is not AWS's, and does not lead to one that is.
    StartUrlAstray {
        /// As configured.
        start_url: String,
        /// What it does instead, a clause.
        cause: String,
    },
    /// The start URL's host names another region than `sso_region`.
    RegionMismatch {
        /// As configured.
        start_url: String,
        /// The access portal it leads to, when that is another.
        portal: Option<String>,
        /// What the host names.
        region: String,
        /// What `sso_region` says.
        configured: String,
    },
    /// `login --all` without a session in the config.
    NothingToSignInTo {
        /// The config file.
        config_path: String,
    },
    /// No session is named, and the config has several.
    SeveralSessions {
        /// The config file.
        config_path: String,
        /// The command for each.
        commands: Vec<String>,
        /// `login` or `logout`.
        command: &'static str,
    },
    /// A CA bundle, proxy or endpoint that cannot be used.
    BadConnectionSetting {
        /// `AWS_CA_BUNDLE`, `ca_bundle`, `HTTPS_PROXY`, …
        setting: String,
        /// As given, without credentials.
        value: String,
        /// What is wrong with it.
        cause: String,
    },
    /// There is no home directory to keep caches in.
    NoHome,
    /// The home directory does not exist, so that nothing can be kept in it.
    HomeMissing {
        /// Where it would be.
        path: String,
        /// What names it, if a variable does.
        variable: Option<&'static str>,
    },
}

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

impl Value {
    /// Its option, its variable and its key.
    pub const fn names(self) -> &'static ValueNames {
        match self {
            Self::StartUrl => &START_URL,
            Self::Region => &REGION,
            Self::RoleName => &ROLE_NAME,
            Self::AccountId => &ACCOUNT_ID,
        }
    }
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
