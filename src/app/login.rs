//! `login`: a new sign-in, in the way that fits where the person sits.

mod authorization_code;
mod method;
mod waiting_line;

use std::cell::Cell;
use std::time::Duration;

use self::method::Method;
use super::sign_in_state::SignInState;
use super::{Policy, SessionCommand, SessionRun, logout, network, refresh, sign_in};
use crate::cli::LoginOptions;
use crate::config::{self, ResolvedSession};
use crate::context::Context;
use crate::debug;
use crate::error::{Error, span};
use crate::lock::{Busy, Lock};
use crate::options::Options;
use crate::output;
use crate::terminal::Channel;
use crate::token::SsoToken;

/// A device code lives ten minutes; the server says when it is over.
const WAIT: Duration = Duration::from_secs(15 * 60);

/// Another process may be in the middle of a sign-in, for as long as it waits for its person.
const PATIENCE: Duration = Duration::from_secs(90);

/// Signs in to the chosen session, or to every session of the config in turn.
///
/// # Errors
/// The first sign-in that failed; with `--all` the others are tried all the same.
pub fn login(context: &Context, options: &LoginOptions) -> Result<u8, Error> {
    let command = SessionCommand::new(context)?;
    let mut failure = None;
    for resolved in chosen(context, options)? {
        match login_to(&command, &resolved, options) {
            Ok(()) => {}
            Err(error) if options.all => {
                output::tell(&error.to_string());
                failure = Some(error.exit_code());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(failure.unwrap_or(0))
}

fn chosen(context: &Context, options: &LoginOptions) -> Result<Vec<ResolvedSession>, Error> {
    if options.all {
        let (sessions, broken) = config::all_sessions(context)?;
        for error in broken {
            output::tell(&error.to_string());
        }
        if sessions.is_empty() {
            return Err(Error::NothingToSignInTo { config_path: config::shown_config_path(context) });
        }
        return Ok(sessions);
    }
    let named = Options {
        profile: options.profile.clone(),
        sso_session: options.sso_session.clone(),
        start_url: options.start_url.clone(),
        region: options.region.clone(),
        ..Options::default()
    };
    Ok(vec![config::resolve_session(context, &named, true)?])
}

fn login_to(
    command: &SessionCommand,
    resolved: &ResolvedSession,
    options: &LoginOptions,
) -> Result<(), Error> {
    let SessionCommand { context, caches, state } = command;
    let aws = command.connect(&resolved.session, resolved.profile.as_deref())?;
    let run = SessionRun {
        context,
        caches,
        state,
        session: &resolved.session,
        login: resolved.login_commands(),
        aws: &aws,
        policy: Policy {
            sign_in_allowed: true,
            browser_allowed: !options.no_browser && !context.switch("AWS_SSO_DISABLE_BROWSER"),
            wait: WAIT,
            force_refresh: false,
        },
        deadline: Cell::new(network::ALTOGETHER),
        role: None,
    };
    if options.if_needed
        && let Some(token) = still_good(&run, options.min_validity.unwrap_or_default())
    {
        output::tell(&format!("already signed in to {}", success(&run, &token)));
        return Ok(());
    }
    let lock = session_lock(&run)?;
    let token = if lock.waited
        && let Some(token) = signed_in_meanwhile(&run)
    {
        token
    } else {
        new_token(&run, &lock, options)?
    };
    // Somebody else may have signed in: what was cached for the one before must go.
    logout::remove_role_credentials(context, caches, state, run.session);
    output::tell(&format!("signed in to {}", success(&run, &token)));
    Ok(())
}

fn new_token(run: &SessionRun, lock: &Lock, options: &LoginOptions) -> Result<SsoToken, Error> {
    let state = SignInState::of(run.context, run.state, run.session);
    state.end_cool_down();
    let method = method::choose(run, options);
    debug!(run.context, "login: {method:?}");
    let token = match method {
        Method::AuthorizationCode { port } => authorization_code::sign_in(run, lock, port)?,
        Method::DeviceAuthorization { .. } => {
            let channel = Channel::for_command();
            let _line = waiting_line::WaitingLine::start(run.context);
            sign_in::authorize_device(run, lock, &channel)?
        }
    };
    state.forget_pending();
    Ok(token)
}

/// The token, if it does for `validity`; one that can be refreshed is put to the proof.
fn still_good(run: &SessionRun, validity: Duration) -> Option<SsoToken> {
    let token = run.caches.read_token(run.context, run.session).ok()?;
    let enough = |token: &SsoToken| token.expires_at > run.context.now().plus(validity);
    if enough(&token) {
        return Some(token);
    }
    refresh::refreshed_now(run)
}

fn signed_in_meanwhile(run: &SessionRun) -> Option<SsoToken> {
    let token = run.caches.read_token(run.context, run.session).ok()?;
    let new = run.written_since_start(&run.caches.token_path(run.session));
    (new && token.expires_at > run.context.now()).then_some(token)
}

/// Taken at once as a rule; else the person learns what is being waited for.
fn session_lock(run: &SessionRun) -> Result<Lock, Error> {
    let path = run.state.session_file(run.session, "lock");
    if let Ok(lock) = Lock::try_acquire(run.context, path.as_deref()) {
        return Ok(lock);
    }
    let state = SignInState::of(run.context, run.state, run.session);
    output::tell(&match state.pending() {
        Some(pending) => format!(
            "another aws-sso-cred is signing in to {}: open {} and confirm the code {}",
            run.login.session, pending.verification_uri_complete, pending.user_code
        ),
        None => format!("another aws-sso-cred is signing in to {}; waiting for it", run.login.session),
    });
    Lock::acquire(run.context, path.as_deref(), PATIENCE)
        .map_err(|Busy| Error::LockTimeout { what: run.login.session.clone(), waited: PATIENCE })
}

/// What is signed in to, for whom it is good, and until when.
fn success(run: &SessionRun, token: &SsoToken) -> String {
    let left = token.expires_at.seconds_since(run.context.now());
    let until = format!("until {} (in {})", token.expires_at, span(Duration::from_secs(left.unsigned_abs())));
    let renewal = if token.refresh_parts().is_some() { ", then renewed by itself" } else { "" };
    let profiles = config::role_requests(run.context).unwrap_or_default();
    let key = run.session.token_cache_key();
    let served = profiles.iter().filter(|request| request.session.token_cache_key() == key).count();
    let whom = match served {
        0 => String::new(),
        1 => " for 1 profile".to_owned(),
        n => format!(" for {n} profiles"),
    };
    format!("{} at {}: good{whom} {until}{renewal}", run.login.session, run.session.start_url)
}
