//! Follows a profile that has no session of its own to the profile that has one: through
//! `credential_process` lines that start aws-sso-cred, and through `source_profile`.

use super::credential_process_line;
use super::options::{Selection, not_empty};
use crate::config::{Files, Pick, Settings};
use crate::context::Context;
use crate::error::{Error, MissingReason};
use crate::value_names::{ACCOUNT_ID, LINE_KEY, ROLE_NAME, SSO_SESSION, START_URL};

pub(super) const SOURCE_PROFILE: &str = "source_profile";

/// The most steps that are followed. The credential process reads the files again at each step.
pub(super) const MOST: usize = 8;

/// The way to the selection that has the session, and the key that names its profile.
pub(super) type Followed = (Walk, &'static str);

/// Follows `profile` to its session. `None` if the profile has a session itself, or leads to none.
/// If a line leads to a profile without a session, the result is what that line says, so that the
/// error names this profile.
pub(super) fn to_session(
    context: &Context,
    selection: &Selection,
    files: &Files,
    profile: &str,
) -> Result<Option<Followed>, Error> {
    let settings = files.profile(profile);
    let leads_on = credential_process_line::of(&settings).is_some() || source_profile(&settings).is_some();
    if has_session(&settings) || !leads_on {
        return Ok(None);
    }
    let all = Files::read(context, Pick::All, Pick::Nothing, Pick::Nothing)?;
    let mut walk = Walk::from(Selection { profile: Some(profile.to_owned()), ..selection.clone() });
    let mut last_line = None;
    while let Some(by) = walk.step(&all) {
        let settings = walk.current.profile.as_deref().map(|name| all.profile(name));
        let is_there = settings.is_none_or(|settings| settings.is_absent() || has_session(&settings));
        if is_there || names_session(&walk.current) {
            return Ok(Some((walk, by)));
        }
        if by == LINE_KEY {
            last_line = Some((walk.clone(), by));
        }
    }
    let is_too_long = walk.is_too_long;
    let last_line = last_line.filter(|_| !walk.is_circle);
    Ok(last_line.map(|(walk, by)| (Walk { is_too_long, ..walk }, by)))
}

/// One step on the way from a profile to its session.
pub(super) struct Step {
    pub(super) selection: Selection,
    /// The profile that the selection names, else the profile whose line it comes from.
    pub(super) profile: String,
}

/// The steps from `profile` to its session. The first is the profile itself.
pub(super) fn steps(files: &Files, profile: &str) -> Vec<Step> {
    let mut walk = Walk::from(Selection { profile: Some(profile.to_owned()), ..Selection::default() });
    let mut profile = profile.to_owned();
    let mut steps = Vec::new();
    loop {
        steps.push(Step { selection: walk.current.clone(), profile: profile.clone() });
        if has_session(&files.profile(&profile)) || walk.step(files).is_none() {
            return steps;
        }
        profile = walk.current.profile.clone().unwrap_or(profile);
    }
}

/// Why values are missing from a profile without `sso_` keys that gets its credentials by `key`.
pub(super) fn reason(context: &Context, profile: &str, key: &'static str) -> MissingReason {
    let all = Files::read(context, Pick::All, Pick::Nothing, Pick::Nothing).unwrap_or_default();
    let mut walk = Walk::from(Selection { profile: Some(profile.to_owned()), ..Selection::default() });
    let mut signed_in_source = None;
    while let Some(by) = walk.step(&all) {
        let Some(name) = &walk.current.profile else { break };
        let settings = all.profile(name);
        let signs_in = has_session(&settings);
        if by == SOURCE_PROFILE && (signs_in || credential_process_line::of(&settings).is_some()) {
            signed_in_source.get_or_insert_with(|| name.clone());
        }
        if signs_in {
            break;
        }
    }
    match (walk.circle(), signed_in_source) {
        (Some(profiles), _) => {
            let by_line = profiles
                .first()
                .is_some_and(|name| credential_process_line::of(&all.profile(name)).is_some());
            MissingReason::Circle { profiles, key: if by_line { LINE_KEY } else { SOURCE_PROFILE } }
        }
        (None, Some(source)) => MissingReason::SourceProfile { source },
        (None, None) => MissingReason::OtherProvider { key },
    }
}

/// What `line` says, completed by the lines that it leads to until it has a session and, with
/// `with_role`, a role.
pub(super) fn whole_line(files: &Files, line: Selection, with_role: bool) -> Selection {
    let is_whole = |line: &Selection| {
        let settings = line.profile.as_deref().map_or_else(Settings::none, |name| files.profile(name));
        let has = |said: &Option<String>, key| said.is_some() || settings.find(key).is_some();
        let has_role = has(&line.account_id, ACCOUNT_ID.key) && has(&line.role_name, ROLE_NAME.key);
        (names_session(line) || has_session(&settings)) && (has_role || !with_role)
    };
    let line_of = |profile: &str| credential_process_line::of(&files.profile(profile));
    Walk::by_lines(line, &line_of, &is_whole).current
}

/// The way from profile to profile. Each line may add values, so the way is a circle only if the
/// same selection comes again.
#[derive(Clone)]
pub struct Walk {
    /// The selection that was reached.
    pub current: Selection,
    before: Vec<Selection>,
    is_circle: bool,
    /// The way goes on after [`MOST`] steps.
    pub(super) is_too_long: bool,
}

impl Walk {
    pub(super) fn from(current: Selection) -> Self {
        Self { current, before: Vec::new(), is_circle: false, is_too_long: false }
    }

    /// Follows the lines that `line_of` gives for profiles, until a selection `is_whole` or names no
    /// profile with a line.
    pub fn by_lines(
        start: Selection,
        line_of: &dyn Fn(&str) -> Option<Selection>,
        is_whole: &dyn Fn(&Selection) -> bool,
    ) -> Self {
        let mut walk = Self::from(start);
        while !is_whole(&walk.current) {
            let line = walk.current.profile.as_deref().and_then(line_of);
            if !line.is_some_and(|line| walk.follow_line(line)) {
                break;
            }
        }
        walk
    }

    /// Follows the line of the profile, else its `source_profile`, and returns which. `None` at the
    /// end of the way, in a circle, and after [`MOST`] steps.
    fn step(&mut self, files: &Files) -> Option<&'static str> {
        let name = self.current.profile.as_deref()?;
        let settings = files.profile(name);
        if let Some(line) = credential_process_line::of(&settings) {
            return self.follow_line(line).then_some(LINE_KEY);
        }
        // A profile may name itself as its source if it has access keys.
        let has_keys = settings.find("aws_access_key_id").is_some();
        let source = source_profile(&settings).filter(|source| *source != name || !has_keys)?;
        let next = Selection { profile: Some(source.to_owned()), ..self.current.clone() };
        self.move_on(next).then_some(SOURCE_PROFILE)
    }

    /// Follows `line`. `false` if the way ends here: in a circle, or after [`MOST`] steps.
    pub(super) fn follow_line(&mut self, line: Selection) -> bool {
        let next = credential_process_line::completed(&self.current, line);
        self.move_on(next)
    }

    /// The profile whose line or source profile was followed last.
    pub(super) fn profile_before(&self) -> Option<&str> {
        self.before.last()?.profile.as_deref()
    }

    pub(super) fn first_profile(&self) -> Option<&str> {
        self.before.first()?.profile.as_deref()
    }

    /// The profile whose line gave the value of `option`; `None` if the command line gave it.
    pub fn profile_whose_line_has(&self, option: &str) -> Option<&str> {
        let has_it = |selection: &Selection| {
            let given = selection.values().into_iter().find(|(names, _)| names.option == option);
            given.is_some_and(|(_, value)| value.is_some())
        };
        let at = self.before.iter().chain([&self.current]).position(has_it)?;
        self.before[at.checked_sub(1)?].profile.as_deref()
    }

    fn move_on(&mut self, next: Selection) -> bool {
        self.is_too_long = !self.is_circle && self.before.len() == MOST;
        if self.is_circle || self.is_too_long {
            return false;
        }
        self.before.push(std::mem::replace(&mut self.current, next));
        self.is_circle = self.before.contains(&self.current);
        !self.is_circle
    }

    /// The profiles of the circle, if the way is one; the last is the first again.
    pub fn circle(&self) -> Option<Vec<String>> {
        let begins = self.before.iter().position(|selection| *selection == self.current)?;
        let circle = self.before[begins..].iter().chain([&self.current]);
        Some(circle.filter_map(|selection| selection.profile.clone()).collect())
    }
}

/// Whether options name a session without a profile.
pub(super) fn names_session(selection: &Selection) -> bool {
    let Selection { sso_session, start_url, region, .. } = selection;
    let is_given = |text: &Option<String>| not_empty(text.as_deref()).is_some();
    is_given(sso_session) || (is_given(start_url) && is_given(region))
}

fn has_session(settings: &Settings<'_>) -> bool {
    settings.find(SSO_SESSION.key).or_else(|| settings.find(START_URL.key)).is_some()
}

fn source_profile<'a>(settings: &Settings<'a>) -> Option<&'a str> {
    Some(settings.find(SOURCE_PROFILE)?.setting.value.as_str())
}
