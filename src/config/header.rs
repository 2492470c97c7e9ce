//! Section headers: `[profile dev]`, `[sso-session 'my corp']`, `[default]`.
//!
//! Names are quoted as a POSIX shell quotes words, because the AWS CLI reads and writes them with
//! Python's `shlex`. A name that is not a valid shell word is read literally, as the Go SDK reads it:
//! `[profile My Account]`, `[profile O'Brien]`.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3, memrchr};

use super::lines::is_blank;

/// Which of AWS's two files a header is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `~/.aws/config`: sections have a kind and a name.
    Config,
    /// `~/.aws/credentials`: every section is a profile, named by the bare header.
    Credentials,
}

/// What a section describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `[default]` of the config file.
    Default,
    /// `[profile NAME]`, or any section of the credentials file.
    Profile,
    /// `[sso-session NAME]`
    SsoSession,
    /// `[services NAME]`
    Services,
}

/// A parsed header.
#[derive(Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// What the section describes.
    pub kind: Kind,
    /// Its name, without quotes.
    pub name: Cow<'a, [u8]>,
    /// Only the Go SDK reads it: the name is more than one word, or has an open quote.
    pub go_only: bool,
}

/// Parses a line that begins with `[`. `None` for a section of another kind, and for one without a
/// valid name. Text after the header is ignored. The name may contain a `]`: the last `]` that gives
/// a valid header ends it, else the first; else the name up to the first is read literally.
pub fn parse(line: &[u8], dialect: Dialect) -> Option<Header<'_>> {
    let inside = line.strip_prefix(b"[")?;
    let last = memrchr(b']', inside)?;
    let longest = parse_inside(trim(&inside[..last]), dialect);
    if longest.is_some() {
        return longest;
    }
    let first = memchr(b']', inside)?;
    let shortest = trim(&inside[..first]);
    if first < last {
        let read = parse_inside(shortest, dialect);
        if read.is_some() {
            return read;
        }
    }
    (dialect == Dialect::Config).then(|| literal(shortest))?
}

/// A name that is not a shell word, as the Go SDK reads it. For Go, a `#` or `;` begins a comment also
/// between the brackets, and such a line is not a header.
fn literal(inside: &[u8]) -> Option<Header<'_>> {
    let (kind, name) = kind_and_name(inside)?;
    let plain = !name.is_empty() && memchr2(b'#', b';', name).is_none();
    plain.then_some(Header { kind, name: Cow::Borrowed(name), go_only: true })
}

fn parse_inside(inside: &[u8], dialect: Dialect) -> Option<Header<'_>> {
    if dialect == Dialect::Credentials {
        // Names are not quoted here, so the first bracket ends the name.
        let plain = !inside.is_empty() && memchr(b']', inside).is_none();
        return plain.then_some(Header { kind: Kind::Profile, name: Cow::Borrowed(inside), go_only: false });
    }
    if inside == b"default" {
        return Some(Header { kind: Kind::Default, name: Cow::Borrowed(inside), go_only: false });
    }
    let (kind, name) = kind_and_name(inside)?;
    single_word(name).map(|name| Header { kind, name, go_only: false })
}

/// The kind and the name of `profile NAME`, trimmed.
fn kind_and_name(inside: &[u8]) -> Option<(Kind, &[u8])> {
    let (kind, word): (_, &[u8]) = match inside {
        [b'p', ..] => (Kind::Profile, b"profile"),
        [b's', b's', ..] => (Kind::SsoSession, b"sso-session"),
        [b's', ..] => (Kind::Services, b"services"),
        _ => return None,
    };
    let rest = inside.strip_prefix(word)?;
    let name = trim(rest);
    (name.len() < rest.len()).then_some((kind, name))
}

/// `text` without quotes, if it is one shell word.
fn single_word(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    if memchr3(b'"', b'\'', b'\\', text).is_some() {
        return unquote(text).map(Cow::Owned);
    }
    let blanks = memchr2(b' ', b'\t', text).or_else(|| memchr2(0x0b, 0x0c, text));
    blanks.is_none().then_some(Cow::Borrowed(text))
}

/// Python's `shlex.split` for one word. `None` if there are more words, if a quote is not closed, or
/// if the text ends in a backslash.
fn unquote(text: &[u8]) -> Option<Vec<u8>> {
    let mut word = Vec::with_capacity(text.len());
    let mut quote = None;
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(b'"'), b'\\') => {
                let next = bytes.next()?;
                if !matches!(next, b'"' | b'\\') {
                    word.push(b'\\');
                }
                word.push(next);
            }
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'\\') => word.push(bytes.next()?),
            (None, _) if is_blank(byte) => return None,
            _ => word.push(byte),
        }
    }
    quote.is_none().then_some(word)
}

/// `text` without the blanks around it.
pub fn trim(text: &[u8]) -> &[u8] {
    let Some(first) = text.iter().position(|byte| !is_blank(*byte)) else { return b"" };
    let last = text.iter().rposition(|byte| !is_blank(*byte)).unwrap_or(first);
    &text[first..=last]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(line: &str) -> Option<(Kind, String)> {
        let header = parse(line.as_bytes(), Dialect::Config)?;
        Some((header.kind, String::from_utf8_lossy(&header.name).into_owned()))
    }

    #[test]
    fn names_are_quoted_as_a_shell_quotes_words() {
        for (line, name) in [
            ("[profile dev]", "dev"),
            ("[ profile \t dev ]", "dev"),
            ("[profile \"a b\"]", "a b"),
            ("[profile 'a b']", "a b"),
            (r"[profile a\ b]", "a b"),
            ("[profile 'o'\"'\"'neil x']", "o'neil x"),
            (r#"[profile "a\"\\\b"]"#, r#"a"\\b"#),
            ("[profile a]b]", "a]b"),
            ("[profile a] # see [1]", "a"),
            ("[profile a] garbage", "a"),
            ("[profile a#b]", "a#b"),
            ("[profile \"a # b\"] # c", "a # b"),
            ("[profile équipe]", "équipe"),
            ("[profile @+:/.%_-]", "@+:/.%_-"),
        ] {
            assert_eq!(name_of(line), Some((Kind::Profile, name.to_owned())), "{line}");
        }
    }

    #[test]
    fn a_name_that_is_not_a_shell_word_is_read_literally() {
        for (line, name) in [
            ("[profile My Account:ReadOnly]", "My Account:ReadOnly"),
            ("[profile O'Brien]", "O'Brien"),
            ("[profile  a  b ] # see [1]", "a  b"),
            ("[profile a \"b c\"]", "a \"b c\""),
            ("[profile \"a]", "\"a"),
            ("[profile a\\]", "a\\"),
            ("[profile o'neil] # o'clock", "o'neil"),
        ] {
            assert_eq!(name_of(line), Some((Kind::Profile, name.to_owned())), "{line}");
            assert!(parse(line.as_bytes(), Dialect::Config).unwrap().go_only, "{line}");
        }
        let session = parse(b"[sso-session My Corp Ltd]", Dialect::Config).unwrap();
        assert_eq!((session.kind, session.name.as_ref()), (Kind::SsoSession, &b"My Corp Ltd"[..]));
        assert!(!parse(b"[profile 'a b']", Dialect::Config).unwrap().go_only);
    }

    #[test]
    fn a_header_without_a_valid_name_is_not_a_section() {
        for line in [
            "[profile a # b]",
            "[profile a ; b]",
            "[profile ]",
            "[profile]",
            "[profile a",
            "[profilefoo bar]",
            "[sso-sessions corp]",
            "[Profile a]",
            "[DEFAULT]",
            "[a]",
            "[]",
            "[",
        ] {
            assert_eq!(name_of(line), None, "{line}");
        }
    }

    #[test]
    fn names_in_the_credentials_file_are_read_literally() {
        for (line, name) in [
            ("[dev]", "dev"),
            ("[ dev ] # [1]", "dev"),
            ("[my dev]", "my dev"),
            ("[profile dev]", "profile dev"),
            ("['a']", "'a'"),
        ] {
            let header = parse(line.as_bytes(), Dialect::Credentials).unwrap();
            assert_eq!(header.name.as_ref(), name.as_bytes(), "{line}");
        }
        assert_eq!(parse(b"[]", Dialect::Credentials), None);
    }
}
