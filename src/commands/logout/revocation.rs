//! Revokes tokens at the portal, after they have been removed from this computer. A token that
//! cannot be revoked is not a failure; the person is told of it.

use std::time::Duration;

use crate::commands::surroundings::Surroundings;
use crate::debug;
use crate::error::{ServiceError, ServiceErrorKind};
use crate::identity_center::retry::{next_delay, random};
use crate::identity_center::{Deadline, IdentityCenter as _};
use crate::secret::Secret;
use crate::selection::{self, ResolvedSession};
use crate::sign_in::COURTESY;

/// A token that is removed from this computer and has yet to be revoked.
pub(super) struct Forgotten {
    pub(super) resolved: ResolvedSession,
    pub(super) access_token: Secret,
}

/// Why a token is not revoked: its token file cannot be opened.
pub(super) const UNREAD: &str = "the token file could not be read";
/// The same for a token file without an access token, or without a start URL and a region.
pub(super) const INCOMPLETE: &str = "the token file is incomplete";

/// How often AWS is asked to revoke a token, if it fails in a way that may pass.
const ROUNDS: u32 = 3;

/// How many tokens were revoked, and how many were not.
#[derive(Debug, Default)]
pub(super) struct Revocation {
    revoked: usize,
    not_told: usize,
    /// Why a token was not revoked; the first of several causes.
    cause: Option<String>,
}

impl Revocation {
    /// Revokes the tokens. AWS may be out of reach, so all tokens together get [`COURTESY`]. Each is
    /// tried once before any is tried again.
    pub(super) fn of(command: &Surroundings, forgotten: &[Forgotten]) -> Self {
        let deadline = Deadline::after(command.context, COURTESY);
        let mut revocation = Self::default();
        let mut open: Vec<(&Forgotten, Option<ServiceError>)> =
            forgotten.iter().map(|forgotten| (forgotten, None)).collect();
        for round in 1..=ROUNDS {
            let mut pause = Duration::ZERO;
            for (forgotten, previous) in std::mem::take(&mut open) {
                let error = match revoke(command, forgotten, deadline) {
                    Ok(Answer::Revoked) => {
                        revocation.revoked += 1;
                        continue;
                    }
                    Ok(Answer::HadEnded) => continue,
                    Err(error) => error,
                };
                match delay(round, &error, deadline.left(command.context)) {
                    Some(delay) => {
                        pause = pause.max(delay);
                        open.push((forgotten, Some(error)));
                    }
                    None => revocation.add_not_revoked(&cause_of(&more_telling(previous, error))),
                }
            }
            command.context.sleep(pause);
        }
        revocation
    }

    /// Counts a token that was not revoked, for this cause.
    pub(super) fn add_not_revoked(&mut self, cause: &str) {
        self.not_told += 1;
        self.cause.get_or_insert_with(|| cause.to_owned());
    }

    /// Whether AWS has revoked all tokens that were alive; `None` if there were none.
    pub(super) const fn is_complete(&self) -> Option<bool> {
        match (self.revoked, self.not_told) {
            (0, 0) => None,
            (_, not_told) => Some(not_told == 0),
        }
    }

    /// The words after `signed out of …`, for so many sessions; none if all tokens were revoked.
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

/// AWS's answer to the request to revoke a token.
enum Answer {
    Revoked,
    /// The session had ended before.
    HadEnded,
}

/// Revokes one token. If the profiles of the session have different connection settings, those of
/// the first profile that has its own are tried first, then the general ones.
fn revoke(command: &Surroundings, forgotten: &Forgotten, deadline: Deadline) -> Result<Answer, ServiceError> {
    let Forgotten { resolved, access_token } = forgotten;
    let context = command.context;
    let revoke_through = |profile: Option<&str>| {
        let aws = command.connect(&resolved.session, profile).map_err(|error| {
            debug!(context, "logout: the token was not revoked: {error}");
            ServiceError::unanswered("Logout", ServiceErrorKind::Connection, "the portal", "")
        })?;
        match aws.logout(access_token, deadline) {
            Ok(()) => {
                debug!(context, "logout: the portal has revoked the token");
                Ok(Answer::Revoked)
            }
            Err(error) if error.kind == ServiceErrorKind::Unauthorized => {
                debug!(context, "logout: the portal does not know the token any more");
                Ok(Answer::HadEnded)
            }
            Err(error) => {
                debug!(context, "logout: the token was not revoked: {:?}", error.kind);
                Err(error)
            }
        }
    };
    let named = resolved.profile.as_deref();
    let own_way = || selection::profile_with_own_connection_settings(context, &resolved.session);
    let first = if named.is_none() { own_way() } else { None };
    match first.map(|profile| revoke_through(Some(&profile))) {
        Some(Ok(Answer::Revoked)) => Ok(Answer::Revoked),
        Some(Ok(Answer::HadEnded)) => Ok(revoke_through(named).unwrap_or(Answer::HadEnded)),
        Some(Err(_)) | None => revoke_through(named),
    }
}

/// How long to wait before the next round. Without a connection there is none: a person who is
/// offline does not wait.
fn delay(round: u32, error: &ServiceError, left: Duration) -> Option<Duration> {
    let may_pass = error.status.is_some() || error.kind == ServiceErrorKind::Broken;
    next_delay(round, error, left, random()).filter(|_| may_pass && round < ROUNDS)
}

/// The deadline cuts the last request short, which says less than the answer before it.
fn more_telling(previous: Option<ServiceError>, last: ServiceError) -> ServiceError {
    let is_cut = last.kind == ServiceErrorKind::TimedOut;
    previous.filter(|_| is_cut).unwrap_or(last)
}

/// The failure as a clause whose subject is AWS, where it has one.
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
