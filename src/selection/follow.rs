//! From a profile that has no sign-in of its own to where it is: through `credential_process`
//! lines of ours, and through the profiles that a role is assumed from.

use super::helper_line;
use super::options::Selection;
use crate::config::{Files, Pick, Settings};
use crate::context::Context;
use crate::error::{Error, MissingReason};
use crate::value_names::{ACCOUNT_ID, ROLE_NAME, SSO_SESSION, START_URL};

/// What names the profile that was followed to, in errors.
pub(super) const LINE: &str = "credential_process";
pub(super) const SOURCE_PROFILE: &str = "source_profile";

/// So many steps are followed: the credential process reads the files again at each.
const MOST: usize = 8;

/// The options that lead to the sign-in, and what names their profile.
pub(super) type Followed = (Selection, &'static str);

/// Where the sign-in for `profile` is; `None` when the profile has one itself, and when
/// no other has. Where lines end without one, that is the end of the last line.
pub(super) fn to_session(
    context: &Context,
    selection: &Selection,
    files: &Files,
    profile: &str,
) -> Result<Option<Followed>, Error> {
    let settings = files.profile(profile);
    let leads_on = helper_line::of(&settings).is_some() || source_profile(&settings).is_some();
    if has_session(&settings) || !leads_on {
        return Ok(None);
    }
    let all = Files::read(context, Pick::All, Pick::Nothing, Pick::Nothing)?;
    let mut walk = Walk::from(Selection { profile: Some(profile.to_owned()), ..selection.clone() });
    let mut last_line = None;
    while let Some(by) = walk.step(&all) {
        let settings = walk.at.profile.as_deref().map(|name| all.profile(name));
        let is_there = settings.is_none_or(|settings| settings.is_absent() || has_session(&settings));
        if is_there || names_session(&walk.at) {
            return Ok(Some((walk.at, by)));
        }
        if by == LINE {
            last_line = Some((walk.at.clone(), by));
        }
    }
    Ok(last_line.filter(|_| !walk.is_circle))
}

/// What is asked for on the way from a profile to its sign-in.
pub(super) struct Step {
    pub(super) selection: Selection,
    /// The profile that they name, else the one whose line says them.
    pub(super) profile: String,
}

/// The steps from `profile` to its sign-in, the profile itself first.
pub(super) fn way(files: &Files, profile: &str) -> Vec<Step> {
    let mut walk = Walk::from(Selection { profile: Some(profile.to_owned()), ..Selection::default() });
    let mut profile = profile.to_owned();
    let mut steps = Vec::new();
    loop {
        steps.push(Step { selection: walk.at.clone(), profile: profile.clone() });
        if has_session(&files.profile(&profile)) || walk.step(files).is_none() {
            return steps;
        }
        profile = walk.at.profile.clone().unwrap_or(profile);
    }
}

/// What is said of a profile that has no `sso_` key and gets its credentials by `key`.
pub(super) fn reason(context: &Context, profile: &str, key: &'static str) -> MissingReason {
    let all = Files::read(context, Pick::All, Pick::Nothing, Pick::Nothing).unwrap_or_default();
    let mut walk = Walk::from(Selection { profile: Some(profile.to_owned()), ..Selection::default() });
    let mut signed_in_source = None;
    while let Some(by) = walk.step(&all) {
        let Some(name) = &walk.at.profile else { break };
        let settings = all.profile(name);
        let signs_in = has_session(&settings);
        if by == SOURCE_PROFILE && (signs_in || helper_line::of(&settings).is_some()) {
            signed_in_source.get_or_insert_with(|| name.clone());
        }
        if signs_in {
            break;
        }
    }
    match (walk.circle(), signed_in_source) {
        (Some(profiles), _) => {
            let by_line = profiles.first().is_some_and(|name| helper_line::of(&all.profile(name)).is_some());
            MissingReason::Circle { profiles, key: if by_line { LINE } else { SOURCE_PROFILE } }
        }
        (None, Some(source)) => MissingReason::SourceProfile { source },
        (None, None) => MissingReason::OtherProvider { key },
    }
}

/// `line`, completed by the lines that it leads to until it has a session and, if that is
/// wanted, a role.
pub(super) fn whole_line(files: &Files, line: Selection, with_role: bool) -> Selection {
    let is_whole = |line: &Selection| {
        let settings = line.profile.as_deref().map_or_else(Settings::none, |name| files.profile(name));
        let has = |said: &Option<String>, key| said.is_some() || settings.find(key).is_some();
        let has_role = has(&line.account_id, ACCOUNT_ID.key) && has(&line.role_name, ROLE_NAME.key);
        (names_session(line) || has_session(&settings)) && (has_role || !with_role)
    };
    let mut walk = Walk::from(line);
    while !is_whole(&walk.at) && walk.step(files) == Some(LINE) {}
    walk.at
}

/// The way from profile to profile. Lines add values, so a circle is closed only where the
/// same is asked for again.
pub(super) struct Walk {
    /// What is asked for now.
    pub(super) at: Selection,
    before: Vec<Selection>,
    is_circle: bool,
}

impl Walk {
    pub(super) fn from(at: Selection) -> Self {
        Self { at, before: Vec::new(), is_circle: false }
    }

    /// Goes on by a line, else to the source profile, and says by which. `None` at the end, in
    /// a circle, and after [`MOST`] steps.
    fn step(&mut self, files: &Files) -> Option<&'static str> {
        let name = self.at.profile.as_deref()?;
        let settings = files.profile(name);
        if let Some(line) = helper_line::of(&settings) {
            return self.by_line(line).then_some(LINE);
        }
        // A profile may name itself if it has the keys that the role is assumed with.
        let has_keys = settings.find("aws_access_key_id").is_some();
        let source = source_profile(&settings).filter(|source| *source != name || !has_keys)?;
        let next = Selection { profile: Some(source.to_owned()), ..self.at.clone() };
        self.go(next).then_some(SOURCE_PROFILE)
    }

    /// Goes on by `line`, and says whether there may be more behind it.
    pub(super) fn by_line(&mut self, line: Selection) -> bool {
        let next = helper_line::completed(&self.at, line);
        self.go(next)
    }

    fn go(&mut self, next: Selection) -> bool {
        if self.is_circle || self.before.len() == MOST {
            return false;
        }
        self.before.push(std::mem::replace(&mut self.at, next));
        self.is_circle = self.before.contains(&self.at);
        !self.is_circle
    }

    /// The profiles of the circle, the first of them at its end again.
    fn circle(&self) -> Option<Vec<String>> {
        let begins = self.before.iter().position(|selection| *selection == self.at)?;
        let circle = self.before[begins..].iter().chain([&self.at]);
        Some(circle.filter_map(|selection| selection.profile.clone()).collect())
    }
}

/// Whether flags name a session whole.
pub(super) fn names_session(selection: &Selection) -> bool {
    let is_told = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    is_told(&selection.sso_session) || (is_told(&selection.start_url) && is_told(&selection.region))
}

fn has_session(settings: &Settings<'_>) -> bool {
    settings.find(SSO_SESSION.key).or_else(|| settings.find(START_URL.key)).is_some()
}

fn source_profile<'a>(settings: &Settings<'a>) -> Option<&'a str> {
    Some(settings.find(SOURCE_PROFILE)?.setting.value.as_str())
}
