//! What a question gets from the terminal and from the system.

/// What came from the terminal or from the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A byte of what was typed.
    Byte(u8),
    /// Nothing came in time.
    Nothing,
    /// The window has another size, or the process was stopped and goes on: draw again.
    Redraw,
    /// Another process asks this one to stop (SIGTSTP). Ctrl-Z is a byte.
    Stop,
    /// The person interrupts the program by a signal. In raw mode, Ctrl-C is a byte.
    Interrupt,
    /// A signal ends the program: leave the terminal, then `end_by_signal`.
    End(i32),
    /// The terminal is closed, or the line ended by Ctrl-D.
    Closed,
}
