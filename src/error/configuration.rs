//! Mistakes in the command line or the configuration, and where they are.

use super::console::ConsoleError;
use super::convert::NotConvertible;
use super::import::ImportError;
use super::missing_values::{MissingReason, Value};
use super::populate::PopulateError;
use super::sync::SyncError;

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

/// The correction of an invalid value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// Remove this invisible character.
    RemoveInvisible(char),
    /// Use this permission set: the value is the name of the IAM role that was created for it.
    PermissionSet(String),
}
