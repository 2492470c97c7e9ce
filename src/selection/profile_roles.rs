//! The roles that the profiles of the configuration files stand for.

use std::collections::{BTreeMap, BTreeSet};

use super::everything::{named_by, names_existing_sections};
use super::given::Given;
use super::options::Selection;
use super::resolve::role_from;
use super::{credential_process_line, follow};
use crate::config::{Files, Pick, Settings};
use crate::context::Context;
use crate::error::Error;
use crate::identifiers::{AccountId, RoleName};
use crate::request::{RoleRequest, SsoSession};
use crate::value_names::{ACCOUNT_ID, REGION, ROLE_NAME, SSO_SESSION, START_URL};

/// The roles of all profiles, in file order: by the keys of a profile, and by its
/// `credential_process` line if that names another role. Profiles that do not resolve are left out.
/// Options and `AWS_SSO_*` variables are ignored.
///
/// # Errors
/// [`ConfigurationError::ConfigUnreadable`](crate::error::ConfigurationError::ConfigUnreadable)
pub fn role_requests(context: &Context) -> Result<Vec<RoleRequest>, Error> {
    Ok(profiles_of_roles(context)?.into_iter().map(|(_, request)| request).collect())
}

/// As [`role_requests`], each with the name of its profile.
///
/// # Errors
/// As [`role_requests`].
pub fn profiles_of_roles(context: &Context) -> Result<Vec<(String, RoleRequest)>, Error> {
    let files = Files::read(context, Pick::All, Pick::All, Pick::Nothing)?;
    Ok(profiles_of_roles_in(context, &files))
}

/// As [`profiles_of_roles`], of files of which every profile and every session was read.
pub fn profiles_of_roles_in(context: &Context, files: &Files) -> Vec<(String, RoleRequest)> {
    let sessions: BTreeSet<&str> = files.sso_session_names().collect();
    let mut known = KnownSessions::default();
    let mut requests = Vec::new();
    for (_, name, settings) in files.profiles() {
        let own = by_keys(context, files, &sessions, &mut known, name, &settings);
        let said = by_line(context, files, &sessions, &mut known, &settings);
        let said = said.filter(|said| own.as_ref() != Some(said));
        requests.extend(own.into_iter().chain(said).map(|request| (name.to_owned(), request)));
    }
    requests
}

/// The role that the keys of a profile name.
fn by_keys(
    context: &Context,
    files: &Files,
    sessions: &BTreeSet<&str>,
    known: &mut KnownSessions,
    name: &str,
    settings: &Settings<'_>,
) -> Option<RoleRequest> {
    let value = |key| settings.find(key).map(|found| found.setting.value.as_str());
    let (account_id, role_name) = (value(ACCOUNT_ID.key)?, value(ROLE_NAME.key)?);
    let session = [value(SSO_SESSION.key), value(START_URL.key), value(REGION.key)];
    if session[0].is_some_and(|name| !sessions.contains(name)) {
        return None;
    }
    known.role(Source::Keys, session, account_id, role_name, || {
        let profile = Some((name, None));
        let resolved = role_from(context, &Selection::default(), Given::default(), files, profile);
        resolved.ok().map(|resolved| resolved.request)
    })
}

/// The role that the `credential_process` line of a profile names.
fn by_line(
    context: &Context,
    files: &Files,
    sessions: &BTreeSet<&str>,
    known: &mut KnownSessions,
    settings: &Settings<'_>,
) -> Option<RoleRequest> {
    let line = follow::whole_line(files, credential_process_line::of(settings)?, true);
    if !names_existing_sections(&line, files, sessions) {
        return None;
    }
    let resolve = || role_from(context, &line, Given::said(&line), files, named_by(&line)).ok();
    let resolve = || resolve().map(|resolved| resolved.request);
    match (&line.profile, &line.account_id, &line.role_name) {
        (None, Some(account_id), Some(role_name)) => {
            let session = [&line.sso_session, &line.start_url, &line.region].map(|value| value.as_deref());
            known.role(Source::Line, session, account_id, role_name, resolve)
        }
        _ => resolve(),
    }
}

/// Where the values of a session come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Keys,
    Line,
}

/// The sessions that were resolved, by the values that name them. A config may have thousands of
/// profiles with few sessions, and resolving one searches all sections.
#[derive(Debug, Default)]
struct KnownSessions(BTreeMap<(Source, [Option<String>; 3]), SsoSession>);

impl KnownSessions {
    fn role(
        &mut self,
        source: Source,
        session: [Option<&str>; 3],
        account_id: &str,
        role_name: &str,
        resolve: impl FnOnce() -> Option<RoleRequest>,
    ) -> Option<RoleRequest> {
        let key = (source, session.map(|value| value.map(str::to_owned)));
        if let Some(session) = self.0.get(&key) {
            return Some(RoleRequest {
                session: session.clone(),
                account_id: AccountId::parse(account_id).ok()?,
                role_name: RoleName::parse(role_name).ok()?,
            });
        }
        let request = resolve()?;
        self.0.insert(key, request.session.clone());
        Some(request)
    }
}
