//! The page where a person enters a user code.

use crate::encoding::escape_markup;
use crate::reply::Reply;
use crate::request::Request;
use crate::state::{Decision, State};

/// Answers `GET /device?user_code=…` with a form, and `POST /device` with the person's decision:
/// fields `user_code` and `decision`.
pub(crate) fn device_page(state: &mut State, request: &Request) -> Reply {
    if request.method == "GET" {
        return Reply::html(200, form(request.query_value("user_code").unwrap_or_default()));
    }
    let user_code = request.field("user_code").unwrap_or_default();
    let decision = match request.field("decision") {
        Some("approve") => Decision::Approved,
        Some("deny") => Decision::Denied,
        _ => return Reply::html(400, page("Choose approve or deny.")),
    };
    if state.decide(user_code, decision) {
        return Reply::html(200, page("You may close this window."));
    }
    Reply::html(400, page("This code is not waiting."))
}

fn form(user_code: &str) -> String {
    let user_code = escape_markup(user_code);
    page(&format!(
        "<form method=\"post\" action=\"/device\">\
         <input name=\"user_code\" value=\"{user_code}\">\
         <button name=\"decision\" value=\"approve\">Confirm and continue</button>\
         <button name=\"decision\" value=\"deny\">Deny</button></form>"
    ))
}

fn page(content: &str) -> String {
    format!(
        "<!doctype html><html><head><title>Stand-in Identity Center</title></head>\
         <body><h1>Stand-in Identity Center</h1>{content}</body></html>"
    )
}
