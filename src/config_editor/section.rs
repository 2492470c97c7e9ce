//! One section of a file, and the sections of a whole file.

use super::line::{Ending, Line, Role, Setting, indent_of, split};
use super::name::{SectionName, Written};
use crate::config::header::{Dialect, Kind};
use crate::config::lines::LONGEST_LINE;
use crate::config::scanner::{invisible_prefix, key_and_value, text_of, without_comment};

/// A section: its header and the lines up to the next header. The lines before the first header are
/// a section without a header.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// The name by which the section is read; `None` if its keys are ignored.
    pub(super) name: Option<SectionName>,
    /// The header is `[default]` in the config file, which `[profile default]` hides.
    pub(super) is_bare_default: bool,
    /// Whether the AWS CLI finds the section by this name, too.
    pub(super) is_seen_by_cli: bool,
    /// Why the header is none for the AWS CLI, which takes the lines below it for a part of the section
    /// above. The words complete "line 3 …".
    pub(super) swallowed: Option<&'static str>,
    pub(super) lines: Vec<Line>,
}

impl Section {
    /// The last line that a deeper one would continue.
    pub(super) fn last_opening(&self) -> Option<&Line> {
        let opens = |line: &&Line| matches!(line.role, Role::Key(_) | Role::Broken(_));
        self.lines.iter().rfind(opens)
    }

    pub(super) fn last_key(&self) -> Option<usize> {
        self.lines.iter().rposition(|line| line.setting().is_some())
    }

    /// The index behind the value of the setting at `index`.
    pub(super) fn end_of_value(&self, index: usize) -> usize {
        let behind = &self.lines[index + 1..];
        let within = behind.iter().take_while(|line| line.says_nothing() || line.role == Role::Continued);
        let continued: Vec<bool> = within.map(|line| line.role == Role::Continued).collect();
        index + 1 + continued.iter().rposition(|continued| *continued).map_or(0, |at| at + 1)
    }

    /// The index behind the last line that is neither blank nor a comment.
    pub(super) fn end_of_settings(&self) -> usize {
        self.lines.iter().rposition(|line| !line.says_nothing()).map_or(0, |at| at + 1)
    }

    /// The first line that is not understood, and what is wrong with it.
    pub(super) fn broken_line(&self) -> Option<(&Line, &'static str)> {
        self.lines.iter().find_map(|line| match line.role {
            Role::Broken(fault) => Some((line, fault)),
            _ => None,
        })
    }
}

/// Splits a text into sections, as `config::scanner` reads them. `fallback` is the ending of a last
/// line that has none.
pub(super) fn parse(text: &[u8], start: usize, dialect: Dialect, fallback: Ending) -> Vec<Section> {
    let mut parser = Parser { dialect, sections: vec![Section::default()], open: None, cli: Cli::default() };
    for (offset, length, ending) in split(&text[start..]) {
        let line = &text[start + offset..start + offset + length];
        parser.take(line, ending.unwrap_or(fallback), start + offset);
    }
    parser.sections
}

struct Parser {
    dialect: Dialect,
    sections: Vec<Section>,
    /// The last setting or broken line. Lines with a deeper indent continue it.
    open: Option<Open>,
    cli: Cli,
}

struct Open {
    indent: usize,
    empty_lines: usize,
    /// The line in the last section; `None` for a broken line.
    setting: Option<usize>,
}

/// What the AWS CLI (Python's `configparser`) would continue with a deeper line.
#[derive(Default)]
struct Cli {
    indent: usize,
    has_key: bool,
}

/// The AWS CLI takes such a header for a part of the key's value.
pub(super) const INDENTED_HEADER: &str = "is a header that is indented deeper than the key above it";

const TOO_LONG: &str = "is longer than 64 KiB";

impl Parser {
    fn take(&mut self, line: &[u8], ending: Ending, offset: usize) {
        let indent = indent_of(line);
        let text = &line[indent..];
        let is_too_long = line.len() > LONGEST_LINE;
        let role = match text.first() {
            Some(b'[') => return self.header(line, indent, ending, offset),
            Some(_) if is_too_long => self.broken(indent, TOO_LONG),
            Some(128..) if text[invisible_prefix(text)..].starts_with(b"[") => {
                let swallowed = Some("has an invisible character before its `[`");
                self.begin(Section { swallowed, ..Section::default() });
                Role::Header
            }
            None => {
                if let Some(open) = &mut self.open {
                    open.empty_lines += 1;
                }
                Role::Blank
            }
            Some(b'#' | b';') => Role::Comment,
            Some(_) if self.open.as_ref().is_some_and(|open| indent > open.indent) => {
                self.continuation(text);
                Role::Continued
            }
            Some(_) => self.setting(text, indent),
        };
        self.push(line, ending, role, offset);
    }

    fn push(&mut self, line: &[u8], ending: Ending, role: Role, offset: usize) {
        if let Some(section) = self.sections.last_mut() {
            section.lines.push(Line { text: line.to_vec(), ending, role, offset: Some(offset) });
        }
    }

    fn header(&mut self, line: &[u8], indent: usize, ending: Ending, offset: usize) {
        let text = &line[indent..];
        let swallowed = if self.cli.has_key && indent > self.cli.indent {
            Some(INDENTED_HEADER)
        } else if text.iter().skip(2).any(|byte| *byte == b']') {
            self.cli = Cli { indent, has_key: false };
            None
        } else {
            self.cli = Cli { indent, has_key: true };
            Some("begins like a section header and has no `]`")
        };
        let is_short = line.len() <= LONGEST_LINE;
        let written = Written::parse(text, self.dialect).filter(|_| is_short);
        self.begin(match written {
            Some(written) => Section {
                is_bare_default: written.kind == Kind::Default,
                is_seen_by_cli: written.is_seen_by_cli,
                name: Some(SectionName::of(written.kind, written.name)),
                swallowed,
                lines: Vec::new(),
            },
            None => Section { swallowed, ..Section::default() },
        });
        self.push(line, ending, Role::Header, offset);
    }

    fn begin(&mut self, section: Section) {
        self.open = None;
        self.sections.push(section);
    }

    fn setting(&mut self, text: &[u8], indent: usize) -> Role {
        let (key, value) = match key_and_value(text) {
            Ok(read) => read,
            Err(fault) => return self.broken(indent, fault),
        };
        let setting = self.sections.last().map(|section| section.lines.len());
        self.opened(indent, setting);
        Role::Key(Setting { key, value })
    }

    fn broken(&mut self, indent: usize, fault: &'static str) -> Role {
        self.opened(indent, None);
        Role::Broken(fault)
    }

    fn opened(&mut self, indent: usize, setting: Option<usize>) {
        self.open = Some(Open { indent, empty_lines: 0, setting });
        if !self.cli.has_key || indent <= self.cli.indent {
            self.cli = Cli { indent, has_key: true };
        }
    }

    fn continuation(&mut self, text: &[u8]) {
        let (Some(open), Some(section)) = (&mut self.open, self.sections.last_mut()) else { return };
        let Some(line) = open.setting.and_then(|index| section.lines.get_mut(index)) else { return };
        if let Role::Key(setting) = &mut line.role {
            setting.value.extend(std::iter::repeat_n('\n', open.empty_lines + 1));
            setting.value.push_str(&text_of(without_comment(text)));
        }
        open.empty_lines = 0;
    }
}
