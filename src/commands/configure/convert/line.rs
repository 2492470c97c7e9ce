//! The `credential_process` line of a profile, and the keys that it says.

use super::put_back::Key;
use crate::commands::configure::helper_line::helper_line;
use crate::context::Context;
use crate::error::Error;
use crate::selection::NamedRole;
use crate::text::words::split_words;
use crate::value_names::{ALL, INTERACTIVE_KEY, PROFILE, REGION, START_URL, ValueNames};

/// The keys that name `role`, sorted as `order`, in which a key may be missing.
pub fn keys(role: &NamedRole, order: &[String]) -> Vec<Key> {
    let key = |key: &str, value: &str, is_redundant| Key {
        key: key.to_owned(),
        value: value.to_owned(),
        is_redundant,
    };
    let in_session = [
        (&START_URL, role.request.session.start_url.as_str()),
        (&REGION, role.request.session.region.as_str()),
    ];
    let mut keys: Vec<Key> = Vec::new();
    for (names, value) in role.options.values() {
        let of_session = in_session.iter().find(|(other, _)| other.key == names.key);
        match (value, of_session) {
            (Some(value), _) => keys.push(key(names.key, value, false)),
            (None, Some((_, value))) => keys.push(key(names.key, value, true)),
            (None, None) => {}
        }
    }
    let is_redundant = role.options.interactive.is_none();
    keys.push(key(INTERACTIVE_KEY, if role.is_interactive { "true" } else { "false" }, is_redundant));
    keys.sort_by_key(|key| order.iter().position(|other| *other == key.key).unwrap_or(usize::MAX));
    keys
}

/// The line that says `keys`, in their order. With `profile`, it names that profile for its settings.
///
/// # Errors
/// [`ConfigurationError::NotForALine`](crate::error::ConfigurationError::NotForALine)
pub fn line(context: &Context, keys: &[Key], profile: Option<&str>) -> Result<String, Error> {
    let said: Vec<&Key> = keys.iter().filter(|key| !key.is_redundant).collect();
    let profile = profile.map(|name| (PROFILE.option, name));
    let options = said.iter().filter_map(|key| Some((names_of(&key.key)?.option, key.value.as_str())));
    let options: Vec<_> = profile.into_iter().chain(options).collect();
    let line = helper_line(context, &options)?;
    let Some(interactive) = said.iter().find(|key| key.key == INTERACTIVE_KEY) else { return Ok(line) };
    let flag = if interactive.value == "true" { "--interactive" } else { "--noninteractive" };
    let is_last = said.last().is_some_and(|last| last.key == INTERACTIVE_KEY);
    Ok(match line.split_once(' ') {
        Some((program, options)) if !is_last => format!("{program} {flag} {options}"),
        _ => format!("{line} {flag}"),
    })
}

/// The line that names another profile, which has the keys.
///
/// # Errors
/// As [`line`].
pub fn line_to(context: &Context, profile: &str) -> Result<String, Error> {
    helper_line(context, &[(PROFILE.option, profile)])
}

/// The keys that a line says, in the order of its options.
pub fn order_in(line: &str) -> Vec<String> {
    let key = |word: String| {
        let option = word.split_once('=').map_or(word.as_str(), |(option, _)| option);
        if matches!(option, "-i" | "--interactive" | "-n" | "--noninteractive") {
            return Some(INTERACTIVE_KEY.to_owned());
        }
        ALL.iter().find(|names| names.option == option).map(|names| names.key.to_owned())
    };
    split_words(line, cfg!(windows)).unwrap_or_default().into_iter().filter_map(key).collect()
}

fn names_of(key: &str) -> Option<&'static ValueNames> {
    ALL.into_iter().find(|names| names.key == key)
}
