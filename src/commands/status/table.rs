//! Reports as text, for people. `report` collects them.

use std::fmt::Write as _;
use std::time::Duration;

use super::report::{Report, Role, TokenState};
use crate::config::shown_path;
use crate::context::Context;
use crate::error::clock_skew;
use crate::state::CoolDown;
use crate::text::escape::escape;
use crate::text::span::span;
use crate::timestamp::Timestamp;

/// One block of lines for each session. First comes what the person has to do, then what is valid
/// until when, then where the values are from. It is not a real table, because most people have
/// one or two sessions and the values are long.
pub(super) fn table(reports: &[Report], context: &Context) -> String {
    let blocks: Vec<String> = reports.iter().map(|report| block(report, context)).collect();
    blocks.join("\n")
}

fn block(report: &Report, context: &Context) -> String {
    let mut out = format!("{}: {}\n", escape(&report.session), state(report.state));
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(out, "  {name:<16}  {}", escape(value));
    };
    problems(report, context, &mut row);
    validity(report, context, &mut row);
    row("start URL", &format!("{} in {}", report.start_url, report.region));
    let from = if report.state == TokenState::SignedOut { "looked for" } else { "read from" };
    row(from, &shown_path(context, &report.token_file));
    out
}

/// The rows about a sign-in that is needed, and about failures.
fn problems(report: &Report, context: &Context, row: &mut dyn FnMut(&str, &str)) {
    let now = context.now();
    if let Some(pending) = &report.pending {
        let left = distance(pending.expires_at, now);
        let (uri, code) = (&pending.verification_uri, &pending.user_code);
        row("waiting for you", &format!("open {uri} and confirm the code {code} ({left} left)"));
    } else if !report.is_usable() {
        row("to sign in", &format!("run `{}`", report.login));
    }
    if let Some(cool_down) = report.cool_down {
        let left = distance(cool_down.until, now);
        row("cool-down", &format!("{}; aws-sso-cred does not ask again for {left}", reason(cool_down)));
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
}

/// The rows about the access token and the role credentials.
fn validity(report: &Report, context: &Context, row: &mut dyn FnMut(&str, &str)) {
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
}

/// The reason of a cool-down, as a clause.
fn reason(cool_down: CoolDown) -> String {
    match cool_down.unanswered {
        _ if cool_down.refused => "a sign-in was refused".to_owned(),
        0 | 1 => "a sign-in was left unanswered".to_owned(),
        times => format!("{times} sign-ins in a row were left unanswered"),
    }
}

const fn state(state: TokenState) -> &'static str {
    match state {
        TokenState::Valid => "signed in",
        TokenState::Refreshable => "signed in; refreshed automatically at the next use",
        TokenState::Expired => "expired",
        TokenState::Refused => "AWS no longer accepts the sign-in",
        TokenState::SignedOut => "not signed in",
        TokenState::Unreadable => "the token file cannot be read",
        TokenState::Other => "the cached sign-in is for another start URL or region",
    }
}

/// For each role, the account and the role name in columns, and the expiry.
fn aligned(roles: &[Role], context: &Context) -> Vec<(String, String)> {
    let width = roles.iter().map(|role| role.role_name.len()).max().unwrap_or_default();
    let line = |role: &Role| {
        let name = format!("{} {:<width$}", role.account_id, role.role_name);
        (name, moment(role.expiration, context))
    };
    roles.iter().map(line).collect()
}

/// The time between `at` and `now`, as text.
fn distance(at: Timestamp, now: Timestamp) -> String {
    span(Duration::from_secs(at.seconds_since(now).unsigned_abs()))
}

/// `at` in local time, with its distance from now.
fn moment(at: Timestamp, context: &Context) -> String {
    let now = context.now();
    let (text, distance) = (context.for_people(at), distance(at, now));
    if at > now { format!("{text} (in {distance})") } else { format!("{text} ({distance} ago)") }
}
