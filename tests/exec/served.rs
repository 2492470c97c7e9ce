//! A command of `exec --server` that says where its endpoint is and runs until the test ends it, and
//! requests to the endpoint.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::common::{HANG, World};

/// Says where the endpoint is, and ends with 7 when it is told to.
pub const WAITS: &str = r#"
printf '%s\n' "$$" "$AWS_CONTAINER_CREDENTIALS_FULL_URI" "$AWS_CONTAINER_AUTHORIZATION_TOKEN" \
    "$AWS_CONFIG_FILE" "$AWS_SHARED_CREDENTIALS_FILE" >said.new
mv said.new said
# The test may end first, and its directory with it.
while [ -e said ] && [ ! -e end ]; do sleep 0.02; done
exit 7
"#;

/// A running `exec --server`.
pub struct Served<'w> {
    pub world: &'w World,
    pub child: Child,
    pub port: u16,
    pub token: String,
    /// The process id of the command.
    pub command: Pid,
    pub config: PathBuf,
    pub credentials: PathBuf,
}

impl<'w> Served<'w> {
    pub fn start(world: &'w World) -> Self {
        Self::with(world, &[], WAITS)
    }

    /// `script` has [`WAITS`] in it.
    pub fn with(world: &'w World, options: &[&str], script: &str) -> Self {
        let arguments = [&["exec", "--server", "--profile", "dev"], options, &["--", "sh", "-c", script]];
        let mut command = world.home.command(&arguments.concat());
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Self::of(world, child)
    }

    /// A server that was started in another way.
    pub fn of(world: &'w World, child: Child) -> Self {
        let said = world.home.home().join("said");
        wait_until("the command runs", || said.exists());
        let text = fs::read_to_string(said).unwrap();
        let mut lines = text.lines().map(str::to_owned);
        let mut line = || lines.next().unwrap();
        let command = Pid::from_raw(line().parse().unwrap()).unwrap();
        let uri = line();
        let (port, path) = uri.strip_prefix("http://127.0.0.1:").unwrap().split_once('/').unwrap();
        assert_eq!(path, "role-credentials");
        Self {
            world,
            child,
            port: port.parse().unwrap(),
            token: line(),
            command,
            config: line().into(),
            credentials: line().into(),
        }
    }

    /// The head of a good request.
    pub fn head(&self) -> String {
        format!(
            "GET /role-credentials HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: {}\r\n\r\n",
            self.port, self.token
        )
    }

    /// A connection that has sent `bytes`.
    pub fn connect(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(HANG)).unwrap();
        let _ = stream.write_all(bytes);
        stream
    }

    /// The whole answer to `bytes`.
    pub fn send(&self, bytes: &[u8]) -> String {
        answer(self.connect(bytes))
    }

    /// Status and body of the answer to a good request.
    pub fn ask(&self) -> (u16, Value) {
        status_and_body(&self.send(self.head().as_bytes()))
    }

    /// How many descriptors the server has open, where the system tells.
    pub fn descriptors(&self) -> Option<usize> {
        let listing = fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        listing.ok().map(Iterator::count)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Ends the command, and gives the exit code of the server and its stderr.
    pub fn end(self) -> (Option<i32>, String) {
        fs::write(self.world.home.home().join("end"), "").unwrap();
        self.ended()
    }

    /// Waits for the end of the command, and gives the exit code of the server and its stderr.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (self.child.wait().unwrap().code(), stderr)
    }
}

/// What a peer gets until the connection ends.
pub fn answer(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

pub fn status_and_body(answer: &str) -> (u16, Value) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer:?}"));
    let status = head.strip_prefix("HTTP/1.1 ").unwrap()[..3].parse().unwrap();
    assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{head}");
    (status, serde_json::from_str(body).unwrap())
}

#[track_caller]
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + HANG;
    while !is_so() {
        assert!(Instant::now() < until, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
