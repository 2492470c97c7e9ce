//! One session's state as files tell it, and the two ways to show it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::sign_in_state::{CoolDown, SignInState};
use super::super::{SessionCommand, failures};
use crate::cache::Miss;
use crate::config::{self, ResolvedSession};
use crate::error::{escape, span};
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::timestamp::Timestamp;
use crate::token::{SsoToken, refreshable};

/// What is known of a session without asking AWS. Never a secret.
pub(super) struct Report {
    session: String,
    start_url: String,
    region: String,
    state: TokenState,
    signed_in_until: Option<Timestamp>,
    refreshable_until: Option<Timestamp>,
    roles: Vec<Role>,
    pending: Option<Pending>,
    cool_down: Option<CoolDown>,
    last_error: Option<failures::LastError>,
    token_file: String,
}

struct Role {
    account_id: String,
    role_name: String,
    expiration: Timestamp,
}

struct Pending {
    user_code: String,
    verification_uri: String,
    expires_at: Timestamp,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TokenState {
    Valid,
    Refreshable,
    Expired,
    SignedOut,
    Unreadable,
}

impl TokenState {
    const fn name(self) -> &'static str {
        match self {
            Self::Valid => "signed in",
            Self::Refreshable => "refreshable",
            Self::Expired => "expired",
            Self::SignedOut => "signed out",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Report {
    pub(super) fn of(command: &SessionCommand, resolved: &ResolvedSession) -> Self {
        let SessionCommand { context, caches, state, .. } = command;
        let (session, now) = (&resolved.session, context.now());
        let token = caches.read_token(context, session);
        let sign_in = SignInState::of(context, state, session);
        Self {
            session: resolved.login_commands().session,
            start_url: session.start_url.to_string(),
            region: session.region.to_string(),
            state: token_state(&token, now),
            signed_in_until: token.as_ref().ok().map(|token| token.expires_at),
            refreshable_until: token.as_ref().ok().and_then(|token| refreshable_until(token, now)),
            roles: cached_roles(command, resolved, now),
            pending: sign_in.pending().map(|pending| Pending {
                user_code: pending.user_code.clone(),
                verification_uri: pending.verification_uri.clone(),
                expires_at: pending.expires_at,
            }),
            cool_down: sign_in.cool_down(),
            last_error: failures::last(state, session),
            token_file: caches.token_path(session).display().to_string(),
        }
    }

    pub(super) fn is_usable(&self) -> bool {
        matches!(self.state, TokenState::Valid | TokenState::Refreshable)
    }
}

fn token_state(token: &Result<SsoToken, Miss>, now: Timestamp) -> TokenState {
    match token {
        Ok(token) if token.expires_at > now => TokenState::Valid,
        Ok(token) if refreshable(token, now).is_ok() => TokenState::Refreshable,
        Ok(_) => TokenState::Expired,
        Err(Miss::Absent) => TokenState::SignedOut,
        Err(Miss::Unusable(_)) => TokenState::Unreadable,
    }
}

/// The registration's end: Identity Center may end the session before.
fn refreshable_until(token: &SsoToken, now: Timestamp) -> Option<Timestamp> {
    refreshable(token, now).ok()?;
    token.registration_expires_at
}

fn cached_roles(command: &SessionCommand, resolved: &ResolvedSession, now: Timestamp) -> Vec<Role> {
    let key = resolved.session.token_cache_key();
    let mut requests = config::role_requests(command.context).unwrap_or_default();
    requests.extend(command.state.remembered_requests(&resolved.session));
    let mut roles: Vec<Role> = Vec::new();
    for request in requests.iter().filter(|request| request.session.token_cache_key() == key) {
        let Ok(credentials) = command.caches.read_role_credentials(command.context, request) else {
            continue;
        };
        let known = roles.iter().any(|role| {
            role.account_id == request.account_id.as_str() && role.role_name == request.role_name.as_str()
        });
        if !known && is_alive(&credentials, now) {
            roles.push(Role {
                account_id: request.account_id.to_string(),
                role_name: request.role_name.to_string(),
                expiration: credentials.expiration,
            });
        }
    }
    roles
}

fn is_alive(credentials: &RoleCredentials, now: Timestamp) -> bool {
    credentials.freshness(now) != Freshness::Dead
}

/// A JSON document and a newline.
pub(super) fn json(reports: &[Report]) -> String {
    let sessions: Vec<Value> = reports.iter().map(one_as_json).collect();
    let text = serde_json::to_string_pretty(&json!({ "sessions": sessions })).unwrap_or_default();
    text + "\n"
}

fn one_as_json(report: &Report) -> Value {
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "session": report.session,
        "start_url": report.start_url,
        "region": report.region,
        "state": report.state.name(),
        "usable": report.is_usable(),
        "signed_in_until": moment(report.signed_in_until),
        "refreshable_until": moment(report.refreshable_until),
        "role_credentials": report.roles.iter().map(|role| json!({
            "account_id": role.account_id,
            "role_name": role.role_name,
            "expires_at": role.expiration.to_string(),
        })).collect::<Vec<_>>(),
        "pending_sign_in": report.pending.as_ref().map(|pending| json!({
            "user_code": pending.user_code,
            "verification_uri": pending.verification_uri,
            "expires_at": pending.expires_at.to_string(),
        })),
        "cool_down": report.cool_down.map(|cool_down| json!({
            "refused": cool_down.refused,
            "since": cool_down.since.to_string(),
            "until": cool_down.until.to_string(),
        })),
        "last_error": report.last_error.as_ref().map(|error| json!({
            "at": error.at,
            "exit_code": error.exit_code,
            "text": error.text,
        })),
        "token_file": report.token_file,
    })
}

/// A block a session: people have one or two, and the values are long.
pub(super) fn table(reports: &[Report], now: Timestamp) -> String {
    let mut out = String::new();
    for (index, report) in reports.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { "\n" });
        push_block(&mut out, report, now);
    }
    out
}

fn push_block(out: &mut String, report: &Report, now: Timestamp) {
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(out, "{name:<17} {}", escape(value));
    };
    row("session", &report.session);
    row("start URL", &report.start_url);
    row("region", &report.region);
    row("state", report.state.name());
    if let Some(until) = report.signed_in_until {
        row("signed in until", &moment(until, now));
    }
    if let Some(until) = report.refreshable_until {
        row("refreshable until", &moment(until, now));
    }
    for role in &report.roles {
        let text = format!("{} {} until {}", role.account_id, role.role_name, moment(role.expiration, now));
        row("cached role", &text);
    }
    if let Some(pending) = &report.pending {
        let text = format!("open {} and confirm {}", pending.verification_uri, pending.user_code);
        row("pending sign-in", &text);
    }
    if let Some(cool_down) = report.cool_down {
        let what = if cool_down.refused { "refused" } else { "left unanswered" };
        row(
            "cool-down",
            &format!("a sign-in was {what} at {}; until {}", cool_down.since, moment(cool_down.until, now)),
        );
    }
    if let Some(error) = &report.last_error {
        row("last error", &format!("{}: {}", error.at, error.text));
    }
    row("read from", &report.token_file);
}

fn moment(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.seconds_since(now);
    let distance = span(std::time::Duration::from_secs(seconds.unsigned_abs()));
    if seconds > 0 { format!("{at} (in {distance})") } else { format!("{at} ({distance} ago)") }
}
