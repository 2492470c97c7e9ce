//! The text of one configuration file, which can be changed in memory.

use std::collections::HashSet;

use memchr::memchr;

use super::change::Change;
use super::layout::{Id, Layout};
use super::line::{Ending, Line, split};
use super::name::{ConfigurationFile, SectionName};
use super::reading;
use super::section;
use crate::config::lines::{BYTE_ORDER_MARK, line_number};
use crate::error::{ConfigurationError, Error, LocalError};

const JOINED_LINE_BREAKS: &str =
    "ends with a carriage return, and the line that would follow it is only a line feed";

/// The text of one file. Every byte that no change asks for stays.
///
/// If a change fails, the document may be half changed and must not be written.
#[derive(Debug)]
pub struct Document {
    pub(super) file: ConfigurationFile,
    /// The path of the file as texts show it.
    shown: String,
    original: Vec<u8>,
    /// The length of the byte order mark.
    pub(super) start: usize,
    pub(super) layout: Layout,
    /// The last line has no line break.
    pub(super) ends_open: bool,
    /// The line break of a file that has none yet.
    pub(super) ending: Ending,
    /// The lines of the file that were taken out or replaced.
    pub(super) removed: Vec<Vec<u8>>,
    pub(super) changes: Vec<Change>,
}

impl Document {
    /// Reads the text of `file`. Texts show the file as `shown`.
    ///
    /// # Errors
    /// [`ConfigurationError::NotEditable`] for a text in UTF-16, or with a NUL.
    pub fn parse(file: ConfigurationFile, shown: &str, text: Vec<u8>) -> Result<Self, Error> {
        let not_editable = |offset: Option<usize>, fault| {
            let line = offset.map(|offset| number_of(&text, offset));
            let path = shown.to_owned();
            Err(Error::Configuration(ConfigurationError::NotEditable { path, line, fault }))
        };
        if [b"\xff\xfe", b"\xfe\xff"].iter().any(|mark| text.starts_with(*mark)) {
            return not_editable(None, "is UTF-16, which AWS's tools cannot read");
        }
        if let Some(at) = memchr(0, &text) {
            return not_editable(Some(at), "has a NUL byte");
        }
        let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let lines = split(&text[start..]);
        let ending = lines.first().and_then(|(.., ending)| *ending).unwrap_or(Ending::Lf);
        let ends_open = lines.last().is_some_and(|(.., ending)| ending.is_none());
        let layout = Layout::new(section::parse(&text, start, file.dialect(), ending));
        let shown = shown.to_owned();
        let (removed, changes) = (Vec::new(), Vec::new());
        Ok(Self { file, shown, original: text, start, layout, ends_open, ending, removed, changes })
    }

    /// Whether there is a section of this name.
    pub fn has(&self, name: &SectionName) -> bool {
        !self.layout.named(name).is_empty()
    }

    /// The value of a key, from all sections of this name. Empty values and blocks of indented lines
    /// count as none.
    pub fn value(&self, name: &SectionName, key: &str) -> Option<&str> {
        let ids = self.layout.read(name).into_iter().rev();
        let lines = ids.flat_map(|id| self.layout.section(id).lines.iter().rev());
        let mut settings = lines.filter_map(Line::setting);
        settings.find(|setting| setting.key == key && setting.counts()).map(|setting| setting.value.as_str())
    }

    /// Every key, in lower case and in alphabetical order, with its value. The value of a block of
    /// indented lines begins with a line break.
    pub fn keys(&self, name: &SectionName) -> Vec<(String, String)> {
        self.layout.settings(name).into_iter().collect()
    }

    /// The names of all sections, in the order of the file, each once.
    pub fn sections(&self) -> impl Iterator<Item = &SectionName> {
        let mut seen = HashSet::new();
        let names = self.layout.in_order().filter_map(|section| section.name.as_ref());
        names.filter(move |name| seen.insert(*name))
    }

    /// The text of the file with all changes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.original.len() + 1024);
        bytes.extend_from_slice(&self.original[..self.start]);
        let mut last = None;
        for line in self.layout.in_order().flat_map(|section| &section.lines) {
            bytes.extend_from_slice(&line.text);
            bytes.extend_from_slice(line.ending.bytes());
            last = Some(line);
        }
        // An empty line is nothing but its line break.
        let stripped = last.filter(|line| self.ends_open && !line.text.is_empty());
        if let Some(ending) = stripped.map(|line| line.ending) {
            bytes.truncate(bytes.len() - ending.bytes().len());
        }
        bytes
    }

    /// The path of the file as texts show it.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The text as it was before all changes.
    pub(super) fn original(&self) -> &[u8] {
        &self.original
    }

    /// The new lines.
    pub(super) fn added(&self) -> Vec<Vec<u8>> {
        let lines = self.layout.in_order().flat_map(|section| &section.lines);
        lines.filter(|line| line.offset.is_none()).map(|line| line.text.clone()).collect()
    }

    /// The text with all changes, after a proof: what was asked for is read in it, everything else is
    /// read as before.
    ///
    /// # Errors
    /// [`NotEditable`](ConfigurationError::NotEditable), [`LocalError::ReadsBackWrong`]
    pub fn proven(&self) -> Result<Vec<u8>, Error> {
        let bytes = self.bytes();
        if bytes == self.original {
            return Ok(bytes);
        }
        self.ensure_line_breaks_stay_apart()?;
        let wrong =
            |what: String| Error::Local(LocalError::ReadsBackWrong { path: self.shown.clone(), what });
        let read = |text: &[u8]| {
            reading::read(self.file, text).map_err(|error| wrong(format!("cannot be read: {error}")))
        };
        let (mut expected, after) = (read(&self.original)?, read(&bytes)?);
        self.changes.iter().for_each(|change| change.apply(&mut expected));
        if let Some(name) =
            difference(&expected, &after).or_else(|| difference(&after, &self.layout.reading()))
        {
            return Err(wrong(format!("is read differently in {name}")));
        }
        let lines = self.layout.in_order().map(|section| section.lines.len()).sum::<usize>();
        if split(&bytes[self.start..]).len() != lines {
            return Err(wrong("has other line breaks".to_owned()));
        }
        Ok(bytes)
    }

    /// Checks that no two line breaks have become one: those around a line that was between them.
    fn ensure_line_breaks_stay_apart(&self) -> Result<(), Error> {
        let mut lines = self.layout.in_order().flat_map(|section| &section.lines).peekable();
        while let Some(line) = lines.next() {
            let is_line_feed = |next: &&Line| next.text.is_empty() && next.ending == Ending::Lf;
            if line.ending == Ending::Cr && lines.peek().is_some_and(is_line_feed) {
                return Err(self.not_editable(line, JOINED_LINE_BREAKS));
            }
        }
        Ok(())
    }

    /// Checks whether the sections can be changed.
    pub(super) fn ensure_understood(&self, ids: &[Id]) -> Result<(), Error> {
        for id in ids {
            let section = self.layout.section(*id);
            if let Some((line, fault)) = section.broken_line() {
                return Err(self.not_editable(line, fault));
            }
            let around = [Some(*id), self.layout.behind(*id)].into_iter().flatten();
            for section in around.map(|id| self.layout.section(id)) {
                if let (Some(fault), Some(header)) = (section.swallowed, section.lines.first()) {
                    return Err(self.not_editable(header, fault));
                }
            }
        }
        Ok(())
    }

    /// The error about a line that stands in the way of a change.
    pub(super) fn not_editable(&self, line: &Line, fault: &'static str) -> Error {
        let line = line.offset.map(|offset| number_of(&self.original, offset));
        Error::Configuration(ConfigurationError::NotEditable { path: self.shown.clone(), line, fault })
    }

    /// The error about something that the file cannot hold.
    pub(super) fn not_writable(&self, what: String, rule: &'static str) -> Error {
        Error::Configuration(ConfigurationError::NotWritable { what, path: self.shown.clone(), rule })
    }
}

/// The first section that is not in both readings, or not the same.
fn difference(expected: &reading::Reading, found: &reading::Reading) -> Option<SectionName> {
    let differs = |name: &&SectionName| expected.get(*name) != found.get(*name);
    expected.keys().chain(found.keys()).find(differs).cloned()
}

/// The one-based number of the line at `offset`.
fn number_of(mut text: &[u8], offset: usize) -> usize {
    line_number(&mut text, offset as u64).unwrap_or(1)
}
