//! Signing in by redirect (authorization code with PKCE): starts the listener, opens the browser,
//! and stores the token.

use std::time::Duration;

use super::failure::{answer_lost, start_url_failure};
use super::given_up::given_up;
use super::registration::{self, ClientKind};
use super::session::{SessionFiles, SessionRun};
use super::tunnel::{is_remote, tunnel};
use super::{obstacles, portal, token_store};
use crate::authorization_code::{self, AuthorizationCodeError, CallbackListener, PageFacts, Steps};
use crate::browser::{self, Address};
use crate::debug;
use crate::error::{Error, LoginCommands, ServiceErrorKind, SignInError};
use crate::identity_center::Client;
use crate::lock::Lock;
use crate::state::{SignedIn, UnprovedClient};
use crate::terminal::{WaitingLine, output};
use crate::text::escape::escape;
use crate::token::SsoToken;

/// How long to wait for the redirect, as in the AWS CLI.
const DEADLINE: Duration = Duration::from_secs(600);

/// Signs in through a browser that reaches this computer on `port`, or on any free port.
///
/// # Errors
/// A sign-in that was refused or left unanswered; the network; a port that cannot be had; no
/// room for the token.
pub fn sign_in(run: &SessionRun, lock: &Lock, port: Option<u16>) -> Result<SsoToken, Error> {
    obstacles::ensure_room(run.files)?;
    let listener = CallbackListener::bind(port).map_err(|error| for_this_session(&run.login, error))?;
    let start_url = portal::start_url(run)?;
    let issuer_url = start_url.as_str();
    match attempt(run, lock, &listener, issuer_url, false) {
        Err(error) if error.is_about_the_client() => {
            debug!(run.files.context, "login: AWS no longer knows the client; registering a new one");
            output::tell("AWS no longer knows this client registration; please sign in once more");
            attempt(run, lock, &listener, issuer_url, true)
        }
        outcome => outcome,
    }
    .map_err(|error| explain(run, error))
}

fn attempt(
    run: &SessionRun,
    lock: &Lock,
    listener: &CallbackListener,
    issuer_url: &str,
    fresh: bool,
) -> Result<SsoToken, AuthorizationCodeError> {
    let SessionFiles { context, state, session, .. } = run.files;
    let kind = ClientKind::AuthorizationCode { issuer_url };
    let registered = registration::client(run, lock, kind, fresh || is_unproved(run.files))?;
    UnprovedClient::note(state, session, &registered.client_id);
    let client = Client { id: &registered.client_id, secret: &registered.client_secret };
    let facts = PageFacts { session, login: &run.login, tries_again: !fresh };
    let (mut line, mut kept) = (None, None);
    let is_noted = SignedIn::expect(state, session);
    let is_wanted = || !is_noted || SignedIn::is_noted(state, session);
    let outcome = authorization_code::sign_in(
        context,
        run.aws,
        listener,
        client,
        &mut Steps {
            open: &mut |url| {
                invite(run, listener, url);
                line = Some(WaitingLine::start(context));
            },
            keep: &mut |issued| {
                let token = token_store::store_new(run, &registered, issued.clone(), &|| !is_wanted())
                    .map_err(|token| given_up(run, Some(&token.access_token)))?;
                token_store::ensure_kept(run.files, run.aws, &token).map(|()| kept = Some(token))
            },
            is_wanted: &is_wanted,
        },
        DEADLINE,
        &facts,
    );
    drop(line);
    run.time.restart();
    if !matches!(outcome, Err(AuthorizationCodeError::TimedOut)) {
        UnprovedClient::forget(state, session);
    }
    outcome?;
    kept.ok_or_else(|| AuthorizationCodeError::Broken { cause: "the token was not saved".to_owned() })
}

/// Whether the cached client is the one whose last sign-in by redirect was not answered.
fn is_unproved(files: SessionFiles) -> bool {
    let noted = UnprovedClient::read(files.state, files.session);
    let cached = files.caches.read_registration(files.context, files.session);
    matches!((noted, cached), (Some(noted), Ok(cached)) if noted.client_id == cached.client_id)
}

/// Opens the browser, and says what to do if no page appears.
fn invite(run: &SessionRun, listener: &CallbackListener, url: &str) {
    const ADDRESS: &str = "open this address on this computer:";
    let browser = run.choices.browser.as_deref();
    let opened = run
        .policy
        .browser_allowed
        .then(|| browser::open(run.files.context, Address::Ours(url), true, browser));
    let lead = match opened {
        Some(Ok(None)) => format!("your browser is opening; if no page appears, {ADDRESS}"),
        Some(Ok(Some(instead_of))) => format!(
            "{instead_of}\nanother browser is opening; if it is the wrong one, or no page appears, {ADDRESS}"
        ),
        Some(Err(reason)) => format!("no browser was opened: {reason}; {ADDRESS}"),
        None => ADDRESS.to_owned(),
    };
    let mut text = format!("signing in to {}\n{lead}\n\n    {}\n", escape(&run.login.session), escape(url));
    if is_remote(run.files.context) {
        let tunnel = tunnel(run.files.context, listener.port());
        text.push_str(&format!("\nfrom another computer, first open a tunnel there: {tunnel}\n"));
    }
    let otherwise = match browser::remote_place(run.files.context) {
        Some(place) => format!("if your browser cannot reach this computer ({place})"),
        None => "if this computer has no browser".to_owned(),
    };
    text.push_str(&format!("\n{otherwise}: {} --use-device-code", escape(&run.login.ours)));
    output::tell(&text);
}

/// `error` with an alternative that names the session: a bare `login` could sign in to another.
fn for_this_session(login: &LoginCommands, error: Error) -> Error {
    match error {
        Error::SignIn(SignInError::ListenerUnavailable { port, cause, .. }) => {
            Error::SignIn(SignInError::ListenerUnavailable {
                port,
                cause,
                without: format!("{} --use-device-code", login.ours),
            })
        }
        error => error,
    }
}

fn explain(run: &SessionRun, error: AuthorizationCodeError) -> Error {
    let login = run.login.clone();
    match error {
        AuthorizationCodeError::Refused { .. } => Error::SignIn(SignInError::Refused { login }),
        AuthorizationCodeError::NotKept(error) => *error,
        AuthorizationCodeError::GivenUp => given_up(run, None),
        AuthorizationCodeError::TimedOut => Error::SignIn(SignInError::Unanswered { login }),
        AuthorizationCodeError::Service(error)
            if error.kind == ServiceErrorKind::InvalidGrant && error.asked_again =>
        {
            answer_lost(login)
        }
        AuthorizationCodeError::Service(error) => {
            start_url_failure(run.files.session, "RegisterClient", *error, run.files.context.now())
        }
        error @ (AuthorizationCodeError::Failed { .. } | AuthorizationCodeError::Broken { .. }) => {
            Error::SignIn(SignInError::Failed { cause: error.to_string(), login })
        }
    }
}
