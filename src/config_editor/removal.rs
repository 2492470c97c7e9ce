//! Removes and renames sections.

use super::change::Change;
use super::document::{Document, INDENTED_HEADER};
use super::layout::{Id, TOP};
use super::line::{Line, Role};
use super::name::{SectionName, Written};
use super::section::Section;
use super::writable::check_name;
use crate::config::header::Kind;
use crate::error::Error;

impl Document {
    /// Removes all sections of this name with their keys. Comments stay where they are, except inside
    /// a value of several lines. A section that is not there is no error.
    ///
    /// # Errors
    /// [`NotEditable`](crate::error::ConfigurationError::NotEditable)
    pub fn remove_section(&mut self, name: &SectionName) -> Result<(), Error> {
        self.changes.push(Change::RemoveSection(name.clone()));
        let ids = self.layout.named(name).to_vec();
        self.ensure_understood(&ids)?;
        ids.into_iter().try_for_each(|id| self.remove(id))
    }

    fn remove(&mut self, id: Id) -> Result<(), Error> {
        let before = self.layout.before(id).unwrap_or(TOP);
        let above = self.layout.section(before).last_indent();
        let behind = self.layout.behind(id).and_then(|behind| self.layout.section(behind).lines.first());
        let above = if self.layout.section(before).is_swallowed { Some(0) } else { above };
        if let Some(header) = behind.filter(|header| above.is_some_and(|above| header.indent() > above)) {
            return Err(self.not_editable(header, INDENTED_HEADER));
        }
        let mut section = self.layout.take_out(id);
        let mut rest = section.lines.split_off(section.end_of_settings());
        let is_comment: Vec<bool> =
            (0..section.lines.len()).map(|at| is_comment_between_keys(&section, at)).collect();
        let (comments, removed): (Vec<_>, Vec<_>) =
            section.lines.into_iter().zip(is_comment).partition(|(_, is_comment)| *is_comment);
        removed.iter().for_each(|(line, _)| self.note_removed(line));
        let others = &mut self.layout.section_mut(before).lines;
        let mut blank = None;
        if comments.is_empty() {
            // The blank line that set the section apart goes with it.
            if others.last().is_some_and(|line| line.role == Role::Blank) {
                blank = others.pop();
            } else if others.is_empty() && rest.first().is_some_and(|line| line.role == Role::Blank) {
                blank = Some(rest.remove(0));
            }
        }
        others.extend(comments.into_iter().map(|(line, _)| line));
        others.extend(rest);
        blank.iter().for_each(|line| self.note_removed(line));
        Ok(())
    }

    /// Gives the section `from` the name `to`. What stands behind its header stays.
    ///
    /// # Errors
    /// [`NotWritable`](crate::error::ConfigurationError::NotWritable);
    /// [`NotEditable`](crate::error::ConfigurationError::NotEditable) also if there is more than one
    /// section `from`, or one `to`.
    pub fn rename_section(&mut self, from: &SectionName, to: &SectionName) -> Result<(), Error> {
        if from == to {
            return Ok(());
        }
        check_name(to, self.file).map_err(|rule| self.not_writable(format!("a section for {to}"), rule))?;
        let in_the_way = |id: Id, fault| match self.layout.section(id).lines.first() {
            Some(header) => Err(self.not_editable(header, fault)),
            None => Ok(()),
        };
        if let [other, ..] = self.layout.named(to) {
            return in_the_way(*other, "already has the new name");
        }
        let ids = self.layout.named(from).to_vec();
        self.ensure_understood(&ids)?;
        match ids[..] {
            [] => Ok(()),
            [id] => {
                self.changes.push(Change::Rename(from.clone(), to.clone()));
                self.rename(id, to);
                Ok(())
            }
            [_, second, ..] => in_the_way(second, "is a second section of the same name"),
        }
    }

    fn rename(&mut self, id: Id, to: &SectionName) {
        let dialect = self.file.dialect();
        let Some(old) = self.layout.section(id).lines.first() else { return };
        let margin = old.indent();
        let Some(written) = Written::parse(&old.text[margin..], dialect) else { return };
        let header = to.header(self.file);
        let behind = &old.text[margin + written.length..];
        let text = [&old.text[..margin], header.as_bytes(), behind].concat();
        let renamed = Written::parse(&text[margin..], dialect);
        let new = Line::new(text, old.ending, Role::Header);
        let section = self.layout.section_mut(id);
        section.is_bare_default = renamed.as_ref().is_some_and(|written| written.kind == Kind::Default);
        section.is_seen_by_cli = renamed.is_some_and(|written| written.is_seen_by_cli);
        let replaced = std::mem::replace(&mut section.lines[0], new);
        self.note_removed(&replaced);
        self.layout.rename(id, to.clone());
    }
}

/// Whether the line is a comment that is not inside a value of several lines.
fn is_comment_between_keys(section: &Section, at: usize) -> bool {
    let mut behind = section.lines[at..].iter().filter(|line| !line.says_nothing());
    section.lines[at].role == Role::Comment && behind.next().is_none_or(|line| line.role != Role::Continued)
}
