//! The authorization code grant with PKCE (RFC 7636). The browser brings the code to a listener
//! on loopback (RFC 8252 §7.3). `login` signs in this way if the browser runs on this computer.
//!
//! The caller registers the client, opens the browser and stores the token.

mod callback;
mod listener;
mod page;
mod pkce;

use std::fmt;
use std::time::Duration;

pub use callback::{Answer, CALLBACK_PATH};
#[cfg(fuzzing)]
pub(crate) use callback::{Verdict, judge};
pub use listener::{Callback, CallbackListener, Responder, WaitError};
pub use page::PageFacts;
pub use pkce::{CodeVerifier, DEFAULT_SCOPE, authorize_url, code_challenge};

use crate::context::Context;
use crate::debug;
use crate::error::{AwsError, Error, ServiceError, Text};
use crate::identity_center::{Client, Deadline, Grant, IdentityCenter, IssuedToken, retry};
use crate::secret::{NoRandomness, Secret};

/// The redirect URI that a client of this grant registers. It has no port, so that the listener
/// may use any (RFC 8252 §7.3).
pub const REGISTERED_REDIRECT_URI: &str = "http://127.0.0.1/oauth/callback";

/// The reason why a sign-in failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorizationCodeError {
    /// `access_denied`: the person denied the request in the browser.
    Refused {
        /// AWS's description, not escaped.
        description: Option<String>,
    },
    /// AWS ended the sign-in with another error (RFC 6749 §4.1.2.1).
    Failed {
        /// The error code, not escaped: `server_error`, …
        error: String,
        /// AWS's description, not escaped.
        description: Option<String>,
    },
    /// The browser brought no answer before the deadline.
    TimedOut,
    /// A request to AWS failed; usually the one that exchanges the code for a token.
    Service(Box<ServiceError>),
    /// The listener or the system's source of random bytes failed.
    Broken {
        /// What failed, and the system's message.
        cause: String,
    },
    /// The sign-in was stopped, because [`Steps::is_wanted`] said no.
    GivenUp,
    /// AWS issued a token, but [`Steps::keep`] could not store it.
    NotKept(Box<Error>),
}

/// The parts of a sign-in that the caller does.
pub struct Steps<'a> {
    /// Opens the authorize URL for the person.
    pub open: &'a mut dyn FnMut(&str),
    /// Stores the token. The page says "signed in" only after this has succeeded.
    pub keep: &'a mut dyn FnMut(&IssuedToken) -> Result<(), Error>,
    /// Whether the sign-in is still wanted. Called about once a second.
    pub is_wanted: &'a dyn Fn() -> bool,
}

impl AuthorizationCodeError {
    /// Whether AWS refused the client registration. A sign-in with a new registration may succeed.
    pub fn is_about_the_client(&self) -> bool {
        match self {
            Self::Service(error) => error.kind.is_about_the_client(),
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

/// Signs a person in to `facts.session`: opens the authorize URL, waits at most `deadline` for the
/// answer on `listener`, exchanges the code for a token, stores it, and shows the result in the
/// browser.
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
            exchange(context, aws, client, &code, verifier, &redirect_uri).and_then(|token| {
                match (steps.keep)(&token) {
                    Ok(()) => Ok(token),
                    Err(error) => Err(AuthorizationCodeError::NotKept(Box::new(error))),
                }
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

/// Exchanges the code for a token. Each code and each verifier is for one exchange.
fn exchange(
    context: &Context,
    aws: &dyn IdentityCenter,
    client: Client<'_>,
    code: &Secret,
    verifier: CodeVerifier,
    redirect_uri: &str,
) -> Result<IssuedToken, AuthorizationCodeError> {
    let code_verifier = verifier.spend();
    let grant = Grant::AuthorizationCode { code, code_verifier: &code_verifier, redirect_uri };
    // Without retries, a failed request would make the person sign in again.
    let token = retry::with_retries(context, Deadline::after(context, retry::BUDGET), |deadline| {
        aws.create_token(client, grant, deadline)
    })?;
    Ok(token)
}

/// The page that shows the browser how the sign-in ended.
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

impl From<NoRandomness> for AuthorizationCodeError {
    fn from(NoRandomness(cause): NoRandomness) -> Self {
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
