//! `POST /_control`: the controls, for tests that are not written in Rust.

use crate::reply::Reply;
use crate::request::Request;
use crate::server::Shared;

/// Where the controls are. Requests to it are not recorded.
pub(crate) const PATH: &str = "/_control";

pub(crate) fn answer(_shared: &Shared, _request: &Request) -> Reply {
    Reply::new(501, "text/plain", "")
}
