//! Everything that the config file knows: all sessions, all roles.

use std::collections::{BTreeMap, BTreeSet};

use super::ResolvedSession;
use super::files::{Files, Settings};
use super::header::Kind;
use super::resolve::{Given, role_from, session_from};
use super::scanner::Pick;
use super::value::{ACCOUNT_ID, Candidate, REGION, ROLE_NAME, SSO_SESSION, START_URL};
use crate::context::Context;
use crate::error::Error;
use crate::options::Options;
use crate::request::RoleRequest;

/// All sections of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedSection {
    /// What it describes; [`Kind::Profile`] for `[default]` too.
    pub kind: Kind,
    /// Its name, without quotes.
    pub name: String,
    /// Keys in lower case with the value that counts; none is empty. The text of a
    /// nested block begins with `\n`.
    pub settings: Vec<(String, String)>,
}

/// Every profile, session and services section, as the requests are resolved from them.
///
/// # Errors
/// [`Error::ConfigUnreadable`]
pub fn everything(context: &Context) -> Result<Vec<MergedSection>, Error> {
    let files = Files::read(context, Pick::All, Pick::All, Pick::All)?;
    let of_kind = |kind, groups: Vec<(u64, &str, Settings<'_>)>| {
        let merge = move |(_, name, settings): (u64, &str, Settings<'_>)| MergedSection {
            kind,
            name: name.to_owned(),
            settings: settings.merged(),
        };
        groups.into_iter().map(merge).collect::<Vec<_>>()
    };
    let mut all = of_kind(Kind::Profile, files.profiles());
    all.extend(of_kind(Kind::SsoSession, files.of_every_name(Kind::SsoSession)));
    all.extend(of_kind(Kind::Services, files.of_every_name(Kind::Services)));
    Ok(all)
}

/// Every `[sso-session]`, and every distinct start URL of profiles in the older layout,
/// in file order; then one error for each that is broken. Flags and `AWS_SSO_*`
/// variables, which name one session, play no part.
///
/// # Errors
/// [`Error::ConfigUnreadable`]
pub fn all_sessions(context: &Context) -> Result<(Vec<ResolvedSession>, Vec<Error>), Error> {
    let files = Files::read(context, Pick::All, Pick::All, Pick::Nothing)?;
    let (mut sessions, mut broken) = (Vec::new(), Vec::new());
    for entry in entries(&files) {
        let named = entry.sso_session.map(|name| Candidate::Flag(SSO_SESSION.flag, name));
        let given = Given { sso_session: named.filter(|_| entry.profile.is_none()), ..Given::default() };
        let profile = entry.profile.map(|name| (name, None));
        match session_from(context, &Options::default(), given, &files, profile) {
            Ok(session) => sessions.push(session),
            Err(error) => broken.push(error),
        }
    }
    Ok((sessions, broken))
}

/// The role of every profile that names one and resolves, in file order, as the
/// files alone have it.
///
/// # Errors
/// [`Error::ConfigUnreadable`]
pub fn role_requests(context: &Context) -> Result<Vec<RoleRequest>, Error> {
    let files = Files::read(context, Pick::All, Pick::All, Pick::Nothing)?;
    let sessions: BTreeSet<_> =
        files.of_every_name(Kind::SsoSession).into_iter().map(|(_, name, _)| name).collect();
    let names_a_role = |settings: &Settings<'_>| {
        let session = settings.find(SSO_SESSION.key);
        settings.find(ACCOUNT_ID.key).and(settings.find(ROLE_NAME.key)).is_some()
            && session.is_none_or(|found| sessions.contains(found.setting.value.as_str()))
    };
    let profiles = files.profiles();
    let with_role = profiles.iter().filter(|(.., settings)| names_a_role(settings));
    let resolved = with_role.filter_map(|(_, name, _)| {
        let profile = Some((*name, None));
        role_from(context, &Options::default(), Given::default(), &files, profile).ok()
    });
    Ok(resolved.map(|resolved| resolved.request).collect())
}

/// A session that the file mentions, and the profile that says what its section does not.
struct Entry<'a> {
    offset: u64,
    sso_session: Option<&'a str>,
    profile: Option<&'a str>,
}

fn entries(files: &Files) -> Vec<Entry<'_>> {
    let profiles = files.profiles();
    let mut by_session = BTreeMap::new();
    let mut by_start_url = BTreeMap::new();
    for (offset, name, settings) in &profiles {
        if let Some(found) = settings.find(SSO_SESSION.key) {
            by_session.entry(found.setting.value.as_str()).or_insert((*offset, *name));
        } else if let Some(found) = settings.find(START_URL.key) {
            by_start_url.entry(found.setting.value.as_str()).or_insert((*offset, *name));
        }
    }
    let legacy = by_start_url.into_values();
    let mut entries: Vec<_> =
        legacy.map(|(offset, name)| Entry { offset, sso_session: None, profile: Some(name) }).collect();
    for (offset, name, settings) in files.of_every_name(Kind::SsoSession) {
        let referring = by_session.remove(name).map(|(_, profile)| profile);
        let complete = settings.find(START_URL.key).and(settings.find(REGION.key)).is_some();
        entries.push(Entry { offset, sso_session: Some(name), profile: referring.filter(|_| !complete) });
    }
    // What is left are profiles that refer to a session that is not there.
    let dangling = by_session.into_values();
    entries.extend(dangling.map(|(offset, name)| Entry { offset, sso_session: None, profile: Some(name) }));
    entries.sort_by_key(|entry| entry.offset);
    entries
}
