//! Reports as a JSON document, for programs. `report` collects the data.

use serde_json::{Value, json};

use super::report::{Report, TokenState};
use crate::text::escape::escape_json;
use crate::timestamp::Timestamp;

/// The document, with a newline at the end.
pub(super) fn document(reports: &[Report]) -> String {
    let sessions: Vec<Value> = reports.iter().map(session).collect();
    let text = serde_json::to_string_pretty(&json!({ "sessions": sessions })).unwrap_or_default();
    escape_json(&text) + "\n"
}

fn session(report: &Report) -> Value {
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "session": report.session,
        "sso_session": report.name,
        "start_url": report.start_url,
        "region": report.region,
        "state": state(report.state),
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

const fn state(state: TokenState) -> &'static str {
    match state {
        TokenState::Valid => "signed_in",
        TokenState::Refreshable => "refreshable",
        TokenState::Expired | TokenState::Refused => "expired",
        TokenState::SignedOut => "signed_out",
        TokenState::Unreadable => "unreadable",
        TokenState::Other => "other_sign_in",
    }
}
