//! One of AWS's two configuration files: its text, and its sections with their lines.

use std::collections::BTreeSet;
use std::io::Read as _;

use crate::config::header::Dialect;
use crate::config::lines::{BUFFER_SIZE, BYTE_ORDER_MARK, LARGEST_FILE};
use crate::config::scanner::{Section, Wanted, scan};
use crate::config::{Pick, config_path, credentials_path, path_variable, shown_path};
use crate::context::Context;
use crate::platform;

/// One of the two files. A file that is missing or unreadable has no sections.
pub(super) struct SourceFile {
    /// The path as a person would write it.
    pub(super) shown: String,
    pub(super) dialect: Dialect,
    pub(super) sections: Vec<Section>,
    /// Why the file cannot be read, if it is there.
    pub(super) trouble: Option<String>,
    pub(super) is_missing: bool,
    text: Vec<u8>,
    /// The offset of each line.
    lines: Vec<usize>,
}

impl SourceFile {
    pub(super) fn read(context: &Context, dialect: Dialect) -> Self {
        let path = match dialect {
            Dialect::Config => config_path(context),
            Dialect::Credentials => credentials_path(context),
        };
        let shown = path
            .as_deref()
            .map_or_else(|| path_variable(dialect).to_owned(), |path| shown_path(context, path));
        let mut file = Self {
            shown,
            dialect,
            sections: Vec::new(),
            trouble: None,
            is_missing: false,
            text: Vec::new(),
            lines: Vec::new(),
        };
        let Some(path) = path else { return file };
        let mut text = Vec::new();
        let read = platform::open_regular(&path)
            .and_then(|opened| opened.take(LARGEST_FILE + 1).read_to_end(&mut text));
        let wanted = Wanted { dialect, profiles: Pick::All, sso_sessions: Pick::All, services: Pick::All };
        match read.and_then(|_| scan(&mut &*text, &wanted, BUFFER_SIZE)) {
            Ok(sections) => file.sections = sections,
            Err(error) if platform::is_missing(&error) => file.is_missing = true,
            Err(error) => {
                file.trouble = Some(platform::words_of(&error));
                text.clear();
            }
        }
        file.lines = line_starts(&text);
        file.text = text;
        file
    }

    /// The one-based number of the line at `offset`.
    pub(super) fn line_at(&self, offset: u64) -> usize {
        self.lines.partition_point(|start| *start as u64 <= offset).max(1)
    }

    /// `~/.aws/config line 3`
    pub(super) fn place(&self, offset: u64) -> String {
        format!("{} line {}", self.shown, self.line_at(offset))
    }

    /// The line at `offset`, without its line break.
    pub(super) fn line(&self, offset: u64) -> &[u8] {
        let number = self.line_at(offset);
        let start = self.lines.get(number - 1).copied().unwrap_or_default();
        let end = self.lines.get(number).copied().unwrap_or(self.text.len());
        self.text[start..end].trim_ascii_end()
    }

    /// Every line with its offset, up to the first section header.
    fn before_sections(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let lines = self.lines.iter().map(|start| {
            let line = self.line(*start as u64);
            (*start as u64, line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line))
        });
        lines.take_while(|(_, line)| !line.trim_ascii_start().starts_with(b"["))
    }

    /// The first line that belongs to no section.
    pub(super) fn line_in_no_section(&self) -> Option<u64> {
        let is_lost = |line: &[u8]| {
            let line = line.trim_ascii();
            !line.is_empty() && !line.starts_with(b"#") && !line.starts_with(b";")
        };
        self.before_sections().find(|(_, line)| is_lost(line)).map(|(offset, _)| offset)
    }

    /// The first line that is not UTF-8. A file in UTF-16 has its own error.
    pub(super) fn line_in_no_utf8(&self) -> Option<u64> {
        let valid = std::str::from_utf8(&self.text).err()?.valid_up_to();
        (!self.text.contains(&0)).then_some(valid as u64)
    }

    /// The headers of the config file that no program reads, with `sso_` keys or a line below them: most lack
    /// `profile`.
    pub(super) fn headers_in_vain(&self) -> Vec<(u64, String)> {
        let mut found: Vec<(u64, String)> = Vec::new();
        let mut header = None;
        let known: BTreeSet<usize> =
            self.sections.iter().map(|section| self.line_at(section.offset)).collect();
        for (at, start) in self.lines.iter().enumerate() {
            let line = self.line(*start as u64).trim_ascii();
            if let Some(name) = line.strip_prefix(b"[") {
                let name = name.split(|byte| *byte == b']').next().unwrap_or_default();
                header = (!known.contains(&(at + 1)))
                    .then(|| (*start as u64, String::from_utf8_lossy(name).into_owned()));
            } else if line.starts_with(b"sso_") || line.starts_with(b"credential_process") {
                found.extend(header.take());
            }
        }
        if self.dialect == Dialect::Config { found } else { Vec::new() }
    }

    /// A header as it is written, up to its last `]`.
    pub(super) fn header(&self, section: &Section) -> &[u8] {
        let line = self.line(section.offset);
        &line[..line.iter().rposition(|byte| *byte == b']').unwrap_or(line.len())]
    }

    /// Whether a header has quotes or backslashes.
    pub(super) fn has_quotes(&self, section: &Section) -> bool {
        self.header(section).iter().any(|byte| matches!(byte, b'"' | b'\'' | b'\\'))
    }

    /// Whether the key of the line at `offset` has capital letters.
    pub(super) fn has_capitals_at(&self, offset: u64) -> bool {
        let key = self.line(offset).split(|byte| matches!(byte, b'=' | b':')).next();
        key.is_some_and(|key| key.iter().any(u8::is_ascii_uppercase))
    }

    /// Whether a comment is behind the value of the line at `offset`.
    pub(super) fn has_comment_at(&self, offset: u64) -> bool {
        let line = self.line(offset);
        let value = line.iter().position(|byte| matches!(byte, b'=' | b':')).map_or(line, |at| &line[at..]);
        value.windows(2).any(|two| matches!(two[0], b' ' | b'\t') && matches!(two[1], b'#' | b';'))
    }

    /// Whether the file begins with a byte order mark.
    pub(super) fn has_byte_order_mark(&self) -> bool {
        self.text.starts_with(BYTE_ORDER_MARK)
    }
}

fn line_starts(text: &[u8]) -> Vec<usize> {
    let is_end = |at: &usize| {
        let before = text[at - 1];
        before == b'\n' || (before == b'\r' && text[*at] != b'\n')
    };
    let first = (!text.is_empty()).then_some(0);
    first.into_iter().chain((1..text.len()).filter(is_end)).collect()
}
