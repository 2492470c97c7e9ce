//! The credential process end to end: the real program, real files, and a stand-in for AWS.
#![cfg_attr(not(unix), allow(unused_imports, dead_code, reason = "some tests are for Unix only"))]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the person and the CLI")]

#[path = "../common/mod.rs"]
mod common;
mod fallback;
mod force_refresh;
mod role_cache;
mod short_lived_roles;
mod token_refresh;
mod values;
