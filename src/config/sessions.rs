//! Every session that the config file knows.

use std::collections::BTreeMap;

use super::ResolvedSession;
use super::files::Files;
use super::resolve::{Given, session_from};
use super::scanner::Pick;
use super::value::{Candidate, REGION, SSO_SESSION, START_URL};
use crate::context::Context;
use crate::error::Error;
use crate::options::Options;

/// The sessions of a config file, in file order, and what is wrong with the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllSessions {
    /// Those that can be signed in to.
    pub sessions: Vec<ResolvedSession>,
    /// One error for each that cannot.
    pub broken: Vec<Error>,
}

/// Every `[sso-session]`, and every distinct start URL of profiles in the older layout.
/// Flags and `AWS_SSO_*` variables, which name one session, play no part.
///
/// # Errors
/// [`Error::ConfigUnreadable`]; a session that is broken is no error, but listed.
pub fn all_sessions(context: &Context) -> Result<AllSessions, Error> {
    let files = Files::read(context, Pick::All, Pick::All, Pick::Nothing)?;
    let mut all = AllSessions { sessions: Vec::new(), broken: Vec::new() };
    let options = Options::default();
    for entry in entries(&files) {
        let named = entry.sso_session.map(|name| Candidate::Flag(SSO_SESSION.flag, name));
        let given = Given { sso_session: named.filter(|_| entry.profile.is_none()), ..Given::default() };
        let profile = entry.profile.map(|name| (name, None));
        match session_from(context, &options, given, &files, profile) {
            Ok(session) => all.sessions.push(session),
            Err(error) => all.broken.push(error),
        }
    }
    Ok(all)
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
    for (offset, name, settings) in files.sso_sessions() {
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
