//! The roles of the profiles in the config.

use std::cell::OnceCell;

use crate::context::Context;
use crate::request::{RoleRequest, SsoSession};
use crate::selection;

/// The roles of all profiles in the config. The config is read at the first use, and only once,
/// however many sessions are asked about.
pub struct ConfiguredRoles<'a> {
    context: &'a Context,
    roles: OnceCell<Vec<RoleRequest>>,
}

impl<'a> ConfiguredRoles<'a> {
    /// The roles of the config that `context` leads to. Nothing is read yet.
    pub fn new(context: &'a Context) -> Self {
        Self { context, roles: OnceCell::new() }
    }

    /// The roles that are reached through `session`.
    pub fn of(&self, session: &SsoSession) -> impl Iterator<Item = &RoleRequest> {
        let key = session.token_cache_key();
        self.all().iter().filter(move |request| request.session.token_cache_key() == key)
    }

    /// The roles of all sessions; none if the config cannot be read.
    pub fn all(&self) -> &[RoleRequest] {
        self.roles.get_or_init(|| selection::role_requests(self.context).unwrap_or_default())
    }
}
