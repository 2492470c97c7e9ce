//! The values of a profile, as the credential process gets them, and where each comes from.

use std::collections::BTreeMap;

use super::keys::{Found, Keys};
use crate::context::Context;
use crate::selection::{Selection, arguments_of_line, selection_of_line};
use crate::text::url::without_user_info;
use crate::text::words::split_words;
use crate::value_names::{ACCOUNT_ID, ALL, INTERACTIVE_KEY, REGION, ROLE_NAME, SSO_SESSION, START_URL};

/// The key of a line.
pub(super) const LINE: &str = "credential_process";

/// Profiles and sessions by name.
pub(super) struct Names<'a> {
    pub(super) profiles: BTreeMap<&'a str, Keys<'a>>,
    pub(super) sessions: BTreeMap<&'a str, Keys<'a>>,
    /// The places of lines for which boto3 and the SDK for Rust refuse to read the files.
    pub(super) lines_refused: [Option<String>; 2],
}

/// A value, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) name: &'static str,
    pub(super) value: String,
    /// An environment variable, or a file with the number of the line.
    pub(super) source: String,
}

/// The way from a profile to its values.
pub(super) struct Way<'a> {
    steps: Vec<Step<'a>>,
    /// The profile is reached again, and its keys do not give the values.
    pub(super) leads_back: bool,
    /// A profile that a line names, and that is not there.
    pub(super) unknown_profile: Option<String>,
}

enum Step<'a> {
    Line(Selection, Found<'a>),
    Keys(Keys<'a>),
}

/// Whether the profile has a key of a session or a role.
pub(super) fn has_sso_keys(keys: &Keys<'_>) -> bool {
    ALL.iter().any(|names| keys.has(names.key))
}

/// What the line of a profile says, if it starts this program.
pub(super) fn our_line(keys: &Keys<'_>) -> Option<Selection> {
    selection_of_line(keys.value(LINE)?)
}

/// Whether `doctor` checks the profile if no option limits it: it is one of Identity Center.
pub(super) fn is_of_sso(keys: &Keys<'_>) -> bool {
    let starts_this_program = |line| arguments_of_line(line).is_some() || is_cut_off(line);
    has_sso_keys(keys) || our_line(keys).is_some() || keys.value(LINE).is_some_and(starts_this_program)
}

/// Whether a quote is not closed in a line with the name of this program.
pub(super) fn is_cut_off(line: &str) -> bool {
    line.contains(env!("CARGO_PKG_NAME")) && split_words(line, cfg!(windows)).is_none()
}

impl<'a> Names<'a> {
    /// Whether the profile's own keys give session, account and role.
    pub(super) fn is_whole(&self, keys: &Keys<'_>) -> bool {
        self.lacking(keys).is_empty()
    }

    /// The keys that a profile with `sso_` keys lacks.
    pub(super) fn lacking(&self, keys: &Keys<'_>) -> Vec<&'static str> {
        let session = keys.value(SSO_SESSION.key).and_then(|name| self.sessions.get(name));
        let in_session = |key| {
            let may_be = key == START_URL.key || key == REGION.key;
            may_be && session.is_some_and(|session| session.has(key))
        };
        let all = [&START_URL, &REGION, &ACCOUNT_ID, &ROLE_NAME];
        let missing = all.into_iter().map(|names| names.key);
        missing.filter(|key| !keys.has(key) && !in_session(key)).collect()
    }

    /// The way of `keys`, with its own keys first or, with `by_line`, as its line says.
    pub(super) fn way(&self, keys: &Keys<'a>, by_line: bool) -> Way<'a> {
        const MOST: usize = 8;
        let mut way = Way { steps: Vec::new(), leads_back: false, unknown_profile: None };
        let mut current = keys.clone();
        for step in 0..MOST {
            let is_whole = self.is_whole(&current) && !(by_line && step == 0);
            let Some((line, found)) = our_line(&current).zip(current.find(LINE)).filter(|_| !is_whole) else {
                way.steps.push(Step::Keys(current));
                return way;
            };
            let next = line.profile.clone().filter(|_| !gives_role(&line));
            way.steps.push(Step::Line(line, found));
            let Some(next) = next else { return way };
            let Some(named) = self.profiles.get(next.as_str()) else {
                way.unknown_profile = Some(next);
                return way;
            };
            if next == keys.name {
                way.leads_back = !self.is_whole(named);
                way.steps.push(Step::Keys(named.clone()));
                return way;
            }
            current = named.clone();
        }
        way
    }

    /// The values of a profile.
    pub(super) fn values(&self, context: &Context, keys: &Keys<'a>) -> Vec<Value> {
        let way = self.way(keys, false);
        let session = context
            .variable(SSO_SESSION.variable)
            .or_else(|| way.said(SSO_SESSION.key).map(|(value, _)| value))
            .and_then(|name| self.sessions.get(name.as_str()));
        let mut values = Vec::new();
        for names in ALL {
            let shown =
                |text: &str| if *names == START_URL { without_user_info(text) } else { text.to_owned() };
            let of_session = session.and_then(|session| session.find(names.key));
            let of_session = of_session.map(|found| (found.value().to_owned(), found.place()));
            let said = match (way.line_has(names.key), of_session) {
                (false, Some(of_session)) => Some(of_session),
                _ => way.said(names.key),
            };
            let value = context.variable(names.variable).map(|value| (value, names.variable.to_owned()));
            if let Some((value, source)) = value.or(said) {
                values.push(Value { name: names.key, value: shown(&value), source });
            }
        }
        for key in [INTERACTIVE_KEY, "region"] {
            if let Some(found) = keys.find(key) {
                values.push(Value { name: key, value: found.value().to_owned(), source: found.place() });
            }
        }
        values
    }
}

fn gives_role(line: &Selection) -> bool {
    let names_session = line.sso_session.is_some() || (line.start_url.is_some() && line.region.is_some());
    names_session && line.account_id.is_some() && line.role_name.is_some()
}

impl Way<'_> {
    /// The first value of `key` on the way, and its place.
    pub(super) fn said(&self, key: &str) -> Option<(String, String)> {
        self.steps.iter().find_map(|step| match step {
            Step::Line(line, found) => Some((value_of(line, key)?.to_owned(), found.place())),
            Step::Keys(keys) => keys.find(key).map(|found| (found.value().to_owned(), found.place())),
        })
    }

    fn line_has(&self, key: &str) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Line(line, _) if value_of(line, key).is_some()))
    }
}

fn value_of<'s>(line: &'s Selection, key: &str) -> Option<&'s str> {
    line.values().into_iter().find(|(names, _)| names.key == key).and_then(|(_, value)| value)
}
