//! Telling AWS that a sign-in is over. That is best effort: by then all that this computer
//! held of it is gone. What AWS was not told is said.

use std::time::Duration;

use super::super::surroundings::Surroundings;
use crate::config::{self, ResolvedSession};
use crate::debug;
use crate::identity_center::{IdentityCenter as _, ServiceError, ServiceErrorKind};
use crate::secret::Secret;
use crate::sign_in::COURTESY;

/// A token that AWS has yet to be told of.
pub(super) struct Forgotten {
    pub(super) resolved: ResolvedSession,
    pub(super) access_token: Secret,
}

/// Why AWS is not told of a sign-in: its token file cannot be opened.
pub(super) const UNREAD: &str = "the token file could not be read";
/// The same for a file without an access token, or without a start URL and a region.
pub(super) const INCOMPLETE: &str = "the token file is incomplete";

/// What AWS knows of the sign-ins that are gone here.
#[derive(Debug, Default)]
pub(super) struct Revocation {
    revoked: usize,
    not_told: usize,
    /// Why AWS was not told; of several causes the first.
    cause: Option<String>,
}

impl Revocation {
    /// Tells AWS, which may be out of reach: all sessions together get a few seconds.
    pub(super) fn of(command: &Surroundings, forgotten: &[Forgotten]) -> Self {
        let deadline = command.context.elapsed() + COURTESY;
        let mut revocation = Self::default();
        for forgotten in forgotten {
            match told(command, forgotten, deadline) {
                Ok(Told::Revoked) => revocation.revoked += 1,
                Ok(Told::HadEnded) => {}
                Err(cause) => revocation.add_not_told(&cause),
            }
        }
        revocation
    }

    /// Counts a sign-in that AWS was not told of, for this cause.
    pub(super) fn add_not_told(&mut self, cause: &str) {
        self.not_told += 1;
        self.cause.get_or_insert_with(|| cause.to_owned());
    }

    /// Whether AWS has revoked all that was to be revoked; `None` if there was nothing.
    pub(super) const fn is_complete(&self) -> Option<bool> {
        match (self.revoked, self.not_told) {
            (0, 0) => None,
            (_, not_told) => Some(not_told == 0),
        }
    }

    /// What is said behind `signed out of …`, of so many sessions: nothing, if AWS knows.
    pub(super) fn words(&self, sessions: usize) -> String {
        let Some(cause) = &self.cause else { return String::new() };
        let (about, end) = match (sessions, self.not_told) {
            (1, _) => (String::new(), "the session at AWS expires by itself"),
            (_, 1) => (" about 1 of them".to_owned(), "that session at AWS expires by itself"),
            (_, n) => (format!(" about {n} of them"), "those sessions at AWS expire by themselves"),
        };
        format!(" on this computer; AWS could not be told{about}, because {cause}; {end}")
    }
}

/// What AWS says.
enum Told {
    Revoked,
    /// The session was over before.
    HadEnded,
}

/// Where the profiles of a session do not agree on the way to AWS, the first that has a way
/// of its own is tried before the plain one: nobody is there to be asked which.
fn told(command: &Surroundings, forgotten: &Forgotten, deadline: Duration) -> Result<Told, String> {
    let Forgotten { resolved, access_token } = forgotten;
    let context = command.context;
    let by = |profile: Option<&str>| {
        let aws = command.connect(&resolved.session, profile).map_err(|error| {
            debug!(context, "logout: the portal was not told: {error}");
            "the settings of the connection cannot be used".to_owned()
        })?;
        aws.set_deadline(Some(deadline));
        match aws.logout(access_token) {
            Ok(()) => {
                debug!(context, "logout: the portal has revoked the token");
                Ok(Told::Revoked)
            }
            Err(error) if error.kind == ServiceErrorKind::Unauthorized => {
                debug!(context, "logout: the portal does not know the token any more");
                Ok(Told::HadEnded)
            }
            Err(error) => {
                debug!(context, "logout: the portal was not told: {:?}", error.kind);
                Err(cause_of(&error))
            }
        }
    };
    let named = resolved.profile.as_deref();
    let own_way = || config::profile_with_its_own_way(context, &resolved.session);
    let first = if named.is_none() { own_way() } else { None };
    match first.map(|profile| by(Some(&profile))) {
        Some(Ok(Told::Revoked)) => Ok(Told::Revoked),
        Some(Ok(Told::HadEnded)) => Ok(by(named).unwrap_or(Told::HadEnded)),
        Some(Err(_)) | None => by(named),
    }
}

/// As a clause about AWS.
fn cause_of(error: &ServiceError) -> String {
    let words = match (&error.kind, error.status) {
        (ServiceErrorKind::TimedOut, _) => "it did not answer in time",
        (ServiceErrorKind::Unreachable, _) => "it cannot be reached",
        (ServiceErrorKind::Broken, _) => "the connection broke",
        (ServiceErrorKind::Untrusted { .. }, _) => "its certificate is not trusted",
        (ServiceErrorKind::ProxyUnreachable, _) => "the proxy cannot be reached",
        (ServiceErrorKind::Proxy, _) => "the proxy refused the connection",
        (ServiceErrorKind::NotAws, _) => "the answer was not AWS's",
        (ServiceErrorKind::Connection, _) => "the settings of the connection cannot be used",
        (ServiceErrorKind::Exhausted, _) => "too many files are open",
        (_, Some(status)) => return format!("it answered with HTTP status {status}"),
        (_, None) => "the request failed",
    };
    words.to_owned()
}
