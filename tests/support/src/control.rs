//! `POST /_control`: the controls, for tests that are not written in Rust.
//!
//! The body is `{"do": NAME, …}`, where the name is that of a method of
//! [`IdentityCenter`] and the other fields are named like its parameters;
//! durations are `seconds`. The answer is `{"result": …}` or `{"error": …}`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::control_fault::{fault_of, times_of};
use crate::identity_center::{IdentityCenter, TokenOptions};
use crate::operation::Operation;
use crate::reply::Reply;
use crate::request::Request;
use crate::server::Shared;
use crate::settings::AuthorizeBehaviour;
use crate::state::Client;

/// Where the controls are. Requests to it are not recorded.
pub(crate) const PATH: &str = "/_control";

/// Carries out one control.
pub(crate) fn answer(shared: &Arc<Shared>, request: &Request) -> Reply {
    let aws = IdentityCenter::of(shared);
    let command = Command(&request.body);
    let name = command.text("do").unwrap_or_default();
    let result = change(&aws, name, &command).or_else(|problem| match problem {
        Problem::Unknown => look(&aws, name, &command),
        problem => Err(problem),
    });
    match result {
        Ok(result) => Reply::json(200, &json!({ "result": result })),
        Err(Problem::Unknown) => Reply::json(400, &json!({ "error": format!("no control `{name}`") })),
        Err(Problem::Field(field)) => {
            Reply::json(400, &json!({ "error": format!("`{name}` needs `{field}`") }))
        }
    }
}

pub(crate) enum Problem {
    Unknown,
    Field(&'static str),
}

pub(crate) struct Command<'request>(&'request Value);

impl Command<'_> {
    pub(crate) fn text(&self, name: &'static str) -> Result<&str, Problem> {
        self.0.get(name).and_then(Value::as_str).ok_or(Problem::Field(name))
    }

    pub(crate) fn number<T: TryFrom<i64>>(&self, name: &'static str) -> Result<T, Problem> {
        let number = self.0.get(name).and_then(Value::as_i64);
        number.and_then(|number| T::try_from(number).ok()).ok_or(Problem::Field(name))
    }

    pub(crate) fn value(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    fn flag(&self, name: &'static str) -> Result<bool, Problem> {
        self.0.get(name).and_then(Value::as_bool).ok_or(Problem::Field(name))
    }

    fn texts(&self, name: &str) -> Vec<&str> {
        let values = self.value(name).as_array().map(Vec::as_slice).unwrap_or_default();
        values.iter().filter_map(Value::as_str).collect()
    }

    fn duration(&self) -> Result<Duration, Problem> {
        let seconds = self.0.get("seconds").and_then(Value::as_f64);
        let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        duration.ok_or(Problem::Field("seconds"))
    }

    fn operation(&self) -> Result<Operation, Problem> {
        Operation::named(self.text("operation")?).ok_or(Problem::Field("operation"))
    }
}

/// The controls that only change something.
fn change(aws: &IdentityCenter, name: &str, command: &Command<'_>) -> Result<Value, Problem> {
    match name {
        "allow_start_url" => aws.allow_start_url(command.text("start_url")?),
        "add_account" => {
            aws.add_account(command.text("account_id")?, command.text("name")?, command.text("email")?)
        }
        "add_accounts" => aws.add_accounts(command.number("count")?, &command.texts("role_names")),
        "remove_account" => aws.remove_account(command.text("account_id")?),
        "add_role" => aws.add_role(command.text("account_id")?, command.text("role_name")?),
        "remove_role" => aws.remove_role(command.text("account_id")?, command.text("role_name")?),
        "revoke" => aws.revoke(command.text("access_token")?),
        "end_session" => aws.end_session(),
        "expire_client" => aws.expire_client(command.text("client_id")?),
        "auto_approve" => aws.auto_approve(command.number("after_polls")?),
        "auto_deny" => aws.auto_deny(command.number("after_polls")?),
        "no_auto_decision" => aws.no_auto_decision(),
        "set_device" => aws.set_device(
            command.number("interval_seconds")?,
            command.number("expires_in_seconds")?,
            command.flag("strict_slow_down")?,
        ),
        "authorize_behaviour" => aws.authorize_behaviour(match command.text("behaviour")? {
            "Approve" => AuthorizeBehaviour::Approve,
            "Deny" => AuthorizeBehaviour::Deny,
            "Hold" => AuthorizeBehaviour::Hold,
            _ => return Err(Problem::Field("behaviour")),
        }),
        "set_role_credentials_lifetime" => aws.set_role_credentials_lifetime(command.duration()?),
        "set_access_token_lifetime" => aws.set_access_token_lifetime(command.duration()?),
        "set_registration_lifetime" => aws.set_registration_lifetime(command.duration()?),
        "set_refresh_single_use" => aws.set_refresh_single_use(command.flag("single_use")?),
        "set_refresh_omits_token" => aws.set_refresh_omits_token(command.flag("omits")?),
        "set_page_size" => aws.set_page_size(command.number("size")?),
        "set_clock_skew" => aws.set_clock_skew(command.number("seconds")?),
        "fault" => aws.fault(command.operation()?, fault_of(command)?, times_of(command)?),
        "clear_faults" => aws.clear_faults(),
        "clear_requests" => aws.clear_requests(),
        "delay" => aws.delay(command.operation()?, command.duration()?),
        "hold" => aws.hold(command.operation()?),
        "release" => aws.release(command.operation()?),
        "rate_limit" => aws.rate_limit(
            command.operation()?,
            command.number("per_second")?,
            command.number("retry_after").ok(),
        ),
        _ => return Err(Problem::Unknown),
    }
    Ok(Value::Null)
}

/// The controls that give something back.
fn look(aws: &IdentityCenter, name: &str, command: &Command<'_>) -> Result<Value, Problem> {
    Ok(match name {
        "approve" => Value::from(aws.approve(command.text("user_code")?)),
        "deny" => Value::from(aws.deny(command.text("user_code")?)),
        "user_code" => Value::from(aws.waiting_user_code()),
        "start_url" => Value::from(aws.start_url()),
        "count" => Value::from(aws.count(command.operation()?)),
        "minted" => Value::from(aws.minted()),
        "callers" => Value::from(aws.callers()),
        "take_secrets" => Value::from(aws.take_secrets()),
        "requests" => aws.requests().iter().map(request_json).collect(),
        "register_client" => {
            let (scopes, grant_types) = (command.texts("scopes"), command.texts("grant_types"));
            client_json(&aws.register_client(&scopes, &grant_types))
        }
        "issue_token" => issue_token(aws, command),
        _ => return Err(Problem::Unknown),
    })
}

fn issue_token(aws: &IdentityCenter, command: &Command<'_>) -> Value {
    let usual = TokenOptions::default();
    let token = aws.issue_token(&TokenOptions {
        expires_in: command.duration().unwrap_or(usual.expires_in),
        refreshable: command.flag("refreshable").unwrap_or(usual.refreshable),
        ..usual
    });
    let mut answer = client_json(&token.client);
    answer["accessToken"] = Value::from(token.access_token);
    answer["expiresIn"] = Value::from(token.expires_in);
    if let Some(refresh_token) = token.refresh_token {
        answer["refreshToken"] = Value::from(refresh_token);
    }
    answer
}

fn client_json(client: &Client) -> Value {
    json!({
        "clientId": client.client_id,
        "clientSecret": client.client_secret,
        "clientSecretExpiresAt": client.expires_at,
    })
}

fn request_json(request: &Request) -> Value {
    json!({
        "operation": format!("{:?}", request.operation),
        "method": request.method,
        "path": request.path,
        "query": pairs_json(&request.query),
        "headers": pairs_json(&request.headers),
        "body": request.body,
        "milliseconds_ago": u64::try_from(request.at.elapsed().as_millis()).unwrap_or(u64::MAX),
        "status": request.status,
    })
}

fn pairs_json(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
}
