//! Gets credentials beside the connections: on a thread, so that no connection waits for the work
//! of another; where no thread can be started, at once.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;

use crate::error::Error;
use crate::platform::Bell;
use crate::secret::Secret;

/// Gives the document with credentials, by the way of the credential process.
pub type Obtain = Arc<dyn Fn() -> Result<Secret, Error> + Send + Sync>;

/// The result of work.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The document, or the reason why there is none.
    Done(Result<Secret, Error>),
    /// The thread ended without a result.
    Broken,
}

/// At most one piece of work at a time.
pub(super) struct Work {
    obtain: Obtain,
    bell: Bell,
    running: Option<Receiver<Result<Secret, Error>>>,
}

impl fmt::Debug for Work {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Work").field("running", &self.running.is_some()).finish_non_exhaustive()
    }
}

impl Work {
    /// `bell` rings when work is done.
    pub(super) fn new(obtain: Obtain, bell: Bell) -> Self {
        Self { obtain, bell, running: None }
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Starts to get credentials. Gives the outcome at once if no thread can be started.
    pub(super) fn start(&mut self) -> Option<Outcome> {
        let (sender, receiver) = mpsc::channel();
        let (obtain, bell) = (Arc::clone(&self.obtain), self.bell.clone());
        let started = thread::Builder::new().spawn(move || {
            let outcome = obtain();
            let _ = sender.send(outcome);
            bell.ring();
        });
        match started {
            Ok(_) => {
                self.running = Some(receiver);
                None
            }
            Err(_) => Some(Outcome::Done((self.obtain)())),
        }
    }

    /// The outcome of the work that was started, once there is one.
    pub(super) fn outcome(&mut self) -> Option<Outcome> {
        let outcome = match self.running.as_ref()?.try_recv() {
            Ok(result) => Outcome::Done(result),
            Err(TryRecvError::Disconnected) => Outcome::Broken,
            Err(TryRecvError::Empty) => return None,
        };
        self.running = None;
        Some(outcome)
    }
}
