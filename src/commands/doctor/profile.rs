//! The values of a profile, as the credential process gets them, and where each comes from.

use std::collections::BTreeMap;

use super::keys::Keys;
use crate::context::Context;
use crate::selection::{Selection, Walk, arguments_of_line, selection_of_line};
use crate::text::url::without_user_info;
use crate::text::words::split_words;
use crate::value_names::{
    ACCOUNT_ID, ALL, INTERACTIVE_KEY, LINE_KEY, REGION, ROLE_NAME, SSO_SESSION, START_URL, ValueNames,
};

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

/// Where the lines of a profile lead to.
pub(super) struct Way<'n, 'a> {
    names: &'n Names<'a>,
    walk: Walk,
    /// The way leads back to the profile, and its keys do not give the values.
    pub(super) leads_back: bool,
}

/// Whether the profile has a key of a session or a role.
pub(super) fn has_sso_keys(keys: &Keys<'_>) -> bool {
    ALL.iter().any(|names| keys.has(names.key))
}

/// What the line of a profile says, if it starts this program.
pub(super) fn our_line(keys: &Keys<'_>) -> Option<Selection> {
    selection_of_line(keys.value(LINE_KEY)?)
}

/// Whether `doctor` checks the profile if no option limits it: it is one of Identity Center.
pub(super) fn is_of_sso(keys: &Keys<'_>) -> bool {
    let starts_this_program = |line| arguments_of_line(line).is_some() || is_cut_off(line);
    has_sso_keys(keys) || our_line(keys).is_some() || keys.value(LINE_KEY).is_some_and(starts_this_program)
}

/// Whether a quote is not closed in a line with the name of this program.
pub(super) fn is_cut_off(line: &str) -> bool {
    line.contains(env!("CARGO_PKG_NAME")) && split_words(line, cfg!(windows)).is_none()
}

impl<'a> Names<'a> {
    /// The keys that a profile with `sso_` keys lacks.
    pub(super) fn lacking(&self, keys: &Keys<'_>) -> Vec<&'static str> {
        self.lacking_beside(&Selection::default(), Some(keys))
    }

    /// The keys of which neither the options nor the profile give the value.
    fn lacking_beside(&self, options: &Selection, keys: Option<&Keys<'_>>) -> Vec<&'static str> {
        let session = keys.and_then(|keys| self.sessions.get(keys.value(SSO_SESSION.key)?));
        let has = |names: &ValueNames| {
            let is_of_session = *names == START_URL || *names == REGION;
            let in_session = is_of_session
                && (options.sso_session.is_some() || session.is_some_and(|session| session.has(names.key)));
            in_session || value_of(options, names).is_some() || keys.is_some_and(|keys| keys.has(names.key))
        };
        let all = [&START_URL, &REGION, &ACCOUNT_ID, &ROLE_NAME];
        all.into_iter().filter(|names| !has(names)).map(|names| names.key).collect()
    }

    /// The way of `keys`, with its own keys first or, with `by_line`, as its line says.
    pub(super) fn way(&self, keys: &Keys<'a>, by_line: bool) -> Way<'_, 'a> {
        let start = Selection { profile: Some(keys.name.to_owned()), ..Selection::default() };
        let named = |options: &Selection| self.profiles.get(options.profile_name()?);
        let lacks = |options: &Selection| !self.lacking_beside(options, named(options)).is_empty();
        let line_of = |profile: &str| our_line(self.profiles.get(profile)?);
        let is_ignored = |options: &Selection| by_line && *options == start;
        let is_whole = |options: &Selection| !is_ignored(options) && !lacks(options);
        let walk = Walk::by_lines(start.clone(), &line_of, &is_whole);
        let circle = walk.circle().unwrap_or_default();
        let leads_back = circle.iter().any(|name| name == keys.name) && lacks(&walk.current);
        Way { names: self, walk, leads_back }
    }

    /// The values of a profile.
    pub(super) fn values(&self, context: &Context, keys: &Keys<'a>) -> Vec<Value> {
        let way = self.way(keys, false);
        let session = context
            .variable(SSO_SESSION.variable)
            .or_else(|| way.said(&SSO_SESSION).map(|(value, _)| value))
            .and_then(|name| self.sessions.get(name.as_str()));
        let mut values = Vec::new();
        for names in ALL {
            let shown =
                |text: &str| if *names == START_URL { without_user_info(text) } else { text.to_owned() };
            let of_session = session.and_then(|session| session.find(names.key));
            let of_session = of_session.map(|found| (found.value().to_owned(), found.place()));
            let said = way.by_line(names).or(of_session).or_else(|| way.by_keys(names));
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

impl<'a> Way<'_, 'a> {
    /// The value that a line on the way or the last profile gives, and its place.
    pub(super) fn said(&self, names: &ValueNames) -> Option<(String, String)> {
        self.by_line(names).or_else(|| self.by_keys(names))
    }

    /// A profile that a line names, and that is not there.
    pub(super) fn unknown_profile(&self) -> Option<&str> {
        self.walk.current.profile_name().filter(|name| !self.names.profiles.contains_key(name))
    }

    fn by_line(&self, names: &ValueNames) -> Option<(String, String)> {
        let value = value_of(&self.walk.current, names)?;
        let profile = self.names.profiles.get(self.walk.profile_whose_line_has(names.option)?)?;
        Some((value.to_owned(), profile.find(LINE_KEY)?.place()))
    }

    fn by_keys(&self, names: &ValueNames) -> Option<(String, String)> {
        let profile: &Keys<'a> = self.names.profiles.get(self.walk.current.profile_name()?)?;
        profile.find(names.key).map(|found| (found.value().to_owned(), found.place()))
    }
}

fn value_of<'s>(options: &'s Selection, names: &ValueNames) -> Option<&'s str> {
    options.values().into_iter().find(|(other, _)| *other == names).and_then(|(_, value)| value)
}
