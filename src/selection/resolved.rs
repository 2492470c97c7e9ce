//! What the configuration says of one request or session, and how to sign in for it.

use std::cell::OnceCell;

use super::connection::connection_settings;
use super::login_commands::{LoginBy, login_commands};
use super::users::Users;
use crate::context::Context;
use crate::error::{Error, LoginCommands};
use crate::request::{ConnectionSettings, RoleRequest, SsoSession};

/// What a credential-process run is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The role, and the session it is reached through.
    pub request: RoleRequest,
    /// Whether a sign-in may be started when one is needed.
    pub sign_in_allowed: bool,
    /// `--profile`, if it was given.
    pub profile: Option<String>,
    pub(super) login_by: LoginBy,
    pub(super) users: OnceCell<Users>,
}

/// A session somebody signs in to, asks after or signs out of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedSession {
    /// The session.
    pub session: SsoSession,
    /// The profile that was read for it, if any.
    pub profile: Option<String>,
    /// Whether a sign-in may be started without being asked for.
    pub sign_in_allowed: bool,
    pub(super) login_by: LoginBy,
    pub(super) users: Users,
}

impl Resolved {
    /// The exact commands that sign in for this request, ready to be pasted. Reads the
    /// files once more, where the profile says how AWS is reached or no profile is named.
    pub fn login_commands(&self, context: &Context) -> LoginCommands {
        let matter = self.login_by.profile_decides || self.profile.is_none();
        let users = if matter { self.users(context) } else { &Users::SayNothing };
        login_commands(&self.request.session, self.profile.as_deref(), self.login_by, users)
    }

    fn users(&self, context: &Context) -> &Users {
        self.users.get_or_init(|| Users::read(context, &self.request.session))
    }

    /// How AWS is reached for this request: as its profile says, else as the profiles that
    /// use its session do, if they agree.
    ///
    /// # Errors
    /// As [`connection_settings`].
    pub fn connection_settings(&self, context: &Context) -> Result<ConnectionSettings, Error> {
        match &self.profile {
            Some(profile) => connection_settings(context, Some(profile)),
            None => self.users(context).connection_settings(context),
        }
    }
}

impl ResolvedSession {
    /// A session that no config names: what a token file says of itself.
    pub fn without_config(session: SsoSession) -> Self {
        let login_by = LoginBy { start_url: true, region: true, ..LoginBy::default() };
        Self { session, profile: None, sign_in_allowed: false, login_by, users: Users::SayNothing }
    }

    /// The exact commands that sign in to this session, ready to be pasted.
    pub fn login_commands(&self) -> LoginCommands {
        login_commands(&self.session, self.profile.as_deref(), self.login_by, &self.users)
    }
}
