//! The values of a session: given ones, else those of its section, else those of the profile.

use super::explain::session_not_found;
use super::given::Given;
use super::login_commands::{LoginBy, LoginName};
use super::session_profiles;
use super::value::Candidate;
use crate::config::{Files, Settings};
use crate::context::Context;
use crate::error::Error;
use crate::identifiers::{Region, SessionName, StartUrl};
use crate::request::SsoSession;
use crate::value_names::{REGION, SCOPES_KEY, SSO_SESSION, START_URL, ValueNames};

/// The values of a session before they are checked.
pub(super) struct SessionValues<'a> {
    /// `None` if no session is named, or if the given start URL is not that of the session.
    pub(super) name: Option<Candidate<'a>>,
    pub(super) start_url: Option<Candidate<'a>>,
    pub(super) region: Option<Candidate<'a>>,
    pub(super) settings: Settings<'a>,
    start_url_overridden: bool,
    region_overridden: bool,
}

impl<'a> SessionValues<'a> {
    pub(super) fn of(
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

    pub(super) fn parse(
        &self,
        context: &Context,
        start_url: &Candidate<'_>,
        region: &Candidate<'_>,
    ) -> Result<SsoSession, Error> {
        let parse_name = |name| SSO_SESSION.parse(context, name, SessionName::parse);
        let scopes = self.name.as_ref().and_then(|_| self.settings.all(SCOPES_KEY).next());
        Ok(SsoSession {
            start_url: START_URL.parse(context, start_url, StartUrl::parse)?,
            region: REGION.parse(context, region, Region::parse)?,
            name: self.name.as_ref().map(parse_name).transpose()?,
            registration_scopes: scopes.map(|found| parse_scopes(&found.setting.value)),
        })
    }

    /// The name and the section, for errors.
    pub(super) fn facts(&self) -> (Option<&str>, &Settings<'a>) {
        (self.name.as_ref().map(Candidate::text), &self.settings)
    }

    pub(super) fn login_by(&self, profile: &Settings<'_>) -> LoginBy {
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
            session_connects: false,
            session_is_go_only: self.settings.is_go_only(),
            profile_is_go_only: profile.is_go_only(),
        }
    }
}

/// Splits `sso_registration_scopes` at commas, as the AWS CLI does: trimmed, without empty ones.
pub fn parse_scopes(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}
