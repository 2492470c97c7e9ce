//! Faults of the stand-in, and how often they happen.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::json;

use crate::operation::Operation;
use crate::reply::{Reply, error_for, error_of_status};
use crate::request::Request;

/// One fault of an operation.
///
/// `CutMidBody`, `HangMidBody`, `Cut`, `HangAt` and `Drip` come after the operation was carried out:
/// a refresh token is used up, a role credential is minted. All others come instead of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// This status, with the error body that AWS would send with it.
    Status(u16),
    /// This error. `code` is the name of the exception or, for sso-oidc, the error word in the
    /// body, such as `invalid_grant`.
    Error {
        /// The HTTP status.
        status: u16,
        /// The exception, or the OAuth word.
        code: &'static str,
        /// The text for people.
        message: &'static str,
    },
    /// `slow_down` of sso-oidc.
    SlowDown,
    /// The connection ends after the request was read.
    CloseBeforeAnswer,
    /// The connection ends in the middle of the answer's body.
    CutMidBody,
    /// The connection is reset.
    Reset,
    /// The request is read and never answered.
    Hang,
    /// The answer stops in the middle of its body; the connection stays.
    HangMidBody,
    /// The connection ends after this many bytes of the answer, head and body.
    Cut {
        /// How the answer tells where its body ends.
        framing: Framing,
        /// The bytes that are sent; all, if the answer is shorter.
        bytes: usize,
    },
    /// The answer stops after this many bytes, head and body; the connection stays.
    HangAt(usize),
    /// The answer comes at one byte a second.
    Drip,
    /// 200 and JSON's content type with this body.
    Garbage(Vec<u8>),
    /// These bytes instead of HTTP; then the connection ends.
    RawBytes(Vec<u8>),
    /// The page of a captive portal, with this status.
    HtmlPage(u16),
    /// This status with no body.
    EmptyBody(u16),
    /// 200 and a JSON object of this many bytes that has no known field.
    HugeBody(usize),
    /// 200 and an answer whose fields have the wrong JSON types.
    WrongTypes,
    /// Of a list: an empty page with the token of another page, never the same.
    EndlessPages,
    /// This status, and an error whose text and whose headers repeat every text of the request's body
    /// and its token.
    Repeat(u16),
    /// 302 to this address.
    RedirectTo(String),
    /// This status, its usual body, and a `Retry-After` header.
    RetryAfter {
        /// The HTTP status.
        status: u16,
        /// The value of `Retry-After`.
        seconds: u64,
    },
}

/// How an answer tells where its body ends (RFC 9112 §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// By `Content-Length`.
    Length,
    /// By chunks; the body comes in chunks of 100 bytes.
    Chunked,
    /// By the end of the connection.
    Close,
}

/// How often a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// For one request.
    Once,
    /// For this many requests.
    Times(u32),
    /// Until the faults are cleared.
    Always,
}

/// What happens to a connection after a request.
pub(crate) enum Outcome {
    Answer(Reply),
    Cut(Reply),
    HangMidBody(Reply),
    Part { reply: Reply, framing: Framing, bytes: usize, then: Then },
    Raw(Vec<u8>),
    Close,
    Reset,
    Hang,
}

/// What follows the part of an answer that was sent.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    Close,
    Hang,
    /// The rest, at one byte a second.
    Drip,
}

impl Fault {
    /// Applies the fault; `carry_out` gives the answer that there would be without it.
    pub(crate) fn apply(self, request: &Request, carry_out: impl FnOnce() -> Reply) -> Outcome {
        let operation = request.operation;
        let part = |reply, framing, bytes, then| Outcome::Part { reply, framing, bytes, then };
        let reply = match self {
            Fault::Cut { framing, bytes } => return part(carry_out(), framing, bytes, Then::Close),
            Fault::HangAt(bytes) => return part(carry_out(), Framing::Length, bytes, Then::Hang),
            Fault::Drip => return part(carry_out(), Framing::Length, 0, Then::Drip),
            Fault::CloseBeforeAnswer => return Outcome::Close,
            Fault::CutMidBody => return Outcome::Cut(carry_out()),
            Fault::HangMidBody => return Outcome::HangMidBody(carry_out()),
            Fault::Reset => return Outcome::Reset,
            Fault::Hang => return Outcome::Hang,
            Fault::RawBytes(bytes) => return Outcome::Raw(bytes),
            Fault::Status(status) => error_of_status(operation, status),
            Fault::Error { status, code, message } => error_for(operation, status, code, message),
            Fault::SlowDown => error_for(operation, 400, "SlowDownException", "Slow down"),
            Fault::Garbage(body) => Reply::new(200, "application/json", body),
            Fault::HtmlPage(status) => Reply::html(status, CAPTIVE_PORTAL),
            Fault::EmptyBody(status) => Reply::new(status, "application/json", ""),
            Fault::HugeBody(size) => huge(size),
            Fault::WrongTypes => wrong_types(),
            Fault::EndlessPages => another_page(),
            Fault::Repeat(status) => repeat(request, status),
            Fault::RedirectTo(location) => Reply::redirect(&location),
            Fault::RetryAfter { status, seconds } => {
                error_of_status(operation, status).header("Retry-After", &seconds.to_string())
            }
        };
        Outcome::Answer(reply)
    }
}

const CAPTIVE_PORTAL: &str = "<!doctype html><html><head><title>Welcome to the hotel</title>\
    </head><body><h1>Please accept our terms</h1><a href=\"/accept\">Accept</a></body></html>";

fn huge(size: usize) -> Reply {
    let frame = "{\"padding\":\"\"}";
    let padding = "x".repeat(size.saturating_sub(frame.len()));
    Reply::new(200, "application/json", format!("{{\"padding\":\"{padding}\"}}"))
}

/// An error that says again what the request said.
fn repeat(request: &Request, status: u16) -> Reply {
    let token = ["authorization", "x-amz-sso_bearer_token"].iter().filter_map(|name| request.header(name));
    let members = request.body.as_object().into_iter().flat_map(|body| body.values());
    let mut said: Vec<&str> = token.chain(members.filter_map(|member| member.as_str())).collect();
    // The longest first: texts are shortened, and secrets are long.
    said.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let said = said.join(" ");
    let reply = error_for(request.operation, status, "InvalidRequestException", &said);
    ["x-amzn-RequestId", "Location", "Server"].iter().fold(reply, |reply, name| reply.header(name, &said))
}

/// An empty page of either list that is not the last one.
fn another_page() -> Reply {
    static PAGES: AtomicU64 = AtomicU64::new(0);
    let page = PAGES.fetch_add(1, Ordering::Relaxed);
    let body = json!({ "accountList": [], "roleList": [], "nextToken": format!("endless-{page}") });
    Reply::json(200, &body)
}

/// One body that is wrong for every operation.
fn wrong_types() -> Reply {
    let body = json!({
        "roleCredentials": { "accessKeyId": 1, "secretAccessKey": [], "sessionToken": {}, "expiration": "soon" },
        "accessToken": 5, "expiresIn": "3600", "refreshToken": {}, "tokenType": [],
        "clientId": 1, "clientSecret": null, "clientSecretExpiresAt": "never",
        "deviceCode": 7, "userCode": [], "verificationUri": 1, "interval": "five",
        "accountList": "none", "roleList": 3,
    });
    Reply::json(200, &body)
}

/// The queued faults, in order.
#[derive(Debug, Default)]
pub(crate) struct FaultPlan(Vec<(Operation, Fault, Times)>);

impl FaultPlan {
    pub(crate) fn add(&mut self, operation: Operation, fault: Fault, times: Times) {
        self.0.push((operation, fault, times));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault for a request; lowers its count.
    pub(crate) fn next(&mut self, operation: Operation) -> Option<Fault> {
        self.0.retain(|(_, _, times)| *times != Times::Times(0));
        let (_, fault, times) = self.0.iter_mut().find(|(planned, _, _)| *planned == operation)?;
        *times = match *times {
            Times::Once => Times::Times(0),
            Times::Times(left) => Times::Times(left - 1),
            Times::Always => Times::Always,
        };
        Some(fault.clone())
    }
}

/// Limits per operation, as token buckets that start full.
#[derive(Debug, Default)]
pub(crate) struct RateLimits(HashMap<Operation, Bucket>);

#[derive(Debug)]
struct Bucket {
    per_second: f64,
    left: f64,
    filled_at: Instant,
    retry_after: Option<u64>,
}

impl RateLimits {
    /// Limits an operation; zero lifts the limit.
    pub(crate) fn set(&mut self, operation: Operation, per_second: u32, retry_after: Option<u64>) {
        let rate = f64::from(per_second);
        let bucket = Bucket { per_second: rate, left: rate, filled_at: Instant::now(), retry_after };
        self.0.insert(operation, bucket);
        self.0.retain(|_, bucket| bucket.per_second > 0.0);
    }

    /// The refusal of a request beyond the limit.
    pub(crate) fn refusal(&mut self, operation: Operation, now: Instant) -> Option<Reply> {
        let bucket = self.0.get_mut(&operation)?;
        let elapsed = now.saturating_duration_since(bucket.filled_at).as_secs_f64();
        bucket.left = (bucket.left + elapsed * bucket.per_second).min(bucket.per_second);
        bucket.filled_at = bucket.filled_at.max(now);
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return None;
        }
        let refusal = error_of_status(operation, 429);
        Some(match bucket.retry_after {
            Some(seconds) => refusal.header("Retry-After", &seconds.to_string()),
            None => refusal,
        })
    }
}
