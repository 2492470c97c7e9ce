//! `login`: signs in to a session, or to all.
//!
//! Which grant is used is decided by `method`; how two `login`s wait for each other, by `turn`.

mod method;
mod turn;
mod validity;

use std::time::Duration;

use self::method::{Method, Reason};
use super::surroundings::{Surroundings, only_one};
use super::synced::{self, and_also};
use crate::audit::outcome;
use crate::cache::Miss;
use crate::cli::LoginOptions;
use crate::context::Context;
use crate::debug;
use crate::error::{AwsError, Error, LocalError, LoginCommands, SignInNeeded, SignInReason, Text};
use crate::lock::Lock;
use crate::selection::{self, MeantSession, ResolvedSession, Starter};
use crate::sign_in::{
    ConfiguredRoles, PendingSignIn, Policy, Removals, SessionFiles, SessionRun, authorize_device,
    end_cool_down, ensure_kept, ensure_role_credentials_can_go, ensure_room, forget_failures, is_remote,
    refreshed_now, remove_role_credentials, required, sign_in_by_redirect, signed_in_meanwhile, tunnel,
};
use crate::terminal::{self, Channel, WaitingLine, output};
use crate::text::shell::shell_word;
use crate::text::span::span;
use crate::token::SsoToken;
use crate::value_names::NO_BROWSER_VARIABLE;

/// How long `login` waits for the person: longer than a device code is valid, so that AWS ends the
/// wait.
const WAIT: Duration = Duration::from_secs(15 * 60);

/// Signs in to the chosen session, or with `--all` to every session of the config in turn. Returns
/// the exit code: with `--all`, that of the first sign-in that failed; the others are tried all
/// the same.
///
/// # Errors
/// The failure of a single sign-in, or a config that cannot be read.
pub fn login(context: &Context, options: &LoginOptions) -> Result<u8, Error> {
    let command = Surroundings::new(context)?;
    if options.all {
        return login_to_all(&command, options);
    }
    let MeantSession { resolved, is_the_only_one } =
        selection::meant_session(context, &options.selection(), "login")?;
    if is_the_only_one {
        output::tell(&only_one(context, &resolved));
    }
    login_to(&command, &resolved, options).map(|()| 0)
}

fn login_to_all(command: &Surroundings, options: &LoginOptions) -> Result<u8, Error> {
    let (sessions, broken) = selection::all_sessions(command.context)?;
    if sessions.is_empty() && broken.is_empty() {
        return Err(selection::nothing_to_sign_in_to(command.context));
    }
    let attempts = sessions.iter().map(|resolved| login_to(command, resolved, options));
    let failures = broken.into_iter().chain(attempts.filter_map(Result::err));
    let first = failures.fold(None, |first: Option<u8>, error| {
        output::tell(&error.to_string());
        first.or(Some(error.exit_code()))
    });
    Ok(first.unwrap_or(0))
}

/// Signs in to one session, and tells the person so.
///
/// # Errors
/// Those of a sign-in.
pub fn login_to(
    command: &Surroundings,
    resolved: &ResolvedSession,
    options: &LoginOptions,
) -> Result<(), Error> {
    let context = command.context;
    let aws = command.connect(&resolved.session, resolved.profile.as_deref())?;
    let run = SessionRun {
        policy: Policy {
            sign_in_allowed: true,
            browser_allowed: !options.no_browser && !context.switch(NO_BROWSER_VARIABLE),
            terminal_allowed: true,
            wait: WAIT,
            force_refresh: false,
        },
        ..command.run_without_sign_in(resolved, &aws)
    };
    if options.if_needed
        && let Some(token) = still_good(&run, options.min_validity.unwrap_or_default())?
    {
        output::tell(&format!("already signed in to {}", success(&command.configured, &run, &token)));
        return Ok(());
    }
    ensure_can_begin(&run)?;
    if !options.if_needed && is_for_another(run.files) {
        let other = what_and_why(&required(run.files, &run.login, SignInReason::OtherSignIn));
        output::tell(&format!("{other}; signing in replaces it"));
    }
    let lock = turn::take(run.files, &run.login, options)?;
    run.time.restart();
    let token = if lock.waited
        && let Some(token) = signed_in_meanwhile(&run)
    {
        token
    } else {
        let signed_in = new_token(&run, &lock, options);
        run.record("sign-in", outcome(&signed_in));
        signed_in.inspect_err(|error| tell_of_profile_settings(run.files, &run.login, resolved, error))?
    };
    conclude(command, &run, &token)?;
    validity::ensure_lasts(
        &run.login.session,
        &token,
        options.min_validity.unwrap_or_default(),
        context.now(),
    )
}

/// Fails if the sign-in may not be started here, if its token could not be kept, or if what an earlier
/// sign-in left could not be removed.
fn ensure_can_begin(run: &SessionRun) -> Result<(), Error> {
    ensure_may_start(run)?;
    ensure_room(run.files)?;
    ensure_role_credentials_can_go(run.files, &run.login)
}

/// Tells the person of the success. Another person may have signed in, so the role credentials of the
/// previous sign-in must go, and the keys that `sync` wrote with it.
fn conclude(command: &Surroundings, run: &SessionRun, token: &SsoToken) -> Result<(), Error> {
    let context = command.context;
    let mut removals = Removals::new(context);
    let unexplained = remove_role_credentials(run.files, &command.configured, &mut removals);
    output::tell(&format!("signed in to {}", success(&command.configured, run, token)));
    unexplained.tell(context, &command.caches);
    let synced = synced::remove(context, Some(run.files.session));
    let removed = removals.into_result(Some(run.login.session.clone()), None, run.login.ours.clone());
    and_also(removed, synced)
}

/// Checks `aws_sso_cred_sign_in` before anything is done for a sign-in.
fn ensure_may_start(run: &SessionRun) -> Result<(), Error> {
    let starter = Starter::Command { is_person: terminal::a_person_can_answer() };
    let may_start = run.choices.ensure_sign_in_may_start(starter, terminal::is_in_foreground, &run.login);
    if may_start.is_err() {
        run.record("sign-in", outcome(&may_start));
    }
    may_start
}

/// If AWS could not be reached by a session's name alone, and a profile of the session has its own
/// connection settings, tells the person to sign in with that profile.
fn tell_of_profile_settings(
    files: SessionFiles,
    login: &LoginCommands,
    resolved: &ResolvedSession,
    error: &Error,
) {
    if resolved.profile.is_none()
        && matches!(error, Error::Aws(AwsError::Service { .. }))
        && let Some(profile) = selection::profile_with_own_connection_settings(files.context, files.session)
    {
        let word = shell_word(&profile);
        output::tell(&format!(
            "the profiles of {} reach AWS in different ways; to use those of one profile, run `aws-sso-cred login --profile {word}`",
            login.session
        ));
    }
}

/// Whether the cached token is for another start URL or region.
fn is_for_another(files: SessionFiles) -> bool {
    matches!(files.caches.read_token(files.context, files.session), Err(Miss::Other(_)))
}

fn new_token(run: &SessionRun, lock: &Lock, options: &LoginOptions) -> Result<SsoToken, Error> {
    let pending = PendingSignIn::of(run.files);
    end_cool_down(run.files);
    if pending.waiting().is_none() {
        // The note about an authorization that expired while no process ran would begin a pause.
        pending.forget();
    }
    let method = method::choose(run, options)?;
    debug!(run.files.context, "login: {method:?}");
    method::check_audience(run.files.context, &run.login, method)?;
    let token = match method {
        Method::AuthorizationCode { port } => sign_in_by_redirect(run, lock, port)?,
        Method::DeviceAuthorization { because } => {
            if because == Reason::NoBrowserHere && options.no_browser {
                offer_tunnel(run.files.context, &run.login);
            }
            let mut line = None;
            authorize_device(run, lock, &Channel::Command, &mut || {
                line = Some(WaitingLine::start(run.files.context));
            })?
        }
    };
    ensure_kept(run.files, run.aws, &token)?;
    pending.forget();
    // `status` must not show failures from before this sign-in.
    forget_failures(run.files);
    Ok(token)
}

/// Over SSH, tells the person how to sign in by redirect in spite of `--no-browser`.
fn offer_tunnel(context: &Context, login: &LoginCommands) {
    const PORT: u16 = 8400;
    if is_remote(context) {
        let tunnel = tunnel(context, PORT);
        output::tell(&format!(
            "to sign in by redirect instead, run `{tunnel}` on your computer, and here\n\
             `{} --no-browser --redirect-port {PORT}`\n",
            login.ours
        ));
    }
}

/// The token, if it is valid for `validity`, if necessary after a refresh. `None` if a new sign-in
/// is needed; the person is told why.
///
/// # Errors
/// Failed requests, and [`AwsError::SignInTooShort`](crate::error::AwsError::SignInTooShort) if a
/// new sign-in would not be valid for longer.
fn still_good(run: &SessionRun, validity: Duration) -> Result<Option<SsoToken>, Error> {
    let enough = |token: &SsoToken| token.expires_at > run.files.context.now().plus(validity);
    let required = match refreshed_now(run, &enough) {
        Ok(token) if validity::lasts(&token, validity, run.files.context.now()) => return Ok(Some(token)),
        Ok(token) => {
            validity::ensure_a_sign_in_can_help(run.files, &run.login.session, &token, validity)?;
            required(run.files, &run.login, SignInReason::SessionEnded)
        }
        // Without the session's lock nothing is refreshed, but the person can sign in.
        Err(error @ (Error::SignInNeeded(_) | Error::Local(LocalError::LockTimeout { .. }))) => error,
        Err(error) => return Err(error),
    };
    let token = run.files.caches.read_token(run.files.context, run.files.session).ok();
    let left = token.as_ref().map_or(0, |token| token.expires_at.seconds_since(run.files.context.now()));
    if let Some(token) = token.filter(|token| left > 0 && token.refresh_parts().is_none()) {
        validity::ensure_a_sign_in_can_help(run.files, &run.login.session, &token, validity)?;
    }
    match &required {
        Error::SignInNeeded(SignInNeeded::Required { reason: SignInReason::NeverSignedIn, .. }) => {}
        _ if left > 0 => output::tell(&format!(
            "{}: the sign-in is valid for only {} more",
            run.login.session,
            span(Duration::from_secs(left.unsigned_abs()))
        )),
        _ => output::tell(&what_and_why(&required)),
    }
    Ok(None)
}

/// A failure without its hint, in one line: the sign-in goes on.
fn what_and_why(error: &Error) -> String {
    let Text { what, why, .. } = error.text();
    why.map_or_else(|| what.clone(), |why| format!("{what}; {why}"))
}

/// The session and its portal, for how many profiles the sign-in is good, and until when.
fn success(configured: &ConfiguredRoles, run: &SessionRun, token: &SsoToken) -> String {
    let left = token.expires_at.seconds_since(run.files.context.now());
    let until = format!(
        "until {} (in {})",
        run.files.context.for_people(token.expires_at),
        span(Duration::from_secs(left.unsigned_abs()))
    );
    let renewal = if token.refresh_parts().is_some() { ", then refreshed automatically" } else { "" };
    let whom = match configured.of(run.files.session).count() {
        0 => String::new(),
        1 => " for 1 profile".to_owned(),
        n => format!(" for {n} profiles"),
    };
    // A session without a name is already called by its start URL.
    let at = if run.login.session.starts_with("start URL ") {
        String::new()
    } else {
        format!(" at {}", run.files.session.start_url)
    };
    format!("{}{at}: good{whom} {until}{renewal}", run.login.session)
}
