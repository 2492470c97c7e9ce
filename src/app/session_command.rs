//! What the commands for people share: caches, state, and a way to AWS per session.

use crate::cache::Caches;
use crate::config;
use crate::context::Context;
use crate::error::Error;
use crate::identity_center::sdk::SdkIdentityCenter;
use crate::request::SsoSession;
use crate::state::StateDirectory;

/// The surroundings of one command.
pub(super) struct SessionCommand<'a> {
    pub(super) context: &'a Context,
    pub(super) caches: Caches,
    pub(super) state: StateDirectory,
}

impl<'a> SessionCommand<'a> {
    pub(super) fn new(context: &'a Context) -> Result<Self, Error> {
        Ok(Self { context, caches: Caches::find(context)?, state: StateDirectory::find(context) })
    }

    /// The way to AWS for `session`, with the connection settings of `profile`.
    pub(super) fn connect(
        &self,
        session: &SsoSession,
        profile: Option<&str>,
    ) -> Result<SdkIdentityCenter<'a>, Error> {
        let settings = config::connection_settings(self.context, profile)?;
        SdkIdentityCenter::new(self.context, &session.region, Some(&session.start_url), &settings)
    }
}
