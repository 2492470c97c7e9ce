//! Helpers for text that every room may use. They use the standard library, `serde_json`
//! and each other, and no other room.

pub mod escape;
pub mod invisible;
pub mod json;
pub mod percent;
pub mod shell;
pub mod span;
pub mod url;
pub mod words;
