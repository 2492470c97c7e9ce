//! Removes sections.

use super::change::Change;
use super::document::Document;
use super::layout::{Id, TOP};
use super::line::{Line, Role};
use super::name::SectionName;
use super::section::INDENTED_HEADER;
use crate::error::Error;

impl Document {
    /// Removes all sections of this name with their keys. Comments stay; those between the keys
    /// lose their indent. A section that is not there is no error.
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
        let above = self.layout.section(before).last_opening().map(Line::indent);
        let behind = self.layout.behind(id).and_then(|behind| self.layout.section(behind).lines.first());
        let above = if self.layout.section(before).swallowed.is_some() { Some(0) } else { above };
        if let Some(header) = behind.filter(|header| above.is_some_and(|above| header.indent() > above)) {
            return Err(self.not_editable(header, INDENTED_HEADER));
        }
        let mut section = self.layout.take_out(id);
        let mut rest = section.lines.split_off(section.end_of_settings());
        let (comments, removed): (Vec<_>, Vec<_>) =
            section.lines.into_iter().partition(|line| line.role == Role::Comment);
        removed.iter().for_each(|line| self.note_removed(line));
        // The Rust SDK would take an indented comment for a part of the value above.
        let comments: Vec<Line> = comments.into_iter().map(|line| self.without_indent(line)).collect();
        let is_last = self.layout.behind(before).is_none();
        let others = &mut self.layout.section_mut(before).lines;
        let mut blank = None;
        if comments.is_empty() {
            // The blank line that set the section apart goes with it.
            if others.last().is_some_and(|line| line.role == Role::Blank) {
                blank = others.pop();
            } else if others.is_empty()
                && !is_last
                && rest.first().is_some_and(|line| line.role == Role::Blank)
            {
                blank = Some(rest.remove(0));
            }
        }
        others.extend(comments);
        others.extend(rest);
        blank.iter().for_each(|line| self.note_removed(line));
        Ok(())
    }

    fn without_indent(&mut self, line: Line) -> Line {
        if line.indent() == 0 {
            return line;
        }
        self.note_removed(&line);
        Line::new(line.text[line.indent()..].to_vec(), line.ending, line.role)
    }
}
