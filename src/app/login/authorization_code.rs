//! Signing in by redirect: the listener first, then the browser, then the token.

use std::time::Duration;

use serde_json::json;

use super::super::registration::{self, ClientKind};
use super::super::sign_in_state::SignInState;
use super::super::{SessionRun, instance, network, obstacles, sign_in, signed_in, tokens};
use super::waiting_line::WaitingLine;
use crate::authorization_code::{self, AuthorizationCodeError, CallbackListener, PageFacts, Steps};
use crate::browser::{self, Address};
use crate::context::Context;
use crate::debug;
use crate::error::{Error, escape};
use crate::identity_center::Client;
use crate::lock::Lock;
use crate::output;
use crate::platform::PrivateFile;
use crate::secret::Secret;
use crate::state::StateDirectory;
use crate::token::SsoToken;

/// As long as the AWS CLI waits.
const DEADLINE: Duration = Duration::from_secs(600);

pub(super) fn sign_in(run: &SessionRun, lock: &Lock, port: Option<u16>) -> Result<SsoToken, Error> {
    obstacles::ensure_room(run)?;
    let listener = CallbackListener::bind(port).map_err(|error| for_this_session(run, error))?;
    let start_url = instance::start_url(run)?;
    let issuer_url = start_url.as_str();
    match attempt(run, lock, &listener, issuer_url, false) {
        Err(error) if error.is_about_the_client() => {
            debug!(run.context, "login: AWS has forgotten the client; registering anew");
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
    let unproved = UnprovedClient::of(run);
    let kind = ClientKind::AuthorizationCode { issuer_url };
    let registered = registration::client(run, lock, kind, fresh || unproved.is_cached(run))?;
    unproved.note(run, &registered.client_id);
    let client = Client { id: &registered.client_id, secret: &registered.client_secret };
    let facts = PageFacts { session: run.session, login: &run.login, tries_again: !fresh };
    let (mut line, mut kept) = (None, None);
    let is_noted = signed_in::expect(run);
    let is_wanted = || !is_noted || signed_in::is_noted(run);
    run.aws.set_deadline(None);
    let outcome = authorization_code::sign_in(
        run.context,
        run.aws,
        listener,
        client,
        &mut Steps {
            open: &mut |url| {
                invite(run, listener, url);
                line = Some(WaitingLine::start(run.context));
            },
            keep: &mut |issued| {
                let token = tokens::store_new(run, &registered, issued.clone(), &|| !is_wanted())
                    .map_err(|token| given_up(run, Some(&token.access_token)))?;
                tokens::ensure_kept(run, &token).map(|()| kept = Some(token))
            },
            is_wanted: &is_wanted,
        },
        DEADLINE,
        &facts,
    );
    drop(line);
    run.deadline.set(run.context.elapsed() + network::ALTOGETHER);
    if !matches!(outcome, Err(AuthorizationCodeError::TimedOut)) {
        unproved.forget(run);
    }
    outcome?;
    kept.ok_or_else(|| AuthorizationCodeError::Broken { cause: "the token was not saved".to_owned() })
}

/// The client of the last sign-in, if no answer to that ever came. AWS shows its own
/// page to a person whose client it does not know any more, and tells us nothing: all
/// we see is somebody who gives up. The next time, such a client is replaced.
struct UnprovedClient(Option<PrivateFile>);

impl UnprovedClient {
    fn of(run: &SessionRun) -> Self {
        Self(run.state.session_file(run.session, "unproved-client.json"))
    }

    fn is_cached(&self, run: &SessionRun) -> bool {
        let note = self.0.as_ref().and_then(StateDirectory::read_json);
        let cached = run.caches.read_registration(run.context, run.session);
        match (note, cached) {
            (Some(note), Ok(cached)) => note["client_id"].as_str() == Some(&cached.client_id),
            _ => false,
        }
    }

    fn note(&self, run: &SessionRun, client_id: &str) {
        if let Some(path) = &self.0 {
            let note = json!({ "client_id": client_id }).to_string();
            StateDirectory::write_text(run.context, path, &note);
        }
    }

    fn forget(&self, run: &SessionRun) {
        if let Some(path) = &self.0 {
            StateDirectory::remove(run.context, path);
        }
    }
}

/// Opens the browser and says what to do if no page appears.
fn invite(run: &SessionRun, listener: &CallbackListener, url: &str) {
    const ADDRESS: &str = "open this address on this computer:";
    let opened = run.policy.browser_allowed.then(|| browser::open(run.context, Address::Ours(url), true));
    let lead = match opened {
        Some(Ok(None)) => format!("your browser is opening; if no page appears, {ADDRESS}"),
        Some(Ok(Some(instead_of))) => format!(
            "{instead_of}\nanother browser is opening; if it is the wrong one, or no page appears, {ADDRESS}"
        ),
        Some(Err(reason)) => format!("no browser was opened: {reason}; {ADDRESS}"),
        None => ADDRESS.to_owned(),
    };
    let mut text = format!("signing in to {}\n{lead}\n\n    {}\n", escape(&run.login.session), escape(url));
    if is_remote(run.context) {
        let tunnel = tunnel(run.context, listener.port());
        text.push_str(&format!("\nfrom another computer, first open a tunnel there: {tunnel}\n"));
    }
    let otherwise = match browser::place_apart(run.context) {
        Some(place) => format!("if your browser cannot reach this computer ({place})"),
        None => "if this computer has no browser".to_owned(),
    };
    text.push_str(&format!("\n{otherwise}: {} --use-device-code", escape(&run.login.ours)));
    output::tell(&text);
}

/// The way out that is offered has to name the session, or it would sign in to another.
fn for_this_session(run: &SessionRun, error: Error) -> Error {
    match error {
        Error::ListenerUnavailable { port, cause, .. } => Error::ListenerUnavailable {
            port,
            cause,
            without: format!("{} --use-device-code", run.login.ours),
        },
        error => error,
    }
}

fn given_up(run: &SessionRun, token: Option<&Secret>) -> Error {
    sign_in::given_up(run, &SignInState::of(run.context, run.state, run.session), token)
}

fn explain(run: &SessionRun, error: AuthorizationCodeError) -> Error {
    let login = run.login.clone();
    match error {
        AuthorizationCodeError::Refused { .. } => Error::SignInRefused { login },
        AuthorizationCodeError::NotKept(error) => *error,
        AuthorizationCodeError::GivenUp => given_up(run, None),
        AuthorizationCodeError::TimedOut => Error::SignInUnanswered { login },
        AuthorizationCodeError::Service(error) => network::start_url_failure(run, "RegisterClient", *error),
        error @ (AuthorizationCodeError::Failed { .. } | AuthorizationCodeError::Broken { .. }) => {
            Error::SignInFailed { cause: error.to_string(), login }
        }
    }
}

/// Whether the person sits at another computer.
pub(super) fn is_remote(context: &Context) -> bool {
    context.variable_os("SSH_CONNECTION").is_some() || context.variable_os("SSH_TTY").is_some()
}

/// The command that makes a port of this machine reachable from where the person sits.
pub(super) fn tunnel(context: &Context, port_here: u16) -> String {
    let connection = context.variable("SSH_CONNECTION").unwrap_or_default();
    let mut words = connection.split_whitespace().skip(2);
    let address = words.next().filter(|address| is_address(address));
    // Without a socket, sshd writes `UNKNOWN 65535`.
    let port = words.next().filter(|_| address.is_some()).and_then(|port| port.parse::<u16>().ok());
    let to_port = port.filter(|port| *port != 22).map_or_else(String::new, |port| format!("-p {port} "));
    format!("ssh {to_port}-L {port_here}:127.0.0.1:{port_here} {}", this_machine(context, address))
}

/// An address of IP, also with the interface that a link-local one needs: `fe80::2%eth0`.
fn is_address(text: &str) -> bool {
    let (address, scope) = text.split_once('%').unwrap_or((text, ""));
    address.parse::<std::net::IpAddr>().is_ok() && is_plain(scope)
}

fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// This machine as the person's `ssh` reached it: the third and fourth word of
/// `SSH_CONNECTION` are the address and the port they connected to.
fn this_machine(context: &Context, address: Option<&str>) -> String {
    let user = context.variable("USER").filter(|user| is_plain(user));
    match (user, address) {
        (Some(user), Some(address)) => format!("{user}@{address}"),
        (None, Some(address)) => address.to_string(),
        (_, None) => "THIS_HOST".to_owned(),
    }
}
