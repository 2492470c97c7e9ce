//! The questions of `configure` on a terminal.

mod answered;
mod meanwhile;
mod nobody;
mod odd;
mod person;
mod stopped;
