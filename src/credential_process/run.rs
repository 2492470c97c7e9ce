//! What one run of the credential process works with, and what the run may do.

use std::cell::Cell;
use std::time::Duration;

use crate::cache::Caches;
use crate::cli::CredentialProcessOptions;
use crate::context::Context;
use crate::error::Error;
use crate::identity_center::IdentityCenter;
use crate::request::RoleRequest;
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::selection::{Resolved, Starter};
use crate::sign_in::{
    ALTOGETHER, ALTOGETHER_WHILE_LIVE, NetworkTime, Policy, SessionFiles, SessionRun, latest_known,
};
use crate::state::StateDirectory;
use crate::terminal;
use crate::value_names::{NO_BROWSER_VARIABLE, NO_TERMINAL_VARIABLE, WAIT_VARIABLE};

/// One run of the credential process.
pub struct Run<'a> {
    /// The work on the role's session.
    pub sso: SessionRun<'a>,
    /// The role whose credentials are wanted.
    pub request: &'a RoleRequest,
    /// The options of the command line.
    pub options: &'a CredentialProcessOptions,
    /// Whether live credentials were cached when the run began; `false` with `--force-refresh`.
    pub live: bool,
    /// The error for a sign-in that is allowed here but for `aws_sso_cred_sign_in`.
    pub(super) forbidden: Option<Error>,
    /// The credentials that were cached when the run began.
    pub(super) found: Option<RoleCredentials>,
}

impl<'a> Run<'a> {
    /// Puts a run together. `found` are the cached credentials. A person may be asked to sign in
    /// only if these are no longer alive: a refresh in the background must not open a browser
    /// before it is necessary.
    pub fn new(
        context: &'a Context,
        caches: &'a Caches,
        state: &'a StateDirectory<'a>,
        resolved: &'a Resolved,
        options: &'a CredentialProcessOptions,
        aws: &'a dyn IdentityCenter,
        found: Option<RoleCredentials>,
    ) -> Self {
        let request = &resolved.request;
        let now = latest_known(context, state);
        let is_live = |found: &RoleCredentials| found.freshness(now) != Freshness::Dead;
        let live = !options.force_refresh && found.as_ref().is_some_and(is_live);
        let login = resolved.login_commands(context);
        let choices = resolved.choices(context);
        let is_wanted = resolved.sign_in_allowed && !live;
        let starts = || {
            choices.ensure_sign_in_may_start(Starter::CredentialProcess, terminal::is_in_foreground, &login)
        };
        let forbidden = if is_wanted { starts().err() } else { None };
        let policy = Policy {
            sign_in_allowed: is_wanted && forbidden.is_none(),
            browser_allowed: !options.no_browser && !context.switch(NO_BROWSER_VARIABLE),
            terminal_allowed: !options.no_terminal && !context.switch(NO_TERMINAL_VARIABLE),
            wait: wait(context, options),
            force_refresh: options.force_refresh,
        };
        let budget = if live { ALTOGETHER_WHILE_LIVE } else { ALTOGETHER };
        let sso = SessionRun {
            files: SessionFiles { context, caches, state, session: &request.session },
            login,
            aws,
            policy,
            started: Duration::ZERO,
            time: NetworkTime::since_start(context, budget),
            role: Some(request),
            choices,
            unkept: Cell::new(false),
        };
        Self { sso, request, options, live, forbidden, found }
    }

    /// The same run, which begins when the process has run for `started`: a command for people may
    /// have waited for a person before, or run before.
    #[must_use]
    pub fn beginning_at(mut self, started: Duration) -> Self {
        self.sso.time.extend(started);
        self.sso.started = started;
        self
    }
}

/// How long to wait for a person by default: less than the 60 s after which AWS's SDKs for Go give
/// up on a credential process, so that the person sees an error text of aws-sso-cred.
const DEFAULT_WAIT: Duration = Duration::from_secs(50);

fn wait(context: &Context, options: &CredentialProcessOptions) -> Duration {
    let from_environment = || context.variable(WAIT_VARIABLE)?.trim().parse().ok().map(Duration::from_secs);
    options.wait.or_else(from_environment).unwrap_or(DEFAULT_WAIT)
}
