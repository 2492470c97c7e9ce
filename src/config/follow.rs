//! From a profile that has no sign-in of its own to where it is: the `credential_process`
//! line of ours that it holds, or the profile that it assumes its role from.

use std::collections::BTreeSet;

use super::files::{Files, Settings};
use super::helper_line;
use super::scanner::Pick;
use super::value::{SSO_SESSION, START_URL};
use crate::context::Context;
use crate::error::Error;
use crate::options::Options;

/// What names the profile that was followed to, in errors.
pub(super) const LINE: &str = "credential_process";
pub(super) const SOURCE_PROFILE: &str = "source_profile";

/// The options that lead to the sign-in, and what names their profile.
pub(super) type Followed = (Options, &'static str);

/// Where the sign-in for `profile` is; `None` when the profile has one itself, and when
/// no other has. Of lines, one is followed, so that no two can go in circles; of source
/// profiles, each once.
pub(super) fn to_session(
    context: &Context,
    options: &Options,
    files: &Files,
    profile: &str,
) -> Result<Option<Followed>, Error> {
    let settings = files.profile(profile);
    if has_session(&settings) {
        return Ok(None);
    }
    if let Some(line) = helper_line::of(&settings) {
        return Ok(Some((helper_line::completed(options, line), LINE)));
    }
    let Some(mut source) = source_profile(&settings) else { return Ok(None) };
    let all = Files::read(context, Pick::All, Pick::Nothing, Pick::Nothing)?;
    let mut visited = BTreeSet::from([profile]);
    while visited.insert(source) {
        let settings = all.profile(source);
        if settings.is_absent() || has_session(&settings) {
            let options = Options { profile: Some(source.to_owned()), ..options.clone() };
            return Ok(Some((options, SOURCE_PROFILE)));
        }
        if let Some(line) = helper_line::of(&settings) {
            return Ok(Some((helper_line::completed(options, line), LINE)));
        }
        match source_profile(&settings) {
            Some(next) => source = next,
            None => break,
        }
    }
    Ok(None)
}

/// The profile from whose credentials `profile` assumes its role in the end, if that one
/// signs in.
pub(super) fn signed_in_source(context: &Context, settings: &Settings<'_>) -> Option<String> {
    let all = Files::read(context, Pick::All, Pick::Nothing, Pick::Nothing).ok()?;
    let mut source = source_profile(settings)?;
    let mut visited = BTreeSet::new();
    while visited.insert(source) {
        let settings = all.profile(source);
        if has_session(&settings) || helper_line::of(&settings).is_some() {
            return Some(source.to_owned());
        }
        source = all.profile(source).find(SOURCE_PROFILE)?.setting.value.as_str();
    }
    None
}

fn has_session(settings: &Settings<'_>) -> bool {
    settings.find(SSO_SESSION.key).or_else(|| settings.find(START_URL.key)).is_some()
}

fn source_profile<'a>(settings: &Settings<'a>) -> Option<&'a str> {
    Some(settings.find(SOURCE_PROFILE)?.setting.value.as_str())
}
