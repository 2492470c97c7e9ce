//! What this program reads in a file, by the parser of `config`: the proof of an edit.

use std::collections::BTreeMap;
use std::io;

use super::name::{ConfigurationFile, SectionName};
use crate::config::Pick;
use crate::config::header::Kind;
use crate::config::lines::BUFFER_SIZE;
use crate::config::scanner::{Section, Wanted, scan};

/// Each key of each section with its last value that is not empty.
pub(super) type Reading = BTreeMap<SectionName, BTreeMap<String, String>>;

/// Reads a text.
///
/// # Errors
/// [`io::ErrorKind::FileTooLarge`]
pub(super) fn read(file: ConfigurationFile, mut text: &[u8]) -> io::Result<Reading> {
    let sessions = if file == ConfigurationFile::Config { Pick::All } else { Pick::Nothing };
    let wanted =
        Wanted { dialect: file.dialect(), profiles: Pick::All, sso_sessions: sessions, services: sessions };
    let sections = scan(&mut text, &wanted, BUFFER_SIZE)?;
    let hides = |section: &Section| section.kind == Kind::Profile && section.name == "default";
    let default_is_hidden = sections.iter().any(hides);
    let mut reading = Reading::new();
    for section in sections {
        if section.kind == Kind::Default && default_is_hidden {
            continue;
        }
        let settings = reading.entry(SectionName::of(section.kind, section.name)).or_default();
        let present = section.settings.into_iter().filter(|setting| !setting.value.is_empty());
        settings.extend(present.map(|setting| (setting.key, setting.value)));
    }
    Ok(reading)
}
