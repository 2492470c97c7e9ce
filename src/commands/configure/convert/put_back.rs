//! Puts `sso_` keys in the place of a `credential_process` line.

use super::body::{Body, Line, SettingLine};
use crate::context::is_on;
use crate::value_names::{ACCOUNT_ID, INTERACTIVE_KEY, REGION, ROLE_NAME, SSO_SESSION, START_URL};

/// The key of the line.
pub const LINE: &str = "credential_process";

/// The keys that the line replaces. The .NET SDK runs no command for a profile with any of the `sso_`
/// keys that it knows, so the scopes go, too, although nothing reads them in a profile.
pub const REPLACED: [&str; 7] =
    [SSO_SESSION.key, START_URL.key, REGION.key, ACCOUNT_ID.key, ROLE_NAME.key, SCOPES, INTERACTIVE_KEY];

/// A key that only an sso-session needs.
const SCOPES: &str = "sso_registration_scopes";

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
            Line::Setting(setting) if setting.key == LINE => {
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
    let key = keys.iter().find(|key| key.key == line.key);
    // The line of another helper, and scopes, are not in the `credential_process` line.
    let is_in_the_line = REPLACED.contains(&line.key.as_str()) && line.key != SCOPES;
    let Some(key) = key else { return (!is_in_the_line).then(|| line.clone()) };
    // Of several lines of a key, the last with a value counts.
    let counts = kept.iter().rev().find(|other| other.key == line.key && !other.value.is_empty());
    if counts.is_some_and(|counts| key.says(&counts.value)) {
        return Some(line.clone());
    }
    (!key.is_redundant).then(|| line.clone().with_value(&key.value))
}
