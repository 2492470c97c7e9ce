//! Signing in with device authorization: for the credential process, whose caller
//! may kill it at any moment, and for `login` where no browser reaches this machine.

use std::time::Duration;

use super::failure::{failure, start_url_failure};
use super::given_up::given_up;
use super::network_time::BUDGET;
use super::pending::PendingSignIn;
use super::registration::{self, ClientKind};
use super::requests::with_retries;
use super::session::SessionRun;
use super::{cool_down, left_over, meanwhile, obstacles, portal, prompt, token_store};
use crate::debug;
use crate::device_authorization::{self, Outcome, PendingAuthorization, survives};
use crate::error::{Error, SignInError};
use crate::identity_center::{RegisteredClient, ServiceError, ServiceErrorKind};
use crate::lock::Lock;
use crate::terminal::Channel;
use crate::token::SsoToken;

/// Starts or joins a device authorization and waits for the person, for as long as
/// the policy says. `shown` is called when the person has been asked.
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
        // An answer that came while no process ran needs no prompt.
        let mut outcome = Ok(Outcome::StillPending);
        if is_joined {
            outcome = wait_for_answer(run, &on_disk, &mut pending, Duration::ZERO);
        }
        if matches!(outcome, Ok(Outcome::StillPending)) {
            prompt::show(run, &on_disk, channel, &mut pending, is_joined)?;
            on_disk.keep(&pending);
            shown();
            let wait = run.wait_left().saturating_add(LAST_POLL);
            outcome = wait_for_answer(run, &on_disk, &mut pending, wait);
        }
        match outcome {
            Err(error) if !fresh_code && is_used_up(&error.kind, is_joined, &pending) => {
                debug!(run.files.context, "sign-in: the code has been used; was it by another process?");
                on_disk.forget();
                if let Some(token) = meanwhile::token_since(run.files, &pending) {
                    cool_down::end(run.files);
                    return Ok(token);
                }
                fresh_code = true;
            }
            Ok(Outcome::RegisterAgain) if !fresh_client => {
                debug!(run.files.context, "sign-in: AWS has forgotten the client; registering anew");
                on_disk.forget();
                fresh_client = true;
            }
            outcome => return conclude(run, &on_disk, &pending, outcome),
        }
    }
}

/// A poll that is due so soon after the end of the wait is still made: the interval begins
/// when AWS has answered, the wait with the run, and both are of whole seconds.
const LAST_POLL: Duration = Duration::from_millis(800);

/// Polls for `wait`, once if that is nothing and a poll is due. No request may hang on
/// when the time for the person is over: the caller's is, too.
fn wait_for_answer(
    run: &SessionRun,
    on_disk: &PendingSignIn,
    pending: &mut PendingAuthorization,
    wait: Duration,
) -> Result<Outcome, ServiceError> {
    const LAST_ANSWER: Duration = Duration::from_secs(3);
    let end = run.files.context.elapsed().saturating_add(run.wait_left());
    run.aws.set_deadline(Some(end.saturating_add(LAST_ANSWER)));
    let outcome =
        device_authorization::poll_until(run.files.context, run.aws, pending, wait, &mut |pending| {
            on_disk.keep(pending)
        });
    run.time.restart();
    outcome
}

/// Whether somebody got the token already: a process that died before it could store
/// it, or we did, and the answer was lost. A new code is refused for another reason.
fn is_used_up(kind: &ServiceErrorKind, joined: bool, pending: &PendingAuthorization) -> bool {
    *kind == ServiceErrorKind::InvalidGrant && (joined || pending.has_lost_an_answer())
}

fn start(run: &SessionRun, lock: &Lock, fresh_client: bool) -> Result<PendingAuthorization, Error> {
    let start_url = portal::start_url(run)?;
    let attempt = |fresh: bool| -> Result<PendingAuthorization, ServiceError> {
        let client: RegisteredClient =
            registration::client(run, lock, ClientKind::DeviceAuthorization, fresh)?;
        with_retries(run, BUDGET, || {
            device_authorization::start(
                run.files.context,
                run.aws,
                &client,
                run.files.session,
                start_url.as_str(),
            )
        })
    };
    let started = match attempt(fresh_client) {
        Err(error) if !fresh_client && is_client_trouble(&error.kind) => attempt(true),
        started => started,
    };
    started.map_err(|error| {
        start_url_failure(run.files.session, "StartDeviceAuthorization", error, run.files.context.now())
    })
}

/// A cached registration that the server does not (any more) take is replaced once.
pub const fn is_client_trouble(kind: &ServiceErrorKind) -> bool {
    matches!(kind, ServiceErrorKind::InvalidClient | ServiceErrorKind::UnauthorizedClient)
}

fn conclude(
    run: &SessionRun,
    on_disk: &PendingSignIn,
    pending: &PendingAuthorization,
    outcome: Result<Outcome, ServiceError>,
) -> Result<SsoToken, Error> {
    let login = run.login.clone();
    match outcome {
        // The pending sign-in is also gone when a `login` beside this one has finished.
        Ok(Outcome::GivenUp) => meanwhile::token_since(run.files, pending).ok_or_else(|| given_up(run, None)),
        Ok(Outcome::Approved(issued)) => {
            let client = RegisteredClient {
                client_id: pending.client_id.clone(),
                client_secret: pending.client_secret.clone(),
                expires_at: pending.registration_expires_at,
            };
            let token = match token_store::store_new(run, &client, issued, &|| on_disk.is_given_up(pending)) {
                Ok(token) => token,
                Err(token) => {
                    let given_up = || given_up(run, Some(&token.access_token));
                    return meanwhile::token_since(run.files, pending).ok_or_else(given_up);
                }
            };
            on_disk.forget();
            cool_down::end(run.files);
            Ok(token)
        }
        Ok(Outcome::StillPending) => Err(prompt::still_pending(run, pending)),
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
                cause: "AWS rejects a client it has just registered".to_owned(),
                login,
            }))
        }
        Err(error) => {
            if !survives(&error.kind) {
                on_disk.forget();
            }
            Err(failure(&run.files.session.region, error, run.files.context.now()))
        }
    }
}
