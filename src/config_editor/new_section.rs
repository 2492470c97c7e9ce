//! Puts a new section behind the last one of its kind.

use super::document::Document;
use super::layout::{Id, TOP};
use super::line::{Line, Role};
use super::name::{ConfigurationFile, SectionName};
use super::section::Section;
use super::writable::check_name;
use crate::error::Error;

impl Document {
    /// Makes a section without keys: behind the last section of its kind, else at the end of the file,
    /// with a blank line before it.
    pub(super) fn add_section(&mut self, name: &SectionName) -> Result<Id, Error> {
        check_name(name, self.file)
            .map_err(|rule| self.not_writable(format!("a section for {name}"), rule))?;
        let kin = self.last_of_kind(name);
        let before = kin.unwrap_or_else(|| self.layout.last());
        let section = self.layout.section(before);
        let at = match kin {
            Some(_) => end_of_section(section, self.layout.behind(before).is_none()),
            None => section.lines.iter().rposition(|line| line.role != Role::Blank).map_or(0, |at| at + 1),
        };
        let margin = kin.map_or_else(Vec::new, |_| margin_like(section));
        let is_first = at == 0 && before == TOP;
        let ending = if at == 0 { self.ending } else { section.lines[at - 1].ending };
        let needs_blank_behind = match section.lines.get(at) {
            Some(line) => line.role != Role::Blank,
            None => self.layout.behind(before).is_some(),
        };
        let header = [margin, name.header(self.file).into_bytes()].concat();
        let blank = || Line::new(Vec::new(), ending, Role::Blank);
        let mut lines = vec![Line::new(header, ending, Role::Header)];
        lines.extend(needs_blank_behind.then(blank));
        let others = &mut self.layout.section_mut(before).lines;
        lines.extend(others.drain(at..));
        others.extend((!is_first).then(blank));
        let is_bare_default = self.file == ConfigurationFile::Config
            && matches!(name, SectionName::Profile(name) if name == "default");
        Ok(self.layout.insert_behind(
            before,
            Section {
                name: Some(name.clone()),
                is_bare_default,
                is_seen_by_cli: true,
                swallowed: None,
                lines,
            },
        ))
    }

    /// The last section of the same kind behind which a new one is read by every tool.
    fn last_of_kind(&self, name: &SectionName) -> Option<Id> {
        let is_kin = |id: Id| {
            let section = self.layout.section(id);
            let behind = self.layout.behind(id).map(|id| self.layout.section(id));
            section.name.as_ref().is_some_and(|other| other.kind() == name.kind())
                && section.swallowed.is_none()
                && !behind.is_some_and(|behind| behind.swallowed.is_some() || is_deeper(behind, section))
        };
        let mut ids = std::iter::successors(Some(self.layout.last()), |id| self.layout.before(*id));
        ids.find(|id| is_kin(*id))
    }
}

/// Whether the header of `behind` would be indented deeper than a new section behind `kin`.
fn is_deeper(behind: &Section, kin: &Section) -> bool {
    behind.lines.first().is_some_and(|header| header.indent() > margin_like(kin).len())
}

/// Where the lines of a section end that a person would count to it: behind its last key, and behind
/// comments directly below it, unless these stand directly above the next header.
fn end_of_section(section: &Section, is_last: bool) -> usize {
    let end = section.end_of_settings();
    let comments = section.lines[end..].iter().take_while(|line| line.role == Role::Comment).count();
    let is_above_header = end + comments == section.lines.len() && !is_last;
    if is_above_header { end } else { end + comments }
}

/// The indent of a new header behind `kin`: that of its header, but never deeper than the key above it.
fn margin_like(kin: &Section) -> Vec<u8> {
    let Some(header) = kin.lines.first() else { return Vec::new() };
    let shallower = kin.last_opening().filter(|last| last.indent() < header.indent());
    shallower.unwrap_or(header).margin().to_vec()
}
