//! Signing in by device authorization (RFC 8628): in the credential process, whose caller may
//! kill it at any moment, and in `login` where no browser reaches this computer.

use std::time::Duration;

use super::failure::{answer_lost, failure, start_url_failure};
use super::given_up::given_up;
use super::network_time::BUDGET;
use super::pending::PendingSignIn;
use super::registration::{self, ClientKind};
use super::session::SessionRun;
use super::{cool_down, left_over, meanwhile, obstacles, portal, prompt, token_store};
use crate::debug;
use crate::device_authorization::{self, Outcome, PendingAuthorization, survives};
use crate::error::{Error, ServiceError, ServiceErrorKind, SignInError};
use crate::identity_center::{Deadline, IssuedToken, RegisteredClient};
use crate::lock::Lock;
use crate::terminal::Channel;
use crate::token::SsoToken;

/// Starts a device authorization, or joins the pending one, and waits for the person as long as
/// the policy allows. `shown` is called when the person has been asked.
///
/// # Errors
/// A sign-in that was refused, left unanswered or is still pending; the network; no room for
/// the token.
pub fn authorize_device(
    run: &SessionRun,
    lock: &Lock,
    channel: &Channel,
    shown: &mut dyn FnMut(),
) -> Result<SsoToken, Error> {
    let on_disk = PendingSignIn::of(run.files);
    let (mut fresh_client, mut fresh_code) = (false, false);
    obstacles::ensure_room(run.files)?;
    if on_disk.alive().is_some()
        && let Some(token) = left_over::adopt_live(run.files)
    {
        return Ok(token);
    }
    loop {
        let joined = on_disk.waiting();
        let is_joined = joined.is_some();
        cool_down::count_unnoticed_end(run.files);
        let mut pending = match joined {
            Some(pending) => pending,
            None => start(run, lock, fresh_client)?,
        };
        on_disk.keep(&pending);
        match ask_person(run, &on_disk, channel, (&mut pending, is_joined), shown)? {
            Err(error) if !fresh_code && is_code_used(&error.kind, is_joined, &pending) => {
                debug!(
                    run.files.context,
                    "sign-in: the code has been used already, perhaps by another process"
                );
                on_disk.forget();
                if let Some(token) = meanwhile::token_since(run.files, &pending) {
                    cool_down::end(run.files);
                    return Ok(token);
                }
                fresh_code = true;
            }
            Ok(Outcome::RegisterAgain) if !fresh_client => {
                debug!(run.files.context, "sign-in: AWS no longer knows the client; registering a new one");
                on_disk.forget();
                fresh_client = true;
            }
            outcome => return conclude(run, &on_disk, &pending, outcome),
        }
    }
}

/// Shows the code and waits for the answer. If the person has answered a code that this process
/// `joined` while no process ran, no prompt is needed.
fn ask_person(
    run: &SessionRun,
    on_disk: &PendingSignIn,
    channel: &Channel,
    (pending, joined): (&mut PendingAuthorization, bool),
    shown: &mut dyn FnMut(),
) -> Result<Result<Outcome, ServiceError>, Error> {
    if joined {
        let outcome = wait_for_answer(run, on_disk, pending, Duration::ZERO);
        if !matches!(outcome, Ok(Outcome::StillPending)) {
            return Ok(outcome);
        }
    }
    prompt::show(run, on_disk, channel, pending, joined)?;
    on_disk.keep(pending);
    shown();
    let wait = run.wait_left().saturating_add(LAST_POLL);
    Ok(wait_for_answer(run, on_disk, pending, wait))
}

/// A poll that is due this soon after the end of the wait is still made. Both the interval and
/// the wait are whole seconds, but the interval begins later, when AWS has answered.
const LAST_POLL: Duration = Duration::from_millis(800);

/// Polls for at most `wait`; if that is zero, once, if a poll is due. Requests are cut short soon
/// after the time for the person, because the caller's patience ends then as well.
fn wait_for_answer(
    run: &SessionRun,
    on_disk: &PendingSignIn,
    pending: &mut PendingAuthorization,
    wait: Duration,
) -> Result<Outcome, ServiceError> {
    const LAST_ANSWER: Duration = Duration::from_secs(3);
    let context = run.files.context;
    let deadline = Deadline::after(context, run.wait_left().saturating_add(LAST_ANSWER));
    let mut persist = |pending: &PendingAuthorization| on_disk.keep(pending);
    let outcome = device_authorization::poll_until(context, run.aws, pending, (wait, deadline), &mut persist);
    run.time.restart();
    outcome
}

/// Whether AWS has issued the token for this code already: to a process that was killed before
/// it stored the token, or to this process, which lost the answer. For a code that is new and
/// has lost no answer, `invalid_grant` has another meaning.
fn is_code_used(kind: &ServiceErrorKind, joined: bool, pending: &PendingAuthorization) -> bool {
    *kind == ServiceErrorKind::InvalidGrant && (joined || pending.has_lost_an_answer())
}

fn start(run: &SessionRun, lock: &Lock, fresh_client: bool) -> Result<PendingAuthorization, Error> {
    let start_url = portal::start_url(run)?;
    let attempt = |fresh: bool| -> Result<PendingAuthorization, ServiceError> {
        let client: RegisteredClient =
            registration::client(run, lock, ClientKind::DeviceAuthorization, fresh)?;
        run.time.with_retries(BUDGET, |deadline| {
            let asked = (run.files.session, start_url.as_str());
            device_authorization::start(run.files.context, run.aws, &client, asked, deadline)
        })
    };
    // A cached client that AWS does not accept is replaced, once.
    let started = match attempt(fresh_client) {
        Err(error) if !fresh_client && error.kind.is_about_the_client() => attempt(true),
        started => started,
    };
    started.map_err(|error| {
        start_url_failure(run.files.session, "StartDeviceAuthorization", error, run.files.context.now())
    })
}

/// Ends the sign-in, with its token or with the reason why there is none.
fn conclude(
    run: &SessionRun,
    on_disk: &PendingSignIn,
    pending: &PendingAuthorization,
    outcome: Result<Outcome, ServiceError>,
) -> Result<SsoToken, Error> {
    let login = run.login.clone();
    match outcome {
        // The note is missing after `logout`, but also after a `login` in another process.
        Ok(Outcome::GivenUp) => meanwhile::token_since(run.files, pending).ok_or_else(|| given_up(run, None)),
        Ok(Outcome::Approved(issued)) => approved(run, on_disk, pending, issued),
        Ok(Outcome::StillPending) => Err(prompt::still_pending(run.files.context, &run.login, pending)),
        Ok(Outcome::Refused) => {
            on_disk.forget();
            cool_down::begin_after_refusal(run.files);
            cool_down::forget_at_registration(run.files);
            Err(Error::SignIn(SignInError::Refused { login }))
        }
        Ok(Outcome::Expired) => {
            on_disk.forget();
            cool_down::begin_after_silence(run.files);
            Err(Error::SignIn(SignInError::Unanswered { login }))
        }
        Ok(Outcome::RegisterAgain) => {
            on_disk.forget();
            Err(Error::SignIn(SignInError::Failed {
                cause: "AWS rejected the client that it had just registered".to_owned(),
                login,
            }))
        }
        Err(error) if error.kind == ServiceErrorKind::InvalidGrant && pending.has_lost_an_answer() => {
            on_disk.forget();
            Err(answer_lost(login))
        }
        Err(error) => {
            if !survives(&error.kind) {
                on_disk.forget();
            }
            Err(failure(&run.files.session.region, error, run.files.context.now()))
        }
    }
}

/// Stores the token, unless `logout` gave up the sign-in meanwhile.
fn approved(
    run: &SessionRun,
    on_disk: &PendingSignIn,
    pending: &PendingAuthorization,
    issued: IssuedToken,
) -> Result<SsoToken, Error> {
    let client = RegisteredClient {
        client_id: pending.client_id.clone(),
        client_secret: pending.client_secret.clone(),
        expires_at: pending.registration_expires_at,
    };
    match token_store::store_new(run, &client, issued, &|| on_disk.is_given_up(pending)) {
        Ok(token) => {
            on_disk.forget();
            cool_down::end(run.files);
            Ok(token)
        }
        Err(token) => {
            let given_up = || given_up(run, Some(&token.access_token));
            meanwhile::token_since(run.files, pending).ok_or_else(given_up)
        }
    }
}
