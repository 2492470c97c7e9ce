//! What the program does, as policy: the credential process and the commands.
//!
//! Decisions come from `token` and `role_credentials`, effects from `cache`,
//! `lock`, `state` and the gate; this room only says in which order.

mod clock;
mod failures;
mod fallback;
mod fetch;
mod instance;
mod left_over;
mod login;
mod logout;
mod network;
mod obstacles;
mod obtain;
mod queue;
mod refresh;
mod refused_refresh;
mod registration;
mod session_command;
mod shared_failure;
mod sign_in;
mod sign_in_state;
mod signed_in;
mod standing;
mod status;
mod stuck;
mod tokens;
mod without_state;

use std::cell::Cell;
use std::time::Duration;

use crate::cache::Caches;
use crate::config::Resolved;
use crate::context::Context;
use crate::debug;
use crate::error::{Error, LoginCommands};
use crate::identity_center::IdentityCenter;
use crate::identity_center::sdk::SdkIdentityCenter;
use crate::options::Options;
use crate::platform;
use crate::request::{RoleRequest, SsoSession};
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::state::StateDirectory;

use session_command::SessionCommand;

pub use login::login;
pub use logout::logout;
pub use obtain::{cached_role_credentials, found_at_first, obtain_role_credentials};
pub use status::status;

/// [`obtain_role_credentials`] with the real way to AWS.
///
/// # Errors
/// As there, or a connection setting that cannot be used.
pub fn obtain_through_aws(
    context: &Context,
    caches: &Caches,
    resolved: &Resolved,
    options: &Options,
) -> Result<RoleCredentials, Error> {
    platform::wipe_freed_memory();
    let session = &resolved.request.session;
    // First of all: state and connection keep files open, and there may be too few.
    let found = found_at_first(context, caches, &resolved.request, options);
    let state = StateDirectory::find(context);
    let connected = resolved.connection_settings(context).and_then(|settings| {
        SdkIdentityCenter::new(context, &session.region, Some(&session.start_url), &settings)
    });
    let aws = match connected {
        Ok(aws) => aws,
        Err(error) => {
            debug!(context, "failed: {error}");
            let now = clock::latest_known(context, &state);
            let request = &resolved.request;
            let live = fallback::live_credentials(context, caches, request, options, now, found.as_ref());
            return live.ok_or(error);
        }
    };
    let run = Run::new(context, caches, &state, resolved, options, &aws, found);
    obtain_role_credentials(&run)
}

/// All that working with one session takes: refreshing, signing in and out.
pub struct SessionRun<'a> {
    /// The outside world.
    pub context: &'a Context,
    /// The AWS CLI's caches.
    pub caches: &'a Caches,
    /// Our own state.
    pub state: &'a StateDirectory,
    /// The session.
    pub session: &'a SsoSession,
    /// How a person signs in to it by hand.
    pub login: LoginCommands,
    /// The way to AWS.
    pub aws: &'a dyn IdentityCenter,
    /// What may be done about a missing sign-in.
    pub policy: Policy,
    /// From which [`Context::elapsed`] on AWS is not asked any more. Waiting for a
    /// person moves it.
    pub deadline: Cell<Duration>,
    /// When work on this session began, on the clock of [`Context::elapsed`]: one process
    /// may sign in to several, each with the whole of its time.
    pub started: Duration,
    /// The role all this is for, to tell the person; none for `login`.
    pub role: Option<&'a RoleRequest>,
    /// Whether a person signed in for this run, and the token could not be written.
    pub unkept: Cell<bool>,
}

/// What a run may do about tokens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policy {
    /// Whether a person may be asked.
    pub sign_in_allowed: bool,
    /// Whether a browser may be opened for that.
    pub browser_allowed: bool,
    /// Whether the controlling terminal may be written to.
    pub terminal_allowed: bool,
    /// How long the foreground waits for the person.
    pub wait: Duration,
    /// Whether a cached access token will not do.
    pub force_refresh: bool,
}

/// All that one run of the credential process works with.
pub struct Run<'a> {
    /// The session it goes through.
    pub sso: SessionRun<'a>,
    /// The role it is for.
    pub request: &'a RoleRequest,
    /// How it is asked for.
    pub options: &'a Options,
    /// Whether there were live credentials to fall back on when the run began.
    pub live: bool,
    /// The credentials that were cached when the run began.
    found: Option<RoleCredentials>,
}

impl<'a> Run<'a> {
    /// Puts a run together. A person is asked only when no live credentials are
    /// left: a refresh in the background must not throw up a browser early. `found` are
    /// those that are cached.
    pub fn new(
        context: &'a Context,
        caches: &'a Caches,
        state: &'a StateDirectory,
        resolved: &'a Resolved,
        options: &'a Options,
        aws: &'a dyn IdentityCenter,
        found: Option<RoleCredentials>,
    ) -> Self {
        let request = &resolved.request;
        let now = clock::latest_known(context, state);
        let is_live = |found: &RoleCredentials| found.freshness(now) != Freshness::Dead;
        let live = !options.force_refresh && found.as_ref().is_some_and(is_live);
        let policy = Policy {
            sign_in_allowed: resolved.sign_in_allowed && !live,
            browser_allowed: !options.no_browser && !context.switch("AWS_SSO_DISABLE_BROWSER"),
            terminal_allowed: !options.no_terminal && !context.switch("AWS_SSO_CRED_NO_TERMINAL"),
            wait: wait(context, options),
            force_refresh: options.force_refresh,
        };
        let login = resolved.login_commands(context);
        let sso = SessionRun {
            context,
            caches,
            state,
            session: &request.session,
            login,
            aws,
            policy,
            started: Duration::ZERO,
            deadline: Cell::new(if live { network::ALTOGETHER_WHILE_LIVE } else { network::ALTOGETHER }),
            role: Some(request),
            unkept: Cell::new(false),
        };
        Self { sso, request, options, live, found }
    }
}

/// Below Go's limit of 60 s, so that the person reads our words instead of "killed".
const DEFAULT_WAIT: Duration = Duration::from_secs(50);

fn wait(context: &Context, options: &Options) -> Duration {
    let from_environment =
        || context.variable("AWS_SSO_CRED_WAIT")?.trim().parse().ok().map(Duration::from_secs);
    options.wait.or_else(from_environment).unwrap_or(DEFAULT_WAIT)
}

impl SessionRun<'_> {
    /// How long this session has been worked on.
    fn elapsed(&self) -> Duration {
        self.context.elapsed().saturating_sub(self.started)
    }

    /// Whether a file of this `age` was written since we started: by another process,
    /// whose work then need not be done again.
    fn since_start(&self, age: Option<Duration>) -> bool {
        age.is_some_and(|age| age <= self.elapsed())
    }

    /// What a person took is not the network's fault.
    fn extend_deadline(&self, waited: Duration) {
        self.deadline.set(self.deadline.get().saturating_add(waited));
    }

    /// What is left of the time for the person. The caller's clock started with us, so
    /// what locks and the network took is taken off.
    fn wait_left(&self) -> Duration {
        self.policy.wait.saturating_sub(self.elapsed())
    }
}
