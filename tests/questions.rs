//! Questions on a pseudo-terminal, as a person sees and answers them.
//!
//! The program that asks is this test itself, started again: no command of the program only asks.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test"
)]

#[path = "questions/asked.rs"]
mod asked;
#[path = "questions/interrupted.rs"]
mod interrupted;
#[path = "questions/lines.rs"]
mod lines;
#[path = "questions/program.rs"]
mod program;
#[path = "questions/stopped.rs"]
mod stopped;
