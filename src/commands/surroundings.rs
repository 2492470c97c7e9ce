//! What commands that work with sessions share: the caches, the state, and connections to AWS.

use std::cell::Cell;

use crate::cache::Caches;
use crate::config;
use crate::context::Context;
use crate::error::Error;
use crate::identifiers::SessionName;
use crate::identity_center::IdentityCenter;
use crate::identity_center::sdk::SdkIdentityCenter;
use crate::platform;
use crate::request::SsoSession;
use crate::selection::{self, ResolvedSession};
use crate::sign_in::{ConfiguredRoles, NetworkTime, Policy, SessionFiles, SessionRun};
use crate::state::StateDirectory;

/// What one command works with.
pub struct Surroundings<'a> {
    pub context: &'a Context,
    pub caches: Caches,
    pub state: StateDirectory<'a>,
    /// The roles of the config, which is read once, however many sessions are asked about.
    pub configured: ConfiguredRoles<'a>,
}

impl<'a> Surroundings<'a> {
    pub fn new(context: &'a Context) -> Result<Self, Error> {
        platform::wipe_freed_memory();
        let (caches, state) = (Caches::find(context)?, StateDirectory::find(context));
        Ok(Self { context, caches, state, configured: ConfiguredRoles::new(context) })
    }

    /// `session`, and the places on this computer where its data is.
    pub fn files<'b>(&'b self, session: &'b SsoSession) -> SessionFiles<'b> {
        SessionFiles { context: self.context, caches: &self.caches, state: &self.state, session }
    }

    /// Work on a session through `aws` that uses or refreshes its token, and asks no person.
    pub fn run_without_sign_in<'b>(
        &'b self,
        resolved: &'b ResolvedSession,
        aws: &'b dyn IdentityCenter,
    ) -> SessionRun<'b> {
        SessionRun {
            files: self.files(&resolved.session),
            login: resolved.login_commands(),
            aws,
            policy: Policy::default(),
            time: NetworkTime::from_now(self.context),
            started: self.context.elapsed(),
            role: None,
            choices: resolved.choices(self.context),
            unkept: Cell::new(false),
        }
    }

    /// A connection to AWS for `session`, with the settings of `profile`. Without a profile, with
    /// the settings of the profiles that use the session, if these agree.
    ///
    /// # Errors
    /// A setting that cannot be used.
    pub fn connect(
        &self,
        session: &SsoSession,
        profile: Option<&str>,
    ) -> Result<SdkIdentityCenter<'a>, Error> {
        let settings = match profile {
            Some(_) => {
                let name = session.name.as_ref().map(SessionName::as_str);
                selection::connection_settings(self.context, profile, name)?
            }
            None => selection::session_connection_settings(self.context, session)?,
        };
        SdkIdentityCenter::new(self.context, &session.region, Some(&session.start_url), &settings)
    }
}

/// Another process of this program, with its id if that is known.
pub fn another_process(id: Option<u32>) -> String {
    let id = id.map(|id| format!(" (process {id})")).unwrap_or_default();
    format!("another aws-sso-cred{id}")
}

/// That nothing names the session, and why it is this one.
pub fn only_one(context: &Context, resolved: &ResolvedSession) -> String {
    let session = resolved.login_commands().session;
    let of = if resolved.session.name.is_some() { "" } else { "the session of " };
    format!("using {of}{session}, the only one in {}", config::shown_config_path(context))
}
