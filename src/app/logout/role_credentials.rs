//! Which role-credential files belong to a session: their names are hashes that do not
//! tell. They are found through the roles of the config, through the notes we keep of
//! those we wrote, and by trying every account and role that anything on this computer
//! knows.

use std::collections::BTreeSet;

use super::super::SessionCommand;
use super::removals::{Removal, Removals};
use crate::cache::{HalfWrittenRole, RoleFile, TokenFile, request_key, role_key, sha1_hex};
use crate::config::{self, shown_path};
use crate::error::Holding;
use crate::identifiers::SessionName;
use crate::output;
use crate::request::SsoSession;
use crate::state::StateDirectory;

/// How many role credentials are left that no known session explains: live ones, and what
/// another process may be writing just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::app) struct Unexplained(usize);

/// Removes the role credentials of `session`.
pub(in crate::app) fn remove_role_credentials(
    command: &SessionCommand,
    session: &SsoSession,
    removals: &mut Removals,
) -> Unexplained {
    let SessionCommand { context, caches, state, .. } = command;
    let files = caches.sso_role_files(context).unwrap_or_else(|error| {
        removals.cannot_look_into(caches.role_directory(), &error);
        Vec::new()
    });
    let known = Known::of(command, &files);
    let names = names_of(command, session, &known, &files);
    for name in &names {
        let path = caches.role_directory().join(format!("{name}.json"));
        // What stays is to be found again.
        if removals.remove(&path, Holding::RoleCredentials) != Removal::Stays {
            state.forget_role(context, session, name);
        }
        if let Some(file) = state.file(&format!("roles/{name}.fallback")) {
            StateDirectory::remove(context, &file);
        }
    }
    removals.sweep_half_written(caches.role_directory(), &|stem| names.contains(stem));
    let half_written = caches.half_written_roles();
    for left in half_written.iter().filter(|left| left.is_abandoned) {
        removals.remove(&left.path, Holding::HalfWritten);
    }
    let in_work = half_written.iter().filter(|left| !left.is_abandoned).map(HalfWrittenRole::name);
    let of_others = known.names_of_others(command, session);
    let unexplained = files
        .iter()
        .filter(|file| file.is_alive(context.now()))
        .map(RoleFile::name)
        .chain(in_work)
        .filter(|name| !names.contains(*name) && !of_others.contains(*name));
    Unexplained(unexplained.count())
}

/// The names of the files with role credentials of `session`, be they there or not.
fn names_of(
    command: &SessionCommand,
    session: &SsoSession,
    known: &Known,
    files: &[RoleFile],
) -> BTreeSet<String> {
    let mut names: BTreeSet<String> =
        command.configured_roles(session).map(|request| sha1_hex(&request_key(request))).collect();
    names.extend(command.state.remembered_roles(session));
    let possible = known.names(session);
    names.extend(files.iter().map(RoleFile::name).filter(|name| possible.contains(*name)).map(str::to_owned));
    names
}

/// Notes the role credentials of `session` that are still good and that could not be
/// removed; removes nothing.
pub(in crate::app) fn look_at_role_credentials(
    command: &SessionCommand,
    session: &SsoSession,
    removals: &mut Removals,
) {
    // What cannot be looked into is handed out to nobody here.
    let mut files = command.caches.sso_role_files(command.context).unwrap_or_default();
    files.retain(|file| file.is_alive(command.context.now()));
    let names = names_of(command, session, &Known::of(command, &files), &files);
    for file in files.iter().filter(|file| names.contains(file.name())) {
        removals.look_at(&file.path, Holding::RoleCredentials);
    }
}

impl Unexplained {
    /// Says what may be left of a session, if anything is.
    pub(in crate::app) fn tell(self, command: &SessionCommand) {
        let directory = shown_path(command.context, command.caches.role_directory());
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

/// All accounts and roles that the config, our notes and the files themselves name, of
/// whatever session.
struct Known {
    accounts: BTreeSet<String>,
    roles: BTreeSet<String>,
}

impl Known {
    fn of(command: &SessionCommand, files: &[RoleFile]) -> Self {
        let noted = command.state.all_remembered_roles();
        let configured = command.all_configured_roles();
        let mut roles: BTreeSet<String> =
            configured.iter().map(|request| request.role_name.to_string()).collect();
        roles.extend(noted.iter().map(|(_, role_name)| role_name.to_string()));
        let mut accounts: BTreeSet<String> =
            files.iter().filter_map(|file| file.account_id.clone()).collect();
        // Only files of older tools do not say which account they are for.
        if files.iter().any(|file| file.account_id.is_none()) {
            accounts.extend(configured.iter().map(|request| request.account_id.to_string()));
            accounts.extend(noted.iter().map(|(account_id, _)| account_id.to_string()));
        }
        Self { accounts, roles }
    }

    /// The names that files of `session` can have.
    fn names(&self, session: &SsoSession) -> BTreeSet<String> {
        let name = session.name.as_ref().map(SessionName::as_str);
        let start_url = session.start_url.as_str();
        let key =
            |(account_id, role_name): (&String, &String)| role_key(account_id, role_name, name, start_url);
        let all = self.accounts.iter().flat_map(|account| self.roles.iter().map(move |role| (account, role)));
        all.map(|pair| sha1_hex(&key(pair))).collect()
    }

    /// The same for every other session that the config or a token file tells of.
    fn names_of_others(&self, command: &SessionCommand, session: &SsoSession) -> BTreeSet<String> {
        let configured = config::all_sessions(command.context).map(|(sessions, _)| sessions);
        let configured = configured.unwrap_or_default().into_iter().map(|resolved| resolved.session);
        let of_roles = command.all_configured_roles().iter().map(|request| request.session.clone());
        let signed_in = command.caches.token_files(command.context);
        let signed_in = signed_in.iter().filter_map(TokenFile::session);
        let mut seen = BTreeSet::from([session.token_cache_key().to_owned()]);
        let others = configured.chain(of_roles).chain(signed_in);
        others
            .filter(|other| seen.insert(other.token_cache_key().to_owned()))
            .flat_map(|other| self.names(&other))
            .collect()
    }
}
