//! From options, environment and files to one request.

use super::files::{Files, Settings, shown_config_path};
use super::header::Kind;
use super::helper_line::session_options;
use super::login_commands::{LoginBy, LoginName};
use super::scanner::Pick;
use super::suggest::nearest;
use super::value::{ACCOUNT_ID, Candidate, Names, REGION, ROLE_NAME, SSO_SESSION, START_URL};
use super::{Resolved, ResolvedSession};
use crate::context::{Context, is_on};
use crate::error::{Error, MissingReason, Value};
use crate::identifiers::{AccountId, Region, RoleName, SessionName, StartUrl};
use crate::options::Options;
use crate::request::{RoleRequest, SsoSession};

/// A profile's name, and what named it: `--profile`, `AWS_PROFILE`, or nobody.
type NamedProfile<'a> = (&'a str, Option<&'static str>);

pub(super) fn role(context: &Context, options: &Options) -> Result<Resolved, Error> {
    let given = Given::of(context, options);
    let profile = options.profile.as_deref().filter(|name| !name.is_empty());
    let files = given.files(context, profile)?;
    role_from(context, options, given, &files, profile.map(|name| (name, Some("--profile"))))
}

/// Resolves a role from files that were read.
pub(super) fn role_from(
    context: &Context,
    options: &Options,
    mut given: Given<'_>,
    files: &Files,
    profile: Option<NamedProfile<'_>>,
) -> Result<Resolved, Error> {
    let settings = profile_settings(context, files, profile)?;
    let profile = profile.map(|(name, _)| name);
    let configured = |names: &Names| settings.find(names.key).map(Candidate::File);
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
        return Err(missing_values(context, &missing, profile, &settings, &session));
    };
    let parsed = session.parse(context, start_url, region)?;
    Ok(Resolved {
        request: RoleRequest {
            session: parsed,
            role_name: ROLE_NAME.parse(context, role_name, RoleName::parse)?,
            account_id: ACCOUNT_ID.parse(context, account_id, AccountId::parse)?,
        },
        sign_in_allowed: sign_in_allowed(context, options, &settings, &session.settings),
        profile: profile.map(str::to_owned),
        login_by: session.login_by(),
    })
}

pub(super) fn session(
    context: &Context,
    options: &Options,
    default_profile: bool,
) -> Result<ResolvedSession, Error> {
    let given = Given::of(context, options);
    let named = options.profile.as_deref().filter(|name| !name.is_empty());
    let complete = given.sso_session.is_some() || (given.start_url.is_some() && given.region.is_some());
    let variable = context.variable("AWS_PROFILE");
    let profile = match (named, &variable) {
        (Some(name), _) => Some((name, Some("--profile"))),
        _ if complete || !default_profile => None,
        (None, Some(name)) => Some((name.as_str(), Some("AWS_PROFILE"))),
        (None, None) => Some(("default", None)),
    };
    let files = given.files(context, profile.map(|(name, _)| name))?;
    match profile.and_then(|(name, _)| said_by_helper_line(options, &files, name)) {
        Some(options) => {
            let given = Given::of(context, &options);
            let profile = options.profile.as_deref().map(|name| (name, Some("credential_process")));
            let files = given.files(context, profile.map(|(name, _)| name))?;
            session_from(context, &options, given, &files, profile)
        }
        None => session_from(context, options, given, &files, profile),
    }
}

/// The options, completed by the `credential_process` line of a profile that has no
/// session of its own. Such a line is followed once, so that no two can go in circles.
fn said_by_helper_line(options: &Options, files: &Files, profile: &str) -> Option<Options> {
    let settings = files.profile(profile);
    if settings.find(SSO_SESSION.key).or_else(|| settings.find(START_URL.key)).is_some() {
        return None;
    }
    let said = session_options(&settings.find("credential_process")?.setting.value)?;
    Some(Options {
        profile: said.profile,
        sso_session: options.sso_session.clone().or(said.sso_session),
        start_url: options.start_url.clone().or(said.start_url),
        region: options.region.clone().or(said.region),
        ..options.clone()
    })
}

/// Resolves a session from files that were read.
pub(super) fn session_from(
    context: &Context,
    options: &Options,
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
        return Err(missing_values(context, &missing, profile, &settings, &session));
    };
    Ok(ResolvedSession {
        session: session.parse(context, start_url, region)?,
        profile: profile.map(str::to_owned),
        sign_in_allowed: sign_in_allowed(context, options, &settings, &session.settings),
        login_by: session.login_by(),
    })
}

/// What flags and environment say.
#[derive(Debug, Default)]
pub(super) struct Given<'a> {
    pub(super) sso_session: Option<Candidate<'a>>,
    pub(super) start_url: Option<Candidate<'a>>,
    pub(super) region: Option<Candidate<'a>>,
    pub(super) role_name: Option<Candidate<'a>>,
    pub(super) account_id: Option<Candidate<'a>>,
}

impl<'a> Given<'a> {
    fn of(context: &Context, options: &'a Options) -> Self {
        Self {
            role_name: ROLE_NAME.given(context, options.role_name.as_deref()),
            account_id: ACCOUNT_ID.given(context, options.account_id.as_deref()),
            sso_session: SSO_SESSION.given(context, options.sso_session.as_deref()),
            start_url: START_URL.given(context, options.start_url.as_deref()),
            region: REGION.given(context, options.region.as_deref()),
        }
    }

    /// Reads what can matter: nothing at all unless a profile or a session is named.
    fn files(&self, context: &Context, profile: Option<&str>) -> Result<Files, Error> {
        let sso_sessions = match (&self.sso_session, profile) {
            (Some(name), _) => Pick::One(name.text()),
            // Which one it is stands in the profile, which may come later in the file.
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
    let Some((name, named_by)) = profile else { return Ok(Settings::none()) };
    let settings = files.profile(name);
    if !settings.is_absent() {
        return Ok(settings);
    }
    let all = Files::read(context, Pick::All, Pick::Nothing, Pick::Nothing)?;
    Err(Error::ProfileNotFound {
        profile: name.to_owned(),
        named_by,
        config_path: shown_config_path(context),
        similar: nearest(name, all.profiles().iter().map(|(_, name, _)| *name)),
    })
}

/// What is known about the session, before it is checked.
struct SessionValues<'a> {
    /// `None` when there is none, and when a start URL was given that is not its own.
    name: Option<Candidate<'a>>,
    start_url: Option<Candidate<'a>>,
    region: Option<Candidate<'a>>,
    settings: Settings<'a>,
    start_url_overridden: bool,
    region_overridden: bool,
    session_overridden: bool,
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
        let configured =
            |names: &Names| settings.find(names.key).or_else(|| profile.find(names.key)).map(Candidate::File);
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
            // A value that is given and configured alike is the configured one.
            start_url: given.start_url.filter(|_| start_url_overridden).or(start_url),
            region: given.region.filter(|_| region_overridden).or(region),
            settings,
            start_url_overridden,
            region_overridden,
            session_overridden,
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

    fn login_by(&self) -> LoginBy {
        let needs_profile = [&self.start_url, &self.region]
            .into_iter()
            .any(|value| value.as_ref().is_some_and(Candidate::is_from_profile));
        let name = match &self.name {
            _ if self.session_overridden => LoginName::Nothing,
            _ if needs_profile => LoginName::Profile,
            Some(_) => LoginName::SsoSession,
            None => LoginName::Nothing,
        };
        LoginBy { name, start_url: self.start_url_overridden, region: self.region_overridden }
    }
}

/// `sso_registration_scopes` as the AWS CLI splits it: at commas, blanks off, empty ones out.
pub fn parse_scopes(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

/// The flag decides, else the variable if it is set, else the profile, else the session.
fn sign_in_allowed(
    context: &Context,
    options: &Options,
    profile: &Settings<'_>,
    session: &Settings<'_>,
) -> bool {
    const KEY: &str = "sso_interactive_auth";
    if let Some(interactive) = options.interactive {
        return interactive;
    }
    if let Some(value) = context.variable("AWS_SSO_INTERACTIVE_AUTH") {
        return is_on(&value);
    }
    profile.find(KEY).or_else(|| session.find(KEY)).is_some_and(|found| is_on(&found.setting.value))
}

fn session_not_found(context: &Context, name: &Candidate<'_>) -> Error {
    let all = Files::read(context, Pick::Nothing, Pick::All, Pick::Nothing).unwrap_or_default();
    Error::SessionNotFound {
        sso_session: name.text().to_owned(),
        origin: name.origin(context),
        config_path: shown_config_path(context),
        similar: nearest(name.text(), all.of_every_name(Kind::SsoSession).iter().map(|(_, name, _)| *name)),
    }
}

fn missing_values(
    context: &Context,
    values: &[(Value, bool)],
    profile: Option<&str>,
    settings: &Settings<'_>,
    session: &SessionValues<'_>,
) -> Error {
    let broken = session.settings.first_broken_line(context).or_else(|| settings.first_broken_line(context));
    let reason = match broken {
        Some((path, line, fault)) => Some(MissingReason::BrokenLine { path, line, fault }),
        None => other_provider(settings).map(|key| MissingReason::OtherProvider { key }),
    };
    Error::MissingValues {
        missing: values.iter().filter(|(_, missing)| *missing).map(|(value, _)| *value).collect(),
        profile: profile.map(str::to_owned),
        sso_session: session.name.as_ref().map(|name| name.text().to_owned()),
        config_path: shown_config_path(context),
        reason,
    }
}

/// The key by which a profile without any `sso_` key gets its credentials.
fn other_provider(profile: &Settings<'_>) -> Option<&'static str> {
    const SSO: [&str; 5] = [START_URL.key, REGION.key, ROLE_NAME.key, ACCOUNT_ID.key, SSO_SESSION.key];
    const OTHERS: [&str; 5] =
        ["credential_process", "role_arn", "login_session", "aws_access_key_id", "web_identity_token_file"];
    let has = |key: &&&'static str| profile.find(key).is_some();
    if SSO.iter().any(|key| has(&key)) {
        return None;
    }
    OTHERS.iter().find(has).copied()
}
