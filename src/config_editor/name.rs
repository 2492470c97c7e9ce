//! The names of files and sections, and the headers that stand for them.

use std::path::PathBuf;

use memchr::{memchr, memrchr};

use crate::config::header::{self, Dialect, Kind};
use crate::config::lines::is_blank;
use crate::config::{config_path, credentials_path, path_variable};
use crate::context::Context;

/// One of AWS's two configuration files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigurationFile {
    /// `~/.aws/config`
    Config,
    /// `~/.aws/credentials`
    Credentials,
}

impl ConfigurationFile {
    /// The path of the file; `None` without a home directory.
    pub fn path(self, context: &Context) -> Option<PathBuf> {
        match self {
            Self::Config => config_path(context),
            Self::Credentials => credentials_path(context),
        }
    }

    /// The environment variable that names another file.
    pub const fn variable(self) -> &'static str {
        path_variable(self.dialect())
    }

    pub(super) const fn dialect(self) -> Dialect {
        match self {
            Self::Config => Dialect::Config,
            Self::Credentials => Dialect::Credentials,
        }
    }
}

/// What a section describes, and its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SectionName {
    /// `[profile NAME]`, or `[default]`; in the credentials file `[NAME]`.
    Profile(String),
    /// `[sso-session NAME]`
    SsoSession(String),
    /// `[services NAME]`
    Services(String),
}

impl SectionName {
    pub(super) fn of(kind: Kind, name: String) -> Self {
        match kind {
            Kind::Default | Kind::Profile => Self::Profile(name),
            Kind::SsoSession => Self::SsoSession(name),
            Kind::Services => Self::Services(name),
        }
    }

    /// The name without what the section describes.
    pub fn name(&self) -> &str {
        match self {
            Self::Profile(name) | Self::SsoSession(name) | Self::Services(name) => name,
        }
    }

    /// The words before the name in a header of the config file.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Profile(_) => "profile",
            Self::SsoSession(_) => "sso-session",
            Self::Services(_) => "services",
        }
    }

    /// The header of a new section. A name is quoted as the AWS CLI does it, with Python's
    /// `shlex.quote`.
    pub(super) fn header(&self, file: ConfigurationFile) -> String {
        let name = self.name();
        match (file, self) {
            (ConfigurationFile::Credentials, _) => format!("[{name}]"),
            (_, Self::Profile(name)) if name == "default" => "[default]".to_owned(),
            _ if name.contains([' ', '\t', '\'', '"', '\\']) => {
                format!("[{} '{}']", self.kind(), name.replace('\'', "'\"'\"'"))
            }
            _ => format!("[{} {name}]", self.kind()),
        }
    }
}

/// A name for texts: ``profile `dev` ``.
impl std::fmt::Display for SectionName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} `{}`", self.kind(), self.name())
    }
}

/// A header as it is written in a file.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// Whether the AWS CLI finds the section by this name, too.
    pub(super) is_seen_by_cli: bool,
    /// The length of the header with its brackets.
    pub(super) length: usize,
}

impl Written {
    /// Reads a line that begins with `[`; `None` if it is no header of a section that is read.
    pub(super) fn parse(line: &[u8], dialect: Dialect) -> Option<Self> {
        let read = header::parse(line, dialect)?;
        let same = |end: &usize| header::parse(&line[..*end], dialect).as_ref() == Some(&read);
        let length = memchr::memchr_iter(b']', line).map(|at| at + 1).find(same)?;
        Some(Self {
            kind: read.kind,
            name: String::from_utf8_lossy(&read.name).into_owned(),
            is_seen_by_cli: is_seen_by_cli(line, &read, dialect),
            length,
        })
    }
}

/// Whether botocore reads the same name. For it a header goes to the last `]` of the line, and no
/// blank may stand before it.
fn is_seen_by_cli(line: &[u8], read: &header::Header<'_>, dialect: Dialect) -> bool {
    let (Some(first), Some(last)) = (memchr(b']', line), memrchr(b']', line)) else { return false };
    let inside = &line[1..last];
    match (dialect, read.kind) {
        (Dialect::Credentials, _) => inside == &*read.name,
        (_, Kind::Default) => inside == b"default",
        _ => {
            let is_whole = first == last || memchr(b']', &read.name).is_some();
            !read.go_only && is_whole && !inside.first().copied().is_some_and(is_blank)
        }
    }
}
