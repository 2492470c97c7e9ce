//! Reads the wanted sections of AWS's two configuration files.

use std::cell::OnceCell;
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
    config: Sections,
    credentials: Sections,
}

/// The sections of one file.
#[derive(Debug, Default)]
struct Sections {
    all: Vec<Section>,
    /// The positions in `all`, by kind and name.
    by_name: OnceCell<Vec<usize>>,
}

impl Sections {
    /// Appends the sections of this name, in file order.
    fn extend_with<'a>(&'a self, kind: Kind, name: &str, dialect: Dialect, settings: &mut Settings<'a>) {
        /// So many sections are looked through; the hot path reads a few.
        const FEW: usize = 16;
        let is_it = |section: &&Section| section.kind == kind && section.name == name;
        let found = |section| (dialect, section);
        if self.all.len() <= FEW {
            settings.sections.extend(self.all.iter().filter(is_it).map(found));
            return;
        }
        let key = |at: usize| (self.all[at].kind, self.all[at].name.as_str());
        let by_name = self.by_name.get_or_init(|| {
            let mut positions: Vec<usize> = (0..self.all.len()).collect();
            positions.sort_by_key(|at| key(*at));
            positions
        });
        let first = by_name.partition_point(|at| key(*at) < (kind, name));
        let named = by_name[first..].iter().map(|at| &self.all[*at]);
        settings.sections.extend(named.take_while(is_it).map(found));
    }
}

impl From<Vec<Section>> for Sections {
    fn from(all: Vec<Section>) -> Self {
        Self { all, by_name: OnceCell::new() }
    }
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
        Ok(Self { config: config.into(), credentials: credentials.into() })
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
        let config = config.map_err(|error| unreadable(context, Dialect::Config, &error))?;
        Ok(Self { config: config.into(), credentials: credentials.into() })
    }

    /// A profile's settings from both files. They are absent if it is in neither.
    pub fn profile(&self, name: &str) -> Settings<'_> {
        let mut settings = self.of_kind(Kind::Profile, name);
        if settings.is_absent() && name == "default" {
            settings = self.of_kind(Kind::Default, name);
        }
        self.credentials.extend_with(Kind::Profile, name, Dialect::Credentials, &mut settings);
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

    /// As [`profiles_of`].
    pub fn profiles(&self) -> Vec<(u64, &str, Settings<'_>)> {
        profiles_of(&self.config.all, &self.credentials.all)
    }

    /// As [`of_every_name`].
    pub fn of_every_name(&self, kind: Kind) -> Vec<(u64, &str, Settings<'_>)> {
        of_every_name(&self.config.all, kind)
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
        let mut settings = Settings::none();
        self.config.extend_with(kind, name, Dialect::Config, &mut settings);
        settings
    }
}

/// Every profile, in the order of the config file, with the offset of its header; then those that are only
/// in the credentials file, in its order.
pub fn profiles_of<'a>(
    config: &'a [Section],
    credentials: &'a [Section],
) -> Vec<(u64, &'a str, Settings<'a>)> {
    let in_profile_form = |section: &Section| section.kind == Kind::Profile && section.name == "default";
    let default_is_hidden = config.iter().any(in_profile_form);
    let in_config = config.iter().filter(move |section| match section.kind {
        Kind::Profile => true,
        Kind::Default => !default_is_hidden,
        Kind::SsoSession | Kind::Services => false,
    });
    grouped(
        in_config
            .map(|section| (Dialect::Config, section))
            .chain(credentials.iter().map(|section| (Dialect::Credentials, section))),
    )
}

/// Every section of a kind in the config file, in its order, with the offset of its header.
pub fn of_every_name(config: &[Section], kind: Kind) -> Vec<(u64, &str, Settings<'_>)> {
    let sections = config.iter().filter(|section| section.kind == kind);
    grouped(sections.map(|section| (Dialect::Config, section)))
}

/// Merges sections of the same name.
fn grouped<'a>(sections: impl Iterator<Item = (Dialect, &'a Section)>) -> Vec<(u64, &'a str, Settings<'a>)> {
    let mut groups: Vec<(u64, &str, Settings<'a>)> = Vec::new();
    let mut known = BTreeMap::new();
    for (dialect, section) in sections {
        let at = *known.entry(section.name.as_str()).or_insert_with(|| {
            let begins = if dialect == Dialect::Config { section.offset } else { u64::MAX };
            groups.push((begins, &section.name, Settings::none()));
            groups.len() - 1
        });
        groups[at].2.sections.push((dialect, section));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_of_the_credentials_file_alone_come_last_in_file_order() {
        let all = |dialect, text: &str| {
            let wanted =
                Wanted { dialect, profiles: Pick::All, sso_sessions: Pick::All, services: Pick::Nothing };
            scan(&mut text.as_bytes(), &wanted, BUFFER_SIZE).unwrap()
        };
        let config = all(
            Dialect::Config,
            "[profile z]\n[default]\nregion = a\n[sso-session s]\n[profile b]\n[profile default]\n[profile z]\n",
        );
        let credentials = all(Dialect::Credentials, "[y]\n[b]\n[x]\n[default]\n");
        let profiles = profiles_of(&config, &credentials);
        let names: Vec<&str> = profiles.iter().map(|(_, name, _)| *name).collect();
        assert_eq!(names, ["z", "b", "default", "y", "x"]);
        let sections: Vec<usize> = profiles.iter().map(|(.., settings)| settings.sections.len()).collect();
        assert_eq!(sections, [2, 2, 2, 1, 1], "`[default]` is hidden by `[profile default]`");
    }

    #[test]
    fn sections_are_found_alike_among_few_and_among_many() {
        let text = |count: usize| -> String {
            let others = (0..count).map(|at| format!("[sso-session p]\n[profile a{at}]\n"));
            others.chain((1..=3).map(|at| format!("[profile p]\nregion = {at}\n"))).collect()
        };
        let wanted = |dialect| Wanted {
            dialect,
            profiles: Pick::All,
            sso_sessions: Pick::All,
            services: Pick::Nothing,
        };
        for count in [0, 40] {
            let config = scan(&mut text(count).as_bytes(), &wanted(Dialect::Config), BUFFER_SIZE).unwrap();
            let files = Files { config: config.into(), credentials: Sections::default() };
            let found = files.profile("p");
            let regions: Vec<&str> = found.all("region").map(|found| found.setting.value.as_str()).collect();
            assert_eq!(regions, ["3", "2", "1"], "a later section overrides an earlier one");
            assert_eq!(files.sso_session("p").sections.len(), count);
            assert!(files.profile("a").is_absent() && files.services("p").is_absent());
        }
    }
}
