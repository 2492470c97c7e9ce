//! Functions on text that every room may use: escaping, quoting, JSON, addresses, spans of time.
//! They use no other room, and of the dependencies only `serde_json`.

pub mod escape;
pub mod invisible;
pub mod json;
pub mod list;
pub mod percent;
pub mod shell;
pub mod span;
pub mod url;
pub mod words;
