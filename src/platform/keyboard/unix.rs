//! The terminal of stdin on Unix: termios, `select`, signals.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::Signal;
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr,
};

use super::super::terminal::is_our_terminal;
use super::input::Input;
use super::signals::{ASKING, ENDING, Handlers, raise, send_to_job, take};

/// A signal that another thread of this process got is noticed after this time.
const LONGEST_WAIT: Duration = Duration::from_millis(250);
/// How long the job has for stopping. If it cannot stop, because no shell could continue it, the
/// question goes on after that.
const STOPPING: Duration = Duration::from_millis(200);

/// The mode of the terminal before it was raw. A panic needs it too.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

#[derive(Debug)]
pub(super) struct Terminal {
    handlers: Option<Handlers>,
    is_raw: bool,
}

/// In raw mode, Ctrl-Z is a byte. Else the system stops the job, and nothing has to be put back.
const BY_LINES: [i32; 5] = [libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT, libc::SIGINT, libc::SIGCONT];

impl Terminal {
    pub(super) fn raw() -> io::Result<Self> {
        let handlers = Handlers::install(&ASKING);
        enter_raw_mode()?;
        Ok(Self { handlers: Some(handlers), is_raw: true })
    }

    pub(super) fn by_lines() -> Self {
        Self { handlers: Some(Handlers::install(&BY_LINES)), is_raw: false }
    }

    #[expect(clippy::unused_self, reason = "a method on Windows too, which has a queue")]
    pub(super) fn next(&mut self, patience: Option<Duration>) -> Input {
        let mut left = patience;
        loop {
            if let Some(input) = signal() {
                return input;
            }
            let wait = left.map_or(LONGEST_WAIT, |left| left.min(LONGEST_WAIT));
            match can_be_read(wait) {
                Ok(true) => match read_byte() {
                    Ok(Some(byte)) => return Input::Byte(byte),
                    Err(Errno::INTR | Errno::AGAIN) => {}
                    Ok(None) | Err(_) => return Input::Closed,
                },
                Ok(false) => {
                    left = left.map(|left| left.saturating_sub(wait));
                    if left.is_some_and(|left| left.is_zero()) {
                        return Input::Nothing;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Input::Closed,
            }
        }
    }

    #[expect(clippy::unused_self, reason = "a method on Windows too, which has a queue")]
    pub(super) fn has_more(&self) -> bool {
        can_be_read(Duration::ZERO).unwrap_or(false)
    }

    pub(super) fn stop_job(&mut self) {
        leave_raw_mode();
        // The signals act as ever while the job is stopped, and may end it.
        self.handlers = None;
        let continued = Handlers::install(&[libc::SIGCONT]);
        send_to_job(Signal::TSTP);
        let pause = Duration::from_millis(5);
        let mut left = STOPPING;
        while take(&[libc::SIGCONT]).is_none() && !left.is_zero() {
            let _ = pause_unless_signalled(pause);
            left = left.saturating_sub(pause);
        }
        drop(continued);
        if self.is_raw {
            // In the background, this stops the job again until it is in the foreground.
            let _ = enter_raw_mode();
        }
        self.handlers = Some(Handlers::install(if self.is_raw { &ASKING } else { &BY_LINES }));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.is_raw {
            leave_raw_mode();
        }
    }
}

/// The next signal as input. After a stop that could not be foreseen (SIGSTOP), the shell may have
/// changed the mode, so that raw mode is entered again.
fn signal() -> Option<Input> {
    if let Some(signal) = take(&ENDING) {
        return Some(Input::End(signal));
    }
    match take(&[libc::SIGINT, libc::SIGTSTP, libc::SIGCONT, libc::SIGWINCH])? {
        libc::SIGINT => Some(Input::Interrupt),
        libc::SIGTSTP => Some(Input::Stop),
        libc::SIGCONT => {
            let is_raw = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).is_some();
            if is_raw && is_our_terminal(stdin()) {
                let _ = enter_raw_mode();
            }
            Some(Input::Redraw)
        }
        _ => Some(Input::Redraw),
    }
}

/// Enter and Ctrl-C arrive as bytes and nothing is echoed. The output stays as it is, and what was
/// typed before is not thrown away.
fn enter_raw_mode() -> io::Result<()> {
    let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    let mode = match &*before {
        Some(mode) => mode.clone(),
        None => tcgetattr(stdin())?,
    };
    let mut raw = mode.clone();
    raw.input_modes -=
        InputModes::ICRNL | InputModes::INLCR | InputModes::IGNCR | InputModes::ISTRIP | InputModes::IXON;
    raw.local_modes -= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG | LocalModes::IEXTEN;
    raw.special_codes[SpecialCodeIndex::VMIN] = 1;
    raw.special_codes[SpecialCodeIndex::VTIME] = 0;
    tcsetattr(stdin(), OptionalActions::Now, &raw)?;
    *before = Some(mode);
    Ok(())
}

/// Does nothing if another job is in the foreground: the terminal is not ours then, and the system
/// would stop this process.
pub(super) fn leave_raw_mode() -> bool {
    // A panic may come while this is locked, by this very thread.
    let Ok(mut before) = BEFORE.try_lock() else { return false };
    let Some(mode) = before.take() else { return false };
    is_our_terminal(stdin()) && tcsetattr(stdin(), OptionalActions::Now, &mode).is_ok()
}

pub(super) fn terminal_size() -> Option<(usize, usize)> {
    let size = tcgetwinsize(rustix::stdio::stderr()).ok()?;
    Some((usize::from(size.ws_col), usize::from(size.ws_row)))
}

pub(super) fn end_by_signal(signal: i32) {
    raise(signal);
}

/// The one place where typed input is read. Never by the credential process, whose stdin belongs to
/// the calling program.
fn stdin() -> rustix::fd::BorrowedFd<'static> {
    rustix::stdio::stdin()
}

/// One byte, so that what follows is left for the next question, or for the shell. `None` at the end.
fn read_byte() -> Result<Option<u8>, Errno> {
    let mut byte = [0];
    let count = rustix::io::read(stdin(), &mut byte)?;
    Ok((count > 0).then_some(byte[0]))
}

/// Waits until a byte can be read, for at most `wait`.
fn can_be_read(wait: Duration) -> io::Result<bool> {
    select(true, wait)
}

/// A short pause that a signal ends; std's sleep goes on.
fn pause_unless_signalled(pause: Duration) -> io::Result<bool> {
    select(false, pause)
}

/// `select`, because `poll` knows no terminals on macOS.
#[expect(unsafe_code, reason = "it takes numbers of descriptors, so that rustix calls it unsafe too")]
#[allow(clippy::useless_conversion, reason = "the C types have 32 bits on some systems")]
fn select(with_stdin: bool, wait: Duration) -> io::Result<bool> {
    let microseconds = i32::try_from(wait.subsec_micros()).unwrap_or_default();
    let seconds = i32::try_from(wait.as_secs()).unwrap_or(i32::MAX);
    let mut wait = libc::timeval { tv_sec: seconds.into(), tv_usec: microseconds.into() };
    // SAFETY: a set of descriptors is an array of bits; all zeros is the empty set.
    let mut readable: libc::fd_set = unsafe { std::mem::zeroed() };
    let nothing = std::ptr::null_mut();
    // SAFETY: the descriptor of stdin is 0, for which a set has room; all pointers are to local values
    // that outlive the call, or null.
    let count = unsafe {
        if with_stdin {
            libc::FD_SET(libc::STDIN_FILENO, &raw mut readable);
        }
        libc::select(libc::STDIN_FILENO + 1, &raw mut readable, nothing, nothing, &raw mut wait)
    };
    match count {
        -1 => Err(io::Error::last_os_error()),
        count => Ok(count > 0),
    }
}
