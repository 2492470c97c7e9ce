//! A program on a pseudo-terminal, as a shell would start it.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

use crate::sandbox::{Output, code, read, text};
use crate::start::{in_new_session, with_default_signals};

/// A limit that only a hang exceeds, however slow the machine is.
const LONGEST: Duration = Duration::from_secs(75);

/// How often typed text and the screen are handled.
const PACE: Duration = Duration::from_millis(10);

/// The shell of the job exits with this number plus the signal that stopped the job.
const BY_SIGNAL: i32 = 128;

/// A shell that has the terminal and runs the program as a job beside it. The terminal
/// stops background jobs that write to it.
const IN_THE_BACKGROUND: &str = r#"
stty tostop </dev/tty
set -m
"$0" "$@" &
wait $!
code=$?
kill -KILL $! 2>/dev/null
# A shell that has a stopped job does not exit at the first attempt.
exec /bin/sh -c "exit $code"
"#;

/// The relation of the program to the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is in the foreground and reads typed text.
    Foreground,
    /// It is a background job; a shell is in the foreground.
    Background,
    /// It has a session without a terminal.
    NoTerminal,
}

/// Where a stream of the program goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// The terminal.
    Terminal,
    /// A pipe of its own; as stdin: nothing to read.
    Pipe,
    /// As stderr: the pipe that stdout is.
    Stdout,
}

/// A pseudo-terminal, and how a program is started on it. Its stdout is a pipe.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// The relation of the program to it.
    pub place: Place,
    /// The program's stdin.
    pub stdin: Stream,
    /// The program's stderr.
    pub stderr: Stream,
}

/// The result of a program on a terminal.
#[derive(Debug)]
pub struct Seen {
    /// How the program ended, and the output of its pipes.
    pub output: Output,
    /// All output of the terminal.
    pub screen: String,
    /// Whether the terminal stopped the program, which was killed then.
    pub stopped: bool,
}

/// A running program on a terminal.
#[derive(Debug)]
pub struct OnTerminal {
    child: Child,
    started: Instant,
    place: Place,
    orders: Sender<Order>,
    screen: Arc<Mutex<Vec<u8>>>,
    watcher: JoinHandle<()>,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
}

#[derive(Debug)]
enum Order {
    Type(Vec<u8>),
    Resize(Winsize),
    TellMode(Sender<String>),
    SetUsualMode,
    HangUp,
}

impl Terminal {
    /// Starts the program of `command`, with its arguments, its variables and no
    /// others, in its directory. The terminal does not tell its size.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    #[must_use]
    pub fn start(&self, command: &Command) -> OnTerminal {
        self.start_with(command, None)
    }

    /// [`Self::start`] on a terminal of this size.
    #[must_use]
    pub fn start_sized(&self, command: &Command, columns: u16, rows: u16) -> OnTerminal {
        self.start_with(command, Some(size(columns, rows)))
    }

    fn start_with(&self, command: &Command, size: Option<Winsize>) -> OnTerminal {
        let pty = rustix_openpty::openpty(None, size.as_ref()).expect("a pseudo-terminal can be opened");
        let (stdout, stdout_writer) = io::pipe().expect("a pipe can be made");
        let (stderr, stderr_writer) = io::pipe().expect("a pipe can be made");
        let again = |descriptor: &OwnedFd| descriptor.try_clone().expect("a descriptor can be copied");
        let mut started = self.in_place(command);
        started.stdin(match self.stdin {
            Stream::Terminal => Stdio::from(again(&pty.user)),
            Stream::Pipe | Stream::Stdout => Stdio::null(),
        });
        started.stderr(match self.stderr {
            Stream::Terminal => Stdio::from(again(&pty.user)),
            Stream::Pipe => Stdio::from(stderr_writer),
            Stream::Stdout => Stdio::from(stdout_writer.try_clone().expect("a pipe can be copied")),
        });
        started.stdout(stdout_writer);
        in_new_session(&mut started, (self.place != Place::NoTerminal).then_some(pty.user));
        let (began, child) = (Instant::now(), started.spawn().expect("the program can be started"));
        // The command holds the program's ends of the pipes and of the terminal.
        drop(started);

        let (orders, to_do) = mpsc::channel();
        let screen = Arc::new(Mutex::new(Vec::new()));
        let controller = File::from(pty.controller);
        let sink = Arc::clone(&screen);
        let watcher = thread::spawn(move || watch(controller, &to_do, &sink));
        OnTerminal {
            child,
            started: began,
            place: self.place,
            orders,
            screen,
            watcher,
            stdout: read(stdout),
            stderr: read(stderr),
        }
    }

    /// The same command, or the shell that runs it as a job.
    fn in_place(&self, like: &Command) -> Command {
        let mut command = match self.place {
            Place::Background => {
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", IN_THE_BACKGROUND]).arg(like.get_program());
                shell
            }
            Place::Foreground | Place::NoTerminal => Command::new(like.get_program()),
        };
        command.args(like.get_args()).env_clear();
        command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if let Some(directory) = like.get_current_dir() {
            command.current_dir(directory);
        }
        with_default_signals(&mut command);
        command
    }
}

impl OnTerminal {
    /// Types text.
    pub fn type_text(&self, text: &str) {
        self.type_bytes(text.as_bytes());
    }

    /// Types what may be no text.
    pub fn type_bytes(&self, bytes: &[u8]) {
        let _ = self.orders.send(Order::Type(bytes.to_owned()));
    }

    /// Changes the size of the window.
    pub fn resize(&self, columns: u16, rows: u16) {
        let _ = self.orders.send(Order::Resize(size(columns, rows)));
    }

    /// The mode of the terminal, as text to compare.
    ///
    /// # Panics
    ///
    /// If the terminal is closed.
    #[must_use]
    pub fn mode(&self) -> String {
        let (told, mode) = mpsc::channel();
        let _ = self.orders.send(Order::TellMode(told));
        mode.recv().expect("the terminal is open")
    }

    /// Puts the terminal into the mode in which it gives lines, and shows what is typed.
    pub fn set_usual_mode(&self) {
        let _ = self.orders.send(Order::SetUsualMode);
    }

    /// Sends a signal to the program.
    ///
    /// # Panics
    ///
    /// If there is no such signal.
    pub fn signal(&self, number: i32) {
        let process = rustix::process::Pid::from_child(&self.child);
        let signal = rustix::process::Signal::from_named_raw(number).expect("a signal");
        let _ = rustix::process::kill_process(process, signal);
    }

    /// Closes the terminal's window.
    pub fn hang_up(&self) {
        let _ = self.orders.send(Order::HangUp);
    }

    /// The output of the terminal so far.
    #[must_use]
    pub fn screen(&self) -> String {
        text(self.screen.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Waits until `is_so` holds for the screen, and gives the screen.
    ///
    /// # Panics
    ///
    /// If that does not happen.
    pub fn wait_for_screen(&mut self, is_so: impl Fn(&str) -> bool) -> String {
        loop {
            // The last output may come after the end.
            let ended = self.child.try_wait().expect("it is a child").is_some() && self.watcher.is_finished();
            let screen = self.screen();
            if is_so(&screen) {
                return screen;
            }
            assert!(
                !ended && self.started.elapsed() < LONGEST,
                "it does not appear on the screen: {screen:?}"
            );
            thread::sleep(PACE);
        }
    }

    /// Waits for the end of the program, of its pipes, and of the terminal's session.
    ///
    /// # Panics
    ///
    /// If it has not ended after 75 seconds: it is killed then.
    #[must_use]
    pub fn finish(mut self) -> Seen {
        let until = self.started + LONGEST;
        let left = || until.saturating_duration_since(Instant::now());
        let stdout = self.stdout.recv_timeout(left());
        let stderr = self.stderr.recv_timeout(left());
        let mut ended = None;
        while ended.is_none() && stdout.is_ok() && stderr.is_ok() && !left().is_zero() {
            ended = self.child.try_wait().expect("it is a child");
            thread::sleep(Duration::from_millis(1));
        }
        let Some(status) = ended else {
            let _ = self.child.kill();
            let _ = self.child.wait();
            panic!("hung for {LONGEST:?}: {:?}, {stdout:?}, {stderr:?}", self.screen());
        };
        self.watcher.join().expect("the screen is watched to its end");
        let screen = text(self.screen.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let status = code(status);
        let stops = [libc::SIGTTOU, libc::SIGTTIN, libc::SIGTSTP, libc::SIGSTOP];
        let stopped = self.place == Place::Background && stops.contains(&(status - BY_SIGNAL));
        let output = Output {
            status,
            stdout: text(stdout.unwrap_or_default()),
            stderr: text(stderr.unwrap_or_default()),
            elapsed: self.started.elapsed(),
        };
        Seen { output, screen, stopped }
    }
}

fn size(columns: u16, rows: u16) -> Winsize {
    Winsize { ws_col: columns, ws_row: rows, ws_xpixel: 0, ws_ypixel: 0 }
}

/// Carries out the orders and records the screen, until the terminal is closed on either side.
fn watch(mut controller: File, orders: &Receiver<Order>, screen: &Mutex<Vec<u8>>) {
    let pace = Timespec { tv_sec: 0, tv_nsec: i64::from(PACE.subsec_nanos()) };
    let mut buffer = [0; 4096];
    loop {
        match orders.try_recv() {
            Ok(Order::Type(bytes)) => controller.write_all(&bytes).expect("a terminal can be typed on"),
            Ok(Order::Resize(size)) => tcsetwinsize(&controller, size).expect("a terminal has a size"),
            Ok(Order::TellMode(told)) => {
                let mode = tcgetattr(&controller).expect("a terminal has a mode");
                let _ = told.send(format!("{:?} {:?}", mode.local_modes, mode.input_modes));
            }
            Ok(Order::SetUsualMode) => {
                let mut mode = tcgetattr(&controller).expect("a terminal has a mode");
                mode.local_modes |= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
                tcsetattr(&controller, OptionalActions::Now, &mode).expect("a terminal takes a mode");
            }
            Ok(Order::HangUp) => return,
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
        }
        if poll(&mut [PollFd::new(&controller, PollFlags::IN)], Some(&pace)) == Ok(0) {
            continue;
        }
        match controller.read(&mut buffer) {
            // Linux reports the end of the session as an error.
            Ok(0) => return,
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return,
            Err(_) => {}
            Ok(count) => {
                let mut screen = screen.lock().unwrap_or_else(PoisonError::into_inner);
                screen.extend_from_slice(&buffer[..count]);
            }
        }
    }
}
