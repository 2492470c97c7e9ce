//! The role that a command for people is about: as for the credential process, and if no option and
//! no variable names a session, the profile is `AWS_PROFILE`, else `default`.

use super::choices::Choices;
use super::follow::names_session;
use super::options::Selection;
use super::resolve;
use super::resolved::Resolved;
use crate::config::{Files, Pick};
use crate::context::Context;
use crate::error::Error;
use crate::value_names::{ACCOUNT_ID, REGION, ROLE_NAME, SSO_SESSION, START_URL};

/// The role of a command for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleForPerson {
    /// The role, and the session it is reached through.
    pub resolved: Resolved,
    /// The region of the profile's workload (its key `region`), not the one of Identity Center.
    pub region: Option<String>,
    /// The choices of the profile and the session.
    pub choices: Choices,
}

/// Resolves the role of a command for people.
///
/// # Errors
/// As [`super::resolve_role`].
pub fn resolve_role_for_person(context: &Context, selection: &Selection) -> Result<RoleForPerson, Error> {
    let (profile, named_by) = profile_of(context, selection);
    let with_profile = Selection { profile, ..selection.clone() };
    let (resolved, files) = resolve::role(context, &with_profile, named_by)?;
    let (session, profile) = (&resolved.request.session, resolved.profile.as_deref());
    let choices = Choices::of_files(context, &files, session, profile)
        .unwrap_or_else(|| Choices::of(context, session, profile));
    let region = workload_region(context, &with_profile, profile, &files)?;
    Ok(RoleForPerson { resolved, region, choices })
}

/// The profile that is read, and what names it.
fn profile_of(context: &Context, selection: &Selection) -> (Option<String>, Option<&'static str>) {
    if let Some(name) = selection.profile_name() {
        return (Some(name.to_owned()), Some("--profile"));
    }
    let by_variable = context.variable("AWS_PROFILE");
    // A session from a variable leaves role and account to the profile, unless they are given too.
    let needs_none = by_variable.is_none() || gives_role(context, selection);
    if names_session(selection) || (variables_name_session(context) && needs_none) {
        return (None, None);
    }
    match by_variable {
        Some(name) => (Some(name), Some("AWS_PROFILE")),
        None => (Some("default".to_owned()), None),
    }
}

fn variables_name_session(context: &Context) -> bool {
    let is_set = |name: &str| context.variable_os(name).is_some();
    is_set(SSO_SESSION.variable) || (is_set(START_URL.variable) && is_set(REGION.variable))
}

fn gives_role(context: &Context, selection: &Selection) -> bool {
    let role_name = ROLE_NAME.given(context, selection.role_name.as_deref());
    role_name.is_some() && ACCOUNT_ID.given(context, selection.account_id.as_deref()).is_some()
}

/// The region of the named profile, else that of `profile`, to which its line leads and which was read
/// from `files`.
fn workload_region(
    context: &Context,
    selection: &Selection,
    profile: Option<&str>,
    files: &Files,
) -> Result<Option<String>, Error> {
    let region_in = |files: &Files, name| Some(files.profile(name).find("region")?.setting.value.clone());
    if let Some(name) = selection.profile_name().filter(|name| profile != Some(name)) {
        let named = Files::read(context, Pick::One(name), Pick::Nothing, Pick::Nothing)?;
        if let Some(region) = region_in(&named, name) {
            return Ok(Some(region));
        }
    }
    Ok(profile.and_then(|name| region_in(files, name)))
}
