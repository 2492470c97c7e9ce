//! A usable access token: the cached one, a refreshed one, or a new sign-in.

use std::time::Duration;

use super::sign_in::from_credential_process;
use super::standing::{self, Standing};
use super::stuck::Place;
use super::tokens::Refreshed;
use super::{SessionRun, left_over, network, obstacles, queue, refused_refresh, shared_failure, tokens};
use crate::cache::{Miss, TokenRoom};
use crate::debug;
use crate::error::{Error, SignInError, SignInNeeded};
use crate::identity_center::{Client, Grant, IssuedToken, ServiceError};
use crate::lock::{Busy, Lock};
use crate::platform::{self, PrivateFile};
use crate::secret::Secret;
use crate::timestamp::Timestamp;
use crate::token::{SignInReason, SsoToken, TokenStep, next_step, refreshable};

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

/// An access token that is worth a try, other than `rejected`.
pub(super) fn usable_access_token(run: &SessionRun, rejected: Option<&Secret>) -> Result<Secret, Error> {
    let first_look = read_or_adopt(run);
    match first_look.as_ref().map(|token| decide(run, token, rejected)) {
        Ok(TokenStep::Use) => {
            return first_look.map(|token| token.access_token).map_err(|reason| required(run, reason));
        }
        // Somebody else is refreshing it: it does until they are done.
        Ok(TokenStep::Refresh { still_alive: true }) if lasts_a_minute(run, first_look.as_ref().ok()) => {
            if let (Err(Busy { .. }), Ok(token)) =
                (Lock::try_acquire(run.context, lock_path(run).as_ref()), first_look)
            {
                return Ok(token.access_token);
            }
        }
        // Nothing to wait for: a process that may not ask takes no lock to say so.
        Ok(TokenStep::SignIn(reason)) | Err(&reason)
            if rejected.is_none() && !run.policy.sign_in_allowed && !left_over::is_there(run) =>
        {
            return Err(required(run, reason));
        }
        _ => {}
    }
    let lock = match session_lock(run) {
        Ok(lock) => lock,
        Err(busy) => {
            return match without_the_lock(run, rejected) {
                Some(access_token) => Ok(access_token),
                // A holder that does not move keeps nobody from signing in anew.
                None if run.policy.sign_in_allowed => {
                    match from_credential_process(run, Lock::none(), SignInReason::TokenExpired) {
                        // Where a prompt reaches nobody, it is the holder that can be helped.
                        Err(Error::SignIn(SignInError::Unshowable { .. })) => Err(busy),
                        outcome => outcome,
                    }
                }
                None => Err(busy),
            };
        }
    };
    if let Some(failure) = shared_failure::recall(run, failure_path(run).as_ref(), &lock) {
        return Err(failure);
    }
    left_over::adopt(run, &lock);
    // Whoever held the lock before us may have done it.
    let token = match tokens::read(run) {
        Ok(token) if is_rejected(&token, rejected) => {
            tokens::mark_expired(run, &lock, &token);
            // A 401 is also what comes when another tool signs out, or out and in.
            tokens::read(run)
        }
        found => found,
    };
    let token = match token {
        Ok(token) => token,
        Err(reason) => return from_credential_process(run, lock, reason),
    };
    match decide(run, &token, rejected) {
        TokenStep::Use => Ok(token.access_token),
        TokenStep::Refresh { still_alive } => refreshed(run, lock, &token, still_alive),
        TokenStep::SignIn(reason) => from_credential_process(run, lock, reason),
    }
}

/// A token that does although its lock cannot be had. A dead one is not refreshed: a holder
/// that does not move may have sent its refresh token already.
fn without_the_lock(run: &SessionRun, rejected: Option<&Secret>) -> Option<Secret> {
    let token = tokens::read(run).ok()?;
    let alive = token.expires_at > run.context.now() && !is_rejected(&token, rejected);
    alive.then_some(token.access_token)
}

/// A token that is good `enough`: the cached one, else a new one by refreshing, now.
///
/// # Errors
/// [`SignInNeeded::Required`](crate::error::SignInNeeded::Required) with what ended the sign-in, or the failure of the network.
pub(super) fn refreshed_now(run: &SessionRun, enough: &dyn Fn(&SsoToken) -> bool) -> Result<SsoToken, Error> {
    let first_look = read_or_adopt(run).and_then(|token| {
        if !enough(&token) {
            refreshable(&token, run.context.now())?;
        }
        Ok(token)
    });
    match first_look {
        Ok(token) if enough(&token) => return Ok(token),
        Err(reason) if !left_over::is_there(run) => return Err(required(run, reason)),
        _ => {}
    }
    let lock = session_lock(run)?;
    left_over::adopt(run, &lock);
    let token = tokens::read(run).map_err(|reason| required(run, reason))?;
    if enough(&token) {
        return Ok(token);
    }
    refreshable(&token, run.context.now()).map_err(|reason| required(run, reason))?;
    let room = obstacles::reserve_room(run)?;
    let Refreshed { token, trouble } = ask(run, &lock, &token, room).map_err(|failure| match failure {
        NotRefreshed::Refused(reason) => required(run, reason),
        NotRefreshed::Failed(error) => network::failure(run.context, &run.session.region, error),
    })?;
    if let Some(error) = trouble {
        return Err(obstacles::not_kept(run, &token, &error));
    }
    match standing::of(run, &token.access_token) {
        Standing::Current | Standing::Unknown => Ok(token),
        // While AWS answered, somebody has signed out, or another person in.
        Standing::SignedOut | Standing::Replaced => tokens::read(run).map_err(|reason| required(run, reason)),
    }
}

fn lasts_a_minute(run: &SessionRun, token: Option<&SsoToken>) -> bool {
    let left = token.map_or(0, |token| token.expires_at.seconds_since(run.context.now()));
    left > 60 && !run.policy.force_refresh
}

/// The lock of the session's token: one refresh at a time, and nobody writes the file
/// meanwhile. No person is waited for under it.
pub(super) fn lock_path(run: &SessionRun) -> Option<PrivateFile> {
    place(run).lock
}

/// The same lock, with the note on a holder that does not move.
pub(super) fn place(run: &SessionRun) -> Place {
    Place::new("lock", |name| run.state.session_file(run.session, name))
}

fn failure_path(run: &SessionRun) -> Option<PrivateFile> {
    run.state.session_file(run.session, "refresh-failure.json")
}

/// Why only a person can help, as far as can be known without a lock or a request. A
/// refused refresh token may look worth another try while that person is waited for.
pub(super) fn needs_a_person(run: &SessionRun) -> Option<SignInReason> {
    let token = match tokens::read(run) {
        Ok(token) => token,
        Err(reason) => return Some(reason),
    };
    match decide(run, &token, None) {
        TokenStep::Use => None,
        TokenStep::Refresh { .. } => {
            refused_refresh::last(run.state, run.session, &token).map(|(reason, _)| reason)
        }
        TokenStep::SignIn(reason) => Some(reason),
    }
}

/// A token that somebody has signed in for since we started: what a person is to be
/// asked for is then there.
pub(super) fn signed_in_meanwhile(run: &SessionRun) -> Option<SsoToken> {
    tokens::live(run).filter(|_| refreshed_since_start(run))
}

/// A sign-in is needed, and not allowed here.
pub(super) fn required(run: &SessionRun, reason: SignInReason) -> Error {
    debug!(run.context, "sign-in needed: {reason:?}, and not allowed");
    if reason == SignInReason::TokenUnreadable
        && let Some(error) = obstacles::unreadable(run)
    {
        return error;
    }
    let other = match run.caches.read_token(run.context, run.session) {
        Err(Miss::Other(other)) if reason == SignInReason::OtherSignIn => Some(other),
        _ => None,
    };
    Error::SignInNeeded(SignInNeeded::Required { reason, other, login: run.login.clone() })
}

/// Two tokens in a row were refused, the second one new: it is dropped like the first,
/// for all who come next, and only a person can heal that.
pub(super) fn after_two_refusals(run: &SessionRun, rejected: Option<&Secret>) -> Result<Secret, Error> {
    let lock = session_lock(run)?;
    match tokens::read(run) {
        Ok(token) if is_rejected(&token, rejected) => {
            tokens::mark_expired(run, &lock, &token);
            refused_refresh::note(run, &token, SignInReason::TokenRejected);
        }
        // Somebody has signed in meanwhile.
        Ok(token) if token.expires_at > run.context.now() && refreshed_since_start(run) => {
            return Ok(token.access_token);
        }
        _ => {}
    }
    from_credential_process(run, lock, SignInReason::TokenRejected)
}

/// The token, or that of a person who has signed in since, and whose process was killed
/// before it could put the file in place.
fn read_or_adopt(run: &SessionRun) -> Result<SsoToken, SignInReason> {
    let token = tokens::read(run)?;
    Ok(left_over::adopt_sign_in(run).unwrap_or(token))
}

fn decide(run: &SessionRun, token: &SsoToken, rejected: Option<&Secret>) -> TokenStep {
    let now = run.context.now();
    let step = if is_rejected(token, rejected) {
        let reason = match token.region {
            Some(_) => SignInReason::TokenRejected,
            None => SignInReason::WrongRegionOrEnded,
        };
        refreshable(token, now)
            .map_or(TokenStep::SignIn(reason), |()| TokenStep::Refresh { still_alive: false })
    } else if run.policy.force_refresh && rejected.is_none() && !refreshed_since_start(run) {
        force(run, token, now)
    } else {
        next_step(token, now)
    };
    let step = match step {
        TokenStep::Refresh { still_alive } => refused_refresh::recent(run, token)
            .map_or(step, |reason| if still_alive { TokenStep::Use } else { TokenStep::SignIn(reason) }),
        step => step,
    };
    debug!(run.context, "token: {step:?}");
    step
}

/// `--force-refresh`: a new token if one can be had without asking a person who
/// may not be asked; a live one is never thrown away for nothing.
fn force(run: &SessionRun, token: &SsoToken, now: Timestamp) -> TokenStep {
    let alive = token.expires_at > now;
    match refreshable(token, now) {
        Ok(()) => TokenStep::Refresh { still_alive: alive },
        Err(_) if alive && !run.policy.sign_in_allowed => TokenStep::Use,
        Err(_) if alive => TokenStep::SignIn(SignInReason::Forced),
        Err(reason) => TokenStep::SignIn(reason),
    }
}

fn refreshed_since_start(run: &SessionRun) -> bool {
    run.since_start(platform::age(&run.caches.token_path(run.session)))
}

fn session_lock(run: &SessionRun) -> Result<Lock, Error> {
    // What is left when the lock is there has to do for a refresh.
    let end = run.deadline.get().saturating_sub(run.started).saturating_sub(LEAST_FOR_A_REFRESH);
    queue::for_the_network(run, &place(run), PATIENCE.min(end), || run.login.session.clone())
}

fn refreshed(run: &SessionRun, lock: Lock, token: &SsoToken, still_alive: bool) -> Result<Secret, Error> {
    let Some((client, refresh_token)) = token.refresh_parts() else {
        return from_credential_process(run, lock, SignInReason::TokenExpired);
    };
    let room = match obstacles::reserve_room(run) {
        Ok(room) => room,
        Err(_) if still_alive => return Ok(token.access_token.clone()),
        Err(error) => return Err(error),
    };
    if !still_alive {
        return refreshed_at_last(run, lock, token, room);
    }
    let answer = if network::is_hurried(run) {
        ask_for_a_new_one(run, HURRIED_BUDGET, client, refresh_token)
    } else {
        ask_once(run, client, refresh_token)
    };
    match answer {
        Ok(issued) => Ok(tokens::store_refreshed(run, &lock, token, issued, room).token.access_token),
        Err(error) => {
            debug!(run.context, "refresh failed: {:?} {:?}", error.kind, error.message);
            if let Some(reason) = refused_refresh::reason(token, &error.kind) {
                refused_refresh::note(run, token, reason);
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
        Err(NotRefreshed::Refused(reason)) => from_credential_process(run, lock, reason),
        Err(NotRefreshed::Failed(error)) => {
            let failure = network::failure(run.context, &run.session.region, error);
            shared_failure::note(run, failure_path(run).as_ref(), &failure);
            Err(failure)
        }
    }
}

/// Why there is no refreshed token.
enum NotRefreshed {
    /// Only a person can help.
    Refused(SignInReason),
    /// The next try may work.
    Failed(ServiceError),
}

/// Refreshes `token`. Another tool, which does not know our lock, may have used the
/// refresh token first: then its token is taken, and refreshed in its turn if it is dead.
fn ask(run: &SessionRun, lock: &Lock, token: &SsoToken, room: TokenRoom) -> Result<Refreshed, NotRefreshed> {
    let mut token = token.clone();
    for round in 1.. {
        let Some((client, refresh_token)) = token.refresh_parts() else { break };
        let error = match ask_for_a_new_one(run, network::BUDGET, client, refresh_token) {
            Ok(issued) => return Ok(tokens::store_refreshed(run, lock, &token, issued, room)),
            Err(error) => error,
        };
        debug!(run.context, "refresh failed: {:?} {:?}", error.kind, error.message);
        let refusal = refused_refresh::reason(&token, &error.kind);
        let found = match refusal {
            Some(_) => refused_refresh::replacement(run, &token),
            None => refused_refresh::found_instead(run, &token),
        };
        match (found, refusal) {
            (Some(found), _) if found.expires_at > run.context.now() => {
                return Ok(Refreshed { token: found, trouble: None });
            }
            (Some(found), _) if round < ROUNDS => token = found,
            (_, Some(reason)) => {
                refused_refresh::note(run, &token, reason);
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
    let end = run.context.elapsed() + budget.min(network::time_left(run));
    network::with_retries(run, budget, || {
        if end.saturating_sub(run.context.elapsed()) < LEAST_FOR_A_REFRESH {
            return Err(network::too_late("CreateToken"));
        }
        run.aws.create_token(client, Grant::RefreshToken(refresh_token))
    })
}

/// Asks while the old token lives: the next run can ask again. But this request has all the
/// time that a request gets, as AWS may have taken the refresh token.
fn ask_once(run: &SessionRun, client: Client, refresh_token: &Secret) -> Result<IssuedToken, ServiceError> {
    run.aws.set_deadline(Some(run.context.elapsed() + network::time_left(run)));
    run.aws.create_token(client, Grant::RefreshToken(refresh_token))
}

fn is_rejected(token: &SsoToken, rejected: Option<&Secret>) -> bool {
    rejected.is_some_and(|rejected| token.access_token.matches(rejected.expose()))
}
