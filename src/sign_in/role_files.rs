//! Removes the role credentials of a session, and checks beforehand whether they can be removed.
//!
//! Which files can belong to a session is decided by `known_roles`.

use std::collections::BTreeSet;

use super::configured_roles::ConfiguredRoles;
use super::known_roles::KnownRoles;
use super::removals::{Removal, Removals};
use super::session::SessionFiles;
use crate::cache::{Caches, HalfWrittenRole, RoleFile, request_key, sha1_hex};
use crate::config::shown_path;
use crate::context::Context;
use crate::error::{Error, Holding, LoginCommands};
use crate::state::QuietTime;
use crate::terminal::output;

/// The number of files with role credentials that belong to no known session: live credentials,
/// and temporary files that another process may be writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unexplained(usize);

/// Removes the role credentials of a session. Files that stay are recorded in `removals`.
pub fn remove_role_credentials(
    files: SessionFiles,
    configured: &ConfiguredRoles,
    removals: &mut Removals,
) -> Unexplained {
    let (known, mut others) = remove_known(files, configured, removals);
    if !others.is_empty() {
        let names_of_others = known.names_of_others(files, configured);
        others.retain(|name| !names_of_others.contains(name));
    }
    Unexplained(others.len())
}

/// Removes the files that belong to the session. Returns the names of the others with live
/// credentials, and of those that another process may be writing.
pub(super) fn remove_known(
    files: SessionFiles,
    configured: &ConfiguredRoles,
    removals: &mut Removals,
) -> (KnownRoles, Vec<String>) {
    let SessionFiles { context, caches, state, session } = files;
    let found = caches.sso_role_files(context).unwrap_or_else(|error| {
        removals.cannot_look_into(caches.role_directory(), &error);
        Vec::new()
    });
    let known = KnownRoles::of(state, configured, &found);
    let names = names_of(files, configured, &known, &found);
    for name in &names {
        let path = caches.role_directory().join(format!("{name}.json"));
        // If the file stays, its note stays too, so that the next `logout` finds the file.
        if removals.remove(&path, Holding::RoleCredentials) != Removal::Stays {
            state.forget_role(session, name);
        }
        QuietTime::end_for_file(state, name);
    }
    removals.sweep_half_written(caches.role_directory(), &|stem| names.contains(stem));
    let half_written = caches.half_written_roles();
    for left in half_written.iter().filter(|left| left.is_abandoned) {
        removals.remove(&left.path, Holding::HalfWritten);
    }
    let being_written = half_written.iter().filter(|left| !left.is_abandoned).map(HalfWrittenRole::name);
    let others = found
        .iter()
        .filter(|file| file.is_alive(context.now()))
        .map(RoleFile::name)
        .chain(being_written)
        .filter(|name| !names.contains(*name))
        .map(str::to_owned);
    (known, others.collect())
}

/// Checks that the live role credentials of a session can be removed. Removes nothing. If they
/// stayed after a new sign-in, they would still be handed out, and they may be another person's.
///
/// # Errors
/// [`LocalError::Left`](crate::error::LocalError::Left).
pub fn ensure_role_credentials_can_go(files: SessionFiles, login: &LoginCommands) -> Result<(), Error> {
    let configured = ConfiguredRoles::new(files.context);
    let mut removals = Removals::new(files.context);
    // If the directory cannot be read, no credentials in it can be handed out either.
    let mut found = files.caches.sso_role_files(files.context).unwrap_or_default();
    found.retain(|file| file.is_alive(files.context.now()));
    let known = KnownRoles::of(files.state, &configured, &found);
    let names = names_of(files, &configured, &known, &found);
    for file in found.iter().filter(|file| names.contains(file.name())) {
        removals.look_at(&file.path, Holding::RoleCredentials);
    }
    removals.into_result(Some(login.session.clone()), None, login.ours.clone())
}

/// The names of all files with role credentials of a session, whether they exist or not.
fn names_of(
    files: SessionFiles,
    configured: &ConfiguredRoles,
    known: &KnownRoles,
    found: &[RoleFile],
) -> BTreeSet<String> {
    let SessionFiles { state, session, .. } = files;
    let mut names: BTreeSet<String> =
        configured.of(session).map(|request| sha1_hex(&request_key(request))).collect();
    names.extend(state.remembered_roles(session));
    let possible = known.names(session);
    names.extend(found.iter().map(RoleFile::name).filter(|name| possible.contains(*name)).map(str::to_owned));
    names
}

impl Unexplained {
    /// Tells the person how many files may belong to the session too, if there are any.
    pub fn tell(self, context: &Context, caches: &Caches) {
        let directory = shown_path(context, caches.role_directory());
        let (files, them) = match self.0 {
            0 => return,
            1 => ("1 file".to_owned(), "it"),
            n => (format!("{n} files"), "them"),
        };
        output::tell(&format!(
            "{files} with role credentials in {directory} may belong to this session too; \
             `aws-sso-cred logout --all` removes {them}"
        ));
    }
}
