//! Kernel file locks with a time limit. The kernel releases a lock when its holder ends.
//! A function that writes a cache takes a [`Lock`] as proof. Where no lock can be had (a
//! read-only home, a file system without locks), work goes on without one: a few duplicate
//! requests are better than no credentials.
//!
//! Which locks there are is the business of `state`.

use std::fs::{File, TryLockError};
use std::sync::mpsc;
use std::time::Duration;

use crate::context::Context;
use crate::debug;
use crate::platform::{self, PrivateFile};

/// A held lock, released when it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: Option<File>,
    /// Whether this process had to wait for another one, which may have done the work by now.
    pub waited: bool,
}

/// Another process held the lock for the whole time that the caller could wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// The process id of the holder, if the system can tell.
    pub holder: Option<u32>,
}

impl Lock {
    /// Takes the lock on `file`, waiting for at most `patience`. Gives [`Self::none`] without a
    /// file, or if the file cannot be opened or locked.
    ///
    /// # Errors
    /// [`Busy`], if another process still holds the lock after `patience`.
    pub fn acquire(context: &Context, file: Option<&PrivateFile>, patience: Duration) -> Result<Self, Busy> {
        match file.and_then(|file| open(context, file)) {
            Some(file) => Self::acquire_opened(context, file, patience),
            None => Ok(Self::none()),
        }
    }

    /// As [`Self::acquire`], for a file or a directory that is open.
    ///
    /// # Errors
    /// As [`Self::acquire`].
    pub fn acquire_opened(context: &Context, file: File, patience: Duration) -> Result<Self, Busy> {
        match file.try_lock() {
            Ok(()) => Ok(Self::held(file, false)),
            Err(TryLockError::WouldBlock) if patience.is_zero() => Err(busy(&file)),
            Err(TryLockError::WouldBlock) => wait(context, file, patience),
            Err(TryLockError::Error(error)) => {
                debug!(context, "lock: this file system has no locks ({error}); going on without one");
                Ok(Self::none())
            }
        }
    }

    fn held(file: File, waited: bool) -> Self {
        platform::note_holder(&file);
        Self { _file: Some(file), waited }
    }

    /// Stands for a lock where work goes on without one.
    pub fn none() -> Self {
        Self { _file: None, waited: false }
    }

    /// The same lock, marked as waited for.
    #[must_use]
    pub fn after_waiting(self) -> Self {
        Self { waited: true, ..self }
    }

    /// Takes the lock if no other process holds it; does not wait.
    ///
    /// # Errors
    /// [`Busy`], if another process holds the lock.
    pub fn try_acquire(context: &Context, file: Option<&PrivateFile>) -> Result<Self, Busy> {
        Self::acquire(context, file, Duration::ZERO)
    }
}

fn open(context: &Context, file: &PrivateFile) -> Option<File> {
    match file.open_lock() {
        Ok(file) => Some(file),
        Err(error) => {
            debug!(context, "lock: cannot open {}: {error}; going on without a lock", file.path().display());
            None
        }
    }
}

fn busy(file: &File) -> Busy {
    Busy { holder: platform::noted_holder(file) }
}

/// Waits in a thread, because the kernel's lock has no time-out, and polling would notice the
/// release late. A thread whose time is over ends with the process; if it still gets the lock
/// before that, the lock is released at once.
fn wait(context: &Context, file: File, patience: Duration) -> Result<Lock, Busy> {
    debug!(context, "lock: waiting for its holder");
    let began = context.elapsed();
    let Ok(waiter) = file.try_clone() else { return poll(context, file, patience) };
    let (sender, receiver) = mpsc::sync_channel(1);
    let spawned = std::thread::Builder::new().stack_size(64 * 1024).spawn(move || {
        if waiter.lock().is_ok() {
            let _ = sender.send(waiter);
        }
    });
    if spawned.is_err() {
        debug!(context, "lock: no thread can be started; polling instead");
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

/// Polls for the lock where no thread can be started.
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
