//! Connection settings of a session for which no profile is named: those of the profiles that use
//! the session, if they all have the same. Used on the cold path only.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::connection::{Keys, configured_endpoint, settings_of};
use super::credential_process_line;
use crate::config::{Files, Pick, Settings};
use crate::context::Context;
use crate::error::Error;
use crate::identifiers::SessionName;
use crate::request::{ConnectionSettings, SsoSession};
use crate::value_names::{SSO_SESSION, START_URL};

/// The keys of a profile that are connection settings.
pub(super) const CONNECTION_KEYS: [&str; 5] = [
    "ca_bundle",
    "services",
    "use_fips_endpoint",
    "use_dualstack_endpoint",
    "ignore_configured_endpoint_urls",
];

/// The connection settings of the profiles that use a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SessionProfiles {
    /// No profile uses the session, or none has connection settings.
    WithoutSettings,
    /// All profiles have the same settings as this profile.
    Agree(SessionProfile),
    /// The profiles have different settings. This is the first profile that has some.
    Differ(SessionProfile),
}

/// A profile that uses a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SessionProfile {
    pub(super) name: String,
    /// It names the session only in its `credential_process` line.
    pub(super) by_line: bool,
    /// Its switches for FIPS and dual-stack are meant for Identity Center, too: the `sso_` keys are its
    /// own, or its line names the profile itself. Otherwise they are only for the AWS services that the
    /// calling program uses.
    pub(super) is_whole: bool,
    /// The AWS CLI does not read its header.
    pub(super) is_go_only: bool,
}

/// The connection settings of one profile, as the files have them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct ConnectionKeys {
    ca_bundle: Option<String>,
    sso_endpoint: Option<String>,
    sso_oidc_endpoint: Option<String>,
    use_fips: bool,
    use_dualstack: bool,
}

/// The profiles of every session.
pub(super) struct AllSessionProfiles<'f> {
    files: &'f Files,
    by_keys: BTreeMap<SessionKey<'f>, Vec<(SessionProfile, ConnectionKeys)>>,
    by_line: BTreeMap<SessionKey<'f>, Vec<(SessionProfile, ConnectionKeys)>>,
}

/// `true` and the name of a session, or `false` and the start URL of a session without a name.
type SessionKey<'a> = (bool, Cow<'a, str>);

impl<'f> AllSessionProfiles<'f> {
    /// Groups the profiles of `files`, which must have all sections.
    pub(super) fn of(files: &'f Files) -> Self {
        let mut all = Self { files, by_keys: BTreeMap::new(), by_line: BTreeMap::new() };
        for (_, name, settings) in files.profiles() {
            let with_keys = |key: &SessionKey<'_>, by_line, is_whole| {
                let is_go_only = settings.is_go_only();
                let profile = SessionProfile { name: name.to_owned(), by_line, is_whole, is_go_only };
                let keys = Keys { profile: settings.clone(), session: section_of(files, key), is_whole };
                (profile, connection_keys(files, &keys))
            };
            if let Some(key) = key_of_settings(&settings) {
                let profile = with_keys(&key, false, true);
                all.by_keys.entry(key).or_default().push(profile);
            }
            if let Some((key, names_itself)) = key_of_line(name, &settings) {
                let profile = with_keys(&key, true, names_itself);
                all.by_line.entry(key).or_default().push(profile);
            }
        }
        all
    }

    pub(super) fn session_profiles(&self, session: &SsoSession) -> SessionProfiles {
        let key = key_of(session);
        let Some(session_profiles) = self.by_keys.get(&key).or_else(|| self.by_line.get(&key)) else {
            return SessionProfiles::WithoutSettings;
        };
        let section = section_of(self.files, &key);
        let alone = connection_keys(
            self.files,
            &Keys { profile: Settings::none(), session: section, is_whole: false },
        );
        let with_settings = session_profiles.iter().find(|(_, keys)| *keys != alone);
        let Some((profile, keys)) = with_settings.cloned() else { return SessionProfiles::WithoutSettings };
        if session_profiles.iter().all(|(_, other)| *other == keys) {
            SessionProfiles::Agree(profile)
        } else {
            SessionProfiles::Differ(profile)
        }
    }
}

impl SessionProfiles {
    /// Reads the files, and takes the profiles of `session`.
    pub(super) fn read(context: &Context, session: &SsoSession) -> Self {
        let files = Files::read(context, Pick::All, Pick::All, Pick::All);
        files.map_or(Self::WithoutSettings, |files| AllSessionProfiles::of(&files).session_profiles(session))
    }

    /// The connection settings of `session` that are used if no profile is named.
    pub(super) fn connection_settings(
        &self,
        context: &Context,
        session: &SsoSession,
    ) -> Result<ConnectionSettings, Error> {
        let section = session.name.as_ref().map(SessionName::as_str);
        match self {
            Self::WithoutSettings | Self::Differ(_) => settings_of(context, None, section, false),
            Self::Agree(profile) => settings_of(context, Some(&profile.name), section, profile.is_whole),
        }
    }
}

/// The connection settings of a session for which no profile is named.
///
/// # Errors
/// As [`connection_settings`](super::connection_settings).
pub fn session_connection_settings(
    context: &Context,
    session: &SsoSession,
) -> Result<ConnectionSettings, Error> {
    SessionProfiles::read(context, session).connection_settings(context, session)
}

/// The first profile with connection settings, if the profiles of `session` have different ones. None
/// of them is then used unless a profile is named.
pub fn profile_with_own_connection_settings(context: &Context, session: &SsoSession) -> Option<String> {
    match SessionProfiles::read(context, session) {
        SessionProfiles::Differ(profile) if profile.is_whole => Some(profile.name),
        _ => None,
    }
}

/// The session that a profile's keys name.
fn key_of_settings<'f>(settings: &Settings<'f>) -> Option<SessionKey<'f>> {
    let value = |key| settings.find(key).map(|found| Cow::Borrowed(found.setting.value.as_str()));
    let name = value(SSO_SESSION.key).map(|name| (true, name));
    name.or_else(|| Some((false, value(START_URL.key)?)))
}

/// The session that the `credential_process` line of `profile` names, unless it names another profile,
/// and whether it names `profile` itself.
fn key_of_line<'f>(profile: &str, settings: &Settings<'_>) -> Option<(SessionKey<'f>, bool)> {
    let line = credential_process_line::of(settings)?;
    let names_itself = line.profile.as_deref() == Some(profile);
    if line.profile.is_some() && !names_itself {
        return None;
    }
    let name = line.sso_session.map(|name| (true, Cow::Owned(name)));
    let key = name.or_else(|| Some((false, Cow::Owned(line.start_url?))))?;
    Some((key, names_itself))
}

/// Whether the keys or the `credential_process` line of `profile` name this session; the line has to name
/// the profile itself, too.
pub(super) fn is_session_of(profile: &str, settings: &Settings<'_>, session: &SsoSession) -> bool {
    key_of_settings(settings) == Some(key_of(session))
        || key_of_line(profile, settings) == Some((key_of(session), true))
}

/// Whether the `credential_process` line of `profile` names this session and the profile itself, for its
/// connection settings. Reads the files.
pub(super) fn line_names_itself(context: &Context, profile: &str, session: &SsoSession) -> bool {
    let files = Files::read(context, Pick::One(profile), Pick::Nothing, Pick::Nothing).unwrap_or_default();
    let settings = files.profile(profile);
    let has_keys = CONNECTION_KEYS.iter().any(|key| settings.find(key).is_some());
    has_keys && key_of_line(profile, &settings) == Some((key_of(session), true))
}

/// The section of a session; empty if it has none.
fn section_of<'f>(files: &'f Files, (is_name, key): &SessionKey<'_>) -> Settings<'f> {
    if *is_name { files.sso_session(key) } else { Settings::none() }
}

/// Whether the section of `session` has connection settings, which the AWS CLI does not read there.
pub(super) fn section_connects(files: &Files, session: &SsoSession) -> bool {
    let section = section_of(files, &key_of(session));
    CONNECTION_KEYS.iter().any(|key| section.find(key).is_some())
}

fn key_of(session: &SsoSession) -> SessionKey<'_> {
    (session.name.is_some(), Cow::Borrowed(session.token_cache_key()))
}

fn connection_keys(files: &Files, settings: &Keys<'_>) -> ConnectionKeys {
    let is_on =
        |key| settings.find(key).is_some_and(|found| found.setting.value.eq_ignore_ascii_case("true"));
    let services = settings.find("services").map(|found| found.setting.value.as_str());
    let services = services.filter(|_| !is_on("ignore_configured_endpoint_urls"));
    let endpoint = |service: &str| {
        let name = services?;
        let section = files.services(name);
        if section.is_absent() {
            // It fails when it is used, so it is not the same as no endpoint.
            return Some(format!("[services {name}]"));
        }
        configured_endpoint(&section, service).map(str::to_owned)
    };
    ConnectionKeys {
        ca_bundle: settings.find("ca_bundle").map(|found| found.setting.value.clone()),
        sso_endpoint: endpoint("sso"),
        sso_oidc_endpoint: endpoint("sso_oidc"),
        use_fips: is_on("use_fips_endpoint"),
        use_dualstack: is_on("use_dualstack_endpoint"),
    }
}
