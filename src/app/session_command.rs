//! What the commands for people share: caches, state, and a way to AWS per session.

use std::cell::OnceCell;

use crate::cache::Caches;
use crate::config::{self, ResolvedSession};
use crate::context::Context;
use crate::error::Error;
use crate::identity_center::sdk::SdkIdentityCenter;
use crate::platform;
use crate::request::{RoleRequest, SsoSession};
use crate::state::StateDirectory;

/// The surroundings of one command.
pub(super) struct SessionCommand<'a> {
    pub(super) context: &'a Context,
    pub(super) caches: Caches,
    pub(super) state: StateDirectory,
    configured_roles: OnceCell<Vec<RoleRequest>>,
}

impl<'a> SessionCommand<'a> {
    pub(super) fn new(context: &'a Context) -> Result<Self, Error> {
        platform::wipe_freed_memory();
        let (caches, state) = (Caches::find(context)?, StateDirectory::find(context));
        Ok(Self { context, caches, state, configured_roles: OnceCell::new() })
    }

    /// The roles that profiles of the config reach through `session`. The config is
    /// read once, however many sessions are asked about.
    pub(super) fn configured_roles(&self, session: &SsoSession) -> impl Iterator<Item = &RoleRequest> {
        let key = session.token_cache_key();
        self.all_configured_roles().iter().filter(move |request| request.session.token_cache_key() == key)
    }

    /// The roles that profiles of the config reach through any session.
    pub(super) fn all_configured_roles(&self) -> &[RoleRequest] {
        self.configured_roles.get_or_init(|| config::role_requests(self.context).unwrap_or_default())
    }

    /// The way to AWS for `session`, with the connection settings of `profile`, else of the
    /// profiles that use the session, if they agree.
    pub(super) fn connect(
        &self,
        session: &SsoSession,
        profile: Option<&str>,
    ) -> Result<SdkIdentityCenter<'a>, Error> {
        let settings = match profile {
            Some(_) => config::connection_settings(self.context, profile)?,
            None => config::session_connection_settings(self.context, session)?,
        };
        SdkIdentityCenter::new(self.context, &session.region, Some(&session.start_url), &settings)
    }
}

/// That nothing names the session, and why it is this one.
pub(super) fn only_one(context: &Context, resolved: &ResolvedSession) -> String {
    let session = resolved.login_commands().session;
    let of = if resolved.session.name.is_some() { "" } else { "the session of " };
    format!("using {of}{session}, the only one in {}", config::shown_config_path(context))
}
