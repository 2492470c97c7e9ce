//! The lines of a profile's section, below its header. Lines that `convert` does not replace keep
//! every byte.

use std::collections::BTreeMap;

use memchr::{memchr2, memchr2_iter};

use crate::config::header::Dialect;
use crate::config::lines::{BUFFER_SIZE, is_blank};
use crate::config::scanner::{Pick, Section, Setting, Wanted, scan};
use crate::value_names::{
    ACCOUNT_ID, INTERACTIVE_KEY, LINE_KEY, REGION, ROLE_NAME, SCOPES_KEY, SSO_SESSION, START_URL,
};

/// What stands before a replaced line that is kept as a comment, because the new line alone does not
/// say how it was written. In column 0: the Rust SDK takes an indented comment for a part of the value
/// above it.
pub const MARK: &str = "# aws-sso-cred: ";

/// The keys that the line replaces. The .NET SDK runs no command for a profile with any of the `sso_`
/// keys that it knows, so the scopes go, too, although nothing reads them in a profile.
pub const REPLACED: [&str; 7] =
    [SSO_SESSION.key, START_URL.key, REGION.key, ACCOUNT_ID.key, ROLE_NAME.key, SCOPES_KEY, INTERACTIVE_KEY];

/// Whether the line of `key` is replaced, in either direction.
pub fn is_replaced(key: &str) -> bool {
    key == LINE_KEY || REPLACED.contains(&key)
}

/// A section without its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The lines, in file order.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A key and its value.
    Setting(SettingLine),
    /// A replaced line, kept as a comment: the line as it was.
    Kept(SettingLine),
    /// Any other line, with its line break.
    Other(Vec<u8>),
}

/// The line of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingLine {
    /// The key, in lower case.
    pub key: String,
    /// The value, as it is read.
    pub value: String,
    /// The blanks before the key.
    pub indent: Vec<u8>,
    /// The key, as it is written.
    written_key: Vec<u8>,
    /// The `=` or `:`, and the blanks around it.
    pub separator: Vec<u8>,
    written_value: Vec<u8>,
    /// What stands behind the value: blanks, a comment.
    rest: Vec<u8>,
    /// The line break; empty at the end of the file.
    pub end: Vec<u8>,
}

impl Body {
    /// Reads the lines as the rest of the program does.
    pub fn parse(text: &[u8]) -> Self {
        let settings = settings(text);
        let line = |(start, end): (usize, usize)| {
            let whole = &text[start..end];
            match settings.iter().find(|setting| setting.offset == start as u64) {
                Some(setting) => Line::Setting(SettingLine::parse(whole, setting)),
                None => kept(whole).map_or_else(|| Line::Other(whole.to_owned()), Line::Kept),
            }
        };
        Self { lines: lines(text).into_iter().map(line).collect() }
    }

    /// The text of the section.
    pub fn bytes(&self) -> Vec<u8> {
        self.lines.iter().flat_map(Line::bytes).collect()
    }

    /// The lines of keys.
    pub fn settings(&self) -> impl Iterator<Item = &SettingLine> {
        self.lines
            .iter()
            .filter_map(|line| if let Line::Setting(setting) = line { Some(setting) } else { None })
    }

    /// What is read: each key with its last value that is not empty.
    pub fn reading(&self) -> BTreeMap<String, String> {
        let settings = settings(&self.bytes()).into_iter().filter(|setting| !setting.value.is_empty());
        settings.map(|setting| (setting.key, setting.value)).collect()
    }

    /// The section without kept lines.
    pub fn without_kept(&self) -> Self {
        let is_not_kept = |line: &&Line| !matches!(line, Line::Kept(_));
        Self { lines: self.lines.iter().filter(is_not_kept).cloned().collect() }
    }
}

impl Line {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Setting(setting) => setting.bytes(),
            Self::Kept(setting) => [MARK.as_bytes(), &setting.bytes()].concat(),
            Self::Other(bytes) => bytes.clone(),
        }
    }
}

impl SettingLine {
    /// A new line.
    pub fn new(indent: &[u8], key: &str, separator: &[u8], value: &str, end: &[u8]) -> Self {
        Self {
            key: key.to_owned(),
            value: value.to_owned(),
            indent: indent.to_owned(),
            written_key: key.as_bytes().to_owned(),
            separator: separator.to_owned(),
            written_value: value.as_bytes().to_owned(),
            rest: Vec::new(),
            end: end.to_owned(),
        }
    }

    /// The line with another value. What stands around the value stays.
    pub fn with_value(self, value: &str) -> Self {
        Self { value: value.to_owned(), written_value: value.as_bytes().to_owned(), ..self }
    }

    fn parse(whole: &[u8], setting: &Setting) -> Self {
        let text_end = memchr2(b'\n', b'\r', whole).unwrap_or(whole.len());
        let (text, end) = whole.split_at(text_end);
        let (indent, text) = text.split_at(blanks(text));
        let sign = memchr2(b'=', b':', text).unwrap_or(text.len());
        let key_end = sign - text[..sign].iter().rev().take_while(|byte| is_blank(**byte)).count();
        let behind_sign = (sign + 1).min(text.len());
        let value_start = behind_sign + blanks(&text[behind_sign..]);
        let value = setting.value.as_bytes();
        // The value of several lines, or with bytes that are not UTF-8, is never replaced.
        let value_end = value_start + if text[value_start..].starts_with(value) { value.len() } else { 0 };
        Self {
            key: setting.key.clone(),
            value: setting.value.clone(),
            indent: indent.to_owned(),
            written_key: text[..key_end].to_owned(),
            separator: text[key_end..value_start].to_owned(),
            written_value: text[value_start..value_end].to_owned(),
            rest: text[value_end..].to_owned(),
            end: end.to_owned(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let Self { indent, written_key, separator, written_value, rest, end, .. } = self;
        [indent, written_key, separator, written_value, rest, end].map(Vec::as_slice).concat()
    }
}

/// The replaced line that a comment keeps. Other comments may begin with the mark, too.
fn kept(comment: &[u8]) -> Option<SettingLine> {
    let original = comment.strip_prefix(MARK.as_bytes())?;
    let setting = settings(original).into_iter().next().filter(|setting| is_replaced(&setting.key))?;
    Some(SettingLine::parse(original, &setting))
}

/// The sections of profiles in a text of the config file.
pub fn profiles_in(mut text: &[u8]) -> Vec<Section> {
    let wanted = Wanted {
        dialect: Dialect::Config,
        profiles: Pick::All,
        sso_sessions: Pick::Nothing,
        services: Pick::Nothing,
    };
    scan(&mut text, &wanted, BUFFER_SIZE).unwrap_or_default()
}

fn settings(text: &[u8]) -> Vec<Setting> {
    const HEADER: &[u8] = b"[profile x]\n";
    let sections = profiles_in(&[HEADER, text].concat());
    let settings = sections.into_iter().next().map(|section| section.settings).unwrap_or_default();
    let below_header = |setting: Setting| Setting { offset: setting.offset - HEADER.len() as u64, ..setting };
    settings.into_iter().map(below_header).collect()
}

/// Where each line begins and ends, with its line break.
fn lines(text: &[u8]) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    let mut start = 0;
    for at in memchr2_iter(b'\n', b'\r', text) {
        // The second byte of `\r\n` belongs to the line before.
        if at >= start {
            let end = if text[at..].starts_with(b"\r\n") { at + 2 } else { at + 1 };
            lines.push((start, end));
            start = end;
        }
    }
    if start < text.len() {
        lines.push((start, text.len()));
    }
    lines
}

fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_blank(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_in_one_line() {
        for text in [
            "",
            "\n",
            "a = b",
            "a = b\r\n\r\nc=d # e\n\n",
            "  A\t:\tb ; c  \rx\r\r\n",
            "s3 =\n  a = b\n\n  c = d\ne = f\n",
            "no key\n  more\nkey =\n=x\n",
            "# aws-sso-cred: sso_session = corp # x\n# aws-sso-cred: \n# aws-sso-cred: x\n#x",
        ] {
            assert_eq!(String::from_utf8(Body::parse(text.as_bytes()).bytes()).unwrap(), text);
        }
        let not_utf8 = b"a = \xff\xfe b\n\xff = c\n";
        assert_eq!(Body::parse(not_utf8).bytes(), not_utf8);
    }

    #[test]
    fn a_line_is_read_in_its_parts() {
        let body = Body::parse(b"\tSSO_Session =  my corp \t# ours\r\n");
        let setting = body.settings().next().unwrap();
        assert_eq!((setting.key.as_str(), setting.value.as_str()), ("sso_session", "my corp"));
        assert_eq!(setting.indent, b"\t");
        assert_eq!(setting.separator, b" =  ");
        assert_eq!(setting.end, b"\r\n");
        let changed = setting.clone().with_value("x");
        assert_eq!(String::from_utf8(changed.bytes()).unwrap(), "\tSSO_Session =  x \t# ours\r\n");
    }

    #[test]
    fn lines_of_a_nested_block_are_no_keys() {
        let body = Body::parse(b"s3 =\n  sso_session = x\nregion = y\n");
        let keys: Vec<_> = body.settings().map(|setting| setting.key.as_str()).collect();
        assert_eq!(keys, ["s3", "region"]);
    }
}
