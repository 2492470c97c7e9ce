//! sso-oidc apart from `CreateToken`: registrations and device codes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::authorize::is_loopback_callback;
use crate::reply::{Reply, oidc_error};
use crate::request::Request;
use crate::state::{Client, Decision, DeviceAuthorization, Registration, State};
use crate::token::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN};

/// A refusal, ready to send.
pub(crate) struct Refusal(pub(crate) Reply);

/// A refusal in the shape of sso-oidc.
pub(crate) fn refuse(error: &str, description: &str) -> Refusal {
    Refusal(oidc_error(error, description))
}

/// A text field that must be in the body and not be empty.
pub(crate) fn required<'request>(request: &'request Request, name: &str) -> Result<&'request str, Refusal> {
    if !request.is_json() || !request.body.is_object() {
        return Err(refuse("invalid_request", "The body must be JSON"));
    }
    let value = request.field(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| refuse("invalid_request", &format!("Missing or empty field {name}")))
}

/// The registration whose id and secret the body gives.
pub(crate) fn authenticate(state: &State, request: &Request) -> Result<Registration, Refusal> {
    let client_id = required(request, "clientId")?;
    let client_secret = required(request, "clientSecret")?;
    let known = state.registrations.get(client_id);
    let registration = known
        .filter(|known| known.client.client_secret == client_secret)
        .filter(|known| known.client.expires_at > state.now());
    registration.cloned().ok_or_else(|| refuse("invalid_client", "Invalid client provided"))
}

/// Answers `POST /client/register`.
pub(crate) fn register_client(state: &mut State, request: &Request) -> Result<Reply, Refusal> {
    required(request, "clientName")?;
    if required(request, "clientType")? != "public" {
        return Err(refuse("invalid_client_metadata", "clientType must be public"));
    }
    let scopes = texts(request, "scopes")?.unwrap_or_default();
    if scopes.iter().any(|scope| !is_scope(scope)) {
        return Err(refuse("invalid_scope", "Invalid scope"));
    }
    let redirect_uris = texts(request, "redirectUris")?.unwrap_or_default();
    let grant_types = grant_types(request)?;
    if grant_types.iter().any(|grant_type| grant_type == AUTHORIZATION_CODE) {
        if redirect_uris.is_empty() || !redirect_uris.iter().all(|uri| is_loopback_callback(uri)) {
            return Err(refuse("invalid_redirect_uri", "Invalid redirect URI"));
        }
        check_start_url(state, required(request, "issuerUrl")?)?;
    }
    let client = register(state, scopes, grant_types, redirect_uris);
    Ok(Reply::json(
        200,
        &json!({
            "clientId": client.client_id,
            "clientSecret": client.client_secret,
            "clientIdIssuedAt": state.now(),
            "clientSecretExpiresAt": client.expires_at,
        }),
    ))
}

/// Keeps a new registration.
pub(crate) fn register(
    state: &mut State,
    scopes: Vec<String>,
    grant_types: Vec<String>,
    redirect_uris: Vec<String>,
) -> Client {
    let lifetime = i64::try_from(state.settings.registration_lifetime.as_secs());
    let client = Client {
        client_id: state.mint.client_id(),
        client_secret: state.mint.code("client"),
        expires_at: state.now().saturating_add(lifetime.unwrap_or(i64::MAX)),
    };
    let registration = Registration { client: client.clone(), scopes, grant_types, redirect_uris };
    state.registrations.insert(client.client_id.clone(), registration);
    client
}

/// The grants of a client that names none: those of the device flow.
pub(crate) fn device_grants() -> Vec<String> {
    vec![DEVICE_CODE.to_owned(), REFRESH_TOKEN.to_owned()]
}

/// Answers `POST /device_authorization`.
pub(crate) fn start_device_authorization(state: &mut State, request: &Request) -> Result<Reply, Refusal> {
    let registration = authenticate(state, request)?;
    check_start_url(state, required(request, "startUrl")?)?;
    if !registration.grant_types.iter().any(|grant_type| grant_type == DEVICE_CODE) {
        return Err(refuse("unauthorized_client", "Client is not allowed to use this grant"));
    }
    let (interval, lifetime) = (state.settings.device_interval, state.settings.device_lifetime);
    let device = DeviceAuthorization {
        device_code: state.mint.code("device"),
        user_code: state.mint.user_code(),
        client_id: registration.client.client_id,
        expires_at: state.now().saturating_add(i64::try_from(lifetime).unwrap_or(i64::MAX)),
        interval: Duration::from_secs(interval),
        last_poll: None,
        polls: 0,
        decision: Decision::Pending,
        used: false,
    };
    let page = format!("{}/device", state.url);
    let answer = json!({
        "deviceCode": device.device_code,
        "userCode": device.user_code,
        "verificationUri": page,
        "verificationUriComplete": format!("{page}?user_code={}", device.user_code),
        "expiresIn": lifetime,
        "interval": interval,
    });
    state.devices.push(device);
    Ok(Reply::json(200, &answer))
}

fn check_start_url(state: &State, start_url: &str) -> Result<(), Refusal> {
    if state.settings.start_urls.iter().any(|known| known == start_url) {
        return Ok(());
    }
    Err(refuse("invalid_request", "Invalid request"))
}

fn grant_types(request: &Request) -> Result<Vec<String>, Refusal> {
    let Some(asked) = texts(request, "grantTypes")? else { return Ok(device_grants()) };
    let known = [DEVICE_CODE, REFRESH_TOKEN, AUTHORIZATION_CODE];
    if asked.is_empty() || !asked.iter().all(|grant_type| known.contains(&grant_type.as_str())) {
        return Err(refuse("unsupported_grant_type", "Unsupported grant type"));
    }
    Ok(asked)
}

fn is_scope(scope: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b":_-.".contains(&byte);
    scope.contains(':') && scope.bytes().all(allowed)
}

/// A list of texts, if the body has that field.
fn texts(request: &Request, name: &str) -> Result<Option<Vec<String>>, Refusal> {
    let Some(value) = request.body.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let list = value.as_array().and_then(|values| {
        values.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    });
    list.map(Some).ok_or_else(|| wrong_type(name, value))
}

fn wrong_type(name: &str, value: &Value) -> Refusal {
    refuse("invalid_request", &format!("Field {name} must be a list of strings, not {value}"))
}
