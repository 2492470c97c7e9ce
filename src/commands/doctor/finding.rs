//! A finding: what is wrong, and what to do about it.

use crate::error::Error;

/// How bad a finding is. The order is that of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    Error,
    Warning,
    Note,
}

impl Severity {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// The kinds of findings. Programs read their names, which stay as they are; `docs/doctor.md`
/// explains each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Id {
    SsoKeysBesideCredentialProcess,
    StaticKeysHideProfile,
    EnvironmentKeysHideProfile,
    EnvironmentRedirectsProfiles,
    StartUrlDiffersBySlash,
    WrongRegion,
    NoRegistrationScopes,
    TokenExpired,
    TokenNotRefreshable,
    FileMode,
    ForeignOwner,
    BrokenCacheFile,
    BrokenConfigLine,
    HelperNotFound,
    HelperPathUnsafe,
    HelperIgnoresProfile,
    RecursiveProfile,
    ClockSkew,
    Proxy,
    Certificate,
    StateNotWritable,
    DuplicateSection,
    ReadDifferently,
    UnknownKey,
}

impl Id {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::SsoKeysBesideCredentialProcess => "sso-keys-beside-credential-process",
            Self::StaticKeysHideProfile => "static-keys-hide-profile",
            Self::EnvironmentKeysHideProfile => "environment-keys-hide-profile",
            Self::EnvironmentRedirectsProfiles => "environment-redirects-profiles",
            Self::StartUrlDiffersBySlash => "start-url-differs-by-slash",
            Self::WrongRegion => "wrong-region",
            Self::NoRegistrationScopes => "no-registration-scopes",
            Self::TokenExpired => "token-expired",
            Self::TokenNotRefreshable => "token-not-refreshable",
            Self::FileMode => "file-mode",
            Self::ForeignOwner => "foreign-owner",
            Self::BrokenCacheFile => "broken-cache-file",
            Self::BrokenConfigLine => "broken-config-line",
            Self::HelperNotFound => "helper-not-found",
            Self::HelperPathUnsafe => "helper-path-unsafe",
            Self::HelperIgnoresProfile => "helper-ignores-profile",
            Self::RecursiveProfile => "recursive-profile",
            Self::ClockSkew => "clock-skew",
            Self::Proxy => "proxy",
            Self::Certificate => "certificate",
            Self::StateNotWritable => "state-not-writable",
            Self::DuplicateSection => "duplicate-section",
            Self::ReadDifferently => "read-differently",
            Self::UnknownKey => "unknown-key",
        }
    }

    /// The usual severity. `broken-config-line` is an error in a section that is used, and
    /// `sso-keys-beside-credential-process` if the keys lack something: these two say so themselves.
    const fn severity(self) -> Severity {
        match self {
            Self::StaticKeysHideProfile
            | Self::EnvironmentKeysHideProfile
            | Self::TokenExpired
            | Self::WrongRegion
            | Self::HelperNotFound
            | Self::RecursiveProfile
            | Self::Certificate
            | Self::ForeignOwner => Severity::Error,
            Self::ReadDifferently | Self::UnknownKey | Self::NoRegistrationScopes => Severity::Note,
            _ => Severity::Warning,
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) id: Id,
    pub(super) severity: Severity,
    /// What it is about: ``profile `dev` ``, a file, a variable.
    pub(super) subject: String,
    /// What is wrong, as a sentence without a full stop.
    pub(super) text: String,
    /// What to do.
    pub(super) hint: String,
}

impl Finding {
    /// A finding of the usual severity.
    pub(super) fn new(id: Id, subject: &str, text: String, hint: String) -> Self {
        Self { id, severity: id.severity(), subject: subject.to_owned(), text, hint }
    }

    /// A finding that says what `error` says. Without a hint of its own, it has the hint `otherwise`.
    pub(super) fn of_error(id: Id, subject: &str, error: &Error, otherwise: &str) -> Self {
        let words = error.text();
        let text = match words.why {
            Some(why) => format!("{}: {why}", words.what),
            None => words.what,
        };
        Self::new(id, subject, text, words.hint.unwrap_or_else(|| otherwise.to_owned()))
    }

    /// The same as an error.
    #[must_use]
    pub(super) fn error_if(self, is_error: bool) -> Self {
        if is_error { Self { severity: Severity::Error, ..self } } else { self }
    }
}

/// The hint for a name that is not known, with the one that is `near` to it.
pub(super) fn did_you_mean(near: Option<String>, otherwise: &str) -> String {
    match near {
        Some(name) => format!("did you mean `{name}`?"),
        None => otherwise.to_owned(),
    }
}
