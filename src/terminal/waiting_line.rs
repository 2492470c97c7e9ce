//! A line on the terminal that shows how long `login` has been waiting for the browser.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::progress::{can_show_in_place, show_in_place, stderr_is_a_terminal};
use crate::context::Context;

/// A line on stderr that a thread rewrites every second. Dropping this erases the line. There is no
/// line if stderr is not a terminal, or if no thread can be started.
pub struct WaitingLine {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl WaitingLine {
    /// Starts the line, at zero seconds.
    pub fn start(context: &Context) -> Self {
        if !can_show_in_place(context) {
            return Self { stop: None, thread: None };
        }
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().spawn(move || {
            let mut seconds = 0u64;
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(Duration::from_secs(1)) {
                seconds += 1;
                let clock = format!("{}:{:02}", seconds / 60, seconds % 60);
                // Checked again, because the job may have been sent to the background.
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
