//! What a configuration file can hold so that every AWS tool reads it back as it was meant.

use super::name::{ConfigurationFile, SectionName, Written};
use crate::config::header::Kind;
use crate::config::lines::LONGEST_LINE;
use crate::text::invisible::{is_invisible, looks_blank};

/// A rule that a text breaks; completes "it …".
pub type Rule = &'static str;

const CONTROL: Rule = "must not contain a line break or another control character";
const BLANK_AT_END: Rule = "must not begin or end with a blank";

/// Checks a key.
pub(super) fn check_key(key: &str) -> Result<(), Rule> {
    let is_blank = |c: char| c.is_whitespace() || looks_blank(c) || is_invisible(c);
    let is_plain = |c: char| !(c.is_control() || is_blank(c) || c.is_ascii_uppercase());
    let is_key = !key.is_empty()
        && key.chars().all(is_plain)
        && !key.contains(['=', ':'])
        && !key.starts_with(['#', ';', '[']);
    if is_key { Ok(()) } else { Err("must be one word in lower case, without `=` and `:`") }
}

/// Checks a value.
///
/// # Errors
/// The rule that it breaks.
pub fn check_value(value: &str) -> Result<(), Rule> {
    let mut before = ' ';
    for c in value.chars() {
        if c.is_control() && c != '\t' {
            return Err(CONTROL);
        }
        // The JavaScript SDK takes any blank of Unicode for one.
        if matches!(c, '#' | ';') && (before.is_whitespace() || looks_blank(before)) {
            return Err("must not contain ` #` or ` ;`, where some of AWS's tools cut it");
        }
        before = c;
    }
    let ends = [value.chars().next(), value.chars().next_back()];
    if ends.into_iter().flatten().any(|c| c.is_whitespace() || looks_blank(c)) {
        return Err(BLANK_AT_END);
    }
    match (value.bytes().next(), value.bytes().next_back()) {
        (None, _) => Err("must not be empty"),
        (Some(quote @ (b'"' | b'\'')), Some(last)) if last == quote && value.len() > 1 => {
            Err("must not begin and end with a quote, which the Go SDK takes off")
        }
        _ if value.len() > LONGEST_LINE / 2 => Err("must be shorter than 32 KiB"),
        _ => Ok(()),
    }
}

/// Checks the name of a new section.
pub(super) fn check_name(name: &SectionName, file: ConfigurationFile) -> Result<(), Rule> {
    let text = name.name();
    if text.chars().any(char::is_control) {
        return Err(CONTROL);
    }
    if text.trim() != text || text.chars().any(is_invisible) {
        return Err("must not begin or end with a blank, or contain an invisible character");
    }
    let is_profile = matches!(name, SectionName::Profile(_));
    if file == ConfigurationFile::Credentials && (!is_profile || text == "DEFAULT") {
        return Err("is no name of a profile in the credentials file");
    }
    let header = name.header(file);
    let is_read_back = Written::parse(header.as_bytes(), file.dialect()).is_some_and(|written| {
        let is_default = written.kind == Kind::Default && text == "default";
        let of_same_name = SectionName::of(written.kind, written.name) == *name;
        of_same_name && (written.is_seen_by_cli || is_default) && written.length == header.len()
    });
    if is_read_back && header.len() < LONGEST_LINE / 2 {
        Ok(())
    } else {
        Err("must be a name that the AWS CLI reads in a section header")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_some_tool_would_cut_or_change_is_refused() {
        for value in [
            "",
            " a",
            "a ",
            "a\t",
            "\u{a0}a",
            "a\nb",
            "a\rb",
            "a\0",
            "a #b",
            "a\t;b",
            "#a",
            ";a",
            "a\u{a0}#b",
            "\"a\"",
            "'a b'",
            "a\u{1c}",
            "a\u{200b}",
        ] {
            assert!(check_value(value).is_err(), "{value:?}");
        }
        for value in [
            "a",
            "a#b",
            "https://x/start#/",
            "a=b:c",
            "a b  c",
            "\"a\" b",
            "'",
            "équipe",
            "a\tb",
            "[x]",
            "=",
            "aws-sso-cred --sso-session corp --account-id 111122223333 --role-name 'A'",
        ] {
            assert_eq!(check_value(value), Ok(()), "{value:?}");
        }
    }

    #[test]
    fn a_key_is_one_word_in_lower_case() {
        for key in ["", "a b", "A", "a=", "a:b", "#a", ";a", "[a", "a\u{200b}", "a\n", "\u{feff}a"] {
            assert!(check_key(key).is_err(), "{key:?}");
        }
        for key in ["region", "sso_region", "a.b", "a-b", "é", "a#b", "a]"] {
            assert_eq!(check_key(key), Ok(()), "{key:?}");
        }
    }

    #[test]
    fn a_name_is_one_that_the_cli_reads_in_a_header() {
        use ConfigurationFile::{Config, Credentials};
        let profile = |name: &str| SectionName::Profile(name.to_owned());
        for name in ["", " a", "a ", "a\nb", "a\u{200b}", "\0"] {
            assert!(check_name(&profile(name), Config).is_err(), "{name:?}");
            assert!(check_name(&profile(name), Credentials).is_err(), "{name:?}");
        }
        for name in ["a", "a b", "o'neil", "a\\b", "default", "équipe", "a#b", "a]b", "\"", "a.b/c:@%+"] {
            assert_eq!(check_name(&profile(name), Config), Ok(()), "{name:?}");
        }
        for name in ["a", "a b", "'a'", "profile a", "default"] {
            assert_eq!(check_name(&profile(name), Credentials), Ok(()), "{name:?}");
        }
        for name in [profile("DEFAULT"), profile("a]b"), SectionName::SsoSession("a".to_owned())] {
            assert!(check_name(&name, Credentials).is_err(), "{name:?}");
        }
    }
}
