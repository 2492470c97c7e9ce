//! The federation endpoint: sign-in tokens of the console, and what a browser does with them.

use serde_json::{Value, json};

use crate::reply::Reply;
use crate::request::Request;
use crate::state::State;

/// Answers `POST /federation`. The credentials must be in the body, and nothing in the address.
pub(crate) fn get_signin_token(state: &mut State, request: &Request) -> Result<Reply, Reply> {
    if request.field("Action") != Some("getSigninToken") || !request.query.is_empty() {
        return Err(refused());
    }
    let session: Value =
        request.field("Session").and_then(|text| serde_json::from_str(text).ok()).ok_or_else(refused)?;
    let text = |name: &str| session[name].as_str().unwrap_or_default();
    let known = state.role_credentials.get(text("sessionId")).ok_or_else(refused)?;
    let right = known.secret_access_key == text("sessionKey") && known.session_token == text("sessionToken");
    if !right || known.expires_at_milliseconds <= state.now_milliseconds() {
        return Err(refused());
    }
    if let Some(duration) = request.field("SessionDuration") {
        let seconds = duration.parse::<u64>().ok().filter(|seconds| (900..=43_200).contains(seconds));
        seconds.ok_or_else(refused)?;
    }
    let role = format!("{} in {}", known.role_name, known.account_id);
    let token = state.mint.token("VCQg");
    state.signin_tokens.insert(token.clone(), role);
    Ok(Reply::json(200, &json!({ "SigninToken": token })))
}

/// Answers `GET /federation` with the page that the token opens, and `GET /oauth` with a redirect.
pub(crate) fn sign_in(state: &State, request: &Request) -> Result<Reply, Reply> {
    match request.query_value("Action") {
        Some("logout") => Ok(Reply::redirect(request.query_value("redirect_uri").unwrap_or_default())),
        Some("login") => {
            let token = request.query_value("SigninToken").unwrap_or_default();
            let role = state.signin_tokens.get(token).ok_or_else(refused)?;
            let destination = request.query_value("Destination").unwrap_or_default();
            Ok(Reply::html(200, format!("<html>{role}: {destination}</html>")))
        }
        _ => Err(refused()),
    }
}

/// AWS answers with a page and does not say why.
fn refused() -> Reply {
    Reply::html(400, "<html><body><h1>400 Bad Request</h1></body></html>")
}
