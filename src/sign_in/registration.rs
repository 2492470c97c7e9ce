//! The client with which a session signs in: the cached registration if it fits, else a new one.

use super::network_time::BUDGET;
use super::session::{SessionFiles, SessionRun};
use crate::authorization_code::{DEFAULT_SCOPE, REGISTERED_REDIRECT_URI};
use crate::cache::ClientRegistration;
use crate::debug;
use crate::error::ServiceError;
use crate::identity_center::{AuthorizationCodeClient, RegisterClient, RegisteredClient};
use crate::lock::Lock;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;

/// A registration that expires in fewer than this many seconds is not used, as in the AWS CLI.
const LEAST_LEFT: i64 = 15 * 60;

/// The grant that a client is for. The AWS CLI keeps both kinds of clients in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientKind<'a> {
    DeviceAuthorization,
    AuthorizationCode {
        /// The start URL that is sent to AWS.
        issuer_url: &'a str,
    },
}

/// The scopes with which a client of `session` is registered. A session of the older layout has
/// none: other tools expect its tokens to last eight hours, which is true only without scopes.
pub fn scopes(session: &SsoSession) -> Vec<String> {
    match &session.registration_scopes {
        Some(scopes) if !scopes.is_empty() => scopes.clone(),
        _ if session.name.is_some() => vec![DEFAULT_SCOPE.to_owned()],
        _ => Vec::new(),
    }
}

/// A client of `kind`: the cached one if it fits and `fresh` is not set, else a new one.
pub fn client(
    run: &SessionRun,
    lock: &Lock,
    kind: ClientKind<'_>,
    fresh: bool,
) -> Result<RegisteredClient, ServiceError> {
    match run.files.caches.read_registration(run.files.context, run.files.session) {
        Ok(cached) if !fresh && fits(&cached, kind, &scopes(run.files.session), run.files.context.now()) => {
            debug!(
                run.files.context,
                "registration: using the cached client, valid until {}", cached.expires_at
            );
            let ClientRegistration { client_id, client_secret, expires_at, .. } = cached;
            Ok(RegisteredClient { client_id, client_secret, expires_at })
        }
        Ok(_) => register(run, lock, kind, "the cached one does not fit"),
        Err(miss) => register(run, lock, kind, &miss.to_string()),
    }
}

fn fits(cached: &ClientRegistration, kind: ClientKind<'_>, scopes: &[String], now: Timestamp) -> bool {
    let grants_codes = cached.grant_types.iter().any(|grant| grant == "authorization_code");
    let right_kind = match kind {
        ClientKind::DeviceAuthorization => cached.grant_types.is_empty(),
        ClientKind::AuthorizationCode { .. } => grants_codes,
    };
    // The AWS CLI may have registered a client without scopes, whose tokens cannot be refreshed.
    let has_scopes = scopes.iter().all(|scope| cached.scopes.contains(scope));
    right_kind && has_scopes && cached.expires_at.seconds_since(now) >= LEAST_LEFT
}

fn register(
    run: &SessionRun,
    lock: &Lock,
    kind: ClientKind<'_>,
    why: &str,
) -> Result<RegisteredClient, ServiceError> {
    debug!(run.files.context, "registration: registering a new client ({why})");
    let request = request(run.files, kind);
    let registered = run.time.with_retries(BUDGET, |deadline| run.aws.register_client(&request, deadline))?;
    let grant_types: &[&str] = match kind {
        ClientKind::DeviceAuthorization => &[],
        ClientKind::AuthorizationCode { .. } => &["authorization_code", "refresh_token"],
    };
    let registration = ClientRegistration {
        client_id: registered.client_id.clone(),
        client_secret: registered.client_secret.clone(),
        expires_at: registered.expires_at,
        scopes: request.scopes,
        grant_types: grant_types.iter().map(|grant| (*grant).to_owned()).collect(),
    };
    if let Err(error) =
        run.files.caches.write_registration(run.files.context, run.files.session, &registration, lock)
    {
        debug!(run.files.context, "registration: not written: {error}");
    }
    Ok(registered)
}

/// The request that registers a client of `kind`.
pub fn request(files: SessionFiles, kind: ClientKind<'_>) -> RegisterClient {
    let session = files.session;
    let suffix =
        session.name.as_ref().map_or_else(|| files.context.now().unix().to_string(), ToString::to_string);
    let authorization_code = match kind {
        ClientKind::DeviceAuthorization => None,
        ClientKind::AuthorizationCode { issuer_url } => Some(AuthorizationCodeClient {
            redirect_uri: REGISTERED_REDIRECT_URI.to_owned(),
            issuer_url: issuer_url.to_owned(),
        }),
    };
    RegisterClient {
        client_name: format!("botocore-client-{suffix}"),
        scopes: scopes(session),
        authorization_code,
    }
}
