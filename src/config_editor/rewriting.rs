//! A whole new text, which the caller has made of the old one.

use std::collections::HashMap;

use super::change::Change;
use super::document::Document;
use super::layout::Layout;
use super::name::SectionName;
use super::section::{self, Section};
use crate::error::Error;

/// A section as it is read in a new text: its name, and its keys with their values.
pub type SectionReading = (SectionName, Vec<(String, String)>);

impl Document {
    /// Checks whether the sections of this name are understood well enough to be changed.
    ///
    /// # Errors
    /// [`ConfigurationError::NotEditable`](crate::error::ConfigurationError::NotEditable)
    pub fn ensure_editable(&self, name: &SectionName) -> Result<(), Error> {
        self.ensure_understood(self.layout.named(name))
    }

    /// Takes `text` instead. `changed` are the sections that it changes or adds. As for every change,
    /// the file is written only if these are read so, and all others as before.
    ///
    /// # Errors
    /// As [`Self::ensure_editable`], and those of [`Self::parse`].
    pub fn rewrite(&mut self, text: Vec<u8>, changed: Vec<SectionReading>) -> Result<(), Error> {
        changed.iter().try_for_each(|(name, _)| self.ensure_editable(name))?;
        let new = Self::parse(self.file, self.shown(), text)?;
        let mut sections = section::parse(&new.bytes(), new.start, self.file.dialect(), self.ending);
        let removed = mark_new_lines(&self.layout, &mut sections);
        self.removed.extend(removed);
        self.layout = Layout::new(sections);
        self.ends_open = new.ends_open;
        self.changes.extend(changed.into_iter().map(|(name, keys)| Change::Section(name, keys)));
        Ok(())
    }
}

/// Marks the lines that `old` does not have, and gives those that only `old` has.
fn mark_new_lines(old: &Layout, new: &mut [Section]) -> Vec<Vec<u8>> {
    let mut only_old: HashMap<Vec<u8>, usize> = HashMap::new();
    for line in old.in_order().flat_map(|section| &section.lines) {
        *only_old.entry(line.text.clone()).or_default() += 1;
    }
    for line in new.iter_mut().flat_map(|section| &mut section.lines) {
        match only_old.get_mut(&line.text) {
            Some(count) if *count > 0 => *count -= 1,
            _ => line.offset = None,
        }
    }
    let mut removed: Vec<Vec<u8>> =
        only_old.into_iter().flat_map(|(text, count)| std::iter::repeat_n(text, count)).collect();
    removed.sort();
    removed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config_editor::ConfigurationFile;

    const BEFORE: &str = "[profile a]\nb = c\n[profile d]\ne = f\n";

    fn rewritten(text: &str, changed: &[(&str, &str, &str)]) -> Result<Vec<u8>, Error> {
        let mut document = Document::parse(ConfigurationFile::Config, "config", BEFORE.into())?;
        let changed = changed.iter().map(|(name, key, value)| {
            (SectionName::Profile((*name).to_owned()), vec![((*key).to_owned(), (*value).to_owned())])
        });
        document.rewrite(text.into(), changed.collect())?;
        document.proven()
    }

    #[test]
    fn a_new_text_is_taken_if_it_says_what_is_asked() {
        let text = "[profile a]\nb = x\n\n[profile new]\ng = h\n[profile d]\ne = f";
        let after = rewritten(text, &[("a", "b", "x"), ("new", "g", "h")]).unwrap();
        assert_eq!(String::from_utf8(after).unwrap(), text);
    }

    #[test]
    fn a_new_text_that_changes_anything_else_is_refused() {
        for text in [
            "[profile a]\nb = x\n[profile d]\ne = other\n",
            "[profile a]\nb = x\n",
            "[profile a]\nb = x\nmore = y\n[profile d]\ne = f\n",
            "[profile a]\nb = c\n[profile d]\ne = f\ng = h\n",
            "[profile a]\nb = x\n[profile d]\ne = f\n[profile new]\n",
        ] {
            assert!(rewritten(text, &[("a", "b", "x")]).is_err(), "{text}");
        }
    }

    #[test]
    fn a_section_that_is_not_understood_is_not_rewritten() {
        let text = "[profile a]\nno key\n";
        let mut document = Document::parse(ConfigurationFile::Config, "config", text.into()).unwrap();
        let name = SectionName::Profile("a".to_owned());
        assert!(document.rewrite(Vec::new(), vec![(name, Vec::new())]).is_err());
    }

    #[test]
    fn only_new_and_removed_lines_count_as_the_change() {
        let mut document = Document::parse(ConfigurationFile::Config, "config", BEFORE.into()).unwrap();
        let name = SectionName::Profile("a".to_owned());
        let text = "[profile a]\nb = x\n[profile d]\ne = f\n";
        document.rewrite(text.into(), vec![(name, vec![("b".to_owned(), "x".to_owned())])]).unwrap();
        assert_eq!(document.added(), [b"b = x"]);
        assert_eq!(document.removed, [b"b = c"]);
    }
}
