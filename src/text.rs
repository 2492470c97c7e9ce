//! Functions on text that every room may use: escaping, quoting, JSON, addresses, spans of time.
//! They use no other room, and of the dependencies only `serde_json` and `unicode-width`.

pub mod accents;
pub mod escape;
pub mod fuzzy;
pub mod invisible;
pub mod json;
pub mod list;
pub mod percent;
pub mod shell;
pub mod span;
pub mod unified_diff;
pub mod url;
pub mod width;
pub mod words;
pub mod yaml;
