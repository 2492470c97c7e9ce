//! The audit log: who signed in, refreshed a token, or got credentials, and which processes led to it.
//! Written only where `aws_sso_cred_audit` is on, never on a hit, and without a secret.
//!
//! `appending` writes a line; this file decides what it says.

mod appending;

use crate::context::Context;
use crate::debug;
use crate::error::{Error, SignInNeeded};
use crate::platform::{self, Ancestor};
use crate::request::{RoleRequest, SsoSession};
use crate::text::json::{push_member, push_name, push_quoted};
use crate::timestamp::Timestamp;

/// One thing that was done.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// `sign-in`, `refresh`, `fetch`, or the name of a command.
    pub what: &'a str,
    /// The session.
    pub session: &'a SsoSession,
    /// The role, if it is about one.
    pub role: Option<&'a RoleRequest>,
    /// `ok`, or the kind of the failure: see [`outcome`].
    pub outcome: &'a str,
}

/// How many parent processes a line names at most.
const MOST_PARENTS: usize = 8;

/// Appends `event` to the log if it is `on`. If that fails, only the debug log says so.
pub fn record(context: &Context, on: bool, event: &Event<'_>) {
    if !on {
        return;
    }
    let line = line(context.now(), std::process::id(), event, &platform::ancestors(MOST_PARENTS));
    if let Err(error) = appending::append(context, &line) {
        debug!(context, "audit: no line was written: {error}");
    }
}

/// The outcome of work: `ok`, or the kind of the failure.
pub fn outcome<T>(result: &Result<T, Error>) -> &'static str {
    let Err(error) = result else { return "ok" };
    match error {
        Error::SignInNeeded(SignInNeeded::NotFromHere { .. }) => "forbidden",
        error => match error.exit_code() {
            1 => "sign-in-needed",
            2 => "configuration",
            3 => "sign-in-failed",
            4 => AWS,
            6 => "pending",
            130 => "interrupted",
            _ => "local",
        },
    }
}

/// The outcome of a request that AWS refused or did not answer.
pub const AWS: &str = "aws";

fn line(now: Timestamp, process: u32, event: &Event<'_>, parents: &[Ancestor]) -> String {
    let mut line = String::with_capacity(512);
    push_member(&mut line, "time", &now.to_string());
    push_member(&mut line, "what", event.what);
    push_member(&mut line, "session", event.session.token_cache_key());
    if let Some(role) = event.role {
        push_member(&mut line, "account", role.account_id.as_str());
        push_member(&mut line, "role", role.role_name.as_str());
    }
    push_member(&mut line, "outcome", event.outcome);
    push_name(&mut line, "process");
    line.push_str(&process.to_string());
    push_name(&mut line, "parents");
    push_parents(&mut line, parents);
    line.push_str("}\n");
    line
}

fn push_parents(line: &mut String, parents: &[Ancestor]) {
    line.push('[');
    for (at, parent) in parents.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        line.push_str("{\"id\":");
        line.push_str(&parent.id.to_string());
        line.push_str(",\"name\":");
        push_quoted(line, &parent.name);
        line.push('}');
    }
    line.push(']');
}
