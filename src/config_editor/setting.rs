//! Sets and removes keys.

use std::collections::HashSet;

use super::change::Change;
use super::document::Document;
use super::layout::Id;
use super::line::{Line, Role, Setting};
use super::name::{SectionName, Written};
use super::section::INDENTED_HEADER;
use super::writable::{check_key, check_value};
use crate::config::header::{Kind, trim};
use crate::error::Error;

const SEVERAL_LINES: &str = "has a value of several lines";

impl Document {
    /// Gives a key a value. A section that is missing is made behind the last one of its kind. An
    /// existing value is replaced in its line, and a comment behind it moves to a line of its own
    /// above, because the AWS CLI takes it for a part of the value.
    ///
    /// # Errors
    /// [`NotWritable`](crate::error::ConfigurationError::NotWritable) and
    /// [`NotEditable`](crate::error::ConfigurationError::NotEditable)
    pub fn set(&mut self, name: &SectionName, key: &str, value: &str) -> Result<(), Error> {
        check_key(key).map_err(|rule| self.not_writable(format!("the key `{key}` in {name}"), rule))?;
        check_value(value)
            .map_err(|rule| self.not_writable(format!("the value of `{key}` in {name}"), rule))?;
        self.changes.push(Change::Set(name.clone(), key.to_owned(), value.to_owned()));
        let all = self.layout.named(name).to_vec();
        if all.is_empty() {
            let id = self.add_section(name)?;
            return self.append(id, key, value);
        }
        let of_cli = self.seen_by_cli(&all);
        let is_set_for_cli = of_cli.is_none_or(|id| self.value_in(id, key) == Some(value));
        let is_read = |found: Option<(Id, &str)>| found.is_some_and(|(_, found)| found == value);
        if is_set_for_cli && is_read(self.found(name, key)) {
            return Ok(());
        }
        self.ensure_understood(&all)?;
        if let Some(id) = of_cli {
            self.set_in(id, key, value)?;
        }
        let found = self.found(name, key);
        if !is_read(found) {
            let effective = found.map(|(id, _)| id);
            if let Some(id) = effective.or_else(|| self.layout.read(name).last().copied()) {
                self.set_in(id, key, value)?;
            }
        }
        if let [id] = all[..] {
            self.tidy_header(id, name);
        }
        Ok(())
    }

    /// Removes a key from all sections of this name. A key that is not there is no error.
    ///
    /// # Errors
    /// [`NotEditable`](crate::error::ConfigurationError::NotEditable)
    pub fn remove_key(&mut self, name: &SectionName, key: &str) -> Result<(), Error> {
        self.changes.push(Change::RemoveKey(name.clone(), key.to_owned()));
        for id in self.layout.named(name).to_vec() {
            while let Some(at) = self.layout.section(id).lines.iter().rposition(|line| line.is_key(key)) {
                self.ensure_understood(&[id])?;
                self.ensure_single_line(id, at)?;
                let line = self.layout.section_mut(id).lines.remove(at);
                self.note_removed(&line);
            }
        }
        Ok(())
    }

    /// The section of a name that the AWS CLI reads: the last one that it can read, because there a
    /// later section replaces those before it. `None` if it reads none, or refuses the whole file
    /// because two of them have the same header.
    fn seen_by_cli(&self, all: &[Id]) -> Option<Id> {
        let is_seen = |id: &Id| self.layout.section(*id).is_seen_by_cli;
        let seen: Vec<Id> = all.iter().copied().filter(is_seen).collect();
        let headers: HashSet<&[u8]> = seen.iter().filter_map(|id| self.header(*id)).collect();
        seen.last().copied().filter(|_| headers.len() == seen.len())
    }

    fn header(&self, id: Id) -> Option<&[u8]> {
        self.layout.section(id).lines.first().map(|line| trim(&line.text))
    }

    /// The value that readers find, which may be a block of indented lines, and its section.
    fn found(&self, name: &SectionName, key: &str) -> Option<(Id, &str)> {
        let ids = self.layout.read(name).into_iter().rev();
        let settings = ids.flat_map(|id| {
            let lines = self.layout.section(id).lines.iter().rev();
            lines.filter_map(Line::setting).map(move |setting| (id, setting))
        });
        let mut found = settings.filter(|(_, setting)| setting.key == key && !setting.value.is_empty());
        found.next().map(|(id, setting)| (id, setting.value.as_str()))
    }

    fn value_in(&self, id: Id, key: &str) -> Option<&str> {
        let mut settings = self.layout.section(id).lines.iter().rev().filter_map(Line::setting);
        settings.find(|setting| setting.key == key && setting.counts()).map(|setting| setting.value.as_str())
    }

    /// Sets a key in one section: where it is last, else behind the last key.
    fn set_in(&mut self, id: Id, key: &str, value: &str) -> Result<(), Error> {
        let lines = &self.layout.section(id).lines;
        let Some(at) = lines.iter().rposition(|line| line.is_key(key)) else {
            return self.append(id, key, value);
        };
        self.ensure_single_line(id, at)?;
        let old = &self.layout.section(id).lines[at];
        let (new, comment) = old.with_value(key, value);
        let comment = comment.map(|text| {
            let text = [old.margin(), text.as_slice()].concat();
            Line::new(text, old.ending, Role::Comment)
        });
        let lines = &mut self.layout.section_mut(id).lines;
        let replaced = std::mem::replace(&mut lines[at], new);
        if let Some(comment) = comment {
            lines.insert(at, comment);
        }
        self.note_removed(&replaced);
        Ok(())
    }

    /// Puts a key behind the last key of a section, indented and spaced like that one.
    pub(super) fn append(&mut self, id: Id, key: &str, value: &str) -> Result<(), Error> {
        let section = self.layout.section(id);
        let last = section.last_key();
        let at = last.map_or(1, |last| section.end_of_value(last));
        let Some(model) = section.lines.get(last.unwrap_or(0)) else { return Ok(()) };
        let (before, after) = last.and_then(|_| model.style()).unwrap_or((" ", " "));
        let mut text = model.margin().to_vec();
        let ending = section.lines.get(at - 1).map_or(self.ending, |line| line.ending);
        let behind = self.layout.behind(id).and_then(|behind| self.layout.section(behind).lines.first());
        if let Some(header) = behind.filter(|header| last.is_none() && header.indent() > text.len()) {
            return Err(self.not_editable(header, INDENTED_HEADER));
        }
        text.extend_from_slice(format!("{key}{before}={after}{value}").as_bytes());
        let role = Role::Key(Setting { key: key.to_owned(), value: value.to_owned() });
        self.layout.section_mut(id).lines.insert(at, Line::new(text, ending, role));
        Ok(())
    }

    /// Takes the blanks out of `[ profile dev ]`, which the AWS CLI does not read with them.
    fn tidy_header(&mut self, id: Id, name: &SectionName) {
        let section = self.layout.section(id);
        let Some(line) = section.lines.first().filter(|_| !section.is_seen_by_cli) else { return };
        let margin = line.indent();
        let Some(inside) = trim(&line.text).strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"))
        else {
            return;
        };
        let tidy = [&line.text[..margin], b"[", trim(inside), b"]"].concat();
        let written = Written::parse(&tidy[margin..], self.file.dialect());
        let is_same = written.is_some_and(|written| {
            let same_kind = (written.kind == Kind::Default) == section.is_bare_default;
            written.is_seen_by_cli && same_kind && SectionName::of(written.kind, written.name) == *name
        });
        if !is_same {
            return;
        }
        let new = Line::new(tidy, line.ending, Role::Header);
        let section = self.layout.section_mut(id);
        section.is_seen_by_cli = true;
        let replaced = std::mem::replace(&mut section.lines[0], new);
        self.note_removed(&replaced);
    }

    /// Checks whether each of these keys stands in one line, in all sections of this name.
    ///
    /// # Errors
    /// [`NotEditable`](crate::error::ConfigurationError::NotEditable)
    pub fn ensure_one_line_each(
        &self,
        name: &SectionName,
        is_meant: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        for id in self.layout.named(name) {
            let lines = self.layout.section(*id).lines.iter().enumerate();
            let meant = |line: &Line| line.setting().is_some_and(|setting| is_meant(&setting.key));
            for (at, _) in lines.filter(|(_, line)| meant(line)) {
                self.ensure_single_line(*id, at)?;
            }
        }
        Ok(())
    }

    fn ensure_single_line(&self, id: Id, at: usize) -> Result<(), Error> {
        let section = self.layout.section(id);
        if section.end_of_value(at) == at + 1 {
            return Ok(());
        }
        Err(self.not_editable(&section.lines[at], SEVERAL_LINES))
    }

    pub(super) fn note_removed(&mut self, line: &Line) {
        if line.offset.is_some() {
            self.removed.push(line.text.clone());
        }
    }
}
