//! A role or a session as it was resolved, with its sign-in commands and connection settings.

use std::cell::OnceCell;

use super::choices::Choices;
use super::connection::connection_settings;
use super::login_commands::{LoginBy, login_commands};
use super::session_profiles::SessionProfiles;
use crate::context::Context;
use crate::error::{Error, LoginCommands};
use crate::identifiers::SessionName;
use crate::request::{ConnectionSettings, RoleRequest, SsoSession};

/// The role of a run of the credential process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The role, and the session it is reached through.
    pub request: RoleRequest,
    /// Whether a sign-in may be started when one is needed.
    pub sign_in_allowed: bool,
    /// The profile that was read, if any.
    pub profile: Option<String>,
    pub(super) login_by: LoginBy,
    pub(super) session_profiles: OnceCell<SessionProfiles>,
}

/// The session of `login`, `status` or `logout`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedSession {
    /// The session.
    pub session: SsoSession,
    /// The profile that was read for it, if any.
    pub profile: Option<String>,
    /// Whether the credential process may start a sign-in to this session.
    pub sign_in_allowed: bool,
    pub(super) login_by: LoginBy,
    pub(super) session_profiles: SessionProfiles,
}

impl Resolved {
    /// The commands that sign in for this role, ready to be pasted. Reads the files again if no
    /// profile is named, or if the profile has connection settings.
    pub fn login_commands(&self, context: &Context) -> LoginCommands {
        let session = &self.request.session;
        let profile = self.profile.as_deref();
        let by = self.login_by.where_lines_count(context, profile, session);
        let matter = by.profile_decides || profile.is_none();
        let session_profiles =
            if matter { self.session_profiles(context) } else { &SessionProfiles::WithoutSettings };
        login_commands(session, profile, by, session_profiles)
    }

    /// The session alone, for a sign-in to it.
    pub fn session(&self, context: &Context) -> ResolvedSession {
        ResolvedSession {
            session: self.request.session.clone(),
            profile: self.profile.clone(),
            sign_in_allowed: self.sign_in_allowed,
            login_by: self.login_by,
            session_profiles: self.session_profiles(context).clone(),
        }
    }

    /// The choices of the profile and the session. Reads the files.
    pub fn choices(&self, context: &Context) -> Choices {
        Choices::of(context, &self.request.session, self.profile.as_deref())
    }

    fn session_profiles(&self, context: &Context) -> &SessionProfiles {
        self.session_profiles.get_or_init(|| SessionProfiles::read(context, &self.request.session))
    }

    /// The connection settings of the profile; without a profile, those of the profiles that use
    /// the session, if they agree.
    ///
    /// # Errors
    /// As [`connection_settings`].
    pub fn connection_settings(&self, context: &Context) -> Result<ConnectionSettings, Error> {
        match &self.profile {
            Some(profile) => {
                let session = self.request.session.name.as_ref().map(SessionName::as_str);
                connection_settings(context, Some(profile), session)
            }
            None => self.session_profiles(context).connection_settings(context, &self.request.session),
        }
    }
}

impl ResolvedSession {
    /// A session that is not in the config file: its values come from a token file.
    pub fn without_config(session: SsoSession) -> Self {
        let login_by = LoginBy { start_url: true, region: true, ..LoginBy::default() };
        Self {
            session,
            profile: None,
            sign_in_allowed: false,
            login_by,
            session_profiles: SessionProfiles::WithoutSettings,
        }
    }

    /// The same, with what is known of the profiles that use the session. Reads all profiles.
    #[must_use]
    pub(super) fn with_profiles(self, context: &Context) -> Self {
        let session_profiles = SessionProfiles::read(context, &self.session);
        let profile = self.profile.as_deref();
        let login_by = self.login_by.where_lines_count(context, profile, &self.session);
        Self { login_by, session_profiles, ..self }
    }

    /// The choices of the profile and the session. Reads the files.
    pub fn choices(&self, context: &Context) -> Choices {
        Choices::of(context, &self.session, self.profile.as_deref())
    }

    /// The commands that sign in to this session, ready to be pasted.
    pub fn login_commands(&self) -> LoginCommands {
        login_commands(&self.session, self.profile.as_deref(), self.login_by, &self.session_profiles)
    }
}
