//! `GET /authorize`, which a person's browser visits.

use crate::encoding::percent_encode;
use crate::oidc::{Refusal, refuse};
use crate::reply::Reply;
use crate::request::Request;
use crate::settings::AuthorizeBehaviour;
use crate::state::{AuthorizationCode, State};
use crate::token::AUTHORIZATION_CODE;

/// How long an authorization code is good for, in seconds.
const CODE_LIFETIME: i64 = 600;

/// Answers `GET /authorize`.
///
/// A refusal is a page and not a redirect: an unchecked address must not receive anything, and all
/// other errors are mistakes of the program under test.
pub(crate) fn authorize(state: &mut State, request: &Request) -> Result<Reply, Refusal> {
    let client_id = parameter(request, "client_id")?;
    let redirect_uri = parameter(request, "redirect_uri")?;
    let registration = state.registrations.get(client_id);
    let Some(registration) = registration.filter(|known| known.client.expires_at > state.now()).cloned()
    else {
        return Err(refuse("invalid_client", "Invalid client provided"));
    };
    if !registration.grant_types.iter().any(|grant_type| grant_type == AUTHORIZATION_CODE) {
        return Err(refuse("unauthorized_client", "Client is not allowed to use this grant"));
    }
    let matches = |known: &String| without_loopback_port(known) == without_loopback_port(redirect_uri);
    if !registration.redirect_uris.iter().any(matches) {
        return Err(refuse("invalid_redirect_uri", "Invalid redirect URI"));
    }
    if parameter(request, "response_type")? != "code" {
        return Err(refuse("invalid_request", "response_type must be code"));
    }
    if parameter(request, "code_challenge_method")? != "S256" {
        return Err(refuse("invalid_request", "code_challenge_method must be S256"));
    }
    let code_challenge = parameter(request, "code_challenge")?;
    if code_challenge.len() != 43 {
        return Err(refuse("invalid_request", "code_challenge is not a SHA-256"));
    }
    let scopes: Vec<String> = parameter(request, "scopes")?.split(' ').map(str::to_owned).collect();
    if !scopes.iter().all(|scope| registration.scopes.contains(scope)) {
        return Err(refuse("invalid_scope", "Invalid scope"));
    }
    let encoded_state = percent_encode(parameter(request, "state")?);
    let code = match state.settings.authorize {
        AuthorizeBehaviour::Hold => return Ok(Reply::html(200, WAITING_PAGE)),
        AuthorizeBehaviour::Deny => {
            let query = "error=access_denied&error_description=The%20person%20refused";
            return Ok(Reply::redirect(&format!("{redirect_uri}?{query}&state={encoded_state}")));
        }
        AuthorizeBehaviour::Approve => state.mint.code("code"),
    };
    let granted = AuthorizationCode {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        code_challenge: code_challenge.to_owned(),
        scopes,
        expires_at: state.now() + CODE_LIFETIME,
    };
    state.codes.insert(code.clone(), granted);
    Ok(Reply::redirect(&format!("{redirect_uri}?code={code}&state={encoded_state}")))
}

/// Whether a redirect URI is one that AWS lets a client register.
pub(crate) fn is_loopback_callback(uri: &str) -> bool {
    let bare = without_loopback_port(uri);
    bare == "http://127.0.0.1/oauth/callback" || bare == "http://[::1]/oauth/callback"
}

/// A loopback URI without its port, which may differ from the registered one
/// (RFC 8252 §7.3). Other URIs stay as they are.
fn without_loopback_port(uri: &str) -> String {
    for host in ["http://127.0.0.1", "http://[::1]"] {
        let Some(rest) = uri.strip_prefix(host) else { continue };
        let (port, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let digits = port.strip_prefix(':');
        if port.is_empty() || digits.is_some_and(|digits| digits.parse::<u16>().is_ok()) {
            return format!("{host}{path}");
        }
    }
    uri.to_owned()
}

fn parameter<'request>(request: &'request Request, name: &str) -> Result<&'request str, Refusal> {
    let value = request.query_value(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| refuse("invalid_request", &format!("Missing parameter {name}")))
}

const WAITING_PAGE: &str = "<!doctype html><html><head><title>Stand-in</title></head>\
    <body><p>The person has not decided yet.</p></body></html>";
