//! All sessions of the configuration files.

use std::collections::{BTreeMap, BTreeSet};

use super::explain::{NamedProfile, wrong_encoding};
use super::given::Given;
use super::options::Selection;
use super::resolve::session_from;
use super::resolved::ResolvedSession;
use super::session_profiles::{AllSessionProfiles, section_connects};
use super::value::Candidate;
use super::{credential_process_line, follow};
use crate::config::{Files, Kind, Pick};
use crate::context::Context;
use crate::error::Error;
use crate::value_names::{LINE_KEY, REGION, SSO_SESSION, START_URL};

/// Every `[sso-session]`, every distinct start URL of profiles in the older layout, and every
/// session that only a `credential_process` line names, in file order; then one error for each
/// session that is broken. Options and `AWS_SSO_*` variables, which name one session, are ignored.
///
/// # Errors
/// [`ConfigurationError::ConfigUnreadable`](crate::error::ConfigurationError::ConfigUnreadable)
pub fn all_sessions(context: &Context) -> Result<(Vec<ResolvedSession>, Vec<Error>), Error> {
    let files = Files::read(context, Pick::All, Pick::All, Pick::All)?;
    Ok(sessions_of(context, &files))
}

/// As [`all_sessions`], of files of which every section was read.
pub(super) fn sessions_of(context: &Context, files: &Files) -> (Vec<ResolvedSession>, Vec<Error>) {
    let (mut sessions, mut broken): (Vec<ResolvedSession>, Vec<Error>) = (Vec::new(), Vec::new());
    for entry in entries(files) {
        let named = entry.sso_session.map(|name| Candidate::Header(name, entry.offset));
        let given = Given { sso_session: named.filter(|_| entry.profile.is_none()), ..Given::default() };
        let profile = entry.profile.map(|name| (name, None));
        match session_from(context, &Selection::default(), given, files, profile) {
            Ok(session) => sessions.push(session),
            Err(error) => broken.push(error),
        }
    }
    let mut known: BTreeSet<_> =
        sessions.iter().map(|resolved| resolved.session.token_cache_key().to_owned()).collect();
    let mut lines = BTreeSet::new();
    for line in credential_process_lines(files) {
        // Thousands of lines may name one session.
        let session =
            [&line.profile, &line.sso_session, &line.start_url, &line.region].map(Option::<String>::clone);
        if !lines.insert(session) {
            continue;
        }
        // A line that does not resolve fails with its own error when it is run.
        let Ok(said) = session_from(context, &line, Given::said(&line), files, named_by(&line)) else {
            continue;
        };
        if known.insert(said.session.token_cache_key().to_owned()) {
            sessions.push(said);
        }
    }
    let session_profiles = AllSessionProfiles::of(files);
    for resolved in &mut sessions {
        resolved.session_profiles = session_profiles.session_profiles(&resolved.session);
        resolved.login_by.session_connects = section_connects(files, &resolved.session);
    }
    if sessions.is_empty() && broken.is_empty() {
        broken.extend(wrong_encoding(context));
    }
    (sessions, broken)
}

/// What the `credential_process` lines that start aws-sso-cred say, in file order. Lines that name a
/// profile or a session that does not exist are left out.
fn credential_process_lines(files: &Files) -> Vec<Selection> {
    let lines =
        files.profiles().into_iter().filter_map(|(.., settings)| credential_process_line::of(&settings));
    let lines = lines.map(|line| follow::whole_line(files, line, false));
    lines.filter(|line| names_existing_sections(line, files)).collect()
}

/// Whether the profile and the session of a line exist. Checked here because an error would search
/// the whole file for similar names, once for each line.
pub(super) fn names_existing_sections(line: &Selection, files: &Files) -> bool {
    let profile = line.profile.as_ref().map(|name| files.profile(name));
    let session = line
        .sso_session
        .as_deref()
        .or_else(|| profile.as_ref()?.find(SSO_SESSION.key).map(|found| found.setting.value.as_str()));
    profile.as_ref().is_none_or(|settings| !settings.is_absent())
        && (session.is_none_or(|name| !files.sso_session(name).is_absent())
            || (line.start_url.is_some() && line.region.is_some()))
}

pub(super) fn named_by(line: &Selection) -> Option<NamedProfile<'_>> {
    line.profile.as_deref().map(|name| (name, Some(LINE_KEY)))
}

/// A session of the config file, and the profile that has the values that its section lacks.
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
    // The rest are profiles that refer to a session that does not exist.
    let dangling = by_session.into_values();
    entries.extend(dangling.map(|(offset, name)| Entry { offset, sso_session: None, profile: Some(name) }));
    entries.sort_by_key(|entry| entry.offset);
    entries
}
