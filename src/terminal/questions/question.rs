//! What all questions have in common.

use super::frame::{Frame, Look};
use super::keys::Key;
use super::plain::Lines;
use crate::error::Error;

/// What a key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The question goes on.
    Asking,
    /// The person has answered.
    Answered,
    /// The person wants to stop.
    Stopped,
}

/// A question: its state, which keys change, and how it looks.
pub(super) trait Question {
    /// The question as it is now.
    fn draw(&mut self, look: Look) -> Frame;
    /// Takes a key, but for those that mean the same at every question.
    fn press(&mut self, key: Key) -> Step;
    /// The line that stays after the answer: `Session: corp`.
    fn answered(&self) -> String;
    /// Asks on a terminal that shows lines one below the other, and nothing else.
    fn ask_by_lines(&mut self, lines: &mut Lines) -> Result<(), Error>;
}
