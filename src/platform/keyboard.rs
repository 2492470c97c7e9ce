//! What a person types on the terminal of stdin, byte by byte, for a command that asks questions.
//!
//! The terminal is in raw mode for that time, or stays as it is and gives lines. It is as it was after
//! the [`Keyboard`] is dropped, while the process is stopped (Ctrl-Z), and after a signal or a panic.

mod input;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::io;
use std::time::Duration;

pub use input::Input;
#[cfg(unix)]
use unix as os;
#[cfg(windows)]
use windows as os;

/// The terminal of stdin while a person is asked.
#[derive(Debug)]
pub struct Keyboard {
    terminal: os::Terminal,
}

impl Keyboard {
    /// Puts the terminal into raw mode: every key is a byte or a few. What has been typed before is
    /// kept.
    ///
    /// # Errors
    /// The system's error, if stdin is no terminal, or one without such a mode.
    pub fn raw() -> io::Result<Self> {
        Ok(Self { terminal: os::Terminal::raw()? })
    }

    /// Leaves the terminal as it is: it gives a line when the person presses Enter.
    pub fn by_lines() -> Self {
        Self { terminal: os::Terminal::by_lines() }
    }

    /// Waits for the next input, at most for `patience`.
    pub fn next(&mut self, patience: Option<Duration>) -> Input {
        self.terminal.next(patience)
    }

    /// Whether a byte is there already, so that drawing can wait.
    pub fn has_more(&self) -> bool {
        self.terminal.has_more()
    }

    /// Stops this job as Ctrl-Z does, with the terminal as it was. Returns when the job goes on.
    pub fn stop_job(&mut self) {
        self.terminal.stop_job();
    }
}

/// The columns and rows of the terminal; `None` if it does not tell.
pub fn terminal_size() -> Option<(usize, usize)> {
    os::terminal_size()
}

/// Ends this process by `signal`, as if it had not been handled. Returns if that is not possible.
pub fn end_by_signal(signal: i32) {
    os::end_by_signal(signal);
}

/// For a panic: puts the terminal back if it is in raw mode, and tells whether it was.
pub fn leave_raw_mode() -> bool {
    os::leave_raw_mode()
}
