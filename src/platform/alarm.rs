//! An alarm that ends a wait: another thread or a signal rings it.

use std::io;
use std::time::Duration;

/// Ends a [`wait`](Alarm::wait).
#[derive(Debug)]
pub struct Alarm(os::Alarm);

/// Rings an alarm from another thread.
#[derive(Debug, Clone)]
pub struct Bell(os::Bell);

/// A socket that ends a wait when it is ready.
#[derive(Debug)]
pub struct Interest<'a>(os::Interest<'a>);

impl Alarm {
    /// A new alarm.
    ///
    /// # Errors
    /// The system's error.
    pub fn new() -> io::Result<Self> {
        os::Alarm::new().map(Self)
    }

    /// What rings this alarm from another thread.
    pub fn bell(&self) -> Bell {
        Bell(self.0.bell())
    }

    /// Waits until the alarm rings, one of `sockets` is ready, or `timeout` has passed. May return
    /// earlier.
    pub fn wait(&self, sockets: &[Interest<'_>], timeout: Option<Duration>) {
        self.0.wait(sockets.iter().map(|Interest(socket)| socket), timeout);
    }

    /// What a signal handler writes to.
    #[cfg(unix)]
    pub(super) fn descriptor(&self) -> std::os::fd::RawFd {
        self.0.descriptor()
    }
}

impl Bell {
    /// Rings.
    pub fn ring(&self) {
        self.0.ring();
    }
}

impl<'a> Interest<'a> {
    /// Ready when `socket` has something to read or a connection to accept.
    pub fn in_reading(socket: &'a impl os::Socket) -> Self {
        Self(os::Interest::new(socket, false))
    }

    /// Ready when `socket` can be written to.
    pub fn in_writing(socket: &'a impl os::Socket) -> Self {
        Self(os::Interest::new(socket, true))
    }
}

/// A pipe: signal handlers may write to one, and `poll` waits for it beside the sockets.
#[cfg(unix)]
mod os {
    use super::{Duration, io};
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::{ioctl_fionbio, read, write};
    use std::io::{PipeReader, PipeWriter};
    pub use std::os::fd::AsFd as Socket;
    use std::os::fd::{AsRawFd as _, BorrowedFd, RawFd};
    use std::sync::Arc;

    #[derive(Debug)]
    pub struct Alarm {
        reader: PipeReader,
        writer: Arc<PipeWriter>,
    }

    #[derive(Debug, Clone)]
    pub struct Bell(Arc<PipeWriter>);

    #[derive(Debug)]
    pub struct Interest<'a>(BorrowedFd<'a>, PollFlags);

    impl Alarm {
        pub fn new() -> io::Result<Self> {
            let (reader, writer) = io::pipe()?;
            ioctl_fionbio(&reader, true)?;
            // A full pipe rings anyway.
            ioctl_fionbio(&writer, true)?;
            Ok(Self { reader, writer: Arc::new(writer) })
        }

        pub fn bell(&self) -> Bell {
            Bell(Arc::clone(&self.writer))
        }

        pub fn descriptor(&self) -> RawFd {
            self.writer.as_raw_fd()
        }

        pub fn wait<'s>(&self, sockets: impl Iterator<Item = &'s Interest<'s>>, timeout: Option<Duration>) {
            let mut all = vec![PollFd::new(&self.reader, PollFlags::IN)];
            all.extend(sockets.map(|Interest(socket, flags)| PollFd::from_borrowed_fd(*socket, *flags)));
            let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
            // A wait that a signal interrupts is over as well.
            let _ = poll(&mut all, timeout.as_ref());
            while read(&self.reader, &mut [0u8; 64]).is_ok_and(|count| count > 0) {}
        }
    }

    impl Bell {
        pub fn ring(&self) {
            let _ = write(&*self.0, &[0]);
        }
    }

    impl<'a> Interest<'a> {
        pub fn new(socket: &'a impl Socket, writing: bool) -> Self {
            Self(socket.as_fd(), if writing { PollFlags::OUT } else { PollFlags::IN })
        }
    }
}

/// Elsewhere a wait is short, and the caller looks at its sockets and its child after it.
#[cfg(not(unix))]
mod os {
    use super::{Duration, io};
    use std::marker::PhantomData;
    use std::sync::{Arc, Condvar, Mutex, PoisonError};

    const TICK: Duration = Duration::from_millis(20);

    pub trait Socket {}
    impl<T> Socket for T {}

    #[derive(Debug)]
    pub struct Alarm(Bell);

    #[derive(Debug, Clone)]
    pub struct Bell(Arc<(Mutex<bool>, Condvar)>);

    #[derive(Debug)]
    pub struct Interest<'a>(PhantomData<&'a ()>);

    impl Alarm {
        #[expect(clippy::unnecessary_wraps, reason = "a pipe can fail")]
        pub fn new() -> io::Result<Self> {
            Ok(Self(Bell(Arc::default())))
        }

        pub fn bell(&self) -> Bell {
            self.0.clone()
        }

        pub fn wait<'s>(&self, _sockets: impl Iterator<Item = &'s Interest<'s>>, timeout: Option<Duration>) {
            let (rung, bell) = &*self.0.0;
            let timeout = timeout.map_or(TICK, |timeout| timeout.min(TICK));
            let guard = rung.lock().unwrap_or_else(PoisonError::into_inner);
            if let Ok((mut guard, _)) = bell.wait_timeout_while(guard, timeout, |rung| !*rung) {
                *guard = false;
            }
        }
    }

    impl Bell {
        pub fn ring(&self) {
            let (rung, bell) = &*self.0;
            *rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
            bell.notify_all();
        }
    }

    impl<'a> Interest<'a> {
        pub fn new(_socket: &'a impl Socket, _writing: bool) -> Self {
            Self(PhantomData)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_ends_a_wait_also_if_it_rang_before() {
        let alarm = Alarm::new().unwrap();
        let bell = alarm.bell();
        for _ in 0..1000 {
            bell.ring();
        }
        alarm.wait(&[], None);
        let ringing = std::thread::Builder::new().spawn(move || bell.ring()).unwrap();
        alarm.wait(&[], None);
        ringing.join().unwrap();
    }

    #[test]
    fn a_wait_ends_at_its_time() {
        Alarm::new().unwrap().wait(&[], Some(Duration::from_millis(20)));
    }
}
