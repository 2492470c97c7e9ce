//! Helpers of the black-box tests: a signed-in world, and checks of whole outputs.
//!
//! Beside cargo, a test may use `/bin/sh` and the coreutils, which every Debian has, and no other
//! program: `stand_in` has a browser, a pseudo-terminal and a way to start programs; signals are
//! sent by system call. `tests_need_no_program_that_a_bare_system_lacks` in `tests/architecture.rs`
//! holds that, and `.ci/bare-system` proves it.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests stop by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests play the caller, who may do all this")]
#![allow(clippy::missing_panics_doc, clippy::must_use_candidate, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use stand_in::{IdentityCenter, IssuedToken, Operation, Output, Sandbox, TokenOptions, iso8601};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_aws-sso-cred");
pub const START_URL: &str = "https://corp.awsapps.com/start";
pub const REGION: &str = "eu-west-1";
pub const ACCOUNT: &str = "111122223333";
pub const ROLE: &str = "Developer";

pub const CONFIG: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Developer
region = us-west-2

[profile old]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = Developer
";

/// The arguments of most runs.
pub const DEV: [&str; 2] = ["--profile", "dev"];

/// A limit that only a hang exceeds, however slow the machine is.
pub const HANG: Duration = Duration::from_secs(60);

/// The hint to sign in to the session of [`CONFIG`], with which most errors end.
pub const LOGIN_HINT: &str =
    "hint: run `aws-sso-cred login --sso-session corp` (or `aws sso login --sso-session corp`)\n";

/// A stand-in for AWS and a home that is configured for it.
pub struct World {
    pub aws: IdentityCenter,
    pub home: Sandbox,
}

impl World {
    /// Starts `run`, calls `this` after AWS received the request for `operation`, and then lets AWS
    /// answer. Gives both results.
    pub fn while_asked<R: Send, T>(
        &self,
        operation: Operation,
        run: impl FnOnce() -> R + Send,
        this: impl FnOnce() -> T,
    ) -> (R, T) {
        self.aws.hold(operation);
        std::thread::scope(|scope| {
            let run = scope.spawn(run);
            self.aws.wait_for_requests(operation, 1, HANG);
            let done = this();
            self.aws.release(operation);
            (run.join().unwrap(), done)
        })
    }

    /// A world with [`CONFIG`] and no sign-in.
    pub fn new() -> World {
        World::of(IdentityCenter::start())
    }

    pub fn of(aws: IdentityCenter) -> World {
        let mut home = Sandbox::new(PROGRAM);
        home.write_config(CONFIG);
        home.point_at(&aws);
        home.set_identity_center(START_URL, REGION);
        World { aws, home }
    }

    /// A world with [`CONFIG`] and a sign-in that was just made.
    pub fn signed_in() -> World {
        let world = World::new();
        world.sign_in(3600);
        world
    }

    /// Writes a refreshable token that expires in `seconds`, in the cache and at AWS.
    pub fn sign_in(&self, seconds: i64) -> IssuedToken {
        let lifetime = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
        let token = self.aws.issue_token(&TokenOptions { expires_in: lifetime, ..TokenOptions::default() });
        self.home.write_cli_token("corp", &token, seconds);
        token
    }

    /// Like [`World::sign_in`], without a refresh token.
    pub fn sign_in_for_once(&self, seconds: i64) -> IssuedToken {
        let lifetime = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
        let options = TokenOptions { expires_in: lifetime, refreshable: false, ..TokenOptions::default() };
        let token = self.aws.issue_token(&options);
        self.home.write_cli_token("corp", &token, seconds);
        token
    }

    /// Writes role credentials with `seconds` left to the cache; gives the line that a run prints
    /// of them.
    pub fn cache_role(&self, seconds: i64) -> String {
        let cached = self.home.write_role_credentials(ACCOUNT, ROLE, "corp", seconds);
        line_of(&cached["Credentials"])
    }

    /// Runs the program with `--profile dev` and `more`.
    pub fn run(&self, more: &[&str]) -> Output {
        self.home.run(&[&DEV[..], more].concat())
    }

    /// The only file of the state directory below `directory` with this ending.
    fn only_file(&self, directory: &str, ending: &str) -> PathBuf {
        let directory = self.home.state_dir().join(directory);
        let files = self.home.all_files().into_iter().map(|(path, _, _)| path);
        let is_it = |path: &PathBuf| path.starts_with(&directory) && path.to_string_lossy().ends_with(ending);
        let found: Vec<_> = files.filter(is_it).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    }

    /// Takes the lock of the only role that was requested, as a process that fetches it does;
    /// dropping the file releases the lock.
    pub fn hold_role_lock(&mut self) -> File {
        if cfg!(windows) {
            self.home.env("AWS_SSO_CREDENTIAL_PROCESS_DEBUG", "1");
        }
        let lock = File::open(self.only_file("roles", ".lock")).unwrap();
        lock.lock().unwrap();
        lock
    }

    /// Waits until `count` processes wait for that lock. On Windows, [`World::hold_role_lock`] must have
    /// taken it.
    pub fn wait_for_lock_waiters(&self, count: usize) {
        await_waiters(count, || self.lock_waiters());
        // The system records times of writes in steps of up to 10 ms: a file that is written from
        // now on must not look older than the last process that started to wait.
        std::thread::sleep(Duration::from_millis(50));
    }

    /// How many processes wait for the lock of the only role, according to the kernel.
    #[cfg(target_os = "linux")]
    fn lock_waiters(&self) -> usize {
        use std::os::unix::fs::MetadataExt as _;
        let ending = format!(":{}", fs::metadata(self.only_file("roles", ".lock")).unwrap().ino());
        // `7: -> FLOCK  ADVISORY  WRITE 9854 fe:00:10421057 0 EOF`
        let locks = fs::read_to_string("/proc/locks").unwrap();
        let waiting = locks.lines().filter_map(|line| line.split_once("->")).filter_map(|(_, facts)| {
            let facts: Vec<_> = facts.split_whitespace().collect();
            facts.get(4).is_some_and(|file| file.ends_with(&ending)).then(|| facts[3].to_owned())
        });
        // A process may be listed twice.
        waiting.collect::<std::collections::BTreeSet<_>>().len()
    }

    /// Windows does not list who waits for a lock.
    #[cfg(windows)]
    fn lock_waiters(&self) -> usize {
        self.logged_waiters()
    }

    /// How many processes have waited for a lock, according to the debug log.
    fn logged_waiters(&self) -> usize {
        let log = self.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
        let log = fs::read_to_string(log).unwrap_or_default();
        // `2026-11-21T04:10:48Z [9854] +1.0ms lock: …`; a process looks around now and then, and waits again.
        let waiting = log.lines().filter(|line| line.ends_with(" lock: waiting for its holder"));
        waiting.filter_map(|line| line.split(' ').nth(1)).collect::<std::collections::BTreeSet<_>>().len()
    }

    /// Waits until `count` processes wait for any lock. They write the debug log.
    pub fn wait_for_logged_waiters(&self, count: usize) {
        await_waiters(count, || self.logged_waiters());
    }

    /// Other systems do not list lock waiters, so the test waits for a fixed time.
    #[cfg(not(any(target_os = "linux", windows)))]
    #[expect(clippy::unused_self, reason = "a method on other systems")]
    fn lock_waiters(&self) -> usize {
        std::thread::sleep(Duration::from_secs(2));
        usize::MAX
    }

    pub fn token_file(&self) -> PathBuf {
        self.home.token_path("corp")
    }

    pub fn token(&self) -> Value {
        read_json(&self.token_file())
    }

    pub fn role_file(&self) -> PathBuf {
        self.home.role_path(ACCOUNT, ROLE, Some("corp"), "")
    }

    pub fn fetches(&self) -> usize {
        self.aws.count(Operation::GetRoleCredentials)
    }

    pub fn refreshes(&self) -> usize {
        let refresh = |request: &&stand_in::Request| request.field("grantType") == Some("refresh_token");
        self.aws.requests().iter().filter(refresh).count()
    }

    /// Requests of any kind.
    pub fn requests(&self) -> usize {
        self.aws.requests().len()
    }
}

/// The output line for these members of a role cache file.
pub fn line_of(credentials: &Value) -> String {
    let text = |name: &str| credentials[name].as_str().unwrap().to_owned();
    format!(
        "{{\"Version\":1,\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"{}\",\"SessionToken\":\"{}\",\
         \"Expiration\":\"{}\",\"AccountId\":\"{}\"}}\n",
        text("AccessKeyId"),
        text("SecretAccessKey"),
        text("SessionToken"),
        text("Expiration"),
        text("AccountId"),
    )
}

/// Asserts a success, the shape of the whole output, and silence on stderr.
#[track_caller]
pub fn answered(output: &Output) -> Value {
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{}", output.stdout);
    assert_eq!(output.stdout.matches('\n').count(), 1, "one line: {:?}", output.stdout);
    let document = output.json();
    assert_eq!(document["Version"], json!(1));
    assert_eq!(line_of(&document), output.stdout, "the line has these members in this order and no others");
    document
}

/// [`answered`] for each output.
#[track_caller]
pub fn all_answered(outputs: &[Output]) {
    for output in outputs {
        answered(output);
    }
}

/// Asserts the whole failure: an empty stdout and exactly this stderr.
#[track_caller]
pub fn refused(output: &Output, status: i32, stderr: &str) {
    let expected = (status, "", &*in_words_of_this_system(stderr));
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), expected);
}

/// The paths of the configuration files as this system writes them.
pub fn in_words_of_this_system(text: &str) -> String {
    if cfg!(windows) { text.replace("~/.aws/", r"~\.aws\") } else { text.to_owned() }
}

/// Asserts the properties of every failure, and gives its lines.
#[track_caller]
pub fn failed(output: &Output, status: i32) -> Vec<String> {
    assert_eq!((output.status, output.stdout.as_str()), (status, ""), "{}", output.stderr);
    check_failure_text(&output.stderr);
    output.stderr.lines().map(str::to_owned).collect()
}

/// At most three lines, the first with the program's name, no panic and no control characters.
#[track_caller]
pub fn check_failure_text(stderr: &str) {
    assert!(stderr.starts_with("aws-sso-cred: "), "{stderr:?}");
    assert!(stderr.ends_with('\n'), "{stderr:?}");
    let lines: Vec<_> = stderr.lines().collect();
    assert!((1..=3).contains(&lines.len()), "{stderr}");
    assert!(stderr.len() < 4096, "{} bytes", stderr.len());
    assert!(!stderr.contains("panicked") && !stderr.contains("RUST_BACKTRACE"), "{stderr}");
    assert!(!stderr.chars().any(|c| c.is_control() && c != '\n'), "{stderr:?}");
}

/// The members of a token file, in the order of the AWS CLI.
pub const TOKEN_MEMBERS: [&str; 8] = [
    "startUrl",
    "region",
    "accessToken",
    "expiresAt",
    "clientId",
    "clientSecret",
    "registrationExpiresAt",
    "refreshToken",
];

/// `document` as the AWS CLI writes it, with `json.dumps`: the members in the given order.
pub fn cli_text(document: &Value, names: &[&str]) -> String {
    let member =
        |name: &&str| format!("\"{name}\": {}", document[*name].to_string().replace("\",\"", "\", \""));
    format!("{{{}}}", names.iter().map(member).collect::<Vec<_>>().join(", "))
}

pub fn read_json(path: &Path) -> Value {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Waits until `waiters` gives `count`.
fn await_waiters(count: usize, waiters: impl Fn() -> usize) {
    let deadline = Instant::now() + HANG;
    while waiters() < count {
        assert!(Instant::now() < deadline, "{count} processes do not wait for the lock");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A time `seconds` from now, as AWS's caches write it.
pub fn in_seconds(seconds: i64) -> String {
    iso8601(now() + seconds)
}

/// Seconds from now until the time in `text`.
pub fn seconds_left(text: &Value) -> i64 {
    let text = text.as_str().unwrap();
    // One value of `now` for all comparisons: a second that begins in between would be missed.
    let now = now();
    (-100_000..100_000)
        .find(|seconds| iso8601(now + seconds) == text)
        .unwrap_or_else(|| panic!("{text} is not near"))
}

/// Everything below a directory: kind, content, mode and time of change of each entry.
pub fn whole_tree(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut tree = BTreeMap::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        let metadata = fs::symlink_metadata(&directory).unwrap();
        tree.insert(directory.clone(), format!("{:?} {:?}", metadata.permissions(), metadata.modified()));
        for entry in fs::read_dir(&directory).unwrap().flatten() {
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                directories.push(entry.path());
                continue;
            }
            let content = if metadata.is_file() { fs::read(entry.path()).unwrap() } else { Vec::new() };
            let text = String::from_utf8_lossy(&content).into_owned();
            let facts = format!("{:?} {:?} {text}", metadata.permissions(), metadata.modified());
            tree.insert(entry.path(), facts);
        }
    }
    tree
}

/// Runs `script` in `/bin/sh`, where `"$0" "$@"` is the program; for unusual descriptors and masks.
pub fn shell(home: &Sandbox, script: &str, arguments: &[&str]) -> Output {
    finish(home.command_of("/bin/sh").args(["-c", script, PROGRAM]).args(arguments))
}

/// Runs the program, which the system kills after so many seconds of CPU time. On a busy machine they may
/// take ten times as long.
pub fn within_cpu_seconds(home: &Sandbox, seconds: u32, arguments: &[&str]) -> Output {
    let script = format!("ulimit -t {seconds}; exec \"$0\" \"$@\"");
    let mut shell = home.command_of("/bin/sh");
    finish_within(
        HANG.max(Duration::from_secs(10) * seconds),
        shell.args(["-c", &script, PROGRAM]).args(arguments),
    )
}

/// Runs a command to its end; a command that hangs is killed.
pub fn finish(command: &mut Command) -> Output {
    finish_within(HANG, command)
}

/// A program that this test has just written may be busy: a process that another test is starting has
/// inherited the open file until it becomes its own program.
fn started_with(command: &mut Command) -> Child {
    let until = Instant::now() + HANG;
    loop {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(5));
            }
            started => return started.unwrap(),
        }
    }
}

fn finish_within(patience: Duration, command: &mut Command) -> Output {
    let started = Instant::now();
    let mut child = started_with(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
    let read = |mut pipe: Box<dyn Read + Send>| {
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.read_to_end(&mut bytes);
            sender.send(String::from_utf8_lossy(&bytes).into_owned())
        });
        receiver
    };
    let stdout = read(Box::new(child.stdout.take().unwrap()));
    let stderr = read(Box::new(child.stderr.take().unwrap()));
    let Ok(stdout) = stdout.recv_timeout(patience) else {
        child.kill().unwrap();
        child.wait().unwrap();
        panic!(
            "hung for {patience:?}: {command:?}, stderr {:?}",
            stderr.recv_timeout(Duration::from_secs(1))
        );
    };
    let status = child.wait().unwrap();
    Output {
        status: status.code().unwrap_or(-1),
        stdout,
        stderr: stderr.recv_timeout(HANG).unwrap_or_default(),
        elapsed: started.elapsed(),
    }
}

/// Runs all jobs at once, each on its own thread; the first panic is passed on.
pub fn at_once<T: Send>(jobs: Vec<Box<dyn FnOnce() -> T + Send + '_>>) -> Vec<T> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = jobs.into_iter().map(|job| scope.spawn(job)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// The error lines of a command that left something undone, after the text `before`.
#[track_caller]
pub fn left(output: &Output, before: &str) -> Vec<String> {
    assert_eq!((output.status, output.stdout.as_str()), (5, ""), "{}", output.stderr);
    let failure = output.stderr.strip_prefix(before).unwrap_or_else(|| panic!("{}", output.stderr));
    check_failure_text(failure);
    failure.lines().map(str::to_owned).collect()
}

/// A path below the home, as error texts show it.
pub fn shown(world: &World, path: &Path) -> String {
    format!("~/{}", path.strip_prefix(world.home.home()).unwrap().display())
}
