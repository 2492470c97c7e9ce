//! A child that this process stays for: signals are passed on to it, and its end is this process's.

use std::io;
use std::process::Child;

use super::alarm::Alarm;
use super::command::{CommandLine, spawn};

/// A running child.
#[derive(Debug)]
pub struct Supervised {
    child: Child,
}

/// Makes this process one that stays for a child: from now on Ctrl-C does not end it, and its
/// signals and its child's end ring `alarm`. Call it before the child starts.
///
/// # Errors
/// The system's error.
pub fn stay_for_a_child(alarm: &Alarm) -> io::Result<()> {
    os::stay(alarm)
}

impl Supervised {
    /// Starts the command, with the three standard streams of this process.
    ///
    /// # Errors
    /// The system's error, if the command cannot be run.
    pub fn start(line: &CommandLine<'_>) -> io::Result<Self> {
        spawn(line).map(|child| Self { child })
    }

    /// Passes on the signals that came. Gives the exit code if the child has ended: 128 and the
    /// number of the signal if one ended it; 5 if the system no longer knows the child.
    pub fn look(&mut self) -> Option<u32> {
        os::look(&mut self.child).unwrap_or(Some(5))
    }
}

/// The exit code of this process for one of its child. Windows has codes beyond 255; this process
/// ends with such a code at once.
pub fn exit_code(code: u32) -> u8 {
    u8::try_from(code).unwrap_or_else(|_| os::end_with(code))
}

impl Drop for Supervised {
    fn drop(&mut self) {
        os::forget_alarm();
    }
}

#[cfg(unix)]
mod os {
    use super::{Alarm, Child, io};
    use crate::platform::signals;
    use crate::platform::terminal::{open_controlling_terminal, own_group};
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpgid, getpid, kill_process, waitid};

    pub(super) fn stay(alarm: &Alarm) -> io::Result<()> {
        signals::note(alarm)
    }

    pub(super) fn forget_alarm() {
        signals::forget_alarm();
    }

    pub(super) fn look(child: &mut Child) -> io::Result<Option<u32>> {
        let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let Some(process) = process else { return Err(io::ErrorKind::NotFound.into()) };
        for signal in signals::to_pass_on() {
            pass_on(process, signal);
        }
        let options = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOHANG;
        let Some(status) = waitid(WaitId::Pid(process), options)? else { return Ok(None) };
        if let Some(code) = status.exit_status() {
            return Ok(u32::try_from(code).ok());
        }
        if let Some(signal) = status.terminating_signal() {
            return Ok(u32::try_from(signal + 128).ok());
        }
        if status.stopped() {
            stop_along(process);
        }
        Ok(None)
    }

    /// Unix has no codes beyond 255.
    pub(super) fn end_with(_code: u32) -> u8 {
        u8::MAX
    }

    /// The child has not been waited for, so its id is its own.
    #[expect(unsafe_code, reason = "rustix knows signals by name only")]
    fn pass_on(process: Pid, signal: i32) {
        // SAFETY: sends a signal; takes and changes no memory.
        unsafe { libc::kill(process.as_raw_nonzero().get(), signal) };
    }

    /// Stops this process too if the child, a shell that leads its own process group, has stopped
    /// itself (`suspend`): otherwise the shell that started this process would wait for ever. In
    /// the same process group, the terminal stops and continues both.
    fn stop_along(process: Pid) {
        let same_group =
            getpgid(Some(process)).is_ok_and(|group| group.as_raw_nonzero().get() == own_group());
        if same_group || open_controlling_terminal().is_none() {
            return;
        }
        let _ = kill_process(getpid(), Signal::STOP);
        // Somebody has continued this process.
        let _ = kill_process(process, Signal::CONT);
    }
}

/// A console sends Ctrl-C to all of its processes. Windows has no other signals.
#[cfg(windows)]
mod os {
    use super::{Alarm, Child, io};
    use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, CTRL_C_EVENT, SetConsoleCtrlHandler};
    use windows_sys::core::BOOL;

    #[expect(unsafe_code, reason = "std has no safe way to handle Ctrl-C")]
    pub(super) fn stay(_alarm: &Alarm) -> io::Result<()> {
        // SAFETY: the handler is a function of this program, and calls nothing.
        match unsafe { SetConsoleCtrlHandler(Some(stays), 1) } {
            0 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }

    #[expect(unsafe_code, reason = "the type of a handler")]
    unsafe extern "system" fn stays(event: u32) -> BOOL {
        i32::from(event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT)
    }

    pub(super) fn forget_alarm() {}

    #[expect(clippy::disallowed_methods, reason = "main's exit code has 8 bits")]
    pub(super) fn end_with(code: u32) -> u8 {
        std::process::exit(code.cast_signed())
    }

    pub(super) fn look(child: &mut Child) -> io::Result<Option<u32>> {
        Ok(child.try_wait()?.map(|status| status.code().map_or(1, i32::cast_unsigned)))
    }
}
