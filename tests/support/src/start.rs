//! The signals and the session of a program when it starts.

use std::process::Command;

/// Starts a program with the default signals, as a shell in a terminal does.
///
/// A program inherits ignored signals from its parent, and the tests may be started where SIGINT,
/// SIGHUP or SIGPIPE are ignored: by `nohup`, as a background job of a script, by a CI service.
#[cfg(unix)]
pub fn with_default_signals(command: &mut Command) -> &mut Command {
    before_exec(command, || {
        for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGPIPE, libc::SIGTERM, libc::SIGTSTP]
        {
            default_action(signal)?;
        }
        Ok(())
    })
}

/// Windows has no signals.
#[cfg(not(unix))]
pub fn with_default_signals(command: &mut Command) -> &mut Command {
    command
}

/// Starts the program with SIGCHLD and SIGTERM blocked, as a program does that waits for them by
/// `sigwait` or `signalfd`.
#[cfg(unix)]
pub fn with_blocked_signals(command: &mut Command) -> &mut Command {
    before_exec(command, || block(&[libc::SIGCHLD, libc::SIGTERM]))
}

/// Starts the program as the leader of a new session, without a terminal or on this one.
#[cfg(unix)]
pub fn in_new_session(command: &mut Command, terminal: Option<std::os::fd::OwnedFd>) -> &mut Command {
    before_exec(command, move || {
        rustix::process::setsid()?;
        if let Some(terminal) = &terminal {
            rustix::process::ioctl_tiocsctty(terminal)?;
        }
        Ok(())
    })
}

/// Lets this thread trace the program.
#[cfg(target_os = "linux")]
pub(crate) fn traced(command: &mut Command) -> &mut Command {
    before_exec(command, || Ok(nix::sys::ptrace::traceme()?))
}

/// Lets this thread trace the program: it stops at these system calls only.
#[cfg(target_os = "linux")]
pub(crate) fn traced_at<'c>(command: &'c mut Command, calls: &'static [syscalls::Sysno]) -> &'c mut Command {
    // Load the number of the call; for each of these, go to the last line; allow; trace.
    let statement = |code, jt, k| libc::sock_filter { code, jt, jf: 0, k };
    let ends = u8::try_from(calls.len()).expect("a jump has one byte");
    let mut filter = vec![statement(0x20, 0, 0)];
    for (number, left) in calls.iter().zip((1..=ends).rev()) {
        filter.push(statement(0x15, left, u32::try_from(number.id()).expect("a number of a call")));
    }
    filter.push(statement(0x06, 0, libc::SECCOMP_RET_ALLOW));
    filter.push(statement(0x06, 0, libc::SECCOMP_RET_TRACE));
    before_exec(command, move || {
        nix::sys::ptrace::traceme()?;
        stop_at(&mut filter)
    })
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "std has no safe way to install a filter of system calls")]
fn stop_at(filter: &mut [libc::sock_filter]) -> std::io::Result<()> {
    let length = u16::try_from(filter.len()).expect("a short filter");
    let program = libc::sock_fprog { len: length, filter: filter.as_mut_ptr() };
    // SAFETY: the kernel copies the filter, which has this length.
    let failed = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            || libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) != 0
    };
    if failed { Err(std::io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(unix)]
#[expect(unsafe_code, reason = "std has no safe way to change a child before it becomes the program")]
fn before_exec(
    command: &mut Command,
    change: impl FnMut() -> std::io::Result<()> + Send + Sync + 'static,
) -> &mut Command {
    // SAFETY: between fork and exec the callers above make system calls only; they take no
    // lock and neither allocate nor free.
    unsafe { std::os::unix::process::CommandExt::pre_exec(command, change) }
}

#[cfg(unix)]
#[expect(unsafe_code, reason = "std has no safe way to change the signal mask")]
fn block(signals: &[libc::c_int]) -> std::io::Result<()> {
    // SAFETY: zeroes are a valid `sigset_t`, all pointers are to it, and the numbers are signals.
    let error = unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        for signal in signals {
            libc::sigaddset(&raw mut set, *signal);
        }
        libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut())
    };
    if error == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

#[cfg(unix)]
#[expect(unsafe_code, reason = "a handler could be any function; the default is none")]
fn default_action(signal: libc::c_int) -> std::io::Result<()> {
    // SAFETY: no function is installed.
    match unsafe { libc::signal(signal, libc::SIG_DFL) } {
        libc::SIG_ERR => Err(std::io::Error::last_os_error()),
        _ => Ok(()),
    }
}
