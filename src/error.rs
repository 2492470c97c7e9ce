//! Everything that can go wrong, sorted by what the user can do about it.
//!
//! The words are in `wording`, where they can be read and edited as prose;
//! `tests/snapshots/errors.txt` shows every one as a user sees it.

mod caches;
mod configuration;
mod shown;
mod wording;

use std::fmt;
use std::time::Duration;

use crate::identity_center::{ServiceError, ServiceErrorKind};
use crate::timestamp::Timestamp;
use crate::token::{OtherSignIn, SignInReason};
use shown::shorten;

pub use caches::{CacheTrouble, Holding, LeftFile, Obstacle};
pub use configuration::{MissingReason, Origin, Remedy, Value};
pub use shown::{escape, escape_lines, is_hostile};
pub(crate) use wording::{clock_skew, span};

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

/// A failed run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    // Exit 2: fix the command line or the configuration.
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

    // Exit 1: sign in.
    /// A sign-in is needed and not allowed here.
    SignInRequired {
        /// Why the cached tokens do not do.
        reason: SignInReason,
        /// Whom the cached token is for, when that is the reason.
        other: Option<Box<OtherSignIn>>,
        /// How to sign in.
        login: LoginCommands,
    },

    // Exit 3: the sign-in failed.
    /// The person pressed Deny.
    SignInRefused {
        /// How to try again.
        login: LoginCommands,
    },
    /// Nobody answered within the life of the code.
    SignInUnanswered {
        /// How to try again.
        login: LoginCommands,
    },
    /// No terminal, no browser: nobody could see the code.
    SignInUnshowable {
        /// Why not.
        cause: String,
        /// How to sign in elsewhere.
        login: LoginCommands,
    },
    /// A sign-in failed a moment ago; we do not ask again yet.
    SignInCoolingDown {
        /// Whether it was refused (else: left unanswered).
        refused: bool,
        /// When it failed.
        since: Timestamp,
        /// How long until we ask again.
        remaining: Duration,
        /// How to try at once.
        login: LoginCommands,
    },
    /// The browser's answer could not be received here.
    ListenerUnavailable {
        /// `--redirect-port`; `None` when any port would have done.
        port: Option<u16>,
        /// The system's words.
        cause: String,
        /// The command that signs in without one.
        without: String,
    },
    /// The sign-in ended with an answer other than yes.
    SignInFailed {
        /// What happened, a clause.
        cause: String,
        /// How to try again.
        login: LoginCommands,
    },

    // Exit 6: wait.
    /// The person has not finished yet.
    SignInPending {
        /// Where the person signs in.
        verification_uri: String,
        /// What the person compares.
        user_code: String,
        /// Seconds until the code dies.
        expires_in: Duration,
        /// What is signed in to.
        session: String,
    },

    /// Another process is signing the person in, in a way that cannot be joined.
    SignInElsewhere {
        /// What is signed in to.
        session: String,
        /// Which process, if that is known.
        holder: Option<u32>,
    },

    // Exit 4: AWS said no, or cannot be reached.
    /// The role is not assigned to this person.
    RoleForbidden {
        /// Twelve digits.
        account_id: String,
        /// The permission set's role.
        role_name: String,
        /// AWS's words.
        message: Option<String>,
        /// How to see which roles there are, or to sign in as somebody else.
        login: LoginCommands,
    },
    /// AWS does not accept the start URL in this region.
    StartUrlRefused {
        /// As configured.
        start_url: String,
        /// Where it was looked for.
        region: String,
        /// AWS's words.
        message: Option<String>,
    },
    /// Any other failed request.
    Service {
        /// The request's failure.
        error: Box<ServiceError>,
        /// The region that was asked, to be checked when the request was not understood.
        region: String,
        /// How far our clock is ahead of the server's, in seconds, when it is far.
        clock_skew: Option<i64>,
        /// The flags of this run that made it ask AWS in any case.
        flags: Vec<&'static str>,
    },

    /// What another process of ours was told a moment ago, while this one waited for it.
    Shared {
        /// That process's exit code.
        exit_code: u8,
        /// And its words.
        text: Text,
    },

    // Exit 5: anything else.
    /// Another process holds a lock and does not let go.
    LockTimeout {
        /// What for.
        what: String,
        /// How long we waited; `None` when it is known that waiting is of no use.
        waited: Option<Duration>,
        /// Which process, if that is known.
        holder: Option<u32>,
    },
    /// What was asked for could not be handed over.
    OutputFailed {
        /// The system's words.
        cause: String,
    },

    // Exit 1 or 5.
    /// A file of the caches that cannot be read, kept or removed.
    Caches(CacheTrouble),
}

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

impl Error {
    /// The process's exit code, as `docs/troubleshooting.md` lists them.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::SignInRequired { .. } => 1,
            Self::Usage { .. }
            | Self::MissingValues { .. }
            | Self::ProfileNotFound { .. }
            | Self::SessionNotFound { .. }
            | Self::InvalidValue { .. }
            | Self::ConfigUnreadable { .. }
            | Self::ConfigMissing { .. }
            | Self::ConfigNotUtf8 { .. }
            | Self::BadConnectionSetting { .. }
            | Self::StartUrlAstray { .. }
            | Self::RegionMismatch { .. }
            | Self::NothingToSignInTo { .. }
            | Self::NoHome
            | Self::HomeMissing { .. } => 2,
            Self::SignInRefused { .. }
            | Self::SignInUnanswered { .. }
            | Self::SignInUnshowable { .. }
            | Self::SignInCoolingDown { .. }
            | Self::ListenerUnavailable { .. }
            | Self::SignInFailed { .. } => 3,
            Self::RoleForbidden { .. } | Self::StartUrlRefused { .. } | Self::Service { .. } => 4,
            Self::LockTimeout { .. } | Self::OutputFailed { .. } => 5,
            Self::SignInPending { .. } | Self::SignInElsewhere { .. } => 6,
            Self::Shared { exit_code, .. } => *exit_code,
            Self::Caches(trouble) => trouble.exit_code(),
        }
    }

    /// Whether it is about AWS, and so not only about this process.
    pub fn concerns_every_process(&self) -> bool {
        match self {
            Self::Service { error, .. } => error.kind != ServiceErrorKind::Exhausted,
            error => matches!(error, Self::RoleForbidden { .. } | Self::StartUrlRefused { .. }),
        }
    }

    /// The words, control characters escaped.
    pub fn text(&self) -> Text {
        let text = wording::text(self);
        let shown = |line: String| shorten(&escape(&line));
        Text { what: shown(text.what), why: text.why.map(shown), hint: text.hint.map(shown) }
    }
}

/// `aws-sso-cred: what happened`, then why, then `hint: `; no newline at the end.
impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        write!(formatter, "aws-sso-cred: {}", text.what)?;
        if let Some(why) = text.why {
            write!(formatter, "\n{why}")?;
        }
        if let Some(hint) = text.hint {
            write!(formatter, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
