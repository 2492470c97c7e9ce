//! The desk of a person: a home, a browser that records its tabs, and runs that can be watched
//! while they are in progress.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use stand_in::{Fault, IdentityCenter, Operation, Output, Times};

use crate::common::{DEV, REGION, START_URL, World, in_seconds, read_json};

/// Longer than any step of these tests takes on a loaded machine.
pub const SOON: Duration = Duration::from_secs(40);

/// The shortest time between two polls with an interval of one second if the first poll came from a
/// killed process: that process could not record that its poll arrived late.
pub const A_PAUSE_AFTER_A_KILL: Duration = Duration::from_millis(400);

/// A [`World`] without a sign-in and with a browser.
pub struct Desk {
    pub world: World,
    tabs: PathBuf,
}

impl Desk {
    /// Identity Center with the shortest interval, which answers early polls with `slow_down`.
    pub fn new() -> Desk {
        let mut world = World::new();
        world.aws.set_device(1, 600, true);
        let tabs = world.home.temporary().join("tabs");
        fs::create_dir(&tabs).unwrap();
        let browser = world.home.temporary().join("browser");
        let script = format!(
            "#!/bin/sh\nrecord='{}'/$$\n{{ echo \"$@\"; env; }} > \"$record.new\"\n\
             mv \"$record.new\" \"$record\"\necho noise; echo noise >&2\n",
            tabs.display()
        );
        write_script(&browser, &script);
        world.home.env("BROWSER", browser.to_str().unwrap());
        Desk { world, tabs }
    }

    pub fn aws(&self) -> &IdentityCenter {
        &self.world.aws
    }

    /// Runs `--profile dev -i` and `more` to its end.
    pub fn sign_in(&self, more: &[&str]) -> Output {
        self.start(&[&DEV[..], &["-i"], more].concat()).finish()
    }

    /// Runs `--profile dev` and `more` to its end.
    pub fn run(&self, more: &[&str]) -> Output {
        self.start(&[&DEV[..], more].concat()).finish()
    }

    /// Starts the program as a background job with pipes, as an SDK in a daemon does.
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::start(&mut self.world.home.command(arguments))
    }

    /// Starts a sign-in and waits until it has polled once.
    pub fn start_asking(&self, more: &[&str]) -> Running {
        let polls = self.polls();
        let running = self.start(&[&DEV[..], &["-i"], more].concat());
        self.aws().wait_for_outcomes(Operation::CreateToken, polls + 1, SOON);
        running
    }

    /// Starts a sign-in whose first poll AWS does not answer: the process can be killed without
    /// cutting a file that it writes.
    pub fn start_hanging(&self, more: &[&str]) -> Running {
        self.aws().fault(Operation::CreateToken, Fault::Hang, Times::Always);
        self.start_asking(more)
    }

    /// Makes the next poll answer "pending", even if the person has approved: a run that joins the
    /// sign-in then has to ask, however slowly it started.
    pub fn next_poll_is_pending(&self) {
        let pending = Fault::Error { status: 400, code: "authorization_pending", message: "still pending" };
        self.aws().fault(Operation::CreateToken, pending, Times::Once);
    }

    /// The person approves the code that is waiting.
    pub fn approve(&self) -> String {
        let code = self.aws().wait_for_user_code(SOON);
        assert!(self.aws().approve(&code));
        code
    }

    pub fn count(&self, operation: Operation) -> usize {
        self.aws().count(operation)
    }

    pub fn polls(&self) -> usize {
        self.count(Operation::CreateToken)
    }

    /// Device authorizations that were started.
    pub fn authorizations(&self) -> usize {
        self.count(Operation::StartDeviceAuthorization)
    }

    /// The arguments and the environment with which each tab was opened.
    pub fn tabs(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.tabs).unwrap().flatten();
        let done = entries.filter(|entry| entry.path().extension().is_none());
        done.map(|entry| fs::read_to_string(entry.path()).unwrap()).collect()
    }

    /// Asserts that `count` tabs were opened, and that no more follow.
    #[track_caller]
    pub fn assert_tabs(&self, count: usize) {
        let deadline = Instant::now() + SOON;
        while self.tabs().len() < count && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(self.tabs().len(), count, "tabs");
    }

    /// Asserts that no poll came earlier than the server allowed.
    #[track_caller]
    pub fn assert_pace(&self, interval: Duration) {
        let polls = self.poll_times();
        for pair in polls.windows(2) {
            let pause = pair[1] - pair[0];
            assert!(pause >= interval, "{pause:?} between two polls");
        }
    }

    pub fn poll_times(&self) -> Vec<Instant> {
        let requests = self.aws().requests().into_iter();
        requests.filter(|request| request.operation == Operation::CreateToken).map(|poll| poll.at).collect()
    }

    /// A state file of this session.
    pub fn state_file(&self, name: &str) -> PathBuf {
        let token = self.world.token_file();
        let session = token.file_stem().unwrap();
        self.world.home.state_dir().join("sessions").join(session).join(name)
    }

    /// Waits until the next poll is due. A kill during a poll may have caused a `slow_down`, so the
    /// time varies.
    pub fn wait_until_a_poll_is_due(&self) {
        let due = self.pending()["nextPollAt"].as_str().unwrap().to_owned();
        while in_seconds(0) < due {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn pending(&self) -> Value {
        read_json(&self.state_file("pending.json"))
    }

    /// Changes a state file of this session.
    pub fn change_state(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let path = self.state_file(name);
        let mut document = read_json(&path);
        change(&mut document);
        fs::write(&path, document.to_string()).unwrap();
    }

    /// Makes the last prompt look long ago.
    pub fn forget_prompts(&self) {
        let _ = fs::remove_file(self.state_file("prompted.json"));
    }

    pub fn registration_file(&self) -> PathBuf {
        self.world.home.registration_path(Some("corp"), START_URL, REGION, Some(&["sso:account:access"]))
    }
}

pub fn wait_for_file(path: &Path) {
    wait_until(&path.display().to_string(), || path.exists());
}

/// Waits until another process has done something.
#[track_caller]
pub fn wait_until(what: &str, happened: impl Fn() -> bool) {
    let deadline = Instant::now() + SOON;
    while !happened() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub fn write_script(path: &Path, script: &str) {
    fs::write(path, script).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A process whose pipes are both read.
pub struct Running {
    child: Child,
    started: Instant,
    pub stdout: Pipe,
    pub stderr: Pipe,
}

/// The text from a pipe so far, and when the pipe ended.
pub struct Pipe {
    text: Arc<Mutex<String>>,
    ended: JoinHandle<Instant>,
}

impl Pipe {
    fn read(mut pipe: impl Read + Send + 'static) -> Pipe {
        let text = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&text);
        let ended = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                sink.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
            Instant::now()
        });
        Pipe { text, ended }
    }

    pub fn so_far(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    fn finish(self) -> (String, Instant) {
        let ended = self.ended.join().unwrap();
        (self.text.lock().unwrap().clone(), ended)
    }
}

impl Running {
    pub fn start(command: &mut Command) -> Running {
        command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn().unwrap();
        let stdout = Pipe::read(child.stdout.take().unwrap());
        let stderr = Pipe::read(child.stderr.take().unwrap());
        Running { child, started, stdout, stderr }
    }

    pub fn signal(&self, signal: Signal) {
        let _ = kill_process(Pid::from_child(&self.child), signal);
    }

    /// Sends a signal and waits for the end of the process.
    pub fn end_by(self, signal: Signal) -> Output {
        self.signal(signal);
        self.finish()
    }

    pub fn finish(self) -> Output {
        self.finish_and_lag().0
    }

    /// Gives also how long the pipes stayed open after the end of the process.
    pub fn finish_and_lag(mut self) -> (Output, Duration) {
        let deadline = self.started + Duration::from_secs(75);
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > deadline {
                self.child.kill().unwrap();
                panic!("hung: {:?} {:?}", self.stdout.so_far(), self.stderr.so_far());
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let exited = Instant::now();
        let elapsed = self.started.elapsed();
        let ((stdout, stdout_ended), (stderr, stderr_ended)) = (self.stdout.finish(), self.stderr.finish());
        let lag = stdout_ended.max(stderr_ended).saturating_duration_since(exited);
        let status = status.code().unwrap_or_else(|| -status.signal().unwrap_or_default());
        (Output { status, stdout, stderr, elapsed }, lag)
    }
}

/// Asserts a success with a sign-in, and gives the prompt.
#[track_caller]
pub fn signed_in(output: Output) -> String {
    assert_eq!(output.status, 0, "{output:?}");
    let prompt = output.stderr.clone();
    crate::common::answered(&Output { stderr: String::new(), ..output });
    prompt
}

/// How often a text asks the person to sign in.
pub fn prompts_in(text: &str) -> usize {
    text.matches("please sign in to").count() + text.matches("is already waiting for you").count()
}
