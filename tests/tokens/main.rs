//! The session's token when the world is not as it should be: the real program, a
//! stand-in for AWS, and other tools on the same files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test"
)]
#![cfg(unix)]

mod changed_while_written;
#[path = "../common/mod.rs"]
mod common;
mod group;
mod left_over;
mod no_room;
#[path = "../ordinary_user/mod.rs"]
mod ordinary_user;
mod other_sign_in;
mod refreshed_elsewhere;
mod refused;
#[cfg(target_os = "linux")]
mod room_is_kept;
mod signed_out_meanwhile;
mod support;
