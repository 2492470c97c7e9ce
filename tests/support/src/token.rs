//! `CreateToken`: the three grants, and the tokens they give.

use std::time::Duration;

use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::encoding::base64url;
use crate::oidc::{Refusal, authenticate, refuse, required};
use crate::reply::Reply;
use crate::request::Request;
use crate::settings::DevicePerson;
use crate::state::{AccessToken, Decision, RefreshToken, Registration, SignIn, State};

pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";
pub(crate) const AUTHORIZATION_CODE: &str = "authorization_code";

/// How long a token lives that cannot be refreshed.
const FIXED_LIFETIME: Duration = Duration::from_secs(8 * 3600);
/// How long a token lives that can.
const REFRESHABLE_LIFETIME: Duration = Duration::from_secs(3600);

/// Answers `POST /token`.
pub(crate) fn create_token(state: &mut State, request: &Request) -> Result<Reply, Refusal> {
    let registration = authenticate(state, request)?;
    let grant_type = required(request, "grantType")?;
    if ![DEVICE_CODE, REFRESH_TOKEN, AUTHORIZATION_CODE].contains(&grant_type) {
        return Err(refuse("unsupported_grant_type", "Unsupported grant type"));
    }
    if !registration.grant_types.iter().any(|allowed| allowed == grant_type) {
        return Err(refuse("unauthorized_client", "Client is not allowed to use this grant"));
    }
    match grant_type {
        DEVICE_CODE => device_code(state, request, &registration),
        REFRESH_TOKEN => refresh_token(state, request, &registration),
        _ => authorization_code(state, request, &registration),
    }
}

fn device_code(state: &mut State, request: &Request, registration: &Registration) -> Result<Reply, Refusal> {
    let code = required(request, "deviceCode")?;
    let (now, person) = (state.now(), state.settings.device_person);
    let strict = state.settings.strict_slow_down;
    let known = state
        .devices
        .iter_mut()
        .find(|device| device.device_code == code && device.client_id == registration.client.client_id);
    let Some(device) = known.filter(|device| !device.used) else {
        return Err(refuse("invalid_grant", "Invalid device code provided"));
    };
    if device.expires_at <= now {
        return Err(refuse("expired_token", "Device code has expired"));
    }
    let pause = device.last_poll.map(|at| request.at.saturating_duration_since(at));
    device.last_poll = Some(request.at);
    if strict && pause.is_some_and(|pause| pause < device.interval) {
        // RFC 8628 §3.5: the interval grows for this and all later polls.
        device.interval += Duration::from_secs(5);
        return Err(refuse("slow_down", "Slow down"));
    }
    device.polls += 1;
    match person {
        _ if device.decision != Decision::Pending => {}
        DevicePerson::ApprovesAfter(polls) if device.polls > polls => {
            device.decision = Decision::Approved;
        }
        DevicePerson::DeniesAfter(polls) if device.polls > polls => {
            device.decision = Decision::Denied;
        }
        _ => {}
    }
    match device.decision {
        Decision::Pending => Err(refuse("authorization_pending", "Authorization is still pending")),
        Decision::Denied => Err(refuse("access_denied", "The person refused")),
        Decision::Approved => {
            device.used = true;
            let scopes = registration.scopes.clone();
            Ok(sign_in(state, registration, &scopes))
        }
    }
}

fn authorization_code(
    state: &mut State,
    request: &Request,
    registration: &Registration,
) -> Result<Reply, Refusal> {
    let code = required(request, "code")?;
    let redirect_uri = required(request, "redirectUri")?;
    let verifier = required(request, "codeVerifier")?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(allowed) {
        return Err(refuse("invalid_request", "codeVerifier is not one of RFC 7636"));
    }
    // A code is used up by the first attempt, whatever the result.
    let Some(granted) = state.codes.remove(code) else {
        return Err(refuse("invalid_grant", "Invalid authorization code provided"));
    };
    let challenge = base64url(digest(&SHA256, verifier.as_bytes()).as_ref());
    let refusal = if granted.client_id != registration.client.client_id {
        "Authorization code was issued to another client"
    } else if granted.expires_at <= state.now() {
        "Authorization code has expired"
    } else if granted.redirect_uri != redirect_uri {
        "redirectUri differs from the one of the authorization"
    } else if granted.code_challenge != challenge {
        "codeVerifier does not match the challenge"
    } else {
        return Ok(sign_in(state, registration, &granted.scopes));
    };
    Err(refuse("invalid_grant", refusal))
}

fn refresh_token(
    state: &mut State,
    request: &Request,
    registration: &Registration,
) -> Result<Reply, Refusal> {
    let presented = required(request, "refreshToken")?;
    let known = state.refresh_tokens.get(presented);
    let Some(token) = known.filter(|token| token.client_id == registration.client.client_id).cloned() else {
        return Err(refuse("invalid_grant", "Invalid refresh token provided"));
    };
    let mut answer = access_token(state, token.sign_in, REFRESHABLE_LIFETIME);
    // A token that is not replaced stays good: RFC 6749 §6.
    if !state.settings.refresh_omits_token {
        let mut next = presented.to_owned();
        if state.settings.refresh_single_use {
            state.refresh_tokens.remove(presented);
            next = state.mint.token("aor");
            state.refresh_tokens.insert(next.clone(), token);
        }
        answer["refreshToken"] = Value::from(next);
    }
    Ok(Reply::json(200, &answer))
}

fn sign_in(state: &mut State, registration: &Registration, scopes: &[String]) -> Reply {
    state.sign_ins += 1;
    let sign_in = state.sign_ins;
    let refreshable =
        !scopes.is_empty() && registration.grant_types.iter().any(|grant_type| grant_type == REFRESH_TOKEN);
    let lifetime = if refreshable { REFRESHABLE_LIFETIME } else { FIXED_LIFETIME };
    let mut answer = access_token(state, sign_in, lifetime);
    if refreshable {
        let client_id = &registration.client.client_id;
        answer["refreshToken"] = Value::from(new_refresh_token(state, sign_in, client_id));
    }
    Reply::json(200, &answer)
}

fn access_token(state: &mut State, sign_in: SignIn, usual: Duration) -> Value {
    let lifetime = state.settings.access_token_lifetime.unwrap_or(usual);
    let token = new_access_token(state, sign_in, lifetime);
    json!({ "accessToken": token, "expiresIn": lifetime.as_secs(), "tokenType": "Bearer" })
}

/// A valid access token of a sign-in.
pub(crate) fn new_access_token(state: &mut State, sign_in: SignIn, lifetime: Duration) -> String {
    let token = state.mint.token("aoa");
    let lifetime = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX / 2);
    let expires_at_milliseconds = state.now_milliseconds() + lifetime;
    state.access_tokens.insert(token.clone(), AccessToken { sign_in, expires_at_milliseconds });
    token
}

/// A valid refresh token of a sign-in, for one client.
pub(crate) fn new_refresh_token(state: &mut State, sign_in: SignIn, client_id: &str) -> String {
    let token = state.mint.token("aor");
    let issued = RefreshToken { sign_in, client_id: client_id.to_owned() };
    state.refresh_tokens.insert(token.clone(), issued);
    token
}
