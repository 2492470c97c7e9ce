//! Resolves a role or a session from options, environment variables and files.

use std::cell::OnceCell;

use super::about_lines::about_lines;
use super::explain::{NamedProfile, missing_values, profile_not_found};
use super::follow::Walk;
use super::given::Given;
use super::options::Selection;
use super::resolved::{Resolved, ResolvedSession};
use super::session_profiles::SessionProfiles;
use super::session_values::SessionValues;
use super::value::Candidate;
use super::{credential_process_line, follow, overruled};
use crate::config::{Files, Settings};
use crate::context::{Context, is_on};
use crate::debug;
use crate::error::{ConfigurationError, Error, Value};
use crate::identifiers::{AccountId, RoleName};
use crate::request::RoleRequest;
use crate::value_names::{
    ACCOUNT_ID, INTERACTIVE_KEY, INTERACTIVE_VARIABLE, LINE_KEY, REGION, ROLE_NAME, ValueNames,
};

/// The role of `selection`, and the files as far as they were read for it; `named_by` is what names its
/// profile.
pub(super) fn role(
    context: &Context,
    selection: &Selection,
    named_by: Option<&'static str>,
) -> Result<(Resolved, Files), Error> {
    let (outcome, line) = role_of(context, selection, named_by)?;
    match (outcome, line) {
        // A profile that lacks values, and has a line that starts this program, means what the line
        // says. Its own keys are then ignored.
        (Err(Error::Configuration(ConfigurationError::MissingValues { .. })), Some(line)) => {
            role_by_lines(context, selection, line)
        }
        (outcome, _) => outcome,
    }
}

/// Follows `line`, and the lines that it leads to. Each step reads only the sections that it needs.
fn role_by_lines(
    context: &Context,
    selection: &Selection,
    mut line: Selection,
) -> Result<(Resolved, Files), Error> {
    let mut walk = Walk::from(selection.clone());
    loop {
        debug!(context, "values are missing: the credential_process line of the profile is followed");
        let leads_on = walk.follow_line(line);
        match role_of(context, &walk.current, Some(LINE_KEY))? {
            (Err(Error::Configuration(ConfigurationError::MissingValues { .. })), Some(another))
                if leads_on =>
            {
                line = another;
            }
            (outcome, _) => return outcome.map_err(|error| about_lines(error, &walk)),
        }
    }
}

/// A role and the files, or why it does not resolve.
type Outcome = Result<(Resolved, Files), Error>;

/// The role; if it does not resolve, also what the `credential_process` line of the profile says.
fn role_of(
    context: &Context,
    selection: &Selection,
    named_by: Option<&'static str>,
) -> Result<(Outcome, Option<Selection>), Error> {
    let given = Given::of(context, selection);
    let profile = selection.profile_name();
    let files = given.files(context, profile)?;
    if context.log.is_on() {
        overruled::log(context, selection, &files);
    }
    let outcome = role_from(context, selection, given, &files, profile.map(|name| (name, named_by)));
    let line = match (&outcome, profile) {
        (Err(_), Some(name)) => credential_process_line::of(&files.profile(name)),
        _ => None,
    };
    Ok((outcome.map(|resolved| (resolved, files)), line))
}

/// Resolves a role from files that were read.
pub(super) fn role_from(
    context: &Context,
    selection: &Selection,
    mut given: Given<'_>,
    files: &Files,
    profile: Option<NamedProfile<'_>>,
) -> Result<Resolved, Error> {
    let settings = profile_settings(context, files, profile)?;
    let profile = profile.map(|(name, _)| name);
    let configured = |names: &ValueNames| settings.find(names.key).map(Candidate::File);
    let role_name = given.role_name.take().or_else(|| configured(&ROLE_NAME));
    let account_id = given.account_id.take().or_else(|| configured(&ACCOUNT_ID));
    let session = SessionValues::of(context, given, files, &settings)?;
    let (Some(start_url), Some(region), Some(role_name), Some(account_id)) =
        (&session.start_url, &session.region, &role_name, &account_id)
    else {
        let missing = [
            (Value::StartUrl, session.start_url.is_none()),
            (Value::Region, session.region.is_none()),
            (Value::RoleName, role_name.is_none()),
            (Value::AccountId, account_id.is_none()),
        ];
        return Err(missing_values(context, &missing, profile, &settings, session.facts()));
    };
    let parsed = session.parse(context, start_url, region)?;
    Ok(Resolved {
        request: RoleRequest {
            session: parsed,
            role_name: ROLE_NAME.parse(context, role_name, RoleName::parse)?,
            account_id: ACCOUNT_ID.parse(context, account_id, AccountId::parse)?,
        },
        sign_in_allowed: sign_in_allowed(context, selection, &settings, &session.settings),
        profile: profile.map(str::to_owned),
        login_by: session.login_by(&settings),
        session_profiles: OnceCell::new(),
    })
}

pub(super) fn session(
    context: &Context,
    selection: &Selection,
    default_profile: bool,
) -> Result<ResolvedSession, Error> {
    session_alone(context, selection, default_profile).map(|resolved| resolved.with_profiles(context))
}

/// The session without the profiles that use it, for which all profiles would be read.
pub(super) fn session_alone(
    context: &Context,
    selection: &Selection,
    default_profile: bool,
) -> Result<ResolvedSession, Error> {
    let given = Given::of(context, selection);
    let named = selection.profile_name();
    let complete = given.sso_session.is_some() || (given.start_url.is_some() && given.region.is_some());
    let variable = context.variable("AWS_PROFILE");
    let profile = match (named, &variable) {
        (Some(name), _) => Some((name, Some("--profile"))),
        _ if complete || !default_profile => None,
        (None, Some(name)) => Some((name.as_str(), Some("AWS_PROFILE"))),
        (None, None) => Some(("default", None)),
    };
    // Without --profile, a start URL alone lacks the region, not a profile. --region alone lacks the
    // start URL, unless AWS_PROFILE names a profile that does not exist.
    let region_alone = REGION.flagged(selection.region.as_deref()).is_some();
    let half_given = |error: &Error| {
        let is_about_values = variable.is_none()
            || matches!(error, Error::Configuration(ConfigurationError::MissingValues { .. }));
        named.is_none() && (given.start_url.is_some() || region_alone && is_about_values)
    };
    match session_of(context, selection, profile) {
        Err(
            error @ Error::Configuration(
                ConfigurationError::MissingValues { .. }
                | ConfigurationError::ProfileNotFound { .. }
                | ConfigurationError::ConfigMissing { .. },
            ),
        ) if half_given(&error) => session_from(context, selection, given, &Files::default(), None),
        outcome => outcome,
    }
}

/// The session of a profile, or the session that the profile leads to. If options name a session,
/// the profile is not followed.
fn session_of(
    context: &Context,
    selection: &Selection,
    profile: Option<NamedProfile<'_>>,
) -> Result<ResolvedSession, Error> {
    let given = Given::of(context, selection);
    let files = given.files(context, profile.map(|(name, _)| name))?;
    let followed = match profile {
        Some((name, _)) if !follow::names_session(selection) => {
            follow::to_session(context, selection, &files, name)?
        }
        _ => None,
    };
    match followed {
        Some((walk, named_by)) => {
            let selection = &walk.current;
            let given = Given::of(context, selection);
            let profile = selection.profile.as_deref().map(|name| (name, Some(named_by)));
            let files = given.files(context, profile.map(|(name, _)| name))?;
            session_from(context, selection, given, &files, profile)
                .map_err(|error| about_lines(error, &walk))
        }
        None => session_from(context, selection, given, &files, profile),
    }
}

/// Resolves a session from files that were read. The caller sets `session_profiles`.
pub(super) fn session_from(
    context: &Context,
    selection: &Selection,
    given: Given<'_>,
    files: &Files,
    profile: Option<NamedProfile<'_>>,
) -> Result<ResolvedSession, Error> {
    let settings = profile_settings(context, files, profile)?;
    let profile = profile.map(|(name, _)| name);
    let session = SessionValues::of(context, given, files, &settings)?;
    let (Some(start_url), Some(region)) = (&session.start_url, &session.region) else {
        let missing =
            [(Value::StartUrl, session.start_url.is_none()), (Value::Region, session.region.is_none())];
        return Err(missing_values(context, &missing, profile, &settings, session.facts()));
    };
    Ok(ResolvedSession {
        session: session.parse(context, start_url, region)?,
        profile: profile.map(str::to_owned),
        sign_in_allowed: sign_in_allowed(context, selection, &settings, &session.settings),
        login_by: session.login_by(&settings),
        session_profiles: SessionProfiles::WithoutSettings,
    })
}

fn profile_settings<'f>(
    context: &Context,
    files: &'f Files,
    profile: Option<NamedProfile<'_>>,
) -> Result<Settings<'f>, Error> {
    let Some(named) = profile else { return Ok(Settings::none()) };
    let settings = files.profile(named.0);
    if !settings.is_absent() {
        return Ok(settings);
    }
    Err(profile_not_found(context, named))
}

/// Whether a sign-in may be started: the option decides, else the variable, else the key of the
/// profile, else the key of the session.
fn sign_in_allowed(
    context: &Context,
    selection: &Selection,
    profile: &Settings<'_>,
    session: &Settings<'_>,
) -> bool {
    if let Some(interactive) = selection.interactive {
        return interactive;
    }
    if let Some(value) = context.variable(INTERACTIVE_VARIABLE) {
        return is_on(&value);
    }
    profile
        .find(INTERACTIVE_KEY)
        .or_else(|| session.find(INTERACTIVE_KEY))
        .is_some_and(|found| is_on(&found.setting.value))
}
