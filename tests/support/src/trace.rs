//! The system calls of a program, recorded with ptrace.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::ptrace::{self, Options};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use syscalls::Sysno;

use crate::sandbox::{Output, read, text};
use crate::start::traced;

/// A limit that only a hang exceeds, however slow the machine is.
const LONGEST: Duration = Duration::from_secs(60);

/// How many bytes are read from the place that an argument points to.
const TEXT_LENGTH: usize = 256;

/// A system call, when it begins.
#[derive(Clone)]
pub struct SystemCall {
    /// Its name.
    pub name: &'static str,
    /// All six argument registers, even if the call takes fewer arguments.
    pub arguments: [u64; 6],
    /// The text at the first two arguments, if any: a path, or written bytes.
    pub texts: [String; 2],
}

impl fmt::Debug for SystemCall {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{}(", self.name)?;
        for (argument, text) in self.arguments.iter().zip(&self.texts) {
            if text.is_empty() {
                write!(formatter, "{argument:#x}, ")?;
            } else {
                write!(formatter, "{text:?}, ")?;
            }
        }
        write!(formatter, "{:#x}, {:#x})", self.arguments[2], self.arguments[3])
    }
}

/// Runs a program to its end and gives all system calls that it and its children
/// made after it was started.
///
/// # Panics
///
/// If it cannot be started or traced, or hangs: it is killed then.
#[must_use]
pub fn trace(command: &mut Command) -> (Output, Vec<SystemCall>) {
    run_traced(command, &mut |_| false)
}

/// Runs a program, and kills it before the first system call for which `is_the_last` holds.
///
/// # Panics
///
/// As [`trace`].
#[must_use]
pub fn killed_before(command: &mut Command, is_the_last: &mut dyn FnMut(&SystemCall) -> bool) -> Output {
    run_traced(command, is_the_last).0
}

fn run_traced(
    command: &mut Command,
    is_the_last: &mut dyn FnMut(&SystemCall) -> bool,
) -> (Output, Vec<SystemCall>) {
    let mut calls = Vec::new();
    let output = run_seen(traced(command), ptrace::syscall, &mut |_, stop| {
        let Stop::Call(call) = stop else { return false };
        calls.push(call.clone());
        is_the_last(call)
    });
    (output, calls)
}

/// Why a traced program stops.
pub(crate) enum Stop {
    /// It is about to make a system call.
    Call(SystemCall),
    /// It has become another program.
    NewProgram,
}

/// How a stopped thread goes on: to the next stop of a kind.
type GoOn = fn(Pid, Option<Signal>) -> nix::Result<()>;

/// Runs a program, which lets this thread trace it, to its end. `see` is told each stop, with the
/// thread, and whether the program is killed then is its answer.
#[expect(clippy::zombie_processes, reason = "`follow` waits for it")]
pub(crate) fn run_seen(
    command: &mut Command,
    go_on: GoOn,
    see: &mut dyn FnMut(Pid, &Stop) -> bool,
) -> Output {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let started = Instant::now();
    let mut child = command.spawn().expect("the program can be started");
    let stdout = read(child.stdout.take().expect("it is piped"));
    let stderr = read(child.stderr.take().expect("it is piped"));
    let first = Pid::from_raw(i32::try_from(child.id()).expect("the system counts in these"));
    let status = follow(first, started + LONGEST, go_on, see);
    let rest = |pipe: std::sync::mpsc::Receiver<_>| text(pipe.recv_timeout(LONGEST).unwrap_or_default());
    let (stdout, stderr) = (rest(stdout), rest(stderr));
    Output { status, stdout, stderr, elapsed: started.elapsed() }
}

fn follow(first: Pid, deadline: Instant, go_on: GoOn, see: &mut dyn FnMut(Pid, &Stop) -> bool) -> i32 {
    // The child stops after `execve`.
    waitpid(first, None).expect("it is a child");
    let options = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_EXITKILL
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACESECCOMP;
    ptrace::setoptions(first, options).expect("a child can be traced");
    go_on(first, None).expect("a child can be traced");
    // Each process and thread stops at the beginning and at the end of a call.
    let mut in_call = BTreeMap::<Pid, bool>::new();
    let mut status = None;
    loop {
        // Children of other threads belong to other tests.
        let flags = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD | WaitPidFlag::WNOHANG;
        let (pid, signal) = match waitpid(None, Some(flags)) {
            Ok(WaitStatus::StillAlive) => {
                if Instant::now() > deadline {
                    let _ = nix::sys::signal::kill(first, Signal::SIGKILL);
                    panic!("hung for {LONGEST:?}");
                }
                std::thread::sleep(Duration::from_micros(50));
                continue;
            }
            Ok(WaitStatus::PtraceSyscall(pid)) => {
                let inside = in_call.entry(pid).or_default();
                *inside = !*inside;
                if *inside {
                    see_call(first, pid, see);
                }
                (pid, None)
            }
            Ok(WaitStatus::PtraceEvent(pid, _, libc::PTRACE_EVENT_SECCOMP)) => {
                see_call(first, pid, see);
                (pid, None)
            }
            Ok(WaitStatus::PtraceEvent(pid, _, libc::PTRACE_EVENT_EXEC)) => {
                see(pid, &Stop::NewProgram);
                (pid, None)
            }
            Ok(WaitStatus::Stopped(pid, Signal::SIGSTOP)) if !in_call.contains_key(&pid) => {
                in_call.insert(pid, false);
                (pid, None)
            }
            Ok(WaitStatus::Stopped(pid, signal)) => (pid, Some(signal)),
            Ok(WaitStatus::PtraceEvent(pid, ..) | WaitStatus::Continued(pid)) => (pid, None),
            Ok(WaitStatus::Exited(pid, code)) => {
                status = if pid == first { Some(code) } else { status };
                continue;
            }
            Ok(WaitStatus::Signaled(pid, signal, _)) => {
                status = if pid == first { Some(-(signal as i32)) } else { status };
                continue;
            }
            Err(_) => return status.expect("the program has ended"),
        };
        // Another thread may have killed it in the meantime.
        let _ = go_on(pid, signal);
    }
}

/// Tells a call that begins. A process that is killed now does not make the call.
fn see_call(first: Pid, pid: Pid, see: &mut dyn FnMut(Pid, &Stop) -> bool) {
    let Some(call) = system_call(pid) else { return };
    stay_readable(pid, &call);
    if see(pid, &Stop::Call(call)) {
        let _ = nix::sys::signal::kill(first, Signal::SIGKILL);
    }
}

/// Keeps a program readable that wants no core dump of itself: of such a program, only root's tracer
/// can read the memory. `prctl(PR_SET_DUMPABLE, 0)` is made with 1 instead of 0.
fn stay_readable(pid: Pid, call: &SystemCall) {
    if call.name != "prctl" || call.arguments[..2] != [libc::PR_SET_DUMPABLE as u64, 0] {
        return;
    }
    if let Ok(mut registers) = ptrace::getregs(pid) {
        #[cfg(target_arch = "x86_64")]
        let second = &mut registers.rsi;
        #[cfg(target_arch = "aarch64")]
        let second = &mut registers.regs[1];
        *second = 1;
        let _ = ptrace::setregs(pid, registers);
    }
}

/// The call that a stopped thread is about to make.
fn system_call(pid: Pid) -> Option<SystemCall> {
    // `257 0xffffffffffffff9c 0x7f2d5c8b3e10 0x80000 0x0 0x0 0x0 0x7ffc9a4b 0x7f2d`
    let line = fs::read_to_string(format!("/proc/{pid}/syscall")).ok()?;
    let mut words = line.split_whitespace();
    let number = words.next()?.parse().ok()?;
    let mut arguments = [0; 6];
    for argument in &mut arguments {
        *argument = u64::from_str_radix(words.next()?.trim_start_matches("0x"), 16).ok()?;
    }
    let memory = File::open(format!("/proc/{pid}/mem")).ok();
    let text_at =
        |address| memory.as_ref().and_then(|memory| text_at(memory, address).ok()).unwrap_or_default();
    let name = Sysno::new(number).map_or("unknown", |call| call.name());
    Some(SystemCall { name, arguments, texts: [text_at(arguments[0]), text_at(arguments[1])] })
}

fn text_at(memory: &File, address: u64) -> io::Result<String> {
    let mut bytes = [0; TEXT_LENGTH];
    // The read is shorter where the memory ends.
    let length = memory.read_at(&mut bytes, address)?;
    let bytes = bytes[..length].split(|byte| *byte == 0).next().unwrap_or_default();
    let is_text = |byte: &u8| (b' '..=b'~').contains(byte) || *byte == b'\n';
    Ok(bytes.iter().take_while(|byte| is_text(byte)).map(|byte| char::from(*byte)).collect())
}
