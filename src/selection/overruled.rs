//! Environment variables that override keys of a profile. They are meant to, but surprise a person
//! whose shell exports them, so `status` and the debug log name them.

use super::follow::{self, Step};
use super::options::{Selection, not_empty};
use crate::config::{Files, Pick, Settings};
use crate::context::Context;
use crate::debug;
use crate::error::Error;
use crate::value_names::{ALL, REGION, SSO_SESSION, START_URL, ValueNames};

/// A variable that overrides a key of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overruled {
    /// `AWS_SSO_ACCOUNT_ID`
    pub variable: &'static str,
    /// The value of the variable, without a password in a URL.
    pub value: String,
    /// `sso_account_id`
    pub key: &'static str,
    /// The profile whose value is overridden.
    pub profile: String,
    /// The value of the key, without a password in a URL.
    pub configured: String,
}

/// The variables that override keys of `profile` and of the profiles that it leads to; without
/// `profile`, those that override keys of any profile, in file order.
///
/// # Errors
/// [`ConfigurationError::ConfigUnreadable`](crate::error::ConfigurationError::ConfigUnreadable)
pub fn overruled(context: &Context, profile: Option<&str>) -> Result<Vec<Overruled>, Error> {
    if ALL.iter().all(|names| context.variable_os(names.variable).is_none()) {
        return Ok(Vec::new());
    }
    let files = Files::read(context, Pick::All, Pick::All, Pick::Nothing)?;
    let of_way = |name: &str, all: bool| {
        let mut steps = follow::steps(&files, name);
        // A profile that is led to is looked at on its own, so its steps are left out here.
        steps.retain(|step| all || step.selection.profile.as_deref().is_none_or(|of| of == name));
        let told = |step: &Step| changed_for(context, &step.selection, &files, &step.profile);
        steps.iter().flat_map(told).collect::<Vec<_>>()
    };
    Ok(match profile {
        Some(name) => of_way(name, true),
        None => files.profiles().into_iter().flat_map(|(_, name, _)| of_way(name, false)).collect(),
    })
}

/// Logs the variables that override keys in a run with `selection`.
pub(super) fn log(context: &Context, selection: &Selection, files: &Files) {
    let profile = selection.profile_name();
    let of = match (profile, &selection.sso_session) {
        (None, Some(session)) => format!("sso-session {session}"),
        _ => format!("profile {}", profile.unwrap_or_default()),
    };
    for Overruled { variable, value, key, configured, .. } in changed_for(context, selection, files, "") {
        debug!(context, "{variable}={value} overrules {key} = {configured} of {of}");
    }
}

/// The variables that override keys of what `selection` names, as overrides of `profile`.
fn changed_for(context: &Context, selection: &Selection, files: &Files, profile: &str) -> Vec<Overruled> {
    let settings = selection.profile.as_deref().map_or_else(Settings::none, |name| files.profile(name));
    let configured = |key: &str| settings.find(key).map(|found| found.setting.value.clone());
    let session = not_empty(selection.sso_session.as_deref()).map(str::to_owned);
    let session = session.or_else(|| configured(SSO_SESSION.key));
    let session = session.map_or_else(Settings::none, |name| files.sso_session(&name));
    let not_given = selection.values().into_iter().filter(|(_, flag)| flag.is_none());
    let changed = |(names, _): (&'static ValueNames, _)| {
        let value = context.variable(names.variable)?;
        let may_be_of_session = *names == START_URL || *names == REGION;
        let of_session = may_be_of_session.then(|| session.find(names.key)).flatten();
        let found = of_session.or_else(|| settings.find(names.key));
        // A profile without `sso_session` has a start URL, which AWS_SSO_SESSION overrides.
        let (of, found) = match found {
            None if names.key == SSO_SESSION.key => (&START_URL, settings.find(START_URL.key)?),
            found => (names, found?),
        };
        let configured = &found.setting.value;
        (value != *configured).then(|| Overruled {
            variable: names.variable,
            value: names.shown(&value),
            key: of.key,
            profile: profile.to_owned(),
            configured: of.shown(configured),
        })
    };
    not_given.filter_map(changed).collect()
}
