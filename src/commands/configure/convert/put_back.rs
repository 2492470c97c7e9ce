//! Puts `sso_` keys in the place of a `credential_process` line.

use super::body::{Body, Line, REPLACED, SettingLine};
use crate::context::is_on;
use crate::value_names::{INTERACTIVE_KEY, LINE_KEY, SCOPES_KEY};

/// A key that is put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
    /// The other keys mean the same without it, so it is put back only where a kept line has it.
    pub is_redundant: bool,
}

impl Key {
    /// Whether `value` means the same.
    fn says(&self, value: &str) -> bool {
        if self.key == INTERACTIVE_KEY { is_on(&self.value) == is_on(value) } else { self.value == value }
    }
}

/// The section with `keys` instead of the line. Kept lines take their places again, with the values of
/// `keys`; the other keys stand in the place of the line, and are written as it was.
pub fn put_back(body: &Body, keys: &[Key], ending: &[u8]) -> Body {
    let kept: Vec<&SettingLine> = body.lines.iter().filter_map(kept_line).collect();
    let is_kept = |key: &Key| kept.iter().any(|line| line.key == key.key);
    let missing: Vec<&Key> = keys.iter().filter(|key| !key.is_redundant && !is_kept(key)).collect();
    let mut lines = Vec::new();
    let mut is_first = true;
    for old in &body.lines {
        match old {
            Line::Setting(setting) if setting.key == LINE_KEY => {
                if std::mem::take(&mut is_first) {
                    lines.extend(in_place_of(setting, &missing, ending).map(Line::Setting));
                }
            }
            Line::Kept(line) => lines.extend(restored(line, &kept, keys).map(Line::Setting)),
            other => lines.push(other.clone()),
        }
    }
    Body { lines }
}

fn kept_line(line: &Line) -> Option<&SettingLine> {
    if let Line::Kept(kept) = line { Some(kept) } else { None }
}

/// New lines of `keys`, written as `line` was.
fn in_place_of(line: &SettingLine, keys: &[&Key], ending: &[u8]) -> impl Iterator<Item = SettingLine> {
    let last = keys.len().saturating_sub(1);
    keys.iter().enumerate().map(move |(at, key)| {
        let end = if at == last { &line.end } else { ending };
        SettingLine::new(&line.indent, &key.key, &line.separator, &key.value, end)
    })
}

/// A kept line, with the value that the key has now. `None` if a person has changed the
/// `credential_process` line since, so that this key is not needed.
fn restored(line: &SettingLine, kept: &[&SettingLine], keys: &[Key]) -> Option<SettingLine> {
    // Of several lines of a key, the last with a value counts.
    let counts = kept.iter().rev().find(|other| other.key == line.key && !other.value.is_empty());
    // The line of another helper, and scopes, are not in the `credential_process` line.
    let is_in_the_line = REPLACED.contains(&line.key.as_str()) && line.key != SCOPES_KEY;
    match keys.iter().find(|key| key.key == line.key) {
        None => (!is_in_the_line || counts.is_none()).then(|| line.clone()),
        Some(key) => match counts {
            Some(counts) if key.says(&counts.value) => Some(line.clone()),
            // A key without a value says nothing.
            None if key.is_redundant => Some(line.clone()),
            _ => (!key.is_redundant).then(|| line.clone().with_value(&key.value)),
        },
    }
}
