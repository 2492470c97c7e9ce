//! The client that signs in: the cached registration where it fits, else a new one.

use super::network_time::BUDGET;
use super::requests::with_retries;
use super::session::SessionRun;
use crate::authorization_code::{DEFAULT_SCOPE, REGISTERED_REDIRECT_URI};
use crate::cache::ClientRegistration;
use crate::debug;
use crate::identity_center::{AuthorizationCodeClient, RegisterClient, RegisteredClient, ServiceError};
use crate::lock::Lock;
use crate::request::SsoSession;
use crate::timestamp::Timestamp;

/// A registration with less than this left is not begun with; as the AWS CLI does.
const LEAST_LEFT: i64 = 15 * 60;

/// Which grant the client is for. The AWS CLI keeps both kinds in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientKind<'a> {
    DeviceAuthorization,
    AuthorizationCode {
        /// The start URL as AWS knows it.
        issuer_url: &'a str,
    },
}

/// The scopes that `session` is registered with. The older layout has none: every
/// other tool treats its tokens as lasting eight hours, which only then is true.
pub fn scopes(session: &SsoSession) -> Vec<String> {
    match &session.registration_scopes {
        Some(scopes) if !scopes.is_empty() => scopes.clone(),
        _ if session.name.is_some() => vec![DEFAULT_SCOPE.to_owned()],
        _ => Vec::new(),
    }
}

/// A client of `kind`, from the cache if it will do and `fresh` is not asked for.
pub fn client(
    run: &SessionRun,
    lock: &Lock,
    kind: ClientKind<'_>,
    fresh: bool,
) -> Result<RegisteredClient, ServiceError> {
    match run.files.caches.read_registration(run.files.context, run.files.session) {
        Ok(cached) if !fresh && fits(&cached, kind, &scopes(run.files.session), run.files.context.now()) => {
            debug!(run.files.context, "registration: the cached one, good until {}", cached.expires_at);
            let ClientRegistration { client_id, client_secret, expires_at, .. } = cached;
            Ok(RegisteredClient { client_id, client_secret, expires_at })
        }
        Ok(_) => register(run, lock, kind, "the cached one cannot be used"),
        Err(miss) => register(run, lock, kind, &miss.to_string()),
    }
}

fn fits(cached: &ClientRegistration, kind: ClientKind<'_>, scopes: &[String], now: Timestamp) -> bool {
    let grants_codes = cached.grant_types.iter().any(|grant| grant == "authorization_code");
    let right_kind = match kind {
        ClientKind::DeviceAuthorization => cached.grant_types.is_empty(),
        ClientKind::AuthorizationCode { .. } => grants_codes,
    };
    // The AWS CLI registers clients without scopes, whose sessions cannot be refreshed.
    let has_scopes = scopes.iter().all(|scope| cached.scopes.contains(scope));
    right_kind && has_scopes && cached.expires_at.seconds_since(now) >= LEAST_LEFT
}

fn register(
    run: &SessionRun,
    lock: &Lock,
    kind: ClientKind<'_>,
    why: &str,
) -> Result<RegisteredClient, ServiceError> {
    debug!(run.files.context, "registration: a new one ({why})");
    let request = request(run, kind);
    let registered = with_retries(run, BUDGET, || run.aws.register_client(&request))?;
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
        debug!(run.files.context, "registration not written: {error}");
    }
    Ok(registered)
}

fn request(run: &SessionRun, kind: ClientKind<'_>) -> RegisterClient {
    let session = run.files.session;
    let suffix =
        session.name.as_ref().map_or_else(|| run.files.context.now().unix().to_string(), ToString::to_string);
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
