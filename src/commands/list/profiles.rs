//! Which profiles of the config stand for a role.

use std::collections::HashMap;

use crate::accounts::Assignment;
use crate::context::Context;
use crate::request::{RoleRequest, SsoSession};
use crate::selection;
use crate::start_url::is_same_instance;

/// The names of the profiles, by account and role.
pub struct Profiles(HashMap<(String, String), Vec<String>>);

impl Profiles {
    /// The profiles whose role is reached through the portal of `session`, whatever their session is
    /// called. A config that cannot be read has none: it says nothing about the accounts.
    pub fn of(context: &Context, session: &SsoSession) -> Self {
        let mut profiles: HashMap<_, Vec<String>> = HashMap::new();
        for (name, request) in selection::profiles_of_roles(context).unwrap_or_default() {
            let RoleRequest { session: own, account_id, role_name } = request;
            if !is_same_instance((&own.start_url, &own.region), (&session.start_url, &session.region)) {
                continue;
            }
            let names = profiles.entry((account_id.to_string(), role_name.to_string())).or_default();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Self(profiles)
    }

    /// The profiles that stand for `assignment`, in the order of the config.
    pub fn take(&mut self, assignment: &Assignment) -> Vec<String> {
        let key = (assignment.account_id.to_string(), assignment.role_name.to_string());
        self.0.remove(&key).unwrap_or_default()
    }
}
