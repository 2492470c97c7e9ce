//! Questions on a terminal that can do no more than show lines (`TERM=dumb`), or has no raw mode.

use super::super::output::{tell, write_to_stderr};
use crate::error::Error;
use crate::platform::{Input, Keyboard, end_by_signal};
use crate::text::escape::escape;

/// The lines of a conversation.
#[derive(Debug)]
pub(super) struct Lines {
    /// `None` only while a signal ends the process.
    keyboard: Option<Keyboard>,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self { keyboard: Some(Keyboard::by_lines()) }
    }

    /// Shows `text` as a line of its own, or as several.
    #[expect(clippy::unused_self, reason = "whoever speaks has the terminal")]
    pub(super) fn say(&self, text: &str) {
        tell(text);
    }

    /// Shows `label` and reads a line, without blanks around it.
    ///
    /// # Errors
    /// [`Error::Interrupted`]: Ctrl-C, or Ctrl-D on an empty line.
    pub(super) fn ask(&mut self, label: &str) -> Result<String, Error> {
        let show = || write_to_stderr(escape(label).as_bytes()).map_err(|_| Error::Interrupted);
        show()?;
        let mut line = Vec::new();
        loop {
            let Some(keyboard) = &mut self.keyboard else { return Err(Error::Interrupted) };
            match keyboard.next(None) {
                Input::Byte(b'\n' | b'\r') => break,
                Input::Byte(byte) => line.push(byte),
                Input::Redraw => show()?,
                Input::Nothing | Input::Stop => {}
                Input::Closed if !line.is_empty() => {
                    tell("");
                    break;
                }
                Input::Interrupt | Input::Closed => {
                    // The cursor is behind the question.
                    tell("");
                    return Err(Error::Interrupted);
                }
                Input::End(signal) => {
                    self.keyboard = None;
                    end_by_signal(signal);
                    return Err(Error::Interrupted);
                }
            }
        }
        Ok(String::from_utf8_lossy(&line).trim().to_owned())
    }
}
