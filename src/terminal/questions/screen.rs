//! The part of the terminal where a question stands: its lines are drawn over the last ones, from the
//! question's own line on, where the cursor stays. Nothing above is touched.

use std::collections::VecDeque;

use super::super::output::{ERASE_QUESTION, write_to_stderr};
use super::frame::{Frame, Look};
use super::keys::{Decoder, Key};
use crate::error::Error;
use crate::platform::{Input, Keyboard};

/// From now on, the terminal marks what is pasted, so that a pasted line break does not answer.
const MARK_PASTES: &str = "\x1b[?2004h";

/// What happened on the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    Key(Key),
    /// The size of the window has changed.
    Redraw,
    /// The person has interrupted the program, or closed the terminal.
    Stopped,
    /// This signal ends the program.
    End(i32),
}

/// The terminal, in raw mode. Dropping this erases the question.
pub(super) struct Screen {
    keyboard: Keyboard,
    decoder: Decoder,
    keys: VecDeque<Key>,
    /// The cursor's column when the question was drawn last.
    cursor: usize,
    columns: usize,
    is_drawn: bool,
}

impl Screen {
    pub(super) fn new(keyboard: Keyboard) -> Self {
        let screen = Self {
            keyboard,
            decoder: Decoder::default(),
            keys: VecDeque::new(),
            cursor: 0,
            columns: 0,
            is_drawn: false,
        };
        let _ = write_to_stderr(MARK_PASTES.as_bytes());
        screen
    }

    /// Whether input is there already, so that drawing can wait.
    pub(super) fn has_more(&self) -> bool {
        !self.keys.is_empty() || self.keyboard.has_more()
    }

    /// Waits for the next event.
    pub(super) fn next(&mut self) -> Event {
        loop {
            if let Some(key) = self.keys.pop_front() {
                return Event::Key(key);
            }
            match self.keyboard.next(self.decoder.patience()) {
                Input::Byte(byte) => self.keys.extend(self.decoder.feed(byte)),
                Input::Nothing => self.keys.extend(self.decoder.give_up()),
                Input::Redraw => {
                    // A shell that continued this job may have switched it off.
                    let _ = write_to_stderr(MARK_PASTES.as_bytes());
                    return Event::Redraw;
                }
                Input::Stop => return Event::Key(Key::Stop),
                Input::Interrupt | Input::Closed => return Event::Stopped,
                Input::End(signal) => return Event::End(signal),
            }
        }
    }

    /// Draws `frame` over what was drawn before.
    ///
    /// # Errors
    /// [`Error::Interrupted`], if the terminal is gone.
    pub(super) fn draw(&mut self, mut frame: Frame, look: Look) -> Result<(), Error> {
        frame.lines.truncate(look.rows.max(1));
        let below = frame.lines.len().saturating_sub(1);
        // A terminal that was made narrower has broken the line, and the cursor went down with it. It
        // remembers which lines it has broken, until they are erased whole.
        let broken = if self.columns > look.columns { self.cursor / look.columns.max(1) } else { 0 };
        let erased = if self.columns == look.columns { "" } else { "\r\x1b[J" };
        let text = format!(
            "{}{erased}\r{}\x1b[K\x1b[J{}\r{}",
            moves(broken, 'A'),
            frame.lines.join("\x1b[K\r\n"),
            moves(below, 'A'),
            moves(frame.cursor, 'C'),
        );
        (self.cursor, self.columns, self.is_drawn) = (frame.cursor, look.columns, true);
        write_to_stderr(text.as_bytes()).map_err(|_| Error::Interrupted)
    }

    /// Erases the question and leaves `line` in its place.
    pub(super) fn leave(mut self, line: &str) {
        self.is_drawn = false;
        let _ = write_to_stderr(format!("{ERASE_QUESTION}{line}\r\n").as_bytes());
    }

    /// Ctrl-Z: stops this job, with the terminal as it was. The question is drawn anew when the job
    /// goes on.
    pub(super) fn stop_job(&mut self) {
        let _ = write_to_stderr(ERASE_QUESTION.as_bytes());
        self.keyboard.stop_job();
        self.columns = 0;
        let _ = write_to_stderr(MARK_PASTES.as_bytes());
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if self.is_drawn {
            let _ = write_to_stderr(ERASE_QUESTION.as_bytes());
        }
    }
}

/// Moves the cursor by `count`. A count of 0 would mean 1.
fn moves(count: usize, direction: char) -> String {
    if count == 0 { String::new() } else { format!("\x1b[{count}{direction}") }
}
