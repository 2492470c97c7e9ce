//! The template of profile names: `{account_name}.{role_name|lower}`.

use super::filter::Filter;
use super::short_region::short_region;
use crate::commands::configure::plain_name::plain_name;
use crate::error::{Error, PopulateError};

/// A template that was read.
#[derive(Debug, Clone)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Value(Value, Vec<Filter>),
}

/// The values that a name can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    AccountName,
    AccountId,
    AccountEmail,
    RoleName,
    Session,
    Region,
    ShortRegion,
}

/// Each value with its name in a template.
const NAMES: [(&str, Value); 7] = [
    ("account_name", Value::AccountName),
    ("account_id", Value::AccountId),
    ("account_email", Value::AccountEmail),
    ("role_name", Value::RoleName),
    ("session", Value::Session),
    ("region", Value::Region),
    ("short_region", Value::ShortRegion),
];

/// The values of one profile.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    pub account_name: &'a str,
    pub account_id: &'a str,
    pub account_email: &'a str,
    pub role_name: &'a str,
    pub session: &'a str,
    /// Empty if the profile has none.
    pub region: &'a str,
}

/// The template that is used if none is given.
pub fn default_template(several_regions: bool) -> &'static str {
    if several_regions { "{account_name}.{role_name}.{region}" } else { "{account_name}.{role_name}" }
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// [`PopulateError::NameTemplate`]
    pub fn parse(template: &str) -> Result<Self, Error> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < template.len() {
            let rest = &template[at..];
            let read = match rest.find(['{', '}']) {
                Some(0) if rest.starts_with('{') => placeholder(rest),
                Some(0) => Err("this `}` closes nothing".to_owned()),
                Some(end) => Ok((Piece::Text(rest[..end].to_owned()), end)),
                None => Ok((Piece::Text(rest.to_owned()), rest.len())),
            };
            let (piece, length) = read.map_err(|fault| mistake(template, at, fault))?;
            pieces.push(piece);
            at += length;
        }
        Ok(Self(pieces))
    }

    /// Whether a name has the region of the workload.
    pub fn has_region(&self) -> bool {
        let is_region = |piece: &Piece| matches!(piece, Piece::Value(Value::Region | Value::ShortRegion, _));
        self.0.iter().any(is_region)
    }

    /// The name for `values`, in plain characters.
    pub fn name(&self, values: &Values<'_>) -> String {
        let texts = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Value(value, filters) => filtered(*value, filters, values),
        });
        plain_name(&texts.collect::<String>())
    }
}

/// The value in plain characters, after `filters`. An account whose name has no plain character is
/// named by its id.
fn filtered(value: Value, filters: &[Filter], values: &Values<'_>) -> String {
    let text = match value {
        Value::AccountName => values.account_name.to_owned(),
        Value::AccountId => values.account_id.to_owned(),
        Value::AccountEmail => values.account_email.to_owned(),
        Value::RoleName => values.role_name.to_owned(),
        Value::Session => values.session.to_owned(),
        Value::Region => values.region.to_owned(),
        Value::ShortRegion => short_region(values.region),
    };
    let text = plain_name(&filters.iter().fold(text, |text, filter| filter.apply(&text)));
    if text.is_empty() && value == Value::AccountName { values.account_id.to_owned() } else { text }
}

/// The placeholder at the beginning of `text`, and its length.
fn placeholder(text: &str) -> Result<(Piece, usize), String> {
    let end = end_of_placeholder(text).ok_or("this `{` is not closed")?;
    let mut parts = parts(&text[1..end]).into_iter();
    let name = parts.next().unwrap_or_default().trim();
    let (_, value) = NAMES
        .into_iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| format!("`{{{name}}}` is not a value"))?;
    let filters = parts.map(Filter::parse).collect::<Result<_, _>>()?;
    Ok((Piece::Value(value, filters), end + 1))
}

/// Where the `}` of the placeholder is.
fn end_of_placeholder(text: &str) -> Option<usize> {
    let depths = depths(text);
    depths.into_iter().find(|(_, c, depth)| *c == '}' && *depth == 0).map(|(at, ..)| at)
}

/// The parts between the `|` that are in no parentheses.
fn parts(inside: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for (at, c, depth) in depths(inside) {
        if c == '|' && depth == 0 {
            parts.push(&inside[begin..at]);
            begin = at + 1;
        }
    }
    parts.push(&inside[begin..]);
    parts
}

/// The characters that may end something, each with the number of parentheses and braces around it.
/// A regular expression may have such characters in parentheses, in `[]`, and behind a `\`.
fn depths(text: &str) -> Vec<(usize, char, usize)> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut in_class = false;
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => {
                characters.next();
            }
            ']' => in_class = false,
            _ if in_class => {}
            '[' => in_class = true,
            '(' | '{' => depth += 1,
            ')' | '}' => {
                depth = depth.saturating_sub(1);
                found.push((at, c, depth));
            }
            '|' => found.push((at, c, depth)),
            _ => {}
        }
    }
    found
}

fn mistake(template: &str, at: usize, fault: String) -> Error {
    let character = template[..at].chars().count() + 1;
    Error::from(PopulateError::NameTemplate {
        template: template.to_owned(),
        character,
        fault,
        known: NAMES.iter().map(|(name, _)| *name).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ConfigurationError;

    const VALUES: Values<'static> = Values {
        account_name: "Produktion Süd",
        account_id: "111122223333",
        account_email: "aws+prod@example.com",
        role_name: "AWSAdministratorAccess",
        session: "corp",
        region: "eu-central-1",
    };

    fn name(template: &str) -> String {
        Template::parse(template).unwrap().name(&VALUES)
    }

    fn fault(template: &str) -> (usize, String) {
        match Template::parse(template).unwrap_err() {
            Error::Configuration(ConfigurationError::Populate(PopulateError::NameTemplate {
                character,
                fault,
                ..
            })) => (character, fault),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_template_has_values_filters_and_text() {
        for (template, expected) in [
            (default_template(false), "Produktion-Sud.AWSAdministratorAccess"),
            (default_template(true), "Produktion-Sud.AWSAdministratorAccess.eu-central-1"),
            ("{account_id}_{role_name|trim:^AWS|lower}", "111122223333_administratoraccess"),
            ("{session}@{account_email}+{short_region}", "corp@aws+prod@example.com+euce1"),
            ("{ account_name | upper }", "PRODUKTION-SUD"),
            ("{account_name|trim:Produktion }", "Sud"),
            ("{role_name|trim:(^AWS|Access$)}", "Administrator"),
            ("{role_name|trim:[|}a-z]{3,}}", "AWSAA"),
            (r"{role_name|trim:\}|trim:\|}", "AWSAdministratorAccess"),
            ("/x: {session}/", "x-corp"),
            ("Büro", "Buro"),
            ("", ""),
        ] {
            assert_eq!(name(template), expected, "{template}");
        }
    }

    #[test]
    fn an_account_without_a_plain_name_is_named_by_its_id() {
        let template = Template::parse("{account_name}.{role_name|trim:.}").unwrap();
        assert_eq!(template.name(&Values { account_name: "本番", ..VALUES }), "111122223333.");
        assert_eq!(template.name(&Values { account_name: "", ..VALUES }), "111122223333.");
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        for (template, character, expected) in [
            ("ä{acount_name}", 2, "`{acount_name}` is not a value"),
            ("{}", 1, "`{}` is not a value"),
            ("{account_name", 1, "this `{` is not closed"),
            ("x}", 2, "this `}` closes nothing"),
            ("{session}}", 10, "this `}` closes nothing"),
            ("{role_name|trim:(}", 1, "this `{` is not closed"),
            (
                "{session|trim:^a|^b}",
                1,
                "`^b` is not a filter; the filters are trim:REGEX, lower, upper, capitalize and title",
            ),
            (
                "{session|}",
                1,
                "`` is not a filter; the filters are trim:REGEX, lower, upper, capitalize and title",
            ),
        ] {
            assert_eq!(fault(template), (character, expected.to_owned()), "{template}");
        }
    }

    #[test]
    fn no_template_panics() {
        let characters: Vec<char> = r"{}|:\[]()é account_name^".chars().collect();
        let mut state = 7_usize;
        for _ in 0..20_000 {
            let template: String = (0..state % 12)
                .map(|_| {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    characters[(state >> 33) % characters.len()]
                })
                .collect();
            let _ = Template::parse(&template).map(|template| template.name(&VALUES));
            state = state.wrapping_add(1);
        }
    }

    #[test]
    fn a_template_tells_whether_it_has_the_region() {
        assert!(Template::parse("{short_region}").unwrap().has_region());
        assert!(!Template::parse(default_template(false)).unwrap().has_region());
    }
}
