//! Replaces the `sso_` keys of a section by a `credential_process` line.

use super::body::{Body, Line, SettingLine, is_replaced};
use super::put_back::{Key, put_back};
use crate::value_names::LINE_KEY;

/// The section with `line`, which stands in the place of the first line that it replaces, and is
/// written as that was. `keys` are those that `--back` will read from the line.
///
/// If the keys could then be put back byte for byte, the replaced lines are gone; otherwise, because of
/// a comment, an unusual order or spacing, they are kept as comments.
pub fn replace(body: &Body, line: &str, keys: &[Key], ending: &[u8]) -> Body {
    // Comments of an earlier conversion, if a person put the keys back by hand.
    let body = body.without_kept();
    let short = replaced(&body, line, false, ending);
    if put_back(&short, keys, ending) == body { short } else { replaced(&body, line, true, ending) }
}

fn replaced(body: &Body, line: &str, keep: bool, ending: &[u8]) -> Body {
    let is_to_go = |line: &&Line| matches!(line, Line::Setting(setting) if is_replaced(&setting.key));
    let last = body.lines.iter().rev().find(is_to_go);
    let mut lines = Vec::new();
    let mut is_first = true;
    for old in &body.lines {
        match old {
            Line::Setting(setting) if is_to_go(&old) => {
                if is_first {
                    let end = match last {
                        Some(Line::Setting(last)) if !keep => &last.end,
                        _ if setting.end.is_empty() => ending,
                        _ => &setting.end,
                    };
                    let new = SettingLine::new(&setting.indent, LINE_KEY, &setting.separator, line, end);
                    lines.push(Line::Setting(new));
                    is_first = false;
                }
                if keep {
                    lines.push(Line::Kept(setting.clone()));
                }
            }
            other => lines.push(other.clone()),
        }
    }
    Body { lines }
}
