//! The HTTP responses of the listener: pages for the person, and short texts for other requests.
//! Pure.
//!
//! A page loads nothing and runs no script, and every value in it is escaped.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::callback::Refusal;
use crate::error::{LoginCommands, Text};
use crate::identifiers::SessionName;
use crate::request::SsoSession;
use crate::text::escape::{cut, escape};
use crate::timestamp::Timestamp;

const TEMPLATE: &str = include_str!("page.html");

/// The facts about a sign-in that its pages show.
#[derive(Debug, Clone, Copy)]
pub struct PageFacts<'a> {
    /// The session that the person signs in to.
    pub session: &'a SsoSession,
    /// The commands to try again.
    pub login: &'a LoginCommands,
    /// Whether the caller signs in again by itself if AWS does not know the client.
    pub tries_again: bool,
}

/// One HTTP response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    status: &'static str,
    content_type: &'static str,
    body: String,
}

impl Response {
    /// The bytes to send. The response to a HEAD request has no body (RFC 9110 §9.3.2).
    pub fn bytes(&self, head_only: bool) -> Vec<u8> {
        let allow = if self.status.starts_with("405") { "Allow: GET, HEAD\r\n" } else { "" };
        let mut text = format!(
            "HTTP/1.1 {}\r\n\
             Content-Type: {}\r\n\
             Content-Length: {}\r\n\
             Connection: close\r\n\
             Cache-Control: no-store\r\n\
             Content-Security-Policy: default-src 'none'; style-src '{}'; img-src data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
             Referrer-Policy: no-referrer\r\n\
             X-Content-Type-Options: nosniff\r\n\
             {allow}\r\n",
            self.status,
            self.content_type,
            self.body.len(),
            style_source(),
        );
        if !head_only {
            text.push_str(&self.body);
        }
        text.into_bytes()
    }
}

/// The source in the Content-Security-Policy that allows the style sheet of the template and no
/// other: its hash (CSP Level 3 §2.3.1, `hash-source`).
fn style_source() -> String {
    let style = TEMPLATE.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    let digest = Sha256::digest(style.map_or("", |(style, _)| style).as_bytes());
    format!("sha256-{}", STANDARD.encode(digest))
}

/// The page after a success: the session, and until when the sign-in is valid.
pub fn signed_in(facts: &PageFacts<'_>, until: Timestamp, renewable: bool) -> Response {
    let session = facts.session;
    let moment = until.to_string();
    let (date, time) = (moment.get(..10).unwrap_or_default(), moment.get(11..16).unwrap_or_default());
    let name = session.name.as_ref().map(SessionName::as_str);
    let mut rows = String::new();
    if let Some(name) = name {
        rows.push_str(&row("Session", name, ""));
    }
    rows.push_str(&row("Access portal", session.start_url.host(), ""));
    rows.push_str(&row("Region", session.region.as_str(), ""));
    let then = if renewable { "then refreshed automatically, until the session ends" } else { "" };
    rows.push_str(&row("Valid until", &format!("{date} {time} UTC"), then));
    page(
        "200 OK",
        "done",
        &format!("Signed in to {}", name.unwrap_or_else(|| session.start_url.host())),
        &format!("<p>Tools on this computer can now get AWS credentials.</p>\n<dl>\n{rows}</dl>"),
    )
}

/// The page after the request was denied; `description` is AWS's.
pub fn refused(facts: &PageFacts<'_>, description: Option<&str>) -> Response {
    let told = description.filter(|text| !text.trim().is_empty());
    let content = [
        "<p>The request was denied, so you are not signed in, and nothing was stored.</p>".to_owned(),
        told.map_or_else(String::new, |told| format!("<p class=\"why\">AWS says: {}</p>", prose(told))),
        run("If that was not what you meant, run", &facts.login.ours),
    ];
    page("200 OK", "stopped", "Sign-in refused", &content.join("\n"))
}

/// The page after a failure, with the reason and the hint of `text`.
pub fn failed(facts: &PageFacts<'_>, text: &Text) -> Response {
    let why = text.why.as_ref().map(|why| format!("<p class=\"why\">{}</p>", prose(why)));
    let hint = text.hint.as_ref().map(|hint| format!("<p>{}</p>", sentence(hint)));
    let content = [
        format!("<p>{}</p>", sentence(&text.what)),
        why.unwrap_or_default(),
        hint.unwrap_or_default(),
        run("To try again, run", &facts.login.ours),
    ];
    page("200 OK", "stopped", "The sign-in failed", &content.join("\n"))
}

/// The page if AWS does not know the client and the caller signs in again.
pub fn once_more() -> Response {
    page(
        "200 OK",
        "neutral",
        "Please sign in once more",
        "<p>AWS no longer knows the client that asked for this sign-in, so you are not signed in yet. \
         Another page is opening now: go on there. If none appears, open the new address in the terminal.</p>",
    )
}

/// The page for a further request with the right `state`: the first one counts.
pub fn answered_already() -> Response {
    page(
        "200 OK",
        "neutral",
        "Answered already",
        "<p>This sign-in has been answered once, and the first answer counts. \
         The terminal says how it ended.</p>",
    )
}

/// The response to a request that is not the answer. The sign-in goes on.
pub fn not_the_answer(refusal: Refusal) -> Response {
    let plain = |status, body: &str| Response {
        status,
        content_type: "text/plain; charset=utf-8",
        body: format!("{body}\n"),
    };
    match refusal {
        Refusal::Malformed => plain("400 Bad Request", "This request is not part of a sign-in."),
        Refusal::TooLarge => {
            plain("431 Request Header Fields Too Large", "This request is too large for a sign-in.")
        }
        Refusal::WrongHost => plain("400 Bad Request", "This listener is only for 127.0.0.1."),
        Refusal::WrongPath => plain("404 Not Found", "There is nothing here."),
        // An error, so that the browser does not keep it and show it instead of the real page.
        Refusal::Prefetch => plain("503 Service Unavailable", "A sign-in cannot be fetched in advance."),
        Refusal::Head => plain("200 OK", "This is where a sign-in ends."),
        Refusal::WrongMethod => plain("405 Method Not Allowed", "Only GET and HEAD are served here."),
        Refusal::WrongState => page(
            "400 Bad Request",
            "neutral",
            "Not this sign-in",
            "<p>This tab belongs to another sign-in, perhaps an older one. The one that is waiting \
             now was not touched: go on in its own tab, or open the address in the terminal.</p>",
        ),
    }
}

fn page(status: &'static str, tone: &str, title: &str, content: &str) -> Response {
    let title = prose(title);
    let values = [("tone", tone), ("title", title.as_str()), ("content", content)];
    Response { status, content_type: "text/html; charset=utf-8", body: fill(TEMPLATE, &values) }
}

/// Replaces each `{{name}}` by its value, in one pass: a `{{…}}` inside of a value stays as it is.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut pieces = template.split("{{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or((piece, ""));
        filled.extend(values.iter().filter(|(known, _)| *known == name).map(|(_, value)| *value));
        filled.push_str(rest);
    }
    filled
}

/// A row of the table on a page.
fn row(name: &str, value: &str, remark: &str) -> String {
    let remark = if remark.is_empty() { String::new() } else { format!("<small>{}</small>", prose(remark)) };
    format!("<dt>{name}</dt><dd>{}{remark}</dd>\n", prose(value))
}

/// A command to copy, below a sentence that introduces it.
fn run(invitation: &str, command: &str) -> String {
    format!("<p class=\"run\">{invitation}</p>\n<pre>{}</pre>", markup_free(command))
}

/// A clause from `error::wording` as a sentence, its backticks as code.
fn sentence(clause: &str) -> String {
    let mut clause = clause.trim_end_matches('.').to_owned();
    let first_word = clause.split(' ').next().unwrap_or_default();
    // A host name or a command keeps its case.
    if first_word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        let initial = first_word.len().min(1);
        clause[..initial].make_ascii_uppercase();
    }
    let whole = prose(&clause);
    let coded = whole.split('`').enumerate().map(|(index, piece)| match index {
        0 => piece.to_owned(),
        odd if odd % 2 == 1 => format!("<code>{piece}"),
        _ => format!("</code>{piece}"),
    });
    let closing = if whole.matches('`').count() % 2 == 1 { "</code>" } else { "" };
    format!("{}{closing}.", coded.collect::<String>())
}

/// Text for a person as HTML, at most 600 characters of it.
fn prose(text: &str) -> String {
    const LONGEST: usize = 600;
    markup_free(&cut(text, LONGEST))
}

/// `text` with everything escaped that HTML, or a terminal that prints the page, would obey.
fn markup_free(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in escape(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_becomes_a_sentence() {
        assert_eq!(sentence("cannot reach oidc.example"), "Cannot reach oidc.example.");
        assert_eq!(sentence("oidc.example broke"), "oidc.example broke.");
        assert_eq!(sentence("run `a` or `b`."), "Run <code>a</code> or <code>b</code>.");
        assert_eq!(sentence("`a` <b> `c"), "<code>a</code> &lt;b&gt; <code>c</code>.");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn long_text_from_a_server_is_cut_between_characters() {
        let shown = prose(&"é".repeat(5000));
        assert_eq!(shown.chars().count(), 601);
        assert!(shown.ends_with("é…"));
    }

    #[test]
    fn a_placeholder_inside_of_a_value_stays() {
        assert_eq!(fill("a {{x}} b {{y}}", &[("x", "{{y}}"), ("y", "z")]), "a {{y}} b z");
    }

    #[test]
    fn the_policy_allows_the_style_sheet_of_the_template() {
        assert_eq!(TEMPLATE.matches("<style>").count(), 1);
        assert!(!TEMPLATE.contains("style=") && !TEMPLATE.contains("<script"));
        assert_eq!(style_source().len(), "sha256-".len() + 44);
    }
}
