//! The record of a request, for tests.

use std::time::Instant;

use serde_json::Value;

use crate::encoding::pairs;
use crate::operation::Operation;

/// A request that reached the stand-in.
#[derive(Debug, Clone)]
pub struct Request {
    /// The operation that it asked for.
    pub operation: Operation,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query's pairs, decoded.
    pub query: Vec<(String, String)>,
    /// The headers in their order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The JSON body; a form as an object; other text as a string; `null` if
    /// there is none.
    pub body: Value,
    /// When it arrived.
    pub at: Instant,
    /// The status of its answer; 0 without an answer.
    pub status: u16,
    /// Whether its answer is decided.
    pub(crate) decided: bool,
    /// The body as it came, which a signature covers.
    pub(crate) raw_body: Vec<u8>,
    /// The query as it came, which a signature covers.
    pub(crate) raw_query: String,
}

impl Request {
    pub(crate) fn new(
        method: &str,
        target: &str,
        headers: Vec<(String, String)>,
        raw_body: Vec<u8>,
    ) -> Request {
        let target = origin_form(target);
        let (path, raw_query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Request {
            operation: Operation::of(method, path),
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs(raw_query),
            headers,
            body: Value::Null,
            at: Instant::now(),
            status: 0,
            decided: false,
            raw_body,
            raw_query: raw_query.to_owned(),
        };
        request.body = request.parsed_body();
        request
    }

    /// The value of a header, whose name is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a query parameter.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A text field of the body.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    /// Whether the body is declared to be JSON, as AWS demands.
    pub(crate) fn is_json(&self) -> bool {
        self.content_type() == "application/json"
    }

    fn content_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    fn parsed_body(&self) -> Value {
        if self.raw_body.is_empty() {
            return Value::Null;
        }
        let text = String::from_utf8_lossy(&self.raw_body);
        if self.content_type() == "application/x-www-form-urlencoded" {
            let fields = pairs(&text).into_iter().map(|(name, value)| (name, Value::from(value)));
            return Value::Object(fields.collect());
        }
        serde_json::from_str(&text).unwrap_or_else(|_| Value::from(text))
    }
}

/// The target without the scheme and the host that a proxy receives (RFC 9112 §3.2.2), so that the
/// stand-in can also be the HTTP proxy. The `host` header distinguishes such a request.
fn origin_form(target: &str) -> &str {
    let Some(rest) = target.strip_prefix("http://") else { return target };
    rest.find('/').map_or("/", |start| &rest[start..])
}
