//! The roles that the profiles of the configuration files stand for.

use super::everything::{named_by, names_existing_sections};
use super::given::Given;
use super::options::Selection;
use super::resolve::role_from;
use super::{credential_process_line, follow};
use crate::config::{Files, Pick, Settings};
use crate::context::Context;
use crate::error::Error;
use crate::request::RoleRequest;
use crate::value_names::{ACCOUNT_ID, ROLE_NAME, SSO_SESSION};

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
    let mut requests = Vec::new();
    for (_, name, settings) in files.profiles() {
        let own = by_keys(context, files, name, &settings);
        let said = by_line(context, files, &settings).filter(|said| own.as_ref() != Some(said));
        requests.extend(own.into_iter().chain(said).map(|request| (name.to_owned(), request)));
    }
    requests
}

/// The role that the keys of a profile name.
fn by_keys(context: &Context, files: &Files, name: &str, settings: &Settings<'_>) -> Option<RoleRequest> {
    settings.find(ACCOUNT_ID.key).and(settings.find(ROLE_NAME.key))?;
    let session = settings.find(SSO_SESSION.key);
    // An error would search the whole file for similar names.
    if session.is_some_and(|found| files.sso_session(&found.setting.value).is_absent()) {
        return None;
    }
    let profile = Some((name, None));
    let resolved = role_from(context, &Selection::default(), Given::default(), files, profile);
    resolved.ok().map(|resolved| resolved.request)
}

/// The role that the `credential_process` line of a profile names.
fn by_line(context: &Context, files: &Files, settings: &Settings<'_>) -> Option<RoleRequest> {
    let line = follow::whole_line(files, credential_process_line::of(settings)?, true);
    if !names_existing_sections(&line, files) {
        return None;
    }
    let resolved = role_from(context, &line, Given::said(&line), files, named_by(&line));
    resolved.ok().map(|resolved| resolved.request)
}
