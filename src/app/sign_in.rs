//! Signing in with device authorization: for the credential process, whose caller
//! may kill it at any moment, and for `login` where no browser reaches this machine.

use std::fmt::Display;
use std::time::Duration;

use super::registration::{self, ClientKind};
use super::sign_in_state::SignInState;
use super::stuck::Place;
use super::{SessionRun, instance, left_over, network, obstacles, queue, refresh, tokens, without_state};
use crate::browser::{self, Address, BrowserChoice, Launch, NoBrowser};
use crate::debug;
use crate::device_authorization::{self, Outcome, PendingAuthorization, survives};
use crate::error::Error;
use crate::identity_center::{RegisteredClient, ServiceError, ServiceErrorKind};
use crate::lock::Lock;
use crate::platform;
use crate::secret::Secret;
use crate::terminal::{Channel, PromptBrowser, PromptFacts, sign_in_prompt};
use crate::token::{SignInReason, SsoToken};

/// One sign-in at a time: who holds this lock waits for a person, perhaps for long. With
/// the note on a holder that does not move.
pub(super) fn place(run: &SessionRun) -> Place {
    Place::new("sign-in.lock", |name| run.state.session_file(run.session, name))
}

/// A second lock, for those who go on beside a holder of the first that does not move or
/// that does not poll the code which waits: together they still ask once.
pub(super) fn second_place(run: &SessionRun) -> Place {
    Place::new("sign-in.second.lock", |name| run.state.session_file(run.session, name))
}

/// The credential process's door to a person: opened only where that is allowed,
/// where somebody can see it, and not right after it came to nothing. `session` is
/// given back first: others may refresh while the person is waited for.
pub(super) fn from_credential_process(
    run: &SessionRun,
    session: Lock,
    reason: SignInReason,
) -> Result<Secret, Error> {
    // What is there is the sign-in of somebody else, who did not ask for this one.
    if !run.policy.sign_in_allowed || reason == SignInReason::OtherSignIn {
        return Err(refresh::required(run, reason));
    }
    drop(session);
    debug!(run.context, "sign-in needed: {reason:?}, and allowed");
    let lock = queue::for_the_person(run, reason)?;
    if let Some(token) = refresh::signed_in_meanwhile(run).or_else(|| left_over::adopt_live(run)) {
        return Ok(token.access_token);
    }
    obstacles::ensure_room(run)?;
    obstacles::ensure_role_credentials_can_go(run)?;
    let state = SignInState::of(run.context, run.state, run.session);
    if let Some(cool_down) = without_state::cool_down(run.context, run.caches, run.session, &state) {
        let remaining = cool_down.until.seconds_since(run.context.now());
        return Err(Error::SignInCoolingDown {
            refused: cool_down.refused,
            since: cool_down.since,
            remaining: Duration::from_secs(remaining.unsigned_abs()),
            login: run.login.clone(),
        });
    }
    let channel = Channel::find(run.policy.terminal_allowed);
    if let Some(cause) = nobody_can_see(run, &channel) {
        return Err(Error::SignInUnshowable { cause, login: run.login.clone() });
    }
    authorize_device(run, &lock, &channel, &mut || {}).map(|token| token.access_token)
}

/// Why a prompt would reach nobody.
fn nobody_can_see(run: &SessionRun, channel: &Channel) -> Option<String> {
    let browser = browser::choose_here(run.context);
    match browser {
        BrowserChoice::None(reason @ NoBrowser::ContinuousIntegration) => Some(reason.to_string()),
        _ if channel.reaches_a_person() => None,
        // A browser other than the one that was asked for needs a word about it.
        BrowserChoice::Command(Launch { instead_of, .. }) if run.policy.browser_allowed => {
            instead_of.map(|passed_over| no_terminal(run, passed_over))
        }
        BrowserChoice::Command(_) => {
            Some(no_terminal(run, "`--no-browser` or AWS_SSO_DISABLE_BROWSER is set"))
        }
        BrowserChoice::None(reason) => Some(no_terminal(run, reason)),
    }
}

/// That no terminal shows a prompt, and no browser either, for the reason `and`.
fn no_terminal(run: &SessionRun, and: impl Display) -> String {
    let why = if run.policy.terminal_allowed {
        "no terminal"
    } else {
        "no terminal (`--no-terminal` or AWS_SSO_CRED_NO_TERMINAL is set)"
    };
    format!("{why}, and no browser ({and})")
}

/// Starts or joins a device authorization and waits for the person, for as long as
/// the policy says. `shown` is called when the person has been asked.
pub(super) fn authorize_device(
    run: &SessionRun,
    lock: &Lock,
    channel: &Channel,
    shown: &mut dyn FnMut(),
) -> Result<SsoToken, Error> {
    let state = SignInState::of(run.context, run.state, run.session);
    let (mut fresh_client, mut fresh_code) = (false, false);
    obstacles::ensure_room(run)?;
    if state.pending().is_some()
        && let Some(token) = left_over::adopt_live(run)
    {
        return Ok(token);
    }
    loop {
        let joined = state.waiting(run.caches);
        let is_joined = joined.is_some();
        state.count_unnoticed_end();
        let mut pending = match joined {
            Some(pending) => pending,
            None => start(run, lock, fresh_client)?,
        };
        state.keep_pending(&pending);
        // An answer that came while no process ran needs no prompt.
        let mut outcome = Ok(Outcome::StillPending);
        if is_joined {
            outcome = wait_for_answer(run, &state, &mut pending, Duration::ZERO);
        }
        if matches!(outcome, Ok(Outcome::StillPending)) {
            show(run, &state, channel, &mut pending, is_joined)?;
            state.keep_pending(&pending);
            shown();
            let wait = run.wait_left().saturating_add(LAST_POLL);
            outcome = wait_for_answer(run, &state, &mut pending, wait);
        }
        match outcome {
            Err(error) if !fresh_code && is_used_up(&error.kind, is_joined, &pending) => {
                debug!(run.context, "sign-in: the code has been used, perhaps by another process");
                state.forget_pending();
                if let Some(token) = signed_in_since(run, &pending) {
                    without_state::end_cool_down(run, &state);
                    return Ok(token);
                }
                fresh_code = true;
            }
            Ok(Outcome::RegisterAgain) if !fresh_client => {
                debug!(run.context, "sign-in: AWS has forgotten the client; registering anew");
                state.forget_pending();
                fresh_client = true;
            }
            outcome => return conclude(run, &state, &pending, outcome),
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
    state: &SignInState,
    pending: &mut PendingAuthorization,
    wait: Duration,
) -> Result<Outcome, ServiceError> {
    const LAST_ANSWER: Duration = Duration::from_secs(3);
    let end = run.context.elapsed().saturating_add(run.wait_left());
    run.aws.set_deadline(Some(end.saturating_add(LAST_ANSWER)));
    let outcome = device_authorization::poll_until(run.context, run.aws, pending, wait, &mut |pending| {
        state.keep_pending(pending)
    });
    run.deadline.set(run.context.elapsed().saturating_add(network::ALTOGETHER));
    outcome
}

/// Whether somebody got the token already: a process that died before it could store
/// it, or we did, and the answer was lost. A new code is refused for another reason.
fn is_used_up(kind: &ServiceErrorKind, joined: bool, pending: &PendingAuthorization) -> bool {
    *kind == ServiceErrorKind::InvalidGrant && (joined || pending.has_lost_an_answer())
}

/// A token that came into the cache since the authorization was started.
fn signed_in_since(run: &SessionRun, pending: &PendingAuthorization) -> Option<SsoToken> {
    let age = platform::age(&run.caches.token_path(run.session))?;
    let waited = run.context.now().seconds_since(pending.started_at);
    let newer = i64::try_from(age.as_secs()).is_ok_and(|age| age <= waited);
    tokens::live(run).filter(|_| newer)
}

fn start(run: &SessionRun, lock: &Lock, fresh_client: bool) -> Result<PendingAuthorization, Error> {
    let start_url = instance::start_url(run)?;
    let attempt = |fresh: bool| -> Result<PendingAuthorization, ServiceError> {
        let client: RegisteredClient =
            registration::client(run, lock, ClientKind::DeviceAuthorization, fresh)?;
        network::with_retries(run, network::BUDGET, || {
            device_authorization::start(run.context, run.aws, &client, run.session, start_url.as_str())
        })
    };
    let started = match attempt(fresh_client) {
        Err(error) if !fresh_client && is_client_trouble(&error.kind) => attempt(true),
        started => started,
    };
    started.map_err(|error| network::start_url_failure(run, "StartDeviceAuthorization", error))
}

/// A cached registration that the server does not (any more) take is replaced once.
pub(super) const fn is_client_trouble(kind: &ServiceErrorKind) -> bool {
    matches!(kind, ServiceErrorKind::InvalidClient | ServiceErrorKind::UnauthorizedClient)
}

fn conclude(
    run: &SessionRun,
    state: &SignInState,
    pending: &PendingAuthorization,
    outcome: Result<Outcome, ServiceError>,
) -> Result<SsoToken, Error> {
    let login = run.login.clone();
    match outcome {
        // The pending sign-in is also gone when a `login` beside this one has finished.
        Ok(Outcome::GivenUp) => signed_in_since(run, pending).ok_or_else(|| given_up(run, state, None)),
        Ok(Outcome::Approved(issued)) => {
            let client = RegisteredClient {
                client_id: pending.client_id.clone(),
                client_secret: pending.client_secret.clone(),
                expires_at: pending.registration_expires_at,
            };
            let token = match tokens::store_new(run, &client, issued, &|| state.is_given_up(pending)) {
                Ok(token) => token,
                Err(token) => {
                    let given_up = || given_up(run, state, Some(&token.access_token));
                    return signed_in_since(run, pending).ok_or_else(given_up);
                }
            };
            state.forget_pending();
            without_state::end_cool_down(run, state);
            Ok(token)
        }
        Ok(Outcome::StillPending) => Err(still_pending(run, pending)),
        Ok(Outcome::Refused) => {
            state.forget_pending();
            state.begin_cool_down(true);
            without_state::forget(run);
            Err(Error::SignInRefused { login })
        }
        Ok(Outcome::Expired) => {
            state.forget_pending();
            state.begin_cool_down(false);
            if !state.remembers() {
                without_state::note(run);
            }
            Err(Error::SignInUnanswered { login })
        }
        Ok(Outcome::RegisterAgain) => {
            state.forget_pending();
            Err(Error::SignInFailed {
                cause: "AWS rejected the client that it had just registered".to_owned(),
                login,
            })
        }
        Err(error) => {
            if !survives(&error.kind) {
                state.forget_pending();
            }
            Err(network::failure(run.context, &run.session.region, error))
        }
    }
}

/// Somebody has signed out on this computer meanwhile: what the person approved is
/// revoked, and those who waited along do not ask anew.
pub(super) fn given_up(run: &SessionRun, state: &SignInState, token: Option<&Secret>) -> Error {
    if let Some(token) = token {
        run.aws.set_deadline(Some(run.context.elapsed() + network::COURTESY));
        let revoked = run.aws.logout(token).is_ok();
        debug!(run.context, "sign-in: signed out meanwhile (token revoked: {revoked})");
    }
    state.begin_cool_down(true);
    Error::SignInFailed {
        cause: "`aws-sso-cred logout` ran while it waited".to_owned(),
        login: run.login.clone(),
    }
}

/// The person has not finished; whoever runs us again goes on from here.
pub(super) fn still_pending(run: &SessionRun, pending: &PendingAuthorization) -> Error {
    Error::SignInPending {
        verification_uri: pending.verification_uri_complete.clone(),
        user_code: pending.user_code.clone(),
        expires_in: pending.remaining(run.context.now()),
        session: run.login.session.clone(),
    }
}

/// Opens the one tab and shows the one code; a code that nobody can have seen is
/// forgotten.
fn show(
    run: &SessionRun,
    state: &SignInState,
    channel: &Channel,
    pending: &mut PendingAuthorization,
    joined: bool,
) -> Result<(), Error> {
    let seen = channel.reaches_a_person();
    let remembered = state.is_kept() || matches!(channel, Channel::Command) || without_state::note(run);
    let opened = if pending.browser_opened || !run.policy.browser_allowed {
        Ok(None)
    } else if !remembered {
        Err(NoBrowser::NotRemembered)
    } else {
        // Kept before it is done: who is killed in between must not open a second tab.
        pending.browser_opened = true;
        state.keep_pending(pending);
        let address = Address::Server(&pending.verification_uri_complete);
        browser::open(run.context, address, seen).map(|instead_of| Some(instead_of.map(|no| no.to_string())))
    };
    let reason;
    let browser = match opened {
        Ok(None) if pending.browser_opened => PromptBrowser::OpenedBefore,
        Ok(None) => PromptBrowser::NotWanted,
        Ok(Some(None)) => PromptBrowser::Opened,
        Ok(Some(Some(instead_of))) => {
            reason = instead_of;
            PromptBrowser::OpenedInstead(&reason)
        }
        Err(no_browser) if !seen => {
            pending.browser_opened = false;
            if pending.prompted_at.is_none() {
                state.forget_pending();
            }
            let cause = no_terminal(run, no_browser);
            return Err(Error::SignInUnshowable { cause, login: run.login.clone() });
        }
        Err(no_browser) => {
            pending.browser_opened = false;
            reason = no_browser.to_string();
            PromptBrowser::NotOpened(&reason)
        }
    };
    prompt(run, channel, pending, browser, joined);
    pending.prompted_at = Some(run.context.now());
    Ok(())
}

/// Shows the code, unless this terminal has seen it a moment ago.
pub(super) fn prompt(
    run: &SessionRun,
    channel: &Channel,
    pending: &PendingAuthorization,
    browser: PromptBrowser,
    joined: bool,
) {
    let state = SignInState::of(run.context, run.state, run.session);
    let asked_for = matches!(channel, Channel::Command);
    if !asked_for && !state.may_prompt(&channel.name()) {
        debug!(run.context, "sign-in: the prompt was shown here a moment ago");
        return;
    }
    let role = run.role.map(|request| (request.role_name.as_str(), request.account_id.as_str()));
    let text = sign_in_prompt(&PromptFacts {
        session: &run.login.session,
        role,
        verification_uri: &pending.verification_uri,
        verification_uri_complete: &pending.verification_uri_complete,
        user_code: &pending.user_code,
        expires_in: pending.remaining(run.context.now()),
        browser,
        joined,
        bold: channel.shows_bold(run.context),
    });
    let shown = channel.tell(&text);
    debug!(run.context, "sign-in: prompt on {} ({browser:?}, shown: {shown})", channel.name());
}
