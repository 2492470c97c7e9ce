//! Config text to sections, in one pass that keeps only what is asked for.
//!
//! The grammar is the union of what AWS's tools accept; every choice between
//! them stands in `docs/configuration.md`. Nothing in a section that nobody asked
//! for can fail the scan, and in a wanted section a broken line is skipped and
//! remembered, in case a value turns out to be missing.

use std::io::{self, Read};

use memchr::{memchr2, memchr2_iter};

use super::header::{self, Dialect, Kind, trim};
use super::lines::{Line, Lines, is_blank};
use crate::text::invisible::{is_invisible, looks_blank};

/// Which sections are kept.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The file's kind.
    pub dialect: Dialect,
    /// `[profile NAME]` and `[default]`.
    pub profiles: Pick<'a>,
    /// `[sso-session NAME]`
    pub sso_sessions: Pick<'a>,
    /// `[services NAME]`
    pub services: Pick<'a>,
}

impl Wanted<'_> {
    /// Whether `line`, of which more may follow, is plainly the header of another profile
    /// than the one that is wanted. This is how a large config is passed over quickly, so
    /// it looks at no more than it must; "no" only means that the header has to be read.
    fn is_surely_without(&self, line: &[u8]) -> bool {
        let Pick::One(wanted) = self.profiles else { return false };
        let before: &[u8] = match self.dialect {
            Dialect::Config => b"[profile ",
            Dialect::Credentials => b"[",
        };
        let Some(name) = line.strip_prefix(before) else { return false };
        for (byte, wanted) in name.iter().zip(wanted.as_bytes()) {
            // What is quoted, and blanks before the name, are for the parser.
            if matches!(byte, b' ' | b'\t' | 0x0b | 0x0c | b'"' | b'\'' | b'\\') {
                return false;
            }
            if byte != wanted {
                return true;
            }
        }
        false
    }
}

/// Which sections of one kind are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick<'a> {
    /// None.
    Nothing,
    /// Those of this name.
    One(&'a str),
    /// Every one.
    All,
}

impl Pick<'_> {
    fn takes(self, name: &[u8]) -> bool {
        match self {
            Self::Nothing => false,
            Self::One(wanted) => wanted.as_bytes() == name,
            Self::All => true,
        }
    }
}

/// One section as it stands in the file. Sections of the same name come one by one,
/// in file order; who reads them merges them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it describes.
    pub kind: Kind,
    /// Its name, without quotes.
    pub name: String,
    /// Its header is one that the Go SDK alone reads.
    pub go_only: bool,
    /// Where its `[` stands, in bytes.
    pub offset: u64,
    /// Its keys, in file order, repeated ones included.
    pub settings: Vec<Setting>,
    /// The first line that could not be understood.
    pub broken: Option<BrokenLine>,
}

/// One key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Lower case.
    pub key: String,
    /// Without comments and surrounding blanks; continuation lines joined with `\n`.
    /// The text of a nested block begins with `\n`.
    pub value: String,
    /// Where its line begins, in bytes.
    pub offset: u64,
}

impl Setting {
    /// Whether the value is a block of indented settings, as in `s3 =`.
    pub fn is_nested(&self) -> bool {
        self.value.starts_with('\n')
    }
}

/// A line in a wanted section that is not `key = value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenLine {
    /// Where it begins, in bytes.
    pub offset: u64,
    /// Completes "line 3 …".
    pub fault: &'static str,
}

/// Reads `input` to its end and returns the wanted sections in file order.
///
/// # Errors
/// The system's; [`io::ErrorKind::FileTooLarge`] when the file or what is to be kept of it has no measure.
pub fn scan(input: &mut dyn Read, wanted: &Wanted<'_>, buffer_size: usize) -> io::Result<Vec<Section>> {
    let mut lines = Lines::new(input, buffer_size)?;
    let mut scan = Scan { wanted, sections: Vec::new(), inside: false, open: None, kept: 0 };
    loop {
        if !scan.inside && !lines.skip_to_header(|line| wanted.is_surely_without(line))? {
            break;
        }
        let Some(line) = lines.next_line()? else { break };
        scan.take(&line);
        if scan.kept > scan.most() {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the sections asked for are too large"));
        }
    }
    Ok(scan.sections)
}

struct Scan<'w> {
    wanted: &'w Wanted<'w>,
    sections: Vec<Section>,
    /// Whether the last of `sections` is being read; else lines mean nothing.
    inside: bool,
    open: Option<Open>,
    /// Bytes of memory that `sections` takes, about.
    kept: usize,
}

/// The setting that lines indented deeper than it belong to.
#[derive(Clone, Copy)]
struct Open {
    indent: usize,
    /// Empty lines since, which count only if the value goes on.
    empty_lines: usize,
    /// The setting is a broken line, and so is what belongs to it.
    broken: bool,
}

impl Scan<'_> {
    fn take(&mut self, line: &Line<'_>) {
        let indent = line.text.iter().take_while(|byte| is_blank(**byte)).count();
        let text = &line.text[indent..];
        match text.first() {
            Some(b'[') => self.header(text, line.offset + indent as u64),
            // Not the section that it seems to be, and least of all a part of the one before.
            Some(128..) if text[invisible_prefix(text)..].starts_with(b"[") => self.leave(),
            _ if !self.inside => {}
            None if line.too_long => self.broken_line(line, indent, "is longer than 64 KiB"),
            None => self.empty_line(),
            Some(b'#' | b';') => {}
            Some(_) => match self.open {
                Some(open) if indent > open.indent => self.continuation(open, text),
                _ => self.setting(text, line, indent),
            },
        }
    }

    fn leave(&mut self) {
        self.open = None;
        self.inside = false;
    }

    fn header(&mut self, text: &[u8], offset: u64) {
        self.leave();
        let Some(header) = header::parse(text, self.wanted.dialect) else { return };
        let pick = match header.kind {
            Kind::Default | Kind::Profile => self.wanted.profiles,
            Kind::SsoSession => self.wanted.sso_sessions,
            Kind::Services => self.wanted.services,
        };
        if !pick.takes(&header.name) {
            return;
        }
        self.inside = true;
        self.kept += size_of::<Section>() + header.name.len();
        self.sections.push(Section {
            kind: header.kind,
            name: text_of(&header.name),
            go_only: header.go_only,
            offset,
            settings: Vec::new(),
            broken: None,
        });
    }

    fn setting(&mut self, text: &[u8], line: &Line<'_>, indent: usize) {
        let text = without_comment(text);
        let Some(at) = memchr2(b'=', b':', text) else {
            return self.broken_line(line, indent, "has no `=`");
        };
        let key = trim(&text[..at]);
        if key.is_empty() || key.iter().copied().any(is_blank) {
            return self.broken_line(line, indent, "does not begin with `key =`");
        }
        let mut key = text_of(key);
        if !key.is_ascii() && key.chars().any(is_invisible) {
            return self.broken_line(line, indent, "has an invisible character in its key");
        }
        key.make_ascii_lowercase();
        let value = text_of(&text[at + 1..]);
        self.open = Some(Open { indent, empty_lines: 0, broken: false });
        self.kept += size_of::<Setting>() + key.len() + value.len();
        if let Some(section) = self.sections.last_mut() {
            section.settings.push(Setting { key, value, offset: line.offset });
        }
    }

    fn continuation(&mut self, open: Open, text: &[u8]) {
        let more = text_of(without_comment(text));
        self.kept += open.empty_lines + 1 + more.len();
        if open.broken || self.kept > self.most() {
            return;
        }
        let section = self.sections.last_mut();
        if let Some(setting) = section.and_then(|section| section.settings.last_mut()) {
            setting.value.extend(std::iter::repeat_n('\n', open.empty_lines + 1));
            setting.value.push_str(&more);
        }
        self.open = Some(Open { empty_lines: 0, ..open });
    }

    fn empty_line(&mut self) {
        if let Some(open) = &mut self.open {
            open.empty_lines += 1;
        }
    }

    fn broken_line(&mut self, line: &Line<'_>, indent: usize, fault: &'static str) {
        self.open = Some(Open { indent, empty_lines: 0, broken: true });
        if let Some(section) = self.sections.last_mut() {
            section.broken.get_or_insert(BrokenLine { offset: line.offset, fault });
        }
    }

    /// What one run may keep: a profile and its session take a kilobyte.
    fn most(&self) -> usize {
        const MEBIBYTE: usize = 1024 * 1024;
        if self.wanted.profiles == Pick::All { 64 * MEBIBYTE } else { MEBIBYTE }
    }
}

/// How many bytes of characters that look blank `text` begins with.
fn invisible_prefix(text: &[u8]) -> usize {
    let readable = text.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    readable.chars().take_while(|character| looks_blank(*character)).map(char::len_utf8).sum()
}

/// `text` up to a `#` or `;` that stands behind a blank.
fn without_comment(text: &[u8]) -> &[u8] {
    let comment = memchr2_iter(b'#', b';', text).find(|at| *at > 0 && is_blank(text[at - 1]));
    &text[..comment.unwrap_or(text.len())]
}

/// Trimmed text; what is not UTF-8 is replaced, in this value only.
fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(trim(bytes)).trim().to_owned()
}

/// The settings of a nested block, as `(key, value)`; lines without `=` are passed over.
pub fn nested_settings(block: &str) -> impl Iterator<Item = (&str, &str)> {
    block.lines().filter_map(|line| line.split_once('=')).map(|(key, value)| (key.trim(), value.trim()))
}
