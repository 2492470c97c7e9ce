//! Refreshing an access token under the session's lock.

use std::time::Duration;

use super::failure::failure;
use super::network_time::BUDGET;
use super::requests::{too_late, with_retries};
use super::session::{SessionFiles, SessionRun};
use super::token_store::{Refreshed, store_refreshed};
use super::within_call::sign_in_within_call;
use super::{obstacles, replacement, waiting};
use crate::cache::TokenRoom;
use crate::debug;
use crate::error::Error;
use crate::identity_center::{Client, Grant, IssuedToken, ServiceError};
use crate::lock::Lock;
use crate::secret::Secret;
use crate::state::{LockPlace, RefusedRefresh, SharedFailure};
use crate::token::{SignInReason, SsoToken};

/// How long one process waits for another that refreshes the same session. One that is
/// alive gives up on AWS before.
const PATIENCE: Duration = Duration::from_secs(30);

/// A refresh is not begun with less time than this, many times what AWS takes. AWS may have
/// taken a request that is cut short, and what it gave for the refresh token is then lost. It
/// tolerates a second use soon after (aws/aws-toolkit-vscode#4569), but nothing promises that.
const LEAST_FOR_A_REFRESH: Duration = Duration::from_millis(1500);

/// For refreshing while cached role credentials wait to be printed: the rest is for the role.
const HURRIED_BUDGET: Duration = Duration::from_secs(2);

/// Another tool's token is refreshed in its turn, once.
const ROUNDS: u32 = 2;

/// The lock of the session's token.
///
/// # Errors
/// [`LocalError::LockTimeout`](crate::error::LocalError::LockTimeout).
pub fn session_lock(run: &SessionRun) -> Result<Lock, Error> {
    // What is left when the lock is there has to do for a refresh.
    let end = (run.elapsed() + run.time.left()).saturating_sub(LEAST_FOR_A_REFRESH);
    let place = LockPlace::of_session(run.files.state, run.files.session);
    waiting::for_the_network(run, &place, PATIENCE.min(end), || run.login.session.clone())
}

/// Refreshes `token`, which gives way to a sign-in if AWS refuses. While it is still alive,
/// a failed refresh is no failure.
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
        return refreshed_at_last(run, lock, token, room);
    }
    let answer = if run.time.is_hurried() {
        ask_for_a_new_one(run, HURRIED_BUDGET, client, refresh_token)
    } else {
        ask_once(run, client, refresh_token)
    };
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

/// A dead token is refreshed, or only a person can help.
fn refreshed_at_last(
    run: &SessionRun,
    lock: Lock,
    token: &SsoToken,
    room: TokenRoom,
) -> Result<Secret, Error> {
    match ask(run, &lock, token, room) {
        // One that could not be written still serves this run.
        Ok(refreshed) => Ok(refreshed.token.access_token),
        Err(NotRefreshed::Refused(reason)) => sign_in_within_call(run, lock, reason),
        Err(NotRefreshed::Failed(error)) => {
            let failure = failure(&run.files.session.region, error, run.files.context.now());
            SharedFailure::of_refresh(run.files.state, run.files.session).note(&failure);
            Err(failure)
        }
    }
}

/// Why there is no refreshed token.
pub enum NotRefreshed {
    /// Only a person can help.
    Refused(SignInReason),
    /// The next try may work.
    Failed(ServiceError),
}

/// Refreshes `token`. Another tool, which does not know our lock, may have used the
/// refresh token first: then its token is taken, and refreshed in its turn if it is dead.
pub fn ask(
    run: &SessionRun,
    lock: &Lock,
    token: &SsoToken,
    room: TokenRoom,
) -> Result<Refreshed, NotRefreshed> {
    let mut token = token.clone();
    for round in 1.. {
        let Some((client, refresh_token)) = token.refresh_parts() else { break };
        let error = match ask_for_a_new_one(run, BUDGET, client, refresh_token) {
            Ok(issued) => return Ok(store_refreshed(run.files, lock, &token, issued, room)),
            Err(error) => error,
        };
        debug!(run.files.context, "refresh failed: {:?} {:?}", error.kind, error.message);
        let refusal = replacement::refusal(&token, &error.kind);
        let found = match refusal {
            Some(_) => replacement::replacement(run, &token),
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

/// Asks within `budget`, and not once more when the answer would have too little time.
fn ask_for_a_new_one(
    run: &SessionRun,
    budget: Duration,
    client: Client,
    refresh_token: &Secret,
) -> Result<IssuedToken, ServiceError> {
    let end = run.files.context.elapsed() + budget.min(run.time.left());
    with_retries(run, budget, || {
        if end.saturating_sub(run.files.context.elapsed()) < LEAST_FOR_A_REFRESH {
            return Err(too_late("CreateToken"));
        }
        run.aws.create_token(client, Grant::RefreshToken(refresh_token))
    })
}

/// Asks while the old token lives: the next run can ask again. But this request has all the
/// time that a request gets, as AWS may have taken the refresh token.
fn ask_once(run: &SessionRun, client: Client, refresh_token: &Secret) -> Result<IssuedToken, ServiceError> {
    run.aws.set_deadline(Some(run.files.context.elapsed() + run.time.left()));
    run.aws.create_token(client, Grant::RefreshToken(refresh_token))
}

fn note_refusal(files: SessionFiles, token: &SsoToken, reason: SignInReason) {
    RefusedRefresh::note(files.state, files.session, token, reason, files.context.now());
}
