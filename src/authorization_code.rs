//! The authorization code grant with PKCE (RFC 7636), the answer received on a
//! loopback redirect (RFC 8252 §7.3): how `login` signs in where a browser can reach
//! this machine.
//!
//! Registering the client, opening the browser and keeping the token are the caller's.

mod callback;
mod listener;
mod page;
mod pkce;

use std::fmt;
use std::time::Duration;

pub use callback::{Answer, CALLBACK_PATH};
pub use listener::{Callback, CallbackListener, Responder, WaitError};
pub use page::PageFacts;
pub use pkce::{CodeVerifier, DEFAULT_SCOPE, authorize_url, code_challenge};

use crate::context::Context;
use crate::debug;
use crate::error::{AwsError, Error, Text};
use crate::identity_center::retry;
use crate::identity_center::{Client, Grant, IdentityCenter, IssuedToken, ServiceError, ServiceErrorKind};

/// What a client of this grant registers: without a port, any is allowed (RFC 8252 §7.3).
pub const REGISTERED_REDIRECT_URI: &str = "http://127.0.0.1/oauth/callback";

/// How long a server that stumbles is given: a person has just signed in, and would
/// have to do it again.
const EXCHANGE_BUDGET: Duration = Duration::from_secs(20);

/// Why nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorizationCodeError {
    /// `access_denied`: the person refused.
    Refused {
        /// AWS's words. Not yet escaped.
        description: Option<String>,
    },
    /// AWS ended the sign-in with another error (RFC 6749 §4.1.2.1).
    Failed {
        /// `server_error`, … Not yet escaped.
        error: String,
        /// AWS's words. Not yet escaped.
        description: Option<String>,
    },
    /// No answer came before the deadline.
    TimedOut,
    /// A request to AWS failed: the code could not be exchanged, as a rule.
    Service(Box<ServiceError>),
    /// This computer failed: the listener, or the source of random bytes.
    Broken {
        /// The system's words.
        cause: String,
    },
    /// It was no longer wanted.
    GivenUp,
    /// The token was given and could not be kept: nobody is signed in.
    NotKept(Box<Error>),
}

/// What the caller does in the course of a sign-in.
pub struct Steps<'a> {
    /// Takes the person to the authorize URL.
    pub open: &'a mut dyn FnMut(&str),
    /// Keeps the token. The page says "signed in" only after this.
    pub keep: &'a mut dyn FnMut(&IssuedToken) -> Result<(), Error>,
    /// Whether the sign-in is still wanted; asked about once a second.
    pub is_wanted: &'a dyn Fn() -> bool,
}

impl AuthorizationCodeError {
    /// Whether AWS turned the client down rather than the person, so that
    /// registering again and starting over may help.
    pub fn is_about_the_client(&self) -> bool {
        match self {
            Self::Service(error) => {
                matches!(error.kind, ServiceErrorKind::InvalidClient | ServiceErrorKind::UnauthorizedClient)
            }
            Self::Failed { error, .. } => matches!(error.as_str(), "invalid_client" | "unauthorized_client"),
            Self::Refused { .. }
            | Self::TimedOut
            | Self::Broken { .. }
            | Self::GivenUp
            | Self::NotKept(_) => false,
        }
    }
}

/// A clause that completes "the sign-in failed: …".
impl fmt::Display for AuthorizationCodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { .. } => formatter.write_str("it was refused in the browser"),
            Self::Failed { error, description: Some(description) } => {
                write!(formatter, "AWS says `{error}`: {description}")
            }
            Self::Failed { error, description: None } => write!(formatter, "AWS says `{error}`"),
            Self::TimedOut => formatter.write_str("no answer came from the browser in time"),
            Self::Service(error) => write!(formatter, "{} failed at {}", error.operation, error.endpoint),
            Self::Broken { cause } => formatter.write_str(cause),
            Self::GivenUp => formatter.write_str("it is no longer wanted"),
            Self::NotKept(error) => formatter.write_str(&error.text().what),
        }
    }
}

/// Signs a person in to `facts.session`: makes the authorize URL, has it opened, waits for the answer
/// on `listener` for `deadline` at most, exchanges the code (one
/// code, one verifier, both spent), and tells the browser how it ended.
///
/// # Errors
/// [`AuthorizationCodeError`].
pub fn sign_in(
    context: &Context,
    aws: &dyn IdentityCenter,
    listener: &CallbackListener,
    client: Client<'_>,
    steps: &mut Steps<'_>,
    deadline: Duration,
    facts: &PageFacts<'_>,
) -> Result<IssuedToken, AuthorizationCodeError> {
    let verifier = CodeVerifier::generate()?;
    let state = pkce::generate_state()?;
    let redirect_uri = listener.redirect_uri();
    let endpoint = aws.authorize_endpoint()?;
    let challenge = verifier.challenge();
    let scopes = facts.session.registration_scopes.as_deref().unwrap_or_default();
    (steps.open)(&authorize_url(&endpoint, client.id, &redirect_uri, state.expose(), &challenge, scopes));

    let Callback { answer, responder } = listener.wait(context, &state, deadline, steps.is_wanted)?;
    debug!(context, "sign-in listener: the browser brought the answer");
    let outcome = match answer {
        Answer::Code(code) => {
            let code_verifier = verifier.spend();
            let grant = Grant::AuthorizationCode {
                code: &code,
                code_verifier: &code_verifier,
                redirect_uri: &redirect_uri,
            };
            retry::with_retries(context, EXCHANGE_BUDGET, || aws.create_token(client, grant))
                .map_err(AuthorizationCodeError::from)
                .and_then(|token| match (steps.keep)(&token) {
                    Ok(()) => Ok(token),
                    Err(error) => Err(AuthorizationCodeError::NotKept(Box::new(error))),
                })
        }
        Answer::Error { error, description } if error == "access_denied" => {
            Err(AuthorizationCodeError::Refused { description })
        }
        Answer::Error { error, description } => Err(AuthorizationCodeError::Failed { error, description }),
    };
    responder.respond(context, &state, &outcome_page(context, &outcome, facts));
    outcome
}

fn outcome_page(
    context: &Context,
    outcome: &Result<IssuedToken, AuthorizationCodeError>,
    facts: &PageFacts<'_>,
) -> page::Response {
    match outcome {
        Ok(token) => {
            page::signed_in(facts, context.now().plus(token.expires_in), token.refresh_token.is_some())
        }
        Err(error) if facts.tries_again && error.is_about_the_client() => page::once_more(),
        Err(AuthorizationCodeError::Refused { description }) => page::refused(facts, description.as_deref()),
        Err(AuthorizationCodeError::Service(error)) => {
            let region = facts.session.region.to_string();
            let error = Error::Aws(AwsError::Service {
                error: error.clone(),
                region,
                clock_skew: None,
                flags: Vec::new(),
            });
            page::failed(facts, &error.text())
        }
        Err(AuthorizationCodeError::NotKept(error)) => page::failed(facts, &error.text()),
        Err(error) => page::failed(facts, &Text { what: error.to_string(), why: None, hint: None }),
    }
}

impl From<ServiceError> for AuthorizationCodeError {
    fn from(error: ServiceError) -> Self {
        Self::Service(Box::new(error))
    }
}

impl From<pkce::NoRandomness> for AuthorizationCodeError {
    fn from(pkce::NoRandomness(cause): pkce::NoRandomness) -> Self {
        Self::Broken { cause: format!("the system gives no random bytes: {cause}") }
    }
}

impl From<WaitError> for AuthorizationCodeError {
    fn from(error: WaitError) -> Self {
        match error {
            WaitError::TimedOut => Self::TimedOut,
            WaitError::GivenUp => Self::GivenUp,
            WaitError::Broken(cause) => {
                Self::Broken { cause: format!("waiting for the browser broke: {cause}") }
            }
        }
    }
}
