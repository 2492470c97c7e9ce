//! Reads the wanted sections of AWS's two configuration files.

use std::collections::BTreeMap;
use std::io;

use super::header::{Dialect, Kind};
use super::lines::BUFFER_SIZE;
use super::paths::{path_of, path_variable, shown};
use super::scanner::{Pick, Section, Wanted, scan};
use super::settings::Settings;
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::platform;

/// The sections that were read from both files.
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

    /// Reads all sections, from `text` as the config file, and from the credentials file.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn with_config(context: &Context, text: &[u8]) -> Result<Self, Error> {
        let wanted =
            |dialect| Wanted { dialect, profiles: Pick::All, sso_sessions: Pick::All, services: Pick::All };
        let config = scan(&mut &*text, &wanted(Dialect::Config), BUFFER_SIZE);
        let credentials = read_sections(context, &wanted(Dialect::Credentials))?;
        Ok(Self {
            config: config.map_err(|error| unreadable(context, Dialect::Config, &error))?,
            credentials,
        })
    }

    /// A profile's settings from both files. They are absent if it is in neither.
    pub fn profile(&self, name: &str) -> Settings<'_> {
        let mut settings = self.of_kind(Kind::Profile, name);
        if settings.is_absent() && name == "default" {
            settings = self.of_kind(Kind::Default, name);
        }
        let credentials = self.credentials.iter().filter(|section| section.name == name);
        settings.sections.extend(credentials.map(|section| (Dialect::Credentials, section)));
        settings
    }

    /// The settings of `[sso-session NAME]`.
    pub fn sso_session(&self, name: &str) -> Settings<'_> {
        self.of_kind(Kind::SsoSession, name)
    }

    /// The settings of `[services NAME]`.
    pub fn services(&self, name: &str) -> Settings<'_> {
        self.of_kind(Kind::Services, name)
    }

    /// Every profile, in the order of the config file, with the offset of its header; profiles that are
    /// only in the credentials file come last.
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

    /// Every section of a kind, in file order, with the offset of its header.
    pub fn of_every_name(&self, kind: Kind) -> Vec<(u64, &str, Settings<'_>)> {
        let sections = self.config.iter().filter(|section| section.kind == kind);
        grouped(sections.map(|section| (Dialect::Config, section)))
    }

    /// The names of all profiles, in the order of [`Self::profiles`].
    pub fn profile_names(&self) -> impl Iterator<Item = &str> {
        self.profiles().into_iter().map(|(_, name, _)| name)
    }

    /// The names of all sso-sessions, in file order.
    pub fn sso_session_names(&self) -> impl Iterator<Item = &str> {
        self.of_every_name(Kind::SsoSession).into_iter().map(|(_, name, _)| name)
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
        Err(error) if platform::is_missing(&error) => Ok(Vec::new()),
        Err(error) => Err(unreadable(context, wanted.dialect, &error)),
    }
}

fn unreadable(context: &Context, dialect: Dialect, error: &io::Error) -> Error {
    Error::Configuration(ConfigurationError::ConfigUnreadable {
        path: shown(context, dialect),
        cause: platform::words_of(error),
        variable: path_variable(dialect),
        too_many_files: platform::is_out_of_descriptors(error),
    })
}
