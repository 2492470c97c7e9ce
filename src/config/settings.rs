//! The settings of one profile or session, merged from all its sections.

use std::collections::BTreeMap;

use super::header::{Dialect, Kind};
use super::paths::{line_of, shown};
use super::scanner::{Section, Setting};
use crate::context::Context;
use crate::error::Origin;

/// The settings of one profile or session: all sections of that name, merged.
#[derive(Debug, Clone)]
pub struct Settings<'a> {
    /// A later section overrides an earlier one.
    pub(super) sections: Vec<(Dialect, &'a Section)>,
}

/// A value found in a file.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The kind of file that it is in.
    pub dialect: Dialect,
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

    /// The sections, a later one overriding an earlier one, each with its kind of file.
    pub fn sections(&self) -> impl DoubleEndedIterator<Item = (Dialect, &'a Section)> {
        self.sections.iter().copied()
    }

    /// Whether only the Go SDK reads the headers of this name in the config file.
    pub fn is_go_only(&self) -> bool {
        let mut headers = self.sections.iter().filter(|(dialect, _)| *dialect == Dialect::Config);
        let some = self.sections.iter().any(|(_, section)| section.go_only);
        some && headers.all(|(_, section)| section.go_only)
    }

    /// The last value of `key` that is not empty.
    pub fn find(&self, key: &str) -> Option<Found<'a>> {
        self.all(key).find(|found| !found.setting.value.is_empty() && !found.setting.is_nested())
    }

    /// Every value of `key`, the one that overrides the others first; also empty values and nested
    /// blocks.
    pub fn all(&self, key: &str) -> impl Iterator<Item = Found<'a>> {
        self.sections.iter().rev().flat_map(move |&(dialect, section)| {
            let settings = section.settings.iter().rev().filter(move |setting| setting.key == key);
            settings.map(move |setting| Found { dialect, section, setting })
        })
    }

    /// Every key with its last value that is not empty.
    pub fn merged(&self) -> Vec<(String, String)> {
        let mut merged: BTreeMap<&str, &str> = BTreeMap::new();
        for setting in self.sections.iter().flat_map(|(_, section)| &section.settings) {
            if !setting.value.is_empty() {
                merged.insert(&setting.key, &setting.value);
            }
        }
        merged.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    /// The first line that could not be parsed: its file, its one-based number, and the fault, which
    /// completes "line 3 …".
    pub fn first_broken_line(&self, context: &Context) -> Option<(String, usize, &'static str)> {
        self.sections.iter().find_map(|(dialect, section)| {
            let broken = section.broken?;
            let line = line_of(context, *dialect, broken.offset);
            Some((shown(context, *dialect), line, broken.fault))
        })
    }
}

impl Found<'_> {
    /// Whether the value is in an `[sso-session]` section.
    pub fn is_from_session(&self) -> bool {
        self.section.kind == Kind::SsoSession
    }

    /// Whether the value is in the credentials file.
    pub fn is_in_credentials_file(&self) -> bool {
        self.dialect == Dialect::Credentials
    }

    /// The place of the value, for an error.
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
