//! One session's state as files tell it, and the two ways to show it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::super::surroundings::Surroundings;
use crate::cache::{Miss, TokenFile};
use crate::config::shown_path;
use crate::context::Context;
use crate::error::{OtherSignIn, clock_skew};
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::selection::ResolvedSession;
use crate::sign_in::{PendingSignIn, cool_down, latest_known};
use crate::state::{ClockSkew, CoolDown, LastError, RefusedRefresh};
use crate::text::escape::escape;
use crate::text::escape::is_hostile;
use crate::text::span::span;
use crate::timestamp::Timestamp;
use crate::token::{SsoToken, refreshable};

/// What is known of a session without asking AWS. Never a secret.
pub(super) struct Report {
    session: String,
    /// The plain name of the sso-session, for programs.
    name: Option<String>,
    start_url: String,
    region: String,
    state: TokenState,
    signed_in_until: Option<Timestamp>,
    refreshable_until: Option<Timestamp>,
    /// Whom the token is for, if that is another start URL or region.
    other: Option<OtherSignIn>,
    roles: Vec<Role>,
    pending: Option<Pending>,
    cool_down: Option<CoolDown>,
    last_error: Option<LastError>,
    /// How many seconds our clock was ahead of AWS's when AWS answered last.
    clock_skew: Option<i64>,
    login: String,
    token_file: PathBuf,
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
    /// As [`Self::Expired`], because the portal has refused the token.
    Refused,
    SignedOut,
    Unreadable,
    Other,
}

impl TokenState {
    /// For programs.
    const fn name(self) -> &'static str {
        match self {
            Self::Valid => "signed_in",
            Self::Refreshable => "refreshable",
            Self::Expired | Self::Refused => "expired",
            Self::SignedOut => "signed_out",
            Self::Unreadable => "unreadable",
            Self::Other => "other_sign_in",
        }
    }

    /// For people.
    const fn words(self) -> &'static str {
        match self {
            Self::Valid => "signed in",
            Self::Refreshable => "signed in; refreshed automatically at the next use",
            Self::Expired => "expired",
            Self::Refused => "AWS no longer accepts the sign-in",
            Self::SignedOut => "not signed in",
            Self::Unreadable => "the token file cannot be read",
            Self::Other => "the cached sign-in is for another start URL or region",
        }
    }
}

impl Report {
    /// What the files say about a session of the config.
    pub(super) fn of(command: &Surroundings, resolved: &ResolvedSession) -> Self {
        let token = command.caches.read_token(command.context, &resolved.session);
        Self::with(command, resolved, &token, command.caches.token_path(&resolved.session))
    }

    /// The same for a token whose session is in no config.
    pub(super) fn of_file(command: &Surroundings, file: TokenFile) -> Option<Self> {
        let resolved = ResolvedSession::without_config(file.session()?);
        let report = Self::with(command, &resolved, &Ok(file.token), file.path);
        Some(Self { session: format!("{} (not in the config)", report.session), ..report })
    }

    fn with(
        command: &Surroundings,
        resolved: &ResolvedSession,
        token: &Result<SsoToken, Miss>,
        token_file: PathBuf,
    ) -> Self {
        let Surroundings { context, state, .. } = command;
        let (session, now) = (&resolved.session, context.now());
        let files = command.files(session);
        let login = resolved.login_commands();
        let refused = |token: &SsoToken| RefusedRefresh::last(state, session, token).is_some();
        let renewable = token.as_ref().is_ok_and(|token| !refused(token));
        let state_of_token = token_state(token, renewable, now);
        let other = token.as_ref().err().and_then(|miss| match miss {
            Miss::Other(other) => Some(OtherSignIn::clone(other)),
            _ => None,
        });
        let token = token.as_ref().ok();
        let refreshable_until = token.filter(|_| renewable).and_then(|token| refreshable_until(token, now));
        Self {
            session: login.session,
            name: session.name.as_ref().map(ToString::to_string),
            start_url: session.start_url.to_string(),
            region: session.region.to_string(),
            state: state_of_token,
            // The moment that marks a refused token is none at which anything ended.
            signed_in_until: token.filter(|token| !token.is_refused()).map(|token| token.expires_at),
            refreshable_until,
            other,
            roles: cached_roles(command, resolved, latest_known(context, state)),
            pending: PendingSignIn::of(files).waiting().map(|pending| Pending {
                user_code: pending.user_code.clone(),
                verification_uri: pending.verification_uri_complete.clone(),
                expires_at: pending.expires_at,
            }),
            cool_down: cool_down(files),
            last_error: LastError::read(state, session),
            clock_skew: ClockSkew::noted(state, now),
            login: login.ours,
            token_file,
        }
    }

    pub(super) fn is_from(&self, path: &Path) -> bool {
        self.token_file == path
    }

    pub(super) fn is_usable(&self) -> bool {
        matches!(self.state, TokenState::Valid | TokenState::Refreshable)
    }
}

/// What is left of a token. One is `renewable` unless AWS has said that it is not.
fn token_state(token: &Result<SsoToken, Miss>, renewable: bool, now: Timestamp) -> TokenState {
    match token {
        Ok(token) if token.expires_at > now => TokenState::Valid,
        Ok(token) if renewable && refreshable(token, now).is_ok() => TokenState::Refreshable,
        Ok(token) if token.is_refused() => TokenState::Refused,
        Ok(_) => TokenState::Expired,
        Err(Miss::Absent) => TokenState::SignedOut,
        Err(Miss::Unusable(_)) => TokenState::Unreadable,
        Err(Miss::Other(_)) => TokenState::Other,
    }
}

/// The registration's end: Identity Center may end the session before.
fn refreshable_until(token: &SsoToken, now: Timestamp) -> Option<Timestamp> {
    refreshable(token, now).ok()?;
    token.registration_expires_at
}

fn cached_roles(command: &Surroundings, resolved: &ResolvedSession, now: Timestamp) -> Vec<Role> {
    let noted = command.state.remembered_requests(&resolved.session);
    let mut roles: Vec<Role> = Vec::new();
    for request in command.configured.of(&resolved.session).chain(&noted) {
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
    escape_json(&text) + "\n"
}

/// Escapes, as JSON does, what a terminal obeys and JSON lets pass. It can stand in texts
/// only; the line breaks between them stay.
fn escape_json(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || !is_hostile(c) {
            escaped.push(c);
        } else {
            // All of them are below U+10000: one unit.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        }
    }
    escaped
}

fn one_as_json(report: &Report) -> Value {
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "session": report.session,
        "sso_session": report.name,
        "start_url": report.start_url,
        "region": report.region,
        "state": report.state.name(),
        "usable": report.is_usable(),
        "login": report.login,
        "signed_in_until": moment(report.signed_in_until),
        "refreshable_until": moment(report.refreshable_until),
        "token_is_for": report.other.as_ref().map(|other| json!({
            "start_url": other.start_url,
            "region": other.region,
        })),
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
            "unanswered": cool_down.unanswered,
            "since": cool_down.since.to_string(),
            "until": cool_down.until.to_string(),
        })),
        "last_error": report.last_error.as_ref().map(|error| json!({
            "at": error.at,
            "exit_code": error.exit_code,
            "text": error.text,
        })),
        "clock_skew_seconds": report.clock_skew,
        "token_file": report.token_file.display().to_string(),
    })
}

/// A block a session, for people have one or two and the values are long: what is to
/// be done first, then what is good for how long, then where it was read.
pub(super) fn table(reports: &[Report], context: &Context) -> String {
    let blocks: Vec<String> = reports.iter().map(|report| block(report, context)).collect();
    blocks.join("\n")
}

fn block(report: &Report, context: &Context) -> String {
    let now = context.now();
    let mut out = format!("{}: {}\n", escape(&report.session), report.state.words());
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(out, "  {name:<16}  {}", escape(value));
    };
    if let Some(pending) = &report.pending {
        let left = distance(pending.expires_at, now);
        let (uri, code) = (&pending.verification_uri, &pending.user_code);
        row("waiting for you", &format!("open {uri} and confirm the code {code} ({left} left)"));
    } else if !report.is_usable() {
        row("to sign in", &format!("run `{}`", report.login));
    }
    if let Some(cool_down) = report.cool_down {
        let what = match cool_down.unanswered {
            _ if cool_down.refused => "a sign-in was refused".to_owned(),
            0 | 1 => "a sign-in was left unanswered".to_owned(),
            times => format!("{times} sign-ins in a row were left unanswered"),
        };
        let left = distance(cool_down.until, now);
        row("cool-down", &format!("{what}; aws-sso-cred does not ask again for {left}"));
    }
    if let Some(error) = &report.last_error {
        let at = Timestamp::parse(&error.at).map_or_else(|| error.at.clone(), |at| moment(at, context));
        row("last error", &format!("{}, {at}", error.text));
    }
    if let Some(skew) = report.clock_skew {
        row("clock", &clock_skew(skew));
    }
    if let Some(other) = &report.other {
        row("the token is for", &format!("{} in {}", other.start_url, other.region));
    }
    if let Some(until) = report.signed_in_until {
        row("signed in until", &moment(until, context));
    }
    if let Some(until) = report.refreshable_until {
        row(
            "refreshed until",
            &format!("{}, or less if your administrator limits sessions", moment(until, context)),
        );
    }
    for (index, (role, until)) in aligned(&report.roles, context).iter().enumerate() {
        row(if index == 0 { "cached roles" } else { "" }, &format!("{role}  until {until}"));
    }
    row("start URL", &format!("{} in {}", report.start_url, report.region));
    let from = if report.state == TokenState::SignedOut { "looked for" } else { "read from" };
    row(from, &shown_path(context, &report.token_file));
    out
}

/// Account and role of each, in columns, and until when they are good.
fn aligned(roles: &[Role], context: &Context) -> Vec<(String, String)> {
    let width = roles.iter().map(|role| role.role_name.len()).max().unwrap_or_default();
    let line = |role: &Role| {
        let name = format!("{} {:<width$}", role.account_id, role.role_name);
        (name, moment(role.expiration, context))
    };
    roles.iter().map(line).collect()
}

fn distance(at: Timestamp, now: Timestamp) -> String {
    span(Duration::from_secs(at.seconds_since(now).unsigned_abs()))
}

fn moment(at: Timestamp, context: &Context) -> String {
    let now = context.now();
    let (text, distance) = (context.for_people(at), distance(at, now));
    if at > now { format!("{text} (in {distance})") } else { format!("{text} ({distance} ago)") }
}
