//! Kernel file locks: one per session, one per role. They die with their holder.
//!
//! A [`Lock`] is the proof that writing a cache asks for. Where no lock can be had
//! (a read-only home, a file system without locks) the work goes on without one:
//! two requests too many are better than no credentials.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use crate::context::Context;
use crate::debug;
use crate::platform;

/// A held lock, given back when it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: Option<File>,
    /// Whether somebody else held it before us: what we want may be done by now.
    pub waited: bool,
}

/// Somebody else held the lock for all of the time we had.
#[derive(Debug, PartialEq, Eq)]
pub struct Busy;

impl Lock {
    /// Takes the lock at `path`, waiting for `patience` at most.
    ///
    /// # Errors
    /// [`Busy`], when the time is over.
    pub fn acquire(context: &Context, path: Option<&Path>, patience: Duration) -> Result<Self, Busy> {
        let Some(file) = path.and_then(|path| open(context, path)) else {
            return Ok(Self::none());
        };
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file), waited: false }),
            Err(TryLockError::WouldBlock) => wait(context, file, patience),
            Err(TryLockError::Error(error)) => {
                debug!(context, "lock: this file system has none ({error}); going on without");
                Ok(Self::none())
            }
        }
    }

    /// No lock at all, where work goes on without one.
    pub fn none() -> Self {
        Self { _file: None, waited: false }
    }

    /// The same lock, for somebody who has stood in line for it.
    #[must_use]
    pub fn after_waiting(self) -> Self {
        Self { waited: true, ..self }
    }

    /// Takes the lock only if nobody holds it.
    ///
    /// # Errors
    /// [`Busy`].
    pub fn try_acquire(context: &Context, path: Option<&Path>) -> Result<Self, Busy> {
        Self::acquire(context, path, Duration::ZERO)
    }
}

fn open(context: &Context, path: &Path) -> Option<File> {
    if let Some(directory) = path.parent()
        && let Err(error) = platform::create_private_directories(directory)
    {
        debug!(context, "lock: cannot create {}: {error}; going on without", directory.display());
    }
    match platform::open_private_lock(path) {
        Ok(file) => Some(file),
        Err(error) => {
            debug!(context, "lock: cannot open {}: {error}; going on without", path.display());
            None
        }
    }
}

/// The kernel's lock has no time-out, so a thread waits for it: it wakes at once
/// when the holder goes, where polling would wake late. A thread that waits in
/// vain ends with the process; a lock it gets too late is dropped with the file.
fn wait(context: &Context, file: File, patience: Duration) -> Result<Lock, Busy> {
    if patience.is_zero() {
        return Err(Busy);
    }
    let began = context.elapsed();
    let (sender, receiver) = mpsc::sync_channel(1);
    let spawned = std::thread::Builder::new().stack_size(64 * 1024).spawn(move || {
        if file.lock().is_ok() {
            let _ = sender.send(file);
        }
    });
    if spawned.is_err() {
        debug!(context, "lock: no thread to wait with; going on without");
        return Ok(Lock { _file: None, waited: true });
    }
    let file = match receiver.recv_timeout(patience) {
        Ok(file) => Some(file),
        Err(mpsc::RecvTimeoutError::Timeout) => return Err(Busy),
        Err(mpsc::RecvTimeoutError::Disconnected) => None,
    };
    debug!(context, "lock: waited {} ms", context.elapsed().saturating_sub(began).as_millis());
    Ok(Lock { _file: file, waited: true })
}
