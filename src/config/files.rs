//! AWS's two configuration files: where they are, what is read of them, and how
//! an error points into them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use super::header::{Dialect, Kind};
use super::lines::{BUFFER_SIZE, line_number};
use super::scanner::{Pick, Section, Setting, Wanted, scan};
use crate::context::Context;
use crate::error::{ConfigurationError, Error, Origin};
use crate::platform;

/// Where the config file is: `AWS_CONFIG_FILE`, else `~/.aws/config`. `None` without a home.
pub fn config_path(context: &Context) -> Option<PathBuf> {
    path_of(context, Dialect::Config)
}

/// Where the credentials file is: `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`.
pub fn credentials_path(context: &Context) -> Option<PathBuf> {
    path_of(context, Dialect::Credentials)
}

/// Where a file is: as its variable says, else in `~/.aws`. `None` without a home.
fn path_of(context: &Context, dialect: Dialect) -> Option<PathBuf> {
    match context.variable_os(path_variable(dialect)) {
        Some(path) => Some(expand(context, path)),
        None => context.home().map(|home| home.join(".aws").join(default_name(dialect))),
    }
}

const fn path_variable(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Config => "AWS_CONFIG_FILE",
        Dialect::Credentials => "AWS_SHARED_CREDENTIALS_FILE",
    }
}

const fn default_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Config => "config",
        Dialect::Credentials => "credentials",
    }
}

/// `path` as the AWS CLI expands it: a leading `~`, and `$NAME` and `${NAME}` where they are set.
pub fn expand(context: &Context, path: OsString) -> PathBuf {
    let Some(text) = path.to_str().filter(|text| text.contains(['~', '$'])) else {
        return PathBuf::from(path);
    };
    let text = expand_variables(context, text);
    match (text.strip_prefix('~'), context.home()) {
        (Some(""), Some(home)) => home,
        (Some(rest), Some(home)) if rest.starts_with(std::path::is_separator) => {
            home.join(rest.trim_start_matches(std::path::is_separator))
        }
        _ => PathBuf::from(text),
    }
}

fn expand_variables(context: &Context, text: &str) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let (name, behind) =
            if let Some((name, behind)) = after.strip_prefix('{').and_then(|braced| braced.split_once('}')) {
                (name, behind)
            } else {
                let end = after.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(after.len());
                after.split_at(end)
            };
        match context.variable(name).filter(|_| !name.is_empty()) {
            Some(value) => expanded.push_str(&value),
            None => expanded.push_str(&rest[before.len()..rest.len() - behind.len()]),
        }
        rest = behind;
    }
    expanded.push_str(rest);
    expanded
}

/// `path` as a person would write it: `~/.aws/config`.
pub fn shown_path(context: &Context, path: &Path) -> String {
    match context.home().as_deref().and_then(|home| path.strip_prefix(home).ok()) {
        Some(inside) if !inside.as_os_str().is_empty() => {
            format!("~{MAIN_SEPARATOR}{}", inside.display())
        }
        _ => path.display().to_string(),
    }
}

/// How the config file is called in messages.
pub fn shown_config_path(context: &Context) -> String {
    shown(context, Dialect::Config)
}

fn shown(context: &Context, dialect: Dialect) -> String {
    match path_of(context, dialect) {
        Some(path) => shown_path(context, &path),
        None => format!("~{MAIN_SEPARATOR}.aws{MAIN_SEPARATOR}{}", default_name(dialect)),
    }
}

/// What was read of both files.
#[derive(Debug, Default)]
pub struct Files {
    config: Vec<Section>,
    credentials: Vec<Section>,
}

impl Files {
    /// Reads the wanted sections. The credentials file is opened only for profiles. A file that
    /// does not exist has no sections.
    ///
    /// # Errors
    /// [`ConfigurationError::ConfigUnreadable`]
    pub fn read(
        context: &Context,
        profiles: Pick<'_>,
        sso_sessions: Pick<'_>,
        services: Pick<'_>,
    ) -> Result<Self, Error> {
        let wanted = Wanted { dialect: Dialect::Config, profiles, sso_sessions, services };
        let config = read_sections(context, &wanted)?;
        let mut credentials = Vec::new();
        if profiles != Pick::Nothing {
            let wanted = Wanted {
                dialect: Dialect::Credentials,
                profiles,
                sso_sessions: Pick::Nothing,
                services: Pick::Nothing,
            };
            credentials = read_sections(context, &wanted)?;
        }
        Ok(Self { config, credentials })
    }

    /// A profile's settings from both files; empty when it is in neither.
    pub fn profile(&self, name: &str) -> Settings<'_> {
        let named = |kind: Kind| {
            self.config.iter().filter(move |section| section.kind == kind && section.name == name)
        };
        let mut sections: Vec<_> = named(Kind::Profile).map(|section| (Dialect::Config, section)).collect();
        if sections.is_empty() && name == "default" {
            sections.extend(named(Kind::Default).map(|section| (Dialect::Config, section)));
        }
        let credentials = self.credentials.iter().filter(|section| section.name == name);
        sections.extend(credentials.map(|section| (Dialect::Credentials, section)));
        Settings { sections }
    }

    /// The settings of `[sso-session NAME]`.
    pub fn sso_session(&self, name: &str) -> Settings<'_> {
        self.of_kind(Kind::SsoSession, name)
    }

    /// The settings of `[services NAME]`.
    pub fn services(&self, name: &str) -> Settings<'_> {
        self.of_kind(Kind::Services, name)
    }

    /// Every profile, by where it begins; those of the credentials file alone come last.
    pub fn profiles(&self) -> Vec<(u64, &str, Settings<'_>)> {
        let in_profile_form = |section: &&Section| section.kind == Kind::Profile && section.name == "default";
        let default_is_hidden = self.config.iter().any(|section| in_profile_form(&section));
        let in_config = self.config.iter().filter(move |section| match section.kind {
            Kind::Profile => true,
            Kind::Default => !default_is_hidden,
            Kind::SsoSession | Kind::Services => false,
        });
        grouped(
            in_config
                .map(|section| (Dialect::Config, section))
                .chain(self.credentials.iter().map(|section| (Dialect::Credentials, section))),
        )
    }

    /// Every section of a kind, by where it begins.
    pub fn of_every_name(&self, kind: Kind) -> Vec<(u64, &str, Settings<'_>)> {
        let sections = self.config.iter().filter(|section| section.kind == kind);
        grouped(sections.map(|section| (Dialect::Config, section)))
    }

    fn of_kind(&self, kind: Kind, name: &str) -> Settings<'_> {
        let named = self.config.iter().filter(|section| section.kind == kind && section.name == name);
        Settings { sections: named.map(|section| (Dialect::Config, section)).collect() }
    }
}

/// Merges sections of the same name.
fn grouped<'a>(sections: impl Iterator<Item = (Dialect, &'a Section)>) -> Vec<(u64, &'a str, Settings<'a>)> {
    let mut by_name: BTreeMap<&str, Settings<'a>> = BTreeMap::new();
    for (dialect, section) in sections {
        by_name.entry(&section.name).or_insert_with(Settings::none).sections.push((dialect, section));
    }
    let begins = |settings: &Settings<'_>| match settings.sections.first() {
        Some((Dialect::Config, section)) => section.offset,
        _ => u64::MAX,
    };
    let mut groups: Vec<_> =
        by_name.into_iter().map(|(name, settings)| (begins(&settings), name, settings)).collect();
    groups.sort_by_key(|(offset, ..)| *offset);
    groups
}

fn read_sections(context: &Context, wanted: &Wanted<'_>) -> Result<Vec<Section>, Error> {
    let Some(path) = path_of(context, wanted.dialect) else { return Ok(Vec::new()) };
    let scanned = platform::open_regular(&path).and_then(|mut file| scan(&mut file, wanted, BUFFER_SIZE));
    match scanned {
        Ok(sections) => Ok(sections),
        Err(error) if is_missing(&error) => Ok(Vec::new()),
        Err(error) => Err(Error::Configuration(ConfigurationError::ConfigUnreadable {
            path: shown_path(context, &path),
            cause: platform::words_of(&error),
            variable: path_variable(wanted.dialect),
            too_many_files: platform::is_out_of_descriptors(&error),
        })),
    }
}

/// A home that is `/dev/null` has no files either.
fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The settings of one profile or session: all sections of that name, merged.
#[derive(Debug)]
pub struct Settings<'a> {
    /// The later, the stronger.
    sections: Vec<(Dialect, &'a Section)>,
}

/// A value found in a file.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    dialect: Dialect,
    section: &'a Section,
    /// The key and its value.
    pub setting: &'a Setting,
}

impl<'a> Settings<'a> {
    /// The settings of a profile or session that is not named.
    pub fn none() -> Self {
        Self { sections: Vec::new() }
    }

    /// Whether there is no section of this name.
    pub fn is_absent(&self) -> bool {
        self.sections.is_empty()
    }

    /// Whether the Go SDK alone reads the headers in the config file.
    pub fn is_go_only(&self) -> bool {
        let mut headers = self.sections.iter().filter(|(dialect, _)| *dialect == Dialect::Config);
        let some = self.sections.iter().any(|(_, section)| section.go_only);
        some && headers.all(|(_, section)| section.go_only)
    }

    /// The last value of `key` that is not empty.
    pub fn find(&self, key: &str) -> Option<Found<'a>> {
        self.all(key).find(|found| !found.setting.value.is_empty() && !found.setting.is_nested())
    }

    /// Every value of `key`, the strongest first, empty ones and blocks too.
    pub fn all(&self, key: &str) -> impl Iterator<Item = Found<'a>> {
        self.sections.iter().rev().flat_map(move |&(dialect, section)| {
            let settings = section.settings.iter().rev().filter(move |setting| setting.key == key);
            settings.map(move |setting| Found { dialect, section, setting })
        })
    }

    /// Every key with the value that counts.
    pub fn merged(&self) -> Vec<(String, String)> {
        let mut merged: BTreeMap<&str, &str> = BTreeMap::new();
        for setting in self.sections.iter().flat_map(|(_, section)| &section.settings) {
            if !setting.value.is_empty() {
                merged.insert(&setting.key, &setting.value);
            }
        }
        merged.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    /// The first line that could not be understood, as its one-based number and what is wrong with it.
    pub fn first_broken_line(&self, context: &Context) -> Option<(String, usize, &'static str)> {
        self.sections.iter().find_map(|(dialect, section)| {
            let broken = section.broken?;
            let line = line_of(context, *dialect, broken.offset);
            Some((shown(context, *dialect), line, broken.fault))
        })
    }
}

impl Found<'_> {
    /// Whether it stands in an `[sso-session]`.
    pub fn is_from_session(&self) -> bool {
        self.section.kind == Kind::SsoSession
    }

    /// Where the value stands, for an error.
    pub fn origin(&self, context: &Context) -> Origin {
        let name = &self.section.name;
        let section = match (self.dialect, self.section.kind) {
            (Dialect::Credentials, _) | (_, Kind::Default) => name.clone(),
            (_, Kind::Profile) => format!("profile {name}"),
            (_, Kind::SsoSession) => format!("sso-session {name}"),
            (_, Kind::Services) => format!("services {name}"),
        };
        Origin::File {
            path: shown(context, self.dialect),
            line: line_of(context, self.dialect, self.setting.offset),
            section,
            key: self.setting.key.clone(),
        }
    }
}

/// Where the header of a session stands, for an error.
pub fn origin_of_session_header(context: &Context, name: &str, offset: u64) -> Origin {
    Origin::Header {
        path: shown_config_path(context),
        line: line_of(context, Dialect::Config, offset),
        section: format!("sso-session {name}"),
    }
}

/// Counts the lines up to `offset`, which nobody needs unless something is wrong.
fn line_of(context: &Context, dialect: Dialect, offset: u64) -> usize {
    let opened = path_of(context, dialect).map(|path| platform::open_regular(&path));
    let Some(Ok(mut file)) = opened else { return 1 };
    line_number(&mut file, offset).unwrap_or(1)
}
