//! Moved; until its users follow.

pub(super) use crate::terminal::WaitingLine;
