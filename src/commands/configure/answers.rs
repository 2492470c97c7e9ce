//! What `configure` knows from its options, its variables and the config file, without asking.

use super::layout::SessionSection;
use crate::authorization_code::DEFAULT_SCOPE;
use crate::cli::ConfigureProfileOptions;
use crate::context::Context;
use crate::error::{Error, Origin};
use crate::identifiers::{AccountId, Refused, Region, RoleName, SessionName, StartUrl};
use crate::request::SsoSession;
use crate::selection::{self, ResolvedSession, not_empty};
use crate::start_url;
use crate::value_names::{ACCOUNT_ID, CLIENT_REGION, REGION, ROLE_NAME, SSO_SESSION, START_URL, ValueNames};

/// The session that a profile uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChosenSession {
    /// A section that is there and stays as it is.
    There(Box<ResolvedSession>),
    /// A section to be written.
    New(SessionSection),
}

impl ChosenSession {
    /// Its name; empty for a session without one, which no profile can name.
    pub fn name(&self) -> String {
        match self {
            Self::There(there) => there.session.name.as_ref().map(ToString::to_string).unwrap_or_default(),
            Self::New(new) => new.name.to_string(),
        }
    }

    /// The session, also if its section is not written yet.
    pub fn resolved(&self) -> ResolvedSession {
        match self {
            Self::There(there) => (**there).clone(),
            Self::New(new) => ResolvedSession::without_config(SsoSession {
                name: Some(new.name.clone()),
                start_url: new.start_url.clone(),
                region: new.region.clone(),
                registration_scopes: new.registration_scopes.as_deref().map(selection::parse_scopes),
            }),
        }
    }
}

/// Variables that give a new session's start URL and region; those of `aws-configure-sso-profile`.
const START_URL_VARIABLES: [&str; 2] =
    ["AWS_CONFIGURE_SSO_DEFAULT_SSO_START_URL", "AWS_CONFIGURE_DEFAULT_SSO_START_URL"];
const REGION_VARIABLES: [&str; 2] =
    ["AWS_CONFIGURE_SSO_DEFAULT_SSO_REGION", "AWS_CONFIGURE_DEFAULT_SSO_REGION"];

/// Variables that give the region of the workload.
pub(super) const CLIENT_REGION_VARIABLES: [&str; 2] = ["AWS_CONFIGURE_DEFAULT_REGION", "AWS_DEFAULT_REGION"];

/// The options, checked.
pub struct Given {
    pub session_name: Option<SessionName>,
    pub start_url: Option<StartUrl>,
    pub region: Option<Region>,
    pub registration_scopes: Option<String>,
    pub account_id: Option<AccountId>,
    pub role_name: Option<RoleName>,
    pub client_region: Option<String>,
    /// The region of the workload to propose.
    pub proposed_client_region: Option<String>,
    /// The start URL to propose.
    pub proposed_start_url: Option<StartUrl>,
    /// The region of Identity Center to propose.
    pub proposed_region: Option<Region>,
}

impl Given {
    /// The options and variables.
    ///
    /// # Errors
    /// A value that is not valid.
    pub fn new(context: &Context, options: &ConfigureProfileOptions) -> Result<Self, Error> {
        let variable = |names: [&'static str; 2]| {
            names.into_iter().find_map(|name| Some((Origin::Environment(name), context.variable(name)?)))
        };
        let flag = |names: &ValueNames, value: &Option<String>| {
            Some((Origin::Flag(names.option), not_empty(value.as_deref())?.to_owned()))
        };
        // A variable is not looked at where an option gives the value.
        let proposal = |option: &Option<String>, names| {
            not_empty(option.as_deref()).is_none().then(|| variable(names)).flatten()
        };
        let client_region = not_empty(options.client_region.as_deref())
            .map(|value| (Origin::Flag(CLIENT_REGION.option), value.to_owned()));
        let client_regions = [client_region, proposal(&options.client_region, CLIENT_REGION_VARIABLES)];
        let [client_region, proposed_client_region] = client_regions.map(|value| {
            Ok::<_, Error>(checked(&CLIENT_REGION, value, Region::parse)?.map(|region| region.to_string()))
        });
        Ok(Self {
            session_name: checked(
                &SSO_SESSION,
                flag(&SSO_SESSION, &options.sso_session),
                SessionName::parse,
            )?,
            start_url: checked(&START_URL, flag(&START_URL, &options.start_url), StartUrl::parse)?,
            region: checked(&REGION, flag(&REGION, &options.region), Region::parse)?,
            proposed_start_url: checked(
                &START_URL,
                proposal(&options.start_url, START_URL_VARIABLES),
                StartUrl::parse,
            )?,
            proposed_region: checked(&REGION, proposal(&options.region, REGION_VARIABLES), Region::parse)?,
            registration_scopes: not_empty(options.registration_scopes.as_deref()).map(str::to_owned),
            account_id: checked(&ACCOUNT_ID, flag(&ACCOUNT_ID, &options.account_id), AccountId::parse)?,
            role_name: checked(&ROLE_NAME, flag(&ROLE_NAME, &options.role_name), RoleName::parse)?,
            client_region: client_region?,
            proposed_client_region: proposed_client_region?,
        })
    }

    /// Makes an address that AWS did not accept the proposal for the next answers.
    pub fn propose_again(&mut self, start_url: StartUrl, region: Region) {
        (self.start_url, self.region) = (None, None);
        self.proposed_start_url = Some(start_url);
        self.proposed_region = Some(region);
    }

    /// Uses the proposals as if they were given: where no person can be asked.
    #[must_use]
    pub fn with_proposals(self) -> Self {
        Self {
            start_url: self.start_url.or_else(|| self.proposed_start_url.clone()),
            region: self.region.or_else(|| self.proposed_region.clone()),
            ..self
        }
    }

    /// Whether an option says something about the session's section.
    fn says_more_than(&self, known: &ResolvedSession) -> bool {
        let session = &known.session;
        let other_url = |url: &StartUrl| !start_url::is_same(url.as_str(), session.start_url.as_str());
        let scopes = session.registration_scopes.as_ref();
        let other_scopes = |text: &String| scopes != Some(&selection::parse_scopes(text));
        self.start_url.as_ref().is_some_and(other_url)
            || self.region.as_ref().is_some_and(|region| *region != session.region)
            || self.registration_scopes.as_ref().is_some_and(other_scopes)
    }

    /// The session of `name` with the values that are given; `None` if some are missing.
    pub fn new_session(&self, name: &SessionName, known: Option<&ResolvedSession>) -> Option<SessionSection> {
        let there = known.map(|known| &known.session);
        let start_url = self.start_url.as_ref().or(there.map(|session| &session.start_url))?;
        let region = self.region.as_ref().or(there.map(|session| &session.region))?;
        let default = || there.is_none().then(|| DEFAULT_SCOPE.to_owned());
        Some(SessionSection {
            name: name.clone(),
            start_url: start_url.clone(),
            region: region.clone(),
            registration_scopes: self.registration_scopes.clone().or_else(default),
        })
    }

    /// The session that the options name; `None` if they name none, or too little of a new one.
    pub fn session(&self, known: &[ResolvedSession]) -> Option<ChosenSession> {
        let Some(name) = &self.session_name else {
            let start_url = self.start_url.as_ref()?;
            let same = |known: &&ResolvedSession| {
                start_url::is_same(known.session.start_url.as_str(), start_url.as_str())
                    && !self.says_more_than(known)
            };
            return known.iter().find(same).map(|known| ChosenSession::There(Box::new(known.clone())));
        };
        let there = known.iter().find(|known| known.session.name.as_ref() == Some(name));
        match there {
            Some(known) if !self.says_more_than(known) => Some(ChosenSession::There(Box::new(known.clone()))),
            there => self.new_session(name, there).map(ChosenSession::New),
        }
    }
}

/// The sessions of the config file that have a section with start URL and region.
///
/// # Errors
/// The file cannot be read.
pub fn known_sessions(context: &Context) -> Result<Vec<ResolvedSession>, Error> {
    let (sessions, _broken) = selection::all_sessions(context)?;
    Ok(sessions.into_iter().filter(|resolved| resolved.session.name.is_some()).collect())
}

/// A name for a new session: `corp` for `https://corp.awsapps.com/start`.
pub fn proposed_session_name(start_url: &StartUrl) -> String {
    let label = start_url.host().split('.').next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !label.is_empty() && label.chars().all(is_plain) { label.to_owned() } else { "sso".to_owned() }
}

/// `name`, or `name-2` and so on, if a session is called `name` already.
pub fn free_session_name(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut free = name.to_owned();
    let mut number = 2;
    while is_taken(&free) {
        free = format!("{name}-{number}");
        number += 1;
    }
    free
}

fn checked<T>(
    names: &ValueNames,
    value: Option<(Origin, String)>,
    parse: fn(&str) -> Result<T, Refused>,
) -> Result<Option<T>, Error> {
    value.map(|(origin, text)| names.check(&text, || origin, parse)).transpose()
}
