//! A line on the terminal which shows that the program is waiting, and for how long.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::progress::{show_in_place, stderr_is_a_terminal};
use crate::context::Context;

/// A line that is rewritten every second on stderr, if that is a terminal, and erased when this is
/// dropped. Without a thread to write it there is no line.
pub struct WaitingLine {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl WaitingLine {
    /// Starts the line, at zero seconds.
    pub fn start(context: &Context) -> Self {
        let dumb = context.variable("TERM").is_none_or(|terminal| terminal == "dumb");
        if dumb || !stderr_is_a_terminal() {
            return Self { stop: None, thread: None };
        }
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().spawn(move || {
            let mut seconds = 0u64;
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(Duration::from_secs(1)) {
                seconds += 1;
                let clock = format!("{}:{:02}", seconds / 60, seconds % 60);
                // A job that was sent to the background no longer writes to the terminal.
                if stderr_is_a_terminal() {
                    show_in_place(&format!("waiting for the browser, {clock} (Ctrl-C to stop)"));
                }
            }
            if stderr_is_a_terminal() {
                show_in_place("");
            }
        });
        Self { stop: Some(stop), thread: thread.ok() }
    }
}

impl Drop for WaitingLine {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
