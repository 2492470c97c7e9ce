//! The signals of a process that stays while its child runs.
//!
//! Ctrl-C and Ctrl-\ reach the child from the terminal, as both are in one process group, so they do
//! nothing here. Other signals are sent to this process alone and are passed on.

use std::io;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use super::alarm::Alarm;

/// Signals that end or steer a program, and that the terminal does not send to the child as well.
const PASSED_ON: [i32; 4] = [libc::SIGHUP, libc::SIGTERM, libc::SIGUSR1, libc::SIGUSR2];

/// What the terminal sends to the whole process group.
const FROM_THE_TERMINAL: [i32; 2] = [libc::SIGINT, libc::SIGQUIT];

/// A bit for each signal that came.
static CAME: AtomicU64 = AtomicU64::new(0);

/// The alarm's descriptor; -1 without an alarm.
static RUNG: AtomicI32 = AtomicI32::new(-1);

/// From now on, signals ring `alarm` and are noted. The child of this process starts with the
/// system's own handling of them, because `exec` resets handlers. Signals that this process
/// was told to ignore (`nohup`) stay ignored, here and in the child.
///
/// # Errors
/// The system's error.
pub(super) fn note(alarm: &Alarm) -> io::Result<()> {
    RUNG.store(alarm.descriptor(), Ordering::SeqCst);
    let all = || PASSED_ON.into_iter().chain(FROM_THE_TERMINAL).chain([libc::SIGCHLD]);
    all().try_for_each(handle)?;
    unblock(all())
}

/// Lets `signals` arrive. A program that waits for its own children in another way than by signals may
/// have blocked them, and its children inherit that: the end of the command would never be noticed.
#[expect(unsafe_code, reason = "std has no safe way to change the signal mask")]
fn unblock(signals: impl Iterator<Item = i32>) -> io::Result<()> {
    // SAFETY: zeroes are a valid `sigset_t`, all pointers are to it, and the numbers are signals.
    let error = unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        for signal in signals {
            libc::sigaddset(&raw mut set, signal);
        }
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const set, std::ptr::null_mut())
    };
    if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error)) }
}

/// No signal uses the alarm from now on.
pub(super) fn forget_alarm() {
    RUNG.store(-1, Ordering::SeqCst);
}

/// The signals to pass on that came since the last call.
pub(super) fn to_pass_on() -> impl Iterator<Item = i32> {
    let came = CAME.swap(0, Ordering::SeqCst);
    PASSED_ON.into_iter().filter(move |signal| came & (1 << signal) != 0)
}

#[expect(unsafe_code, reason = "std has no safe way to handle a signal")]
fn handle(signal: i32) -> io::Result<()> {
    // SAFETY: zeroes are a valid `sigaction`, and both pointers are to values that live here.
    let is_ignored = unsafe {
        let mut before: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(signal, std::ptr::null(), &raw mut before) != 0 {
            return Err(io::Error::last_os_error());
        }
        before.sa_sigaction == libc::SIG_IGN
    };
    if is_ignored && signal != libc::SIGCHLD {
        return Ok(());
    }
    let handler: extern "C" fn(i32) = came;
    // SAFETY: the handler only does what a handler may do (see there). SA_RESTART: requests on
    // another thread are not interrupted.
    let done = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as libc::sighandler_t;
        action.sa_flags = libc::SA_RESTART;
        libc::sigemptyset(&raw mut action.sa_mask);
        libc::sigaction(signal, &raw const action, std::ptr::null_mut())
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The handler. It uses atomics and `write`, which POSIX allows in a handler, and keeps `errno`.
#[expect(unsafe_code, reason = "`write` to a number, and `errno`")]
extern "C" fn came(signal: i32) {
    CAME.fetch_or(1 << signal, Ordering::SeqCst);
    let alarm = RUNG.load(Ordering::SeqCst);
    // SAFETY: `errno` is this thread's own. The byte lives longer than the call. A descriptor that
    // was closed makes the call fail, which does no harm.
    unsafe {
        let errno = errno();
        let before = *errno;
        libc::write(alarm, [0u8].as_ptr().cast(), 1);
        *errno = before;
    }
}

#[expect(unsafe_code, reason = "`errno` is a place in memory")]
unsafe fn errno() -> *mut i32 {
    // SAFETY: the call has no conditions.
    #[cfg(target_os = "linux")]
    return unsafe { libc::__errno_location() };
    // SAFETY: as above.
    #[cfg(not(target_os = "linux"))]
    return unsafe { libc::__error() };
}
