//! What work on one session needs: its files, the connection to AWS, the time, and a policy.

use std::cell::Cell;
use std::time::Duration;

use super::network_time::NetworkTime;
use crate::audit::{self, Event};
use crate::cache::Caches;
use crate::context::Context;
use crate::error::LoginCommands;
use crate::identity_center::IdentityCenter;
use crate::request::{RoleRequest, SsoSession};
use crate::selection::Choices;
use crate::state::StateDirectory;

/// A session, and the places on this computer where its data is.
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
    /// The commands by which a person signs in to the session.
    pub login: LoginCommands,
    /// The connection to AWS.
    pub aws: &'a dyn IdentityCenter,
    /// What the run may do to get a token.
    pub policy: Policy,
    /// The time for requests to AWS.
    pub time: NetworkTime<'a>,
    /// When work on this session began, on the clock of [`Context::elapsed`]. A process may sign
    /// in to several sessions one after the other, each with its full time.
    pub started: Duration,
    /// The role that a prompt names as the purpose; `None` for `login`.
    pub role: Option<&'a RoleRequest>,
    /// The choices of the profile and the session.
    pub choices: Choices,
    /// Whether a person has signed in during this run, but the token could not be written.
    pub unkept: Cell<bool>,
}

/// What a run may do to get a token.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policy {
    /// Whether a person may be asked to sign in.
    pub sign_in_allowed: bool,
    /// Whether a browser may be opened for a sign-in.
    pub browser_allowed: bool,
    /// Whether the controlling terminal may be written to.
    pub terminal_allowed: bool,
    /// How long this process waits for the person.
    pub wait: Duration,
    /// Whether a new token is wanted although the cached one is alive (`--force-refresh`).
    pub force_refresh: bool,
}

impl SessionRun<'_> {
    /// Records in the audit log what was done, if that is wanted.
    pub fn record(&self, what: &str, outcome: &str) {
        let event = Event { what, session: self.files.session, role: self.role, outcome };
        audit::record(self.files.context, self.choices.audit, &event);
    }

    /// The time since work on this session began.
    pub fn elapsed(&self) -> Duration {
        self.files.context.elapsed().saturating_sub(self.started)
    }

    /// How long this process may still wait for the person. Time spent on locks and requests
    /// counts as well, because the caller's time limit began when this process started.
    pub fn wait_left(&self) -> Duration {
        self.policy.wait.saturating_sub(self.elapsed())
    }
}
