//! Refreshes an access token under the session's lock.
//!
//! The new token is written by `token_store`; a refusal by AWS is judged by `replacement`.

use std::time::Duration;

use super::failure::failure;
use super::network_time::{BUDGET, too_late};
use super::session::{SessionFiles, SessionRun};
use super::token_store::{Refreshed, store_refreshed};
use super::within_call::sign_in_within_call;
use super::{obstacles, replacement, waiting};
use crate::audit;
use crate::cache::TokenRoom;
use crate::debug;
use crate::error::{Error, ServiceError, SignInReason};
use crate::identity_center::{Client, Grant, IssuedToken};
use crate::lock::Lock;
use crate::secret::Secret;
use crate::state::{LockPlace, RefusedRefresh, SharedFailure};
use crate::token::SsoToken;

/// How long a process waits for another one that refreshes the same session. A process that is
/// not stopped gives up on AWS before that.
const PATIENCE: Duration = Duration::from_secs(30);

/// A refresh is not started with less time left than this, which is many times what AWS takes.
/// AWS may use up the refresh token for a request that is cut short, and the answer is then lost.
/// AWS tolerates a second use soon after (aws/aws-toolkit-vscode#4569), but does not promise it.
const LEAST_FOR_A_REFRESH: Duration = Duration::from_millis(1500);

/// The time for a refresh while cached role credentials wait to be printed. The rest of the run's
/// time is for the request of role credentials.
const HURRIED_BUDGET: Duration = Duration::from_secs(2);

/// How many tokens one call refreshes: its own, and one that another tool has written meanwhile.
const ROUNDS: u32 = 2;

/// Takes the lock of the session's token.
///
/// # Errors
/// [`LocalError::LockTimeout`](crate::error::LocalError::LockTimeout).
pub fn session_lock(run: &SessionRun) -> Result<Lock, Error> {
    // The time that is left after the wait has to be enough for a refresh.
    let end = (run.elapsed() + run.time.left()).saturating_sub(LEAST_FOR_A_REFRESH);
    let place = LockPlace::of_session(run.files.state, run.files.session);
    waiting::for_the_network(run, &place, PATIENCE.min(end), || run.login.session.clone())
}

/// Refreshes `token`, and signs in if AWS refuses to refresh an expired one. If the old access
/// token is still alive, it is returned when the refresh fails.
///
/// # Errors
/// The failure of the network, or of the sign-in.
pub fn refreshed(run: &SessionRun, lock: Lock, token: &SsoToken, still_alive: bool) -> Result<Secret, Error> {
    let Some((client, refresh_token)) = token.refresh_parts() else {
        return sign_in_within_call(run, lock, SignInReason::TokenExpired);
    };
    let room = match obstacles::reserve_room(run.files) {
        Ok(room) => room,
        Err(_) if still_alive => return Ok(token.access_token.clone()),
        Err(error) => return Err(error),
    };
    if !still_alive {
        return refresh_expired(run, lock, token, room);
    }
    let answer = if run.time.is_hurried() {
        create_token_with_retries(run, HURRIED_BUDGET, client, refresh_token)
    } else {
        create_token_once(run, client, refresh_token)
    };
    record(run, &answer);
    match answer {
        Ok(issued) => Ok(store_refreshed(run.files, &lock, token, issued, room).token.access_token),
        Err(error) => {
            debug!(run.files.context, "refresh failed: {:?} {:?}", error.kind, error.message);
            if let Some(reason) = replacement::refusal(token, &error.kind) {
                note_refusal(run.files, token, reason);
            }
            Ok(token.access_token.clone())
        }
    }
}

/// Refreshes an expired token, and signs in if AWS refuses.
fn refresh_expired(run: &SessionRun, lock: Lock, token: &SsoToken, room: TokenRoom) -> Result<Secret, Error> {
    match ask(run, &lock, token, room) {
        // A token that could not be written still serves this run.
        Ok(refreshed) => Ok(refreshed.token.access_token),
        Err(NotRefreshed::Refused(reason)) => sign_in_within_call(run, lock, reason),
        Err(NotRefreshed::Failed(error)) => {
            let failure = failure(&run.files.session.region, error, run.files.context.now());
            SharedFailure::of_refresh(run.files.state, run.files.session).note(&failure);
            Err(failure)
        }
    }
}

/// Why a token was not refreshed.
pub enum NotRefreshed {
    /// AWS refused for good: a person has to sign in.
    Refused(SignInReason),
    /// The request failed: the next try may succeed.
    Failed(ServiceError),
}

/// Refreshes `token` and stores the result. Another tool, which does not take our lock, may have
/// used the refresh token first. Then that tool's token is taken, and refreshed in turn if it has
/// expired.
pub fn ask(
    run: &SessionRun,
    lock: &Lock,
    token: &SsoToken,
    room: TokenRoom,
) -> Result<Refreshed, NotRefreshed> {
    let mut token = token.clone();
    for round in 1.. {
        let Some((client, refresh_token)) = token.refresh_parts() else { break };
        let answer = create_token_with_retries(run, BUDGET, client, refresh_token);
        record(run, &answer);
        let error = match answer {
            Ok(issued) => return Ok(store_refreshed(run.files, lock, &token, issued, room)),
            Err(error) => error,
        };
        debug!(run.files.context, "refresh failed: {:?} {:?}", error.kind, error.message);
        let refusal = replacement::refusal(&token, &error.kind);
        let found = match refusal {
            Some(_) => replacement::replacement(run.files, &run.time, &token),
            None => replacement::found_instead(run.files, &token),
        };
        match (found, refusal) {
            (Some(found), _) if found.expires_at > run.files.context.now() => {
                return Ok(Refreshed { token: found, trouble: None });
            }
            (Some(found), _) if round < ROUNDS => token = found,
            (_, Some(reason)) => {
                note_refusal(run.files, &token, reason);
                return Err(NotRefreshed::Refused(reason));
            }
            (_, None) => return Err(NotRefreshed::Failed(error)),
        }
    }
    Err(NotRefreshed::Refused(SignInReason::TokenExpired))
}

fn record(run: &SessionRun, answer: &Result<IssuedToken, ServiceError>) {
    run.record("refresh", if answer.is_ok() { "ok" } else { audit::AWS });
}

/// Requests a new token within `budget`. A try with too little time left is not made.
fn create_token_with_retries(
    run: &SessionRun,
    budget: Duration,
    client: Client,
    refresh_token: &Secret,
) -> Result<IssuedToken, ServiceError> {
    run.time.with_retries(budget, |deadline| {
        if deadline.left(run.files.context) < LEAST_FOR_A_REFRESH {
            return Err(too_late("CreateToken"));
        }
        run.aws.create_token(client, Grant::RefreshToken(refresh_token), deadline)
    })
}

/// Requests a new token once, while the old one is alive: the next run can try again. The request
/// has all the time of the run, because AWS may use up the refresh token for it.
fn create_token_once(
    run: &SessionRun,
    client: Client,
    refresh_token: &Secret,
) -> Result<IssuedToken, ServiceError> {
    let deadline = run.time.deadline(Duration::MAX);
    run.aws.create_token(client, Grant::RefreshToken(refresh_token), deadline)
}

fn note_refusal(files: SessionFiles, token: &SsoToken, reason: SignInReason) {
    RefusedRefresh::note(files.state, files.session, token, reason, files.context.now());
}
