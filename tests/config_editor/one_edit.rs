//! One edit of a configuration file, and what must hold after it. The fuzz target of the editor has this
//! file, too.

use std::collections::BTreeMap;

use aws_sso_cred::config::Pick;
use aws_sso_cred::config::header::{Dialect, Kind};
use aws_sso_cred::config::scanner::{Wanted, scan};
use aws_sso_cred::config_editor::{ConfigurationFile, Document, SectionName};
use aws_sso_cred::error::Error;

use crate::odd::{OddEdit, OddSection};

/// The text after an edit.
///
/// # Errors
/// Those of the editor.
pub fn apply(file: ConfigurationFile, text: &[u8], edit: &OddEdit) -> Result<Vec<u8>, Error> {
    let mut document = Document::parse(file, "~/.aws/config", text.to_vec())?;
    match edit {
        OddEdit::Set { section, key, value } => document.set(&name_of(section), key, value)?,
        OddEdit::RemoveKey { section, key } => document.remove_key(&name_of(section), key)?,
        OddEdit::RemoveSection { section } => document.remove_section(&name_of(section))?,
    }
    document.proven()
}

/// Checks that what was asked for is read, and everything else as before.
pub fn assert_reads_as_asked(file: ConfigurationFile, edit: &OddEdit, before: &[u8], after: &[u8]) {
    let (mut expected, after) = (reading(file, before), reading(file, after));
    match edit {
        OddEdit::Set { section, key, value } => {
            expected.entry(name_of(section)).or_default().insert(key.clone(), value.clone());
        }
        OddEdit::RemoveKey { section, key } => {
            let section = expected.get_mut(&name_of(section));
            section.and_then(|settings| settings.remove(key));
        }
        OddEdit::RemoveSection { section } => {
            expected.remove(&name_of(section));
        }
    }
    assert_eq!(after, expected);
}

/// Checks that no byte has changed that was not asked for.
pub fn assert_nothing_else_changed(edit: &OddEdit, before: &[u8], after: &[u8]) {
    let (before, after) = lines_of_both(before, after);
    let (removed, added) = difference(&before, &after);
    let is_blank = |line: &String| line.trim().is_empty();
    match edit {
        OddEdit::Set { key, .. } => {
            assert!(removed.iter().all(|line| is_key(line, key) || is_header(line)), "{removed:?}");
            let is_due =
                |line: &String| is_key(line, key) || is_header(line) || is_blank(line) || is_comment(line);
            assert!(added.iter().all(is_due), "{added:?}");
            let moved = added.iter().filter(|line| is_comment(line));
            let mut keys = removed.iter().filter(|line| is_key(line, key));
            for comment in moved {
                let text = comment.trim();
                assert!(keys.any(|line| line.trim().ends_with(text)), "{comment:?} is not from {removed:?}");
            }
            assert!(added.len() <= 6, "{added:?}");
        }
        OddEdit::RemoveKey { key, .. } => {
            assert!(removed.iter().all(|line| is_key(line, key)), "{removed:?}");
            assert!(added.is_empty(), "{added:?}");
        }
        OddEdit::RemoveSection { .. } => {
            let comments = |lines: &[String]| {
                let comments = lines.iter().filter(|line| is_comment(line));
                // The last line of a file may have lost its line break.
                comments.map(|line| without_break(unindented(line)).to_owned()).collect::<Vec<_>>()
            };
            assert!(added.iter().all(|line| line.starts_with(['#', ';'])), "{added:?}");
            assert_eq!(comments(&before), comments(&after), "they lose their indent and nothing else");
        }
    }
}

pub fn name_of(section: &OddSection) -> SectionName {
    let name = section.name.clone();
    match section.kind {
        "profile" => SectionName::Profile(name),
        "sso-session" => SectionName::SsoSession(name),
        _ => SectionName::Services(name),
    }
}

/// What the program reads, put together without the editor.
fn reading(file: ConfigurationFile, mut text: &[u8]) -> BTreeMap<SectionName, BTreeMap<String, String>> {
    let dialect = match file {
        ConfigurationFile::Config => Dialect::Config,
        ConfigurationFile::Credentials => Dialect::Credentials,
    };
    let wanted = Wanted { dialect, profiles: Pick::All, sso_sessions: Pick::All, services: Pick::All };
    let sections = scan(&mut text, &wanted, 4096).unwrap();
    let hides_default =
        sections.iter().any(|section| section.kind == Kind::Profile && section.name == "default");
    let mut reading = BTreeMap::<_, BTreeMap<_, _>>::new();
    for section in sections {
        let name = match section.kind {
            Kind::Default if hides_default => continue,
            Kind::Default | Kind::Profile => SectionName::Profile(section.name),
            Kind::SsoSession => SectionName::SsoSession(section.name),
            Kind::Services => SectionName::Services(section.name),
        };
        let settings = section.settings.into_iter().filter(|setting| !setting.value.is_empty());
        reading.entry(name).or_default().extend(settings.map(|setting| (setting.key, setting.value)));
    }
    reading
}

/// The lines with their line breaks, which the last one may lack.
fn lines(text: &[u8]) -> Vec<String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut bytes = text.iter().map(|byte| char::from(*byte)).peekable();
    while let Some(byte) = bytes.next() {
        line.push(byte);
        if byte == '\n' || byte == '\r' && bytes.peek() != Some(&'\n') {
            lines.push(std::mem::take(&mut line));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The lines that were taken out of `before` and those that were put in, by the shortest way.
///
/// A last line without a line break is the same as one with any: it gets one where another line comes
/// to stand below it, and loses its own where it comes to stand at the end.
pub fn difference(before: &[String], after: &[String]) -> (Vec<String>, Vec<String>) {
    let (rows, columns) = (before.len(), after.len());
    let mut longest = vec![vec![0_u32; columns + 1]; rows + 1];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            longest[row][column] = if is_same(&before[row], &after[column]) {
                longest[row + 1][column + 1] + 1
            } else {
                longest[row + 1][column].max(longest[row][column + 1])
            };
        }
    }
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let (mut row, mut column) = (0, 0);
    while row < rows || column < columns {
        if row < rows && column < columns && is_same(&before[row], &after[column]) {
            (row, column) = (row + 1, column + 1);
        } else if column == columns || row < rows && longest[row + 1][column] >= longest[row][column + 1] {
            removed.push(before[row].clone());
            row += 1;
        } else {
            added.push(after[column].clone());
            column += 1;
        }
    }
    (removed, added)
}

fn is_same(one: &str, other: &str) -> bool {
    let is_open = |line: &str| without_break(line) == line;
    one == other || (is_open(one) || is_open(other)) && without_break(one) == without_break(other)
}

fn without_break(line: &str) -> &str {
    line.trim_end_matches(['\r', '\n'])
}

/// The lines of both texts. The editor keeps the state of the end of the file, whichever line is there.
pub fn lines_of_both(before: &[u8], after: &[u8]) -> (Vec<String>, Vec<String>) {
    let ends_open = |text: &[u8]| !text.is_empty() && !text.ends_with(b"\n") && !text.ends_with(b"\r");
    let (old, new) = (lines(before), lines(after));
    // Where the last line is blank now, only its line break is left of it.
    let ends_blank = new.last().is_none_or(|line| line.trim().is_empty());
    let is_kept = old.is_empty() || ends_blank || ends_open(before) == ends_open(after);
    assert!(is_kept, "the end of the file has changed");
    (old, new)
}

fn is_key(line: &str, key: &str) -> bool {
    // Each byte of a line is a character here.
    let key: String = key.bytes().map(char::from).collect();
    let line = line.trim_start().to_ascii_lowercase();
    line.strip_prefix(&key).is_some_and(|rest| rest.trim_start().starts_with(['=', ':']))
}

fn is_comment(line: &str) -> bool {
    unindented(line).starts_with(['#', ';'])
}

fn is_header(line: &str) -> bool {
    unindented(line).starts_with('[')
}

/// Blanks outside of ASCII are no indent, and neither are line breaks. A vertical tab is one, as for
/// AWS's tools.
fn unindented(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '\u{b}', '\u{c}'])
}
