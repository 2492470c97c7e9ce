//! Signals that a question handles, so that no signal leaves the terminal in raw mode.

use std::sync::atomic::{AtomicU32, Ordering};

/// The signals that came, as bits.
static CAME: AtomicU32 = AtomicU32::new(0);

/// These end the program, after the terminal is as it was.
pub(super) const ENDING: [i32; 3] = [libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT];
/// Those that are handled while a person is asked. All are below 32.
pub(super) const ASKING: [i32; 7] =
    [libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT, libc::SIGINT, libc::SIGTSTP, libc::SIGCONT, libc::SIGWINCH];

/// Handlers of signals. Dropping this puts back what was there before, and a signal that came and was
/// not taken has its usual effect then.
#[derive(Debug)]
pub(super) struct Handlers {
    before: Vec<(i32, Action)>,
}

struct Action(libc::sigaction);

impl std::fmt::Debug for Action {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Action")
    }
}

impl Handlers {
    /// From now on, `signals` are noted. Those that are ignored stay ignored, as `nohup` wants it.
    pub(super) fn install(signals: &[i32]) -> Self {
        CAME.store(0, Ordering::SeqCst);
        let before = signals.iter().filter_map(|signal| Some((*signal, note_from_now_on(*signal)?)));
        Self { before: before.collect() }
    }
}

impl Drop for Handlers {
    #[expect(unsafe_code, reason = "std has no signals")]
    fn drop(&mut self) {
        for (signal, action) in &self.before {
            // SAFETY: the action was in force before, so that its handler is sound.
            unsafe { libc::sigaction(*signal, &raw const action.0, std::ptr::null_mut()) };
        }
        for (signal, _) in &self.before {
            if take(&[*signal]).is_some() {
                raise(*signal);
            }
        }
    }
}

/// Takes one of `signals` that has come since the last call, in their order.
pub(super) fn take(signals: &[i32]) -> Option<i32> {
    signals.iter().copied().find(|signal| {
        let bit = 1u32 << signal;
        CAME.fetch_and(!bit, Ordering::SeqCst) & bit != 0
    })
}

/// Sets an atomic number, which is all that a handler of signals may do safely.
extern "C" fn note(signal: libc::c_int) {
    CAME.fetch_or(1u32.checked_shl(signal.cast_unsigned()).unwrap_or(0), Ordering::SeqCst);
}

/// The action before; `None` if the signal is ignored and stays so. Without SA_RESTART, so that the
/// signal ends a wait.
#[expect(unsafe_code, reason = "std has no signals, and a crate for them cannot put back the default")]
fn note_from_now_on(signal: i32) -> Option<Action> {
    // SAFETY: a `sigaction` has numbers, a set of bits and a handler; all zeros is a valid value.
    let (mut noting, mut before): (libc::sigaction, libc::sigaction) =
        unsafe { (std::mem::zeroed(), std::mem::zeroed()) };
    let handler: extern "C" fn(libc::c_int) = note;
    noting.sa_sigaction = handler as libc::sighandler_t;
    // SAFETY: both pointers are to local values that outlive the calls; the handler only sets an
    // atomic number.
    unsafe {
        libc::sigemptyset(&raw mut noting.sa_mask);
        if libc::sigaction(signal, std::ptr::null(), &raw mut before) != 0
            || before.sa_sigaction == libc::SIG_IGN
        {
            return None;
        }
        (libc::sigaction(signal, &raw const noting, std::ptr::null_mut()) == 0).then_some(Action(before))
    }
}

/// Sends `signal` to every process of this job, as the terminal does for Ctrl-Z.
pub(super) fn send_to_job(signal: rustix::process::Signal) {
    let _ = rustix::process::kill_current_process_group(signal);
}

/// Sends `signal` to this thread, with its action as it is.
#[expect(unsafe_code, reason = "std has no signals")]
pub(super) fn raise(signal: i32) {
    // SAFETY: takes a number and touches no memory.
    unsafe { libc::raise(signal) };
}
