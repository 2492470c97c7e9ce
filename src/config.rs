//! Where every value of a request comes from: flag, then environment, then AWS's
//! own files (`docs/configuration.md`).
//!
//! Nothing here reads a cache or talks to anybody. On the hot path
//! [`resolve_role`] runs once and opens each file once.

mod connection;
mod explain;
mod files;
mod follow;
pub mod header;
mod helper_line;
pub mod lines;
mod login_commands;
mod never_started;
mod only_session;
mod overruled;
mod overview;
mod resolve;
pub mod scanner;
mod stray_word;
mod suggest;
mod users;
mod value;

pub use connection::connection_settings;
pub use explain::nothing_to_sign_in_to;
pub use files::{shown_config_path, shown_path};
pub use never_started::{NeverStarted, never_started};
pub use only_session::{MeantSession, meant_session};
pub use overruled::{Overruled, overruled};
pub use overview::{MergedSection, all_sessions, everything, role_requests};
pub use resolve::parse_scopes;
pub use stray_word::meant_by_word;
pub use users::{profile_with_its_own_way, session_connection_settings};

use std::cell::OnceCell;

use crate::context::Context;
use crate::error::{Error, LoginCommands};
use crate::options::Options;
use crate::request::{ConnectionSettings, RoleRequest, SsoSession};
use login_commands::{LoginBy, login_commands};
use users::Users;

/// What a credential-process run is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The role, and the session it is reached through.
    pub request: RoleRequest,
    /// Whether a sign-in may be started when one is needed.
    pub sign_in_allowed: bool,
    /// `--profile`, if it was given.
    pub profile: Option<String>,
    login_by: LoginBy,
    users: OnceCell<Users>,
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
    login_by: LoginBy,
    users: Users,
}

/// Resolves what the credential process is asked for. No profile is read unless
/// `--profile` names it.
///
/// # Errors
/// Those of exit code 2: an unknown profile or session, missing or invalid values, an unreadable file.
pub fn resolve_role(context: &Context, options: &Options) -> Result<Resolved, Error> {
    resolve::role(context, options)
}

/// Resolves a session alone. The profile is `--profile`; else, with `default_profile`
/// and unless the options name the session otherwise, `AWS_PROFILE`, else `default`.
///
/// # Errors
/// As [`resolve_role`].
pub fn resolve_session(
    context: &Context,
    options: &Options,
    default_profile: bool,
) -> Result<ResolvedSession, Error> {
    resolve::session(context, options, default_profile)
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
