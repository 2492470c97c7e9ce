//! Which role-credential files can belong to a session. The names of the files are hashes that
//! do not tell the session, so the name for every known account and role is computed.

use std::collections::BTreeSet;

use super::configured_roles::ConfiguredRoles;
use super::session::SessionFiles;
use crate::cache::{RoleFile, TokenFile, role_key, sha1_hex};
use crate::identifiers::SessionName;
use crate::request::SsoSession;
use crate::selection;
use crate::state::StateDirectory;

/// All accounts and roles that the config, our notes and the role files name, of all sessions.
pub struct KnownRoles {
    accounts: BTreeSet<String>,
    roles: BTreeSet<String>,
}

impl KnownRoles {
    /// Collects the accounts and roles of the config, of our notes and of these role files.
    pub fn of(state: &StateDirectory, configured: &ConfiguredRoles, files: &[RoleFile]) -> Self {
        let noted = state.all_remembered_roles();
        let configured = configured.all();
        let mut roles: BTreeSet<String> =
            configured.iter().map(|request| request.role_name.to_string()).collect();
        roles.extend(noted.iter().map(|(_, role_name)| role_name.to_string()));
        let mut accounts: BTreeSet<String> =
            files.iter().filter_map(|file| file.account_id.clone()).collect();
        // Older tools write files without an account; then every known account is possible.
        if files.iter().any(|file| file.account_id.is_none()) {
            accounts.extend(configured.iter().map(|request| request.account_id.to_string()));
            accounts.extend(noted.iter().map(|(account_id, _)| account_id.to_string()));
        }
        Self { accounts, roles }
    }

    /// The names that role files of `session` can have.
    pub fn names(&self, session: &SsoSession) -> BTreeSet<String> {
        let name = session.name.as_ref().map(SessionName::as_str);
        let start_url = session.start_url.as_str();
        let key =
            |(account_id, role_name): (&String, &String)| role_key(account_id, role_name, name, start_url);
        let all = self.accounts.iter().flat_map(|account| self.roles.iter().map(move |role| (account, role)));
        all.map(|pair| sha1_hex(&key(pair))).collect()
    }

    /// The same for all other sessions that the config or a token file names.
    pub fn names_of_others(&self, files: SessionFiles, configured: &ConfiguredRoles) -> BTreeSet<String> {
        let SessionFiles { context, caches, session, .. } = files;
        let of_config = selection::all_sessions(context).map(|(sessions, _)| sessions);
        let of_config = of_config.unwrap_or_default().into_iter().map(|resolved| resolved.session);
        let of_roles = configured.all().iter().map(|request| request.session.clone());
        let signed_in = caches.token_files(context);
        let signed_in = signed_in.iter().filter_map(TokenFile::session);
        let mut seen = BTreeSet::from([session.token_cache_key().to_owned()]);
        let others = of_config.chain(of_roles).chain(signed_in);
        others
            .filter(|other| seen.insert(other.token_cache_key().to_owned()))
            .flat_map(|other| self.names(&other))
            .collect()
    }
}
