//! Kernel file locks: one per session, one per role. They die with their holder.
//!
//! A [`Lock`] is the proof that writing a cache asks for. Where no lock can be had
//! (a read-only home, a file system without locks) the work goes on without one:
//! two requests too many are better than no credentials.

use std::fs::{File, TryLockError};
use std::sync::mpsc;
use std::time::Duration;

use crate::context::Context;
use crate::debug;
use crate::platform::{self, PrivateFile};

/// A held lock, given back when it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: Option<File>,
    /// Whether somebody else held it before us: what we want may be done by now.
    pub waited: bool,
}

/// Another process held the lock for all of the time we had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// Which process, if the system can tell.
    pub holder: Option<u32>,
}

impl Lock {
    /// Takes the lock on `file`, waiting for `patience` at most.
    ///
    /// # Errors
    /// [`Busy`], when the time is over.
    pub fn acquire(context: &Context, file: Option<&PrivateFile>, patience: Duration) -> Result<Self, Busy> {
        let Some(file) = file.and_then(|file| open(context, file)) else {
            return Ok(Self::none());
        };
        match file.try_lock() {
            Ok(()) => Ok(Self::held(file, false)),
            Err(TryLockError::WouldBlock) if patience.is_zero() => Err(busy(&file)),
            Err(TryLockError::WouldBlock) => wait(context, file, patience),
            Err(TryLockError::Error(error)) => {
                debug!(context, "lock: this file system has none ({error}); going on without");
                Ok(Self::none())
            }
        }
    }

    fn held(file: File, waited: bool) -> Self {
        platform::note_holder(&file);
        Self { _file: Some(file), waited }
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
    pub fn try_acquire(context: &Context, file: Option<&PrivateFile>) -> Result<Self, Busy> {
        Self::acquire(context, file, Duration::ZERO)
    }
}

fn open(context: &Context, file: &PrivateFile) -> Option<File> {
    match file.open_lock() {
        Ok(file) => Some(file),
        Err(error) => {
            debug!(context, "lock: cannot open {}: {error}; going on without", file.path().display());
            None
        }
    }
}

fn busy(file: &File) -> Busy {
    Busy { holder: platform::noted_holder(file) }
}

/// The kernel's lock has no time-out, so a thread waits for it: it wakes at once
/// when the holder goes, where polling would wake late. A thread that waits in
/// vain ends with the process; a lock it gets too late is dropped with the file.
fn wait(context: &Context, file: File, patience: Duration) -> Result<Lock, Busy> {
    let began = context.elapsed();
    let Ok(waiter) = file.try_clone() else { return poll(context, file, patience) };
    let (sender, receiver) = mpsc::sync_channel(1);
    let spawned = std::thread::Builder::new().stack_size(64 * 1024).spawn(move || {
        if waiter.lock().is_ok() {
            let _ = sender.send(waiter);
        }
    });
    if spawned.is_err() {
        debug!(context, "lock: cannot start a thread to wait for it");
        return poll(context, file, patience);
    }
    let lock = match receiver.recv_timeout(patience) {
        Ok(file) => Lock::held(file, true),
        Err(mpsc::RecvTimeoutError::Timeout) => return Err(busy(&file)),
        Err(mpsc::RecvTimeoutError::Disconnected) => Lock::none().after_waiting(),
    };
    debug!(context, "lock: waited {} ms", context.elapsed().saturating_sub(began).as_millis());
    Ok(lock)
}

/// Waiting without a thread, where the system gives none.
fn poll(context: &Context, file: File, patience: Duration) -> Result<Lock, Busy> {
    const PAUSE: Duration = Duration::from_millis(20);
    let end = context.elapsed().saturating_add(patience);
    while context.elapsed() < end {
        context.sleep(PAUSE);
        match file.try_lock() {
            Ok(()) => return Ok(Lock::held(file, true)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(_)) => return Ok(Lock::none().after_waiting()),
        }
    }
    Err(busy(&file))
}
