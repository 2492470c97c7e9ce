//! Resolves a role or a session from options, environment variables and files.

use std::cell::OnceCell;

use super::explain::{NamedProfile, missing_values, profile_not_found, session_not_found};
use super::follow::Walk;
use super::login_commands::{LoginBy, LoginName};
use super::options::Selection;
use super::resolved::{Resolved, ResolvedSession};
use super::session_profiles::{self, SessionProfiles};
use super::value::Candidate;
use super::{credential_process_line, follow, overruled};
use crate::config::{Files, Pick, Settings};
use crate::context::{Context, is_on};
use crate::debug;
use crate::error::{ConfigurationError, Error, Value};
use crate::identifiers::{AccountId, Region, RoleName, SessionName, StartUrl};
use crate::request::{RoleRequest, SsoSession};
use crate::value_names::{
    ACCOUNT_ID, INTERACTIVE_KEY, INTERACTIVE_VARIABLE, REGION, ROLE_NAME, SSO_SESSION, START_URL, ValueNames,
};

pub(super) fn role(context: &Context, selection: &Selection) -> Result<Resolved, Error> {
    let (outcome, line) = role_of(context, selection, "--profile")?;
    match (outcome, line) {
        // A profile that has only a line that starts this program means what the line says.
        (Err(Error::Configuration(ConfigurationError::MissingValues { .. })), Some(line)) => {
            role_by_lines(context, selection, line)
        }
        (outcome, _) => outcome,
    }
}

/// Follows `line`, and the lines that it leads to. Each step reads only the sections that it needs.
fn role_by_lines(context: &Context, selection: &Selection, mut line: Selection) -> Result<Resolved, Error> {
    let mut walk = Walk::from(selection.clone());
    loop {
        debug!(context, "the profile has no sso_ keys: its credential_process line is followed");
        let leads_on = walk.follow_line(line);
        match role_of(context, &walk.current, follow::LINE)? {
            (Err(Error::Configuration(ConfigurationError::MissingValues { .. })), Some(another))
                if leads_on =>
            {
                line = another;
            }
            (outcome, _) => return outcome,
        }
    }
}

/// The role; if it does not resolve, also what the `credential_process` line of the profile says.
fn role_of(
    context: &Context,
    selection: &Selection,
    named_by: &'static str,
) -> Result<(Result<Resolved, Error>, Option<Selection>), Error> {
    let given = Given::of(context, selection);
    let profile = selection.profile.as_deref().filter(|name| !name.is_empty());
    let files = given.files(context, profile)?;
    if context.log.is_on() {
        overruled::log(context, selection, &files);
    }
    let outcome = role_from(context, selection, given, &files, profile.map(|name| (name, Some(named_by))));
    let line = match (&outcome, profile) {
        (Err(_), Some(name)) => credential_process_line::of(&files.profile(name)),
        _ => None,
    };
    Ok((outcome, line))
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
    let given = Given::of(context, selection);
    let named = selection.profile.as_deref().filter(|name| !name.is_empty());
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
    let resolved = match session_of(context, selection, profile) {
        Err(
            error @ Error::Configuration(
                ConfigurationError::MissingValues { .. }
                | ConfigurationError::ProfileNotFound { .. }
                | ConfigurationError::ConfigMissing { .. },
            ),
        ) if half_given(&error) => session_from(context, selection, given, &Files::default(), None)?,
        outcome => outcome?,
    };
    let session_profiles = SessionProfiles::read(context, &resolved.session);
    Ok(ResolvedSession { session_profiles, ..resolved })
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
        Some((selection, named_by)) => {
            let given = Given::of(context, &selection);
            let profile = selection.profile.as_deref().map(|name| (name, Some(named_by)));
            let files = given.files(context, profile.map(|(name, _)| name))?;
            session_from(context, &selection, given, &files, profile)
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

/// The values that options and environment variables give.
#[derive(Debug, Default)]
pub(super) struct Given<'a> {
    pub(super) sso_session: Option<Candidate<'a>>,
    pub(super) start_url: Option<Candidate<'a>>,
    pub(super) region: Option<Candidate<'a>>,
    pub(super) role_name: Option<Candidate<'a>>,
    pub(super) account_id: Option<Candidate<'a>>,
}

impl<'a> Given<'a> {
    /// The values of a `credential_process` line, without those of the environment.
    pub(super) fn said(line: &'a Selection) -> Self {
        Self {
            role_name: ROLE_NAME.flagged(line.role_name.as_deref()),
            account_id: ACCOUNT_ID.flagged(line.account_id.as_deref()),
            sso_session: SSO_SESSION.flagged(line.sso_session.as_deref()),
            start_url: START_URL.flagged(line.start_url.as_deref()),
            region: REGION.flagged(line.region.as_deref()),
        }
    }

    fn of(context: &Context, selection: &'a Selection) -> Self {
        Self {
            role_name: ROLE_NAME.given(context, selection.role_name.as_deref()),
            account_id: ACCOUNT_ID.given(context, selection.account_id.as_deref()),
            sso_session: SSO_SESSION.given(context, selection.sso_session.as_deref()),
            start_url: START_URL.given(context, selection.start_url.as_deref()),
            region: REGION.given(context, selection.region.as_deref()),
        }
    }

    /// Reads the sections that are needed. If no profile and no session is named, no file is read.
    fn files(&self, context: &Context, profile: Option<&str>) -> Result<Files, Error> {
        let sso_sessions = match (&self.sso_session, profile) {
            (Some(name), _) => Pick::One(name.text()),
            // The profile names the session, and may come after it in the file.
            (None, Some(_)) => Pick::All,
            (None, None) => return Ok(Files::default()),
        };
        Files::read(context, profile.map_or(Pick::Nothing, Pick::One), sso_sessions, Pick::Nothing)
    }
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

/// The values of a session before they are checked.
struct SessionValues<'a> {
    /// `None` if no session is named, or if the given start URL is not that of the session.
    name: Option<Candidate<'a>>,
    start_url: Option<Candidate<'a>>,
    region: Option<Candidate<'a>>,
    settings: Settings<'a>,
    start_url_overridden: bool,
    region_overridden: bool,
}

impl<'a> SessionValues<'a> {
    fn of(
        context: &Context,
        given: Given<'a>,
        files: &'a Files,
        profile: &Settings<'a>,
    ) -> Result<Self, Error> {
        let name = given.sso_session.or_else(|| profile.find(SSO_SESSION.key).map(Candidate::File));
        let settings = name.as_ref().map_or_else(Settings::none, |name| files.sso_session(name.text()));
        let unknown = name.as_ref().filter(|_| settings.is_absent());
        if let Some(name) = unknown
            && (given.start_url.is_none() || given.region.is_none())
        {
            return Err(session_not_found(context, name));
        }
        let configured = |names: &ValueNames| {
            settings.find(names.key).or_else(|| profile.find(names.key)).map(Candidate::File)
        };
        let differs = |given: &Option<Candidate<'_>>, configured: &Option<Candidate<'_>>| {
            given.as_ref().is_some_and(|given| {
                unknown.is_some() || configured.as_ref().map(Candidate::text) != Some(given.text())
            })
        };
        let (start_url, region) = (configured(&START_URL), configured(&REGION));
        let start_url_overridden = differs(&given.start_url, &start_url);
        let region_overridden = differs(&given.region, &region);
        let session_overridden =
            name.is_some() && unknown.is_none() && start_url.is_some() && start_url_overridden;
        Ok(Self {
            name: name.filter(|_| !session_overridden),
            // A given value that equals the configured one counts as configured.
            start_url: given.start_url.filter(|_| start_url_overridden).or(start_url),
            region: given.region.filter(|_| region_overridden).or(region),
            settings,
            start_url_overridden,
            region_overridden,
        })
    }

    fn parse(
        &self,
        context: &Context,
        start_url: &Candidate<'_>,
        region: &Candidate<'_>,
    ) -> Result<SsoSession, Error> {
        let parse_name = |name| SSO_SESSION.parse(context, name, SessionName::parse);
        let scopes = self.name.as_ref().and_then(|_| self.settings.all("sso_registration_scopes").next());
        Ok(SsoSession {
            start_url: START_URL.parse(context, start_url, StartUrl::parse)?,
            region: REGION.parse(context, region, Region::parse)?,
            name: self.name.as_ref().map(parse_name).transpose()?,
            registration_scopes: scopes.map(|found| parse_scopes(&found.setting.value)),
        })
    }

    /// The name and the section, for errors.
    fn facts(&self) -> (Option<&str>, &Settings<'a>) {
        (self.name.as_ref().map(Candidate::text), &self.settings)
    }

    fn login_by(&self, profile: &Settings<'_>) -> LoginBy {
        let needs_profile = [&self.start_url, &self.region]
            .into_iter()
            .any(|value| value.as_ref().is_some_and(Candidate::is_from_profile));
        let has_connection_keys =
            || session_profiles::CONNECTION_KEYS.iter().any(|key| profile.find(key).is_some());
        let name = match &self.name {
            _ if needs_profile => LoginName::Profile,
            Some(_) => LoginName::SsoSession,
            // Without a session's name, only the profile gives the connection settings.
            None if has_connection_keys() => LoginName::Profile,
            None => LoginName::Nothing,
        };
        LoginBy {
            name,
            start_url: self.start_url_overridden,
            region: self.region_overridden,
            profile_decides: self.name.as_ref().is_some_and(Candidate::is_from_profile)
                && has_connection_keys(),
            session_is_go_only: self.settings.is_go_only(),
            profile_is_go_only: profile.is_go_only(),
        }
    }
}

/// Splits `sso_registration_scopes` at commas, as the AWS CLI does: trimmed, without empty ones.
pub fn parse_scopes(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
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
