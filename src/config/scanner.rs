//! Parses a configuration file into sections, in one pass that keeps only the wanted ones.
//!
//! The grammar is the union of what AWS's tools accept; `docs/configuration.md` has every choice
//! between them. Faults in sections that are not wanted are ignored. In a wanted section, a broken
//! line is skipped and noted, so that the error about a missing value can name it.

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
    /// Whether `line`, which may be cut off, is certainly the header of a profile that is not wanted.
    /// This skips most of a large file quickly, so it checks as few bytes as possible. `false` means
    /// that the header has to be parsed.
    fn is_surely_without(&self, line: &[u8]) -> bool {
        let Pick::One(wanted) = self.profiles else { return false };
        let before: &[u8] = match self.dialect {
            Dialect::Config => b"[profile ",
            Dialect::Credentials => b"[",
        };
        let Some(name) = line.strip_prefix(before) else { return false };
        for (byte, wanted) in name.iter().zip(wanted.as_bytes()) {
            // Quotes, and blanks before the name, are left to the parser.
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

/// One section of a file. Sections of the same name are not merged here; they come in file order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What the section describes.
    pub kind: Kind,
    /// Its name, without quotes.
    pub name: String,
    /// Only the Go SDK reads its header.
    pub go_only: bool,
    /// The offset of its `[`, in bytes.
    pub offset: u64,
    /// Its settings, in file order, with repeated keys.
    pub settings: Vec<Setting>,
    /// The first line that could not be parsed.
    pub broken: Option<BrokenLine>,
}

/// One key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key, in lower case.
    pub key: String,
    /// The value, trimmed and without comments; continuation lines are joined with `\n`.
    /// The text of a nested block begins with `\n`.
    pub value: String,
    /// The offset of its line, in bytes.
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
    /// The offset of the line, in bytes.
    pub offset: u64,
    /// What is wrong with the line. It completes "line 3 …".
    pub fault: &'static str,
}

/// Reads `input` to its end and returns the wanted sections in file order.
///
/// # Errors
/// Those of reading; [`io::ErrorKind::FileTooLarge`] if the file, or the wanted part of it, is too
/// large.
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
    /// Whether the lines belong to the last of `sections`; otherwise they are ignored.
    inside: bool,
    open: Option<Open>,
    /// About how many bytes of memory `sections` takes.
    kept: usize,
}

/// The last setting or broken line. Lines with a deeper indent continue it.
#[derive(Clone, Copy)]
struct Open {
    indent: usize,
    /// The empty lines after it, which belong to the value only if it continues.
    empty_lines: usize,
    /// It is a broken line, so its continuation lines are ignored.
    broken: bool,
}

impl Scan<'_> {
    fn take(&mut self, line: &Line<'_>) {
        let indent = line.text.iter().take_while(|byte| is_blank(**byte)).count();
        let text = &line.text[indent..];
        match text.first() {
            Some(b'[') => self.header(text, line.offset + indent as u64),
            // An invisible character before the `[`: this is not the header that a person sees, and
            // what follows does not belong to the section before.
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
            name: String::from_utf8_lossy(&header.name).into_owned(),
            go_only: header.go_only,
            offset,
            settings: Vec::new(),
            broken: None,
        });
    }

    fn setting(&mut self, text: &[u8], line: &Line<'_>, indent: usize) {
        let (key, value) = match key_and_value(text) {
            Ok(read) => read,
            Err(fault) => return self.broken_line(line, indent, fault),
        };
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

    /// How many bytes may be kept. A profile and its session take a kilobyte.
    fn most(&self) -> usize {
        const MEBIBYTE: usize = 1024 * 1024;
        if self.wanted.profiles == Pick::All { 64 * MEBIBYTE } else { MEBIBYTE }
    }
}

/// The key, in lower case, and the value of a line without its indent.
///
/// # Errors
/// What is wrong with the line. It completes "line 3 …".
#[inline]
pub fn key_and_value(text: &[u8]) -> Result<(String, String), &'static str> {
    let text = without_comment(text);
    let at = memchr2(b'=', b':', text).ok_or("has no `=`")?;
    let key = trim(&text[..at]);
    let has_blank = key.iter().copied().any(is_blank);
    let mut key = text_of(key);
    // A blank outside of ASCII is no key, either.
    if key.is_empty() || has_blank {
        return Err("does not begin with `key =`");
    }
    if !key.is_ascii() && key.chars().any(is_invisible) {
        return Err("has an invisible character in its key");
    }
    key.make_ascii_lowercase();
    Ok((key, text_of(&text[at + 1..])))
}

/// The number of bytes at the beginning of `text` whose characters are blank, or look so.
pub fn invisible_prefix(text: &[u8]) -> usize {
    let readable = text.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let seems_blank = |c: &char| looks_blank(*c) || c.is_ascii_whitespace();
    readable.chars().take_while(seems_blank).map(char::len_utf8).sum()
}

/// `text` up to the first `#` or `;` after a blank.
pub fn without_comment(text: &[u8]) -> &[u8] {
    let comment = memchr2_iter(b'#', b';', text).find(|at| *at > 0 && is_blank(text[at - 1]));
    &text[..comment.unwrap_or(text.len())]
}

/// `bytes` as trimmed text. Bytes that are not UTF-8 are replaced.
pub fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(trim(bytes)).trim().to_owned()
}

/// The settings of a nested block, as `(key, value)`; lines without `=` are skipped.
pub fn nested_settings(block: &str) -> impl Iterator<Item = (&str, &str)> {
    block.lines().filter_map(|line| line.split_once('=')).map(|(key, value)| (key.trim(), value.trim()))
}
