//! The portal: role credentials, assignments, sign-out.

use serde_json::{Value, json};

use crate::reply::{Reply, portal_error};
use crate::request::Request;
use crate::state::{RoleCredentials, State};

/// Answers `GET /federation/credentials`.
pub(crate) fn get_role_credentials(state: &mut State, request: &Request) -> Result<Reply, Reply> {
    check_bearer_token(state, request)?;
    let role_name = parameter(request, "role_name")?.to_owned();
    let account_id = parameter(request, "account_id")?.to_owned();
    let account = state.accounts.get(&account_id);
    if !account.is_some_and(|account| account.roles.contains(&role_name)) {
        return Err(no_access());
    }
    let access_key_id = state.mint.access_key_id();
    let lifetime = i64::try_from(state.settings.role_credentials_lifetime.as_millis());
    let minted = RoleCredentials {
        secret_access_key: state.mint.secret_access_key(),
        session_token: state.mint.token("IQoJ"),
        expires_at_milliseconds: state.now_milliseconds() + lifetime.unwrap_or(i64::MAX / 2),
        account_id,
        role_name,
    };
    let answer = json!({ "roleCredentials": {
        "accessKeyId": access_key_id,
        "secretAccessKey": minted.secret_access_key,
        "sessionToken": minted.session_token,
        "expiration": minted.expires_at_milliseconds,
    }});
    state.minted += 1;
    state.role_credentials.insert(access_key_id, minted);
    Ok(Reply::json(200, &answer))
}

/// Answers `GET /assignment/accounts`.
pub(crate) fn list_accounts(state: &State, request: &Request) -> Result<Reply, Reply> {
    check_bearer_token(state, request)?;
    let accounts = state.accounts.iter().map(|(account_id, account)| {
        json!({
            "accountId": account_id,
            "accountName": account.name,
            "emailAddress": account.email,
        })
    });
    page(state, request, "accountList", &accounts.collect::<Vec<_>>())
}

/// Answers `GET /assignment/roles`.
pub(crate) fn list_account_roles(state: &State, request: &Request) -> Result<Reply, Reply> {
    check_bearer_token(state, request)?;
    let account_id = parameter(request, "account_id")?;
    let account = state.accounts.get(account_id).ok_or_else(no_access)?;
    let roles = account.roles.iter();
    let roles = roles.map(|role| json!({ "roleName": role, "accountId": account_id }));
    page(state, request, "roleList", &roles.collect::<Vec<_>>())
}

/// Answers `POST /logout`. The whole sign-in ends, not only this token.
pub(crate) fn logout(state: &mut State, request: &Request) -> Result<Reply, Reply> {
    check_bearer_token(state, request)?;
    let token = request.header(BEARER_TOKEN).and_then(|token| state.access_tokens.get(token));
    if let Some(sign_in) = token.map(|token| token.sign_in) {
        state.end_sign_in(sign_in);
    }
    Ok(Reply::new(200, "application/json", ""))
}

const BEARER_TOKEN: &str = "x-amz-sso_bearer_token";

fn check_bearer_token(state: &State, request: &Request) -> Result<(), Reply> {
    let token = request.header(BEARER_TOKEN).and_then(|token| state.access_tokens.get(token));
    if token.is_some_and(|token| token.expires_at_milliseconds > state.now_milliseconds()) {
        return Ok(());
    }
    Err(portal_error(401, "UnauthorizedException", "Session token not found or invalid"))
}

fn no_access() -> Reply {
    portal_error(403, "ForbiddenException", "No access")
}

fn invalid(message: &str) -> Reply {
    portal_error(400, "InvalidRequestException", message)
}

fn parameter<'request>(request: &'request Request, name: &str) -> Result<&'request str, Reply> {
    let value = request.query_value(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| invalid(&format!("Missing parameter {name}")))
}

/// One page of a list. The page's token is opaque to callers.
fn page(state: &State, request: &Request, name: &str, items: &[Value]) -> Result<Reply, Reply> {
    let size = match request.query_value("max_result") {
        None => state.settings.page_size,
        Some(text) => {
            let size = text.parse::<usize>().ok().filter(|size| (1..=100).contains(size));
            size.ok_or_else(|| invalid("max_result must be from 1 to 100"))?.min(state.settings.page_size)
        }
    };
    let start = match request.query_value("next_token") {
        None => 0,
        Some(token) => {
            let start = token.strip_prefix("page-").and_then(|start| start.parse().ok());
            start.filter(|start| *start < items.len()).ok_or_else(|| invalid("Bad next_token"))?
        }
    };
    let end = start.saturating_add(size).min(items.len());
    let mut answer = json!({});
    answer[name] = Value::from(&items[start..end]);
    if end < items.len() {
        answer["nextToken"] = Value::from(format!("page-{end}"));
    }
    Ok(Reply::json(200, &answer))
}
