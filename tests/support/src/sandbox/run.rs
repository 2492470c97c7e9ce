//! Running programs, one or many, with a deadline.

use std::ffi::OsStr;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::start::with_default_signals;

/// How a program ended.
#[derive(Debug, Clone)]
pub struct Output {
    /// The exit code; the number of the signal, negated, if one ended it.
    pub status: i32,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
    /// The time from its start until its end and the closing of its pipes.
    pub elapsed: Duration,
}

impl Output {
    /// The JSON document on stdout.
    ///
    /// # Panics
    ///
    /// If stdout is anything else.
    #[must_use]
    pub fn json(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(document) => document,
            Err(error) => panic!("stdout is not JSON ({error}): {self:?}"),
        }
    }
}

impl Sandbox {
    /// The command of the program, for the test to start.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.command_of(&self.program);
        command.args(arguments);
        command
    }

    /// The command of another program, with the same home and environment.
    #[must_use]
    pub fn command_of(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.environment);
        command.current_dir(self.home()).stdin(Stdio::null());
        with_default_signals(&mut command);
        command
    }

    /// Runs the program to its end.
    ///
    /// # Panics
    ///
    /// If it has not ended at the deadline: it is killed then.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Output {
        let running = self.start(arguments);
        running.finish(self.deadline)
    }

    /// Runs the program many times at once, `arguments(0)` to
    /// `arguments(count - 1)`, and gives the outputs in that order.
    ///
    /// # Panics
    ///
    /// If one has not ended at the deadline, after all have ended.
    #[must_use]
    pub fn run_many<T: AsRef<str>>(&self, count: usize, arguments: impl Fn(usize) -> Vec<T>) -> Vec<Output> {
        let started: Vec<Running> = (0..count)
            .map(|number| {
                let arguments = arguments(number);
                self.start(&arguments.iter().map(AsRef::as_ref).collect::<Vec<_>>())
            })
            .collect();
        thread::scope(|scope| {
            let finish = |running: Running| scope.spawn(|| running.finish(self.deadline));
            let threads: Vec<_> = started.into_iter().map(finish).collect();
            let outputs = threads.into_iter().map(|thread| thread.join().expect("it ended"));
            outputs.collect()
        })
    }

    fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let started_at = Instant::now();
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("{} cannot be started: {error}", self.program.display()),
        };
        let stdout = read(child.stdout.take().expect("it is piped"));
        let stderr = read(child.stderr.take().expect("it is piped"));
        Running { child, started_at, stdout, stderr }
    }
}

struct Running {
    child: Child,
    started_at: Instant,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
}

impl Running {
    /// Waits for the end of both pipes, which needs no polling, and then for
    /// the end of the process.
    fn finish(mut self, deadline: Duration) -> Output {
        let until = self.started_at + deadline;
        let left = || until.saturating_duration_since(Instant::now());
        let stdout = self.stdout.recv_timeout(left());
        let stderr = self.stderr.recv_timeout(left());
        while stdout.is_ok() && stderr.is_ok() && !left().is_zero() {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Output {
                    status: code(status),
                    stdout: text(stdout.unwrap_or_default()),
                    stderr: text(stderr.unwrap_or_default()),
                    elapsed: self.started_at.elapsed(),
                };
            }
            thread::sleep(Duration::from_millis(1));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        // The output so far shows where the program hangs.
        let moment = Duration::from_secs(1);
        let late = |bytes: Result<_, _>, pipe: &Receiver<_>| {
            text(bytes.or_else(|_| pipe.recv_timeout(moment)).unwrap_or_default())
        };
        let seen = (late(stdout, &self.stdout), late(stderr, &self.stderr));
        panic!("hung for {deadline:?}: (stdout, stderr) were {seen:?}");
    }
}

/// Reads a pipe to its end on a thread of its own.
pub(crate) fn read(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new()
        .stack_size(64 * 1024)
        .spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.read_to_end(&mut bytes);
            let _ = sender.send(bytes);
        })
        .expect("a thread can be started");
    receiver
}

pub(crate) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(crate) fn code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return -signal;
    }
    status.code().unwrap_or(-1)
}
