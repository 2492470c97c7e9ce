//! Mistakes in the command line or the configuration, and where they are.

use super::console::ConsoleError;
use super::import::ImportError;
use super::populate::PopulateError;
use super::sync::SyncError;
use crate::value_names::{ACCOUNT_ID, REGION, ROLE_NAME, START_URL, ValueNames};

/// Exit code 2: the command line or the configuration has to be corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigurationError {
    /// The command line does not parse.
    Usage {
        /// The mistake.
        message: String,
        /// The word that was probably meant.
        suggestion: Option<String>,
    },
    /// No flag, variable or config key gives these values.
    MissingValues {
        /// The missing values, in the order of [`Value`].
        missing: Vec<Value>,
        /// The profile that was read, if any.
        profile: Option<String>,
        /// The session that was read, if any.
        sso_session: Option<String>,
        /// The config file, as the user writes it.
        config_path: String,
        /// The cause in the config file, if one was found.
        reason: Option<MissingReason>,
    },
    /// The config has no section for the profile.
    ProfileNotFound {
        /// The name of the profile.
        profile: String,
        /// `--profile` or `AWS_PROFILE`; `None` for `default`, which is used without being named.
        named_by: Option<&'static str>,
        /// The config file.
        config_path: String,
        /// A profile with a similar name.
        similar: Option<String>,
    },
    /// The config has no `[sso-session]` with the name.
    SessionNotFound {
        /// The name of the session.
        sso_session: String,
        /// The place that names the session.
        origin: Origin,
        /// The config file.
        config_path: String,
        /// A session with a similar name.
        similar: Option<String>,
    },
    /// A value is not valid.
    InvalidValue {
        /// The kind of value: `account id`, `start URL`, …
        what: &'static str,
        /// The value, as given.
        value: String,
        /// The place of the value.
        origin: Origin,
        /// The rule that the value breaks; completes "it …".
        rule: &'static str,
        /// The correction, if it is known.
        remedy: Option<Remedy>,
    },
    /// The config file does not exist.
    ConfigMissing {
        /// The file.
        path: String,
        /// What was looked for in the file: "profile `dev`".
        wanted: String,
        /// Whether `AWS_CONFIG_FILE` names the file.
        by_variable: bool,
    },
    /// The config file is not UTF-8. AWS's tools cannot read it either.
    ConfigNotUtf8 {
        /// The file.
        path: String,
        /// The probable encoding.
        encoding: &'static str,
    },
    /// The config file exists and cannot be read.
    ConfigUnreadable {
        /// The file.
        path: String,
        /// The system's message, or what the path is instead of a file.
        cause: String,
        /// The variable that can name another file.
        variable: &'static str,
        /// Whether this process has too many files open. Then nothing is wrong with the config file.
        too_many_files: bool,
    },
    /// The part of a configuration file that has to be changed is not understood.
    NotEditable {
        /// The file, as a person writes it.
        path: String,
        /// The one-based number of the line; `None` if the fault concerns the whole file.
        line: Option<usize>,
        /// What is wrong with the line, or else with the file; completes "line 3 …".
        fault: &'static str,
    },
    /// A value, a key or a name that a configuration file cannot hold, because AWS's tools would read
    /// it differently. The value is not shown: it may be a secret.
    NotWritable {
        /// What was to be written: "the value of `region` in profile `dev`".
        what: String,
        /// The file, as a person writes it.
        path: String,
        /// The rule; completes "it …".
        rule: &'static str,
    },
    /// A configuration file has changed since a person confirmed a change of it.
    FileChanged {
        /// The file, as a person writes it.
        path: String,
    },
    /// The start URL is not AWS's, and does not redirect to a start URL of AWS.
    StartUrlAstray {
        /// The start URL, as configured.
        start_url: String,
        /// What the start URL does instead, a clause.
        cause: String,
    },
    /// The start URL's host names another region than `sso_region`.
    RegionMismatch {
        /// The start URL, as configured.
        start_url: String,
        /// The access portal that it redirects to, if any.
        portal: Option<String>,
        /// The region in the host name.
        region: String,
        /// The value of `sso_region`.
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
        /// The command for each session.
        commands: Vec<String>,
        /// The command that was run, such as `login`.
        command: &'static str,
    },
    /// A CA bundle, proxy or endpoint in the settings cannot be used.
    BadConnectionSetting {
        /// The name of the setting: `AWS_CA_BUNDLE`, `ca_bundle`, `HTTPS_PROXY`, …
        setting: String,
        /// The value, as given, without a user name and password.
        value: String,
        /// What is wrong with the value.
        cause: String,
    },
    /// `configure` has no terminal to ask on, and these options are missing.
    MissingOptions {
        /// The command.
        command: &'static str,
        /// The options, with the placeholders of their values.
        missing: Vec<String>,
    },
    /// A section exists with other values, and `--force` is not given.
    OtherValues {
        /// The section: ``profile `dev` ``.
        section: String,
        /// The values that differ; at least one.
        differences: Vec<Difference>,
        /// The config file.
        config_path: String,
    },
    /// A `credential_process` line cannot have this value: SDKs split lines in different ways.
    NotForALine {
        /// The value: an option, or the path of this program.
        what: &'static str,
        /// The value itself.
        value: String,
        /// Whether it is the path of this program.
        is_program: bool,
    },
    /// `configure convert`: a profile that is named cannot be converted.
    NotConvertible {
        /// The profile.
        profile: String,
        /// The reason.
        reason: NotConvertible,
        /// The config file.
        config_path: String,
    },
    /// `configure convert`: no profile can be meant.
    NothingToConvert {
        /// The name or pattern; `None` for `--all`.
        wanted: Option<String>,
        /// A profile with a similar name.
        similar: Option<String>,
        /// Whether keys were to be put back (`--back`).
        back: bool,
        /// The config file.
        config_path: String,
    },
    /// A command changes the config file, and without a terminal nobody can consent.
    NeedsYes {
        /// The command, without `--yes`.
        command: String,
        /// The config file.
        config_path: String,
    },
    /// `configure populate` cannot write the profiles that are asked for.
    Populate(PopulateError),
    /// `configure --import` cannot take over what another tool keeps.
    Import(ImportError),
    /// `console` cannot open the page that is asked for.
    Console(ConsoleError),
    /// `sync` cannot write what is asked for.
    Sync(SyncError),
    /// No home directory is known, in which the caches would be.
    NoHome,
    /// The home directory does not exist.
    HomeMissing {
        /// Its path.
        path: String,
        /// The variable that names it, if one does.
        variable: Option<&'static str>,
    },
}

/// A key of a section with its old and its new value; `None` is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The key.
    pub key: String,
    /// The value in the file.
    pub old: Option<String>,
    /// The value to be written.
    pub new: Option<String>,
}

/// The place that a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A command-line flag, `--account-id`.
    Flag(&'static str),
    /// An environment variable, `AWS_SSO_ACCOUNT_ID`.
    Environment(&'static str),
    /// The `credential_process` line of a profile.
    Line {
        /// The profile that has the line.
        profile: String,
    },
    /// A key in a file.
    File {
        /// The file, as the user writes it (`~/.aws/config`).
        path: String,
        /// The line number, from 1.
        line: usize,
        /// The section, as written: `profile dev`.
        section: String,
        /// The key, in lower case.
        key: String,
    },
    /// The name in a section's header.
    Header {
        /// The file, as the user writes it.
        path: String,
        /// The line number, from 1.
        line: usize,
        /// The section, as written: `sso-session corp`.
        section: String,
    },
}

/// One of the values that every request needs, in the order in which messages name them.
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
    /// The option, the environment variable and the key of this value.
    pub const fn names(self) -> &'static ValueNames {
        match self {
            Self::StartUrl => &START_URL,
            Self::Region => &REGION,
            Self::RoleName => &ROLE_NAME,
            Self::AccountId => &ACCOUNT_ID,
        }
    }
}

/// The reason why values are missing although the profile exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissingReason {
    /// A line in the sections that were read is not valid.
    BrokenLine {
        /// The file, as the user writes it.
        path: String,
        /// The line number, from 1.
        line: usize,
        /// The mistake; completes "line 3 …".
        fault: &'static str,
    },
    /// The profile has no `sso_` key. It gets its credentials in another way.
    OtherProvider {
        /// The key of that way: `credential_process`, `role_arn`, …
        key: &'static str,
    },
    /// The profile stands for its `credential_process` line, which does not give the values.
    IncompleteLine,
    /// `credential_process` lines lead from profile to profile, and are more than are followed.
    LongChain {
        /// The first profile of the chain.
        first: String,
        /// How many lines are followed.
        most: usize,
    },
    /// Profiles refer to each other in a circle.
    Circle {
        /// The profiles of the circle. The last is the first again.
        profiles: Vec<String>,
        /// The key in which the first profile names the second: `credential_process` or `source_profile`.
        key: &'static str,
    },
    /// The profile assumes a role with the credentials of another profile, which has the values.
    SourceProfile {
        /// The other profile, at the end of the chain of `source_profile`.
        source: String,
    },
}

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

/// The correction of an invalid value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// Remove this invisible character.
    RemoveInvisible(char),
    /// Use this permission set: the value is the name of the IAM role that was created for it.
    PermissionSet(String),
}
