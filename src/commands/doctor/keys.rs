//! The keys of a profile or session, each with the file and the line that it is in.

use super::source_file::SourceFile;
use crate::config::header::Dialect;
use crate::config::scanner::{Section, Setting};
use crate::config::{Kind, Settings, of_every_name, profiles_of};

/// The settings of a profile or session.
#[derive(Clone)]
pub(super) struct Keys<'a> {
    pub(super) name: &'a str,
    settings: Settings<'a>,
    files: [&'a SourceFile; 2],
}

/// A value and its place.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) file: &'a SourceFile,
    setting: &'a Setting,
}

/// The profiles of the config and the credentials file, each once, in file order.
pub(super) fn profiles(files: [&SourceFile; 2]) -> Vec<Keys<'_>> {
    let [config, credentials] = files;
    keys(files, profiles_of(&config.sections, &credentials.sections))
}

/// The sessions of the config file, each once, in file order.
pub(super) fn sessions(files: [&SourceFile; 2]) -> Vec<Keys<'_>> {
    keys(files, of_every_name(&files[0].sections, Kind::SsoSession))
}

fn keys<'a>(files: [&'a SourceFile; 2], named: Vec<(u64, &'a str, Settings<'a>)>) -> Vec<Keys<'a>> {
    named.into_iter().map(|(_, name, settings)| Keys { name, settings, files }).collect()
}

fn file_of(files: [&SourceFile; 2], dialect: Dialect) -> &SourceFile {
    let [config, credentials] = files;
    if dialect == Dialect::Config { config } else { credentials }
}

impl<'a> Keys<'a> {
    /// The value of `key` that is used.
    pub(super) fn find(&self, key: &str) -> Option<Found<'a>> {
        let found = self.settings.find(key)?;
        Some(Found { file: file_of(self.files, found.dialect), setting: found.setting })
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    pub(super) fn value(&self, key: &str) -> Option<&'a str> {
        self.find(key).map(|found| found.value())
    }

    /// The value of `key`, which may be empty, for a program that reads `only` this file, or both.
    pub(super) fn raw(&self, key: &str, only: Option<Dialect>) -> Option<&'a str> {
        let mut all = self.settings.all(key).filter(|found| only.is_none_or(|only| found.dialect == only));
        all.find(|found| !found.setting.is_nested()).map(|found| found.setting.value.as_str())
    }

    /// The sections, each with its file.
    pub(super) fn sections(&self) -> impl Iterator<Item = (&'a SourceFile, &'a Section)> {
        self.settings.sections().map(|(dialect, section)| (file_of(self.files, dialect), section))
    }
}

impl<'a> Found<'a> {
    pub(super) fn value(&self) -> &'a str {
        &self.setting.value
    }

    pub(super) fn offset(&self) -> u64 {
        self.setting.offset
    }

    pub(super) fn place(&self) -> String {
        self.file.place(self.setting.offset)
    }
}
