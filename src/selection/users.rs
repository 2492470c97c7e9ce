//! How AWS is reached for a session that no profile was named for: as the profiles that use
//! it say, if they all say the same. Asked on the cold path only.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::connection::connection_settings;
use super::helper_line;
use crate::config::{Files, Pick, Settings, nested_settings};
use crate::context::Context;
use crate::error::Error;
use crate::request::{ConnectionSettings, SsoSession};
use crate::value_names::{SSO_SESSION, START_URL};

/// The keys of a profile that say how AWS is reached.
pub(super) const KEYS: [&str; 5] = [
    "ca_bundle",
    "services",
    "use_fips_endpoint",
    "use_dualstack_endpoint",
    "ignore_configured_endpoint_urls",
];

/// What the profiles that use a session say about the way to AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Users {
    /// Nothing, or there are none.
    SayNothing,
    /// All the same: as this one.
    Agree(User),
    /// Not all the same; this is the first that says something.
    Differ(User),
}

/// A profile that uses a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub(super) profile: String,
    /// It names the session by its `credential_process` line only. Its switches for FIPS
    /// and dual-stack are then meant for the services that its program uses.
    pub(super) by_line: bool,
    /// The AWS CLI does not read its header.
    pub(super) is_go_only: bool,
}

/// What the files say about the way to AWS of one profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Way {
    ca_bundle: Option<String>,
    sso_endpoint: Option<String>,
    sso_oidc_endpoint: Option<String>,
    use_fips: bool,
    use_dualstack: bool,
}

/// The users of every session.
pub(super) struct AllUsers<'f> {
    by_keys: BTreeMap<SessionKey<'f>, Vec<(User, Way)>>,
    by_line: BTreeMap<SessionKey<'f>, Vec<(User, Way)>>,
}

/// A session's name, or the start URL of one that has none.
type SessionKey<'a> = (bool, Cow<'a, str>);

impl<'f> AllUsers<'f> {
    /// Looks into files that were read with all profiles and all services.
    pub(super) fn of(files: &'f Files) -> Self {
        let mut all = Self { by_keys: BTreeMap::new(), by_line: BTreeMap::new() };
        for (_, name, settings) in files.profiles() {
            let user = |by_line| {
                let user = User { profile: name.to_owned(), by_line, is_go_only: settings.is_go_only() };
                (user, way(files, &settings, by_line))
            };
            if let Some(key) = key_of_settings(&settings) {
                all.by_keys.entry(key).or_default().push(user(false));
            }
            if let Some(key) = key_of_line(&settings) {
                all.by_line.entry(key).or_default().push(user(true));
            }
        }
        all
    }

    pub(super) fn users(&self, session: &SsoSession) -> Users {
        let key = (session.name.is_some(), Cow::Borrowed(session.token_cache_key()));
        let Some(users) = self.by_keys.get(&key).or_else(|| self.by_line.get(&key)) else {
            return Users::SayNothing;
        };
        let speaking = users.iter().find(|(_, way)| *way != Way::default());
        let Some((user, way)) = speaking.cloned() else { return Users::SayNothing };
        if users.iter().all(|(_, other)| *other == way) { Users::Agree(user) } else { Users::Differ(user) }
    }
}

impl Users {
    /// Reads the files for it.
    pub(super) fn read(context: &Context, session: &SsoSession) -> Self {
        let files = Files::read(context, Pick::All, Pick::Nothing, Pick::All);
        files.map_or(Self::SayNothing, |files| AllUsers::of(&files).users(session))
    }

    /// How AWS is reached without naming a profile.
    pub(super) fn connection_settings(&self, context: &Context) -> Result<ConnectionSettings, Error> {
        let alone = || connection_settings(context, None);
        match self {
            Self::SayNothing | Self::Differ(_) => alone(),
            Self::Agree(user) if user.by_line => {
                let ConnectionSettings { use_fips_endpoint, use_dualstack_endpoint, .. } = alone()?;
                let said = connection_settings(context, Some(&user.profile))?;
                Ok(ConnectionSettings { use_fips_endpoint, use_dualstack_endpoint, ..said })
            }
            Self::Agree(user) => connection_settings(context, Some(&user.profile)),
        }
    }
}

/// How AWS is reached for a session that no profile was named for.
///
/// # Errors
/// As [`connection_settings`].
pub fn session_connection_settings(
    context: &Context,
    session: &SsoSession,
) -> Result<ConnectionSettings, Error> {
    Users::read(context, session).connection_settings(context)
}

/// The first profile that says how AWS is reached for a session, where not all say the same: then
/// none is followed unless it is named.
pub fn profile_with_its_own_way(context: &Context, session: &SsoSession) -> Option<String> {
    match Users::read(context, session) {
        Users::Differ(user) if !user.by_line => Some(user.profile),
        _ => None,
    }
}

/// The session that a profile's own keys lead to.
fn key_of_settings<'f>(settings: &Settings<'f>) -> Option<SessionKey<'f>> {
    let value = |key| settings.find(key).map(|found| Cow::Borrowed(found.setting.value.as_str()));
    let name = value(SSO_SESSION.key).map(|name| (true, name));
    name.or_else(|| Some((false, value(START_URL.key)?)))
}

/// The session that a profile's `credential_process` line names, if it names no profile.
fn key_of_line<'f>(settings: &Settings<'_>) -> Option<SessionKey<'f>> {
    let line = helper_line::of(settings).filter(|line| line.profile.is_none())?;
    let name = line.sso_session.map(|name| (true, Cow::Owned(name)));
    name.or_else(|| Some((false, Cow::Owned(line.start_url?))))
}

fn way(files: &Files, settings: &Settings<'_>, by_line: bool) -> Way {
    let is_on =
        |key| settings.find(key).is_some_and(|found| found.setting.value.eq_ignore_ascii_case("true"));
    let services = settings.find("services").map(|found| found.setting.value.as_str());
    let services = services.filter(|_| !is_on("ignore_configured_endpoint_urls"));
    let endpoint = |service: &str| {
        let name = services?;
        let section = files.services(name);
        if section.is_absent() {
            // What fails is not the same as nothing.
            return Some(format!("[services {name}]"));
        }
        section.all(service).find_map(|found| {
            let mut nested = nested_settings(&found.setting.value);
            nested
                .find(|(key, value)| *key == "endpoint_url" && !value.is_empty())
                .map(|(_, url)| url.to_owned())
        })
    };
    Way {
        ca_bundle: settings.find("ca_bundle").map(|found| found.setting.value.clone()),
        sso_endpoint: endpoint("sso"),
        sso_oidc_endpoint: endpoint("sso_oidc"),
        use_fips: !by_line && is_on("use_fips_endpoint"),
        use_dualstack: !by_line && is_on("use_dualstack_endpoint"),
    }
}
