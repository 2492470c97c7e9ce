//! What work on one session needs: its files here, the way to AWS, and what may be done.

use std::cell::Cell;
use std::time::Duration;

use super::network_time::NetworkTime;
use crate::cache::Caches;
use crate::context::Context;
use crate::error::LoginCommands;
use crate::identity_center::IdentityCenter;
use crate::request::{RoleRequest, SsoSession};
use crate::state::StateDirectory;

/// A session, and what this computer holds of it.
#[derive(Clone, Copy)]
pub struct SessionFiles<'a> {
    /// The outside world.
    pub context: &'a Context,
    /// The AWS CLI's caches.
    pub caches: &'a Caches,
    /// Our own state.
    pub state: &'a StateDirectory<'a>,
    /// The session.
    pub session: &'a SsoSession,
}

/// One run's work on one session.
pub struct SessionRun<'a> {
    /// The session and its files.
    pub files: SessionFiles<'a>,
    /// How a person signs in to it by hand.
    pub login: LoginCommands,
    /// The way to AWS.
    pub aws: &'a dyn IdentityCenter,
    /// What may be done about a missing sign-in.
    pub policy: Policy,
    /// The time for asking AWS.
    pub time: NetworkTime<'a>,
    /// When work on this session began, on the clock of [`Context::elapsed`]: one process
    /// may sign in to several, each with the whole of its time.
    pub started: Duration,
    /// The role that the work is for, to tell the person; none for `login`.
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

impl SessionRun<'_> {
    /// How long this session has been worked on.
    pub fn elapsed(&self) -> Duration {
        self.files.context.elapsed().saturating_sub(self.started)
    }

    /// What is left of the time for the person. The caller's clock started with us, so
    /// what locks and the network took is taken off.
    pub fn wait_left(&self) -> Duration {
        self.policy.wait.saturating_sub(self.elapsed())
    }
}
