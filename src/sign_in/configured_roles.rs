//! The roles that the config knows.

use std::cell::OnceCell;

use crate::config;
use crate::context::Context;
use crate::request::{RoleRequest, SsoSession};

/// The roles that profiles of the config reach. The config is read when the first is asked
/// for, and once, however many sessions are asked about.
pub struct ConfiguredRoles<'a> {
    context: &'a Context,
    roles: OnceCell<Vec<RoleRequest>>,
}

impl<'a> ConfiguredRoles<'a> {
    /// Those of the config in this world.
    pub fn new(context: &'a Context) -> Self {
        Self { context, roles: OnceCell::new() }
    }

    /// Those reached through `session`.
    pub fn of(&self, session: &SsoSession) -> impl Iterator<Item = &RoleRequest> {
        let key = session.token_cache_key();
        self.all().iter().filter(move |request| request.session.token_cache_key() == key)
    }

    /// Those reached through any session.
    pub fn all(&self) -> &[RoleRequest] {
        self.roles.get_or_init(|| config::role_requests(self.context).unwrap_or_default())
    }
}
