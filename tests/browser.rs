//! A browser that the program starts inherits nothing from it and does not delay it.
//!
//! The test binary plays the credential process: it starts itself again with an environment, pipes
//! and descriptors as an SDK would. The second instance opens a "browser": a shell script that
//! writes its environment and descriptors to files.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test looks at the real world, and fails by panicking"
)]

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aws_sso_cred::browser::{self, Address, NoBrowser};
use aws_sso_cred::context::Context;

const URL: &str = "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH";

/// Not a test: the part of the second instance. It prints the result of `open`.
#[test]
#[ignore = "runs only inside of the tests below"]
fn the_credential_process() {
    let context = Context::real();
    let opened = browser::open(&context, Address::Server(URL), true, None);
    println!("opened: {:?}", opened.map(|_| ()));
    let flags = fs::read_to_string("/proc/self/fdinfo/7").unwrap_or_default();
    println!("descriptor 7: {flags}");
}

/// Waits until another process has done something; `otherwise` describes the state for the failure
/// message.
#[track_caller]
fn wait_for(happened: impl Fn() -> bool, otherwise: impl Fn() -> String) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !happened() {
        assert!(Instant::now() < deadline, "{}", otherwise());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A directory for one test, removed at the end of the test.
struct Sandbox(PathBuf);

impl Sandbox {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("aws-sso-cred-{name}-{}", std::process::id()));
        // A killed run may have had the same process id.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn browser(&self, script: &str) -> PathBuf {
        let path = self.0.join("my browser");
        fs::write(&path, format!("#!/bin/sh\nout='{}'\n{script}\n", self.0.display())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// The content of the file `name`, once the browser has written it.
    fn recorded(&self, name: &str) -> String {
        let path = self.0.join(name);
        let whole = || fs::read_to_string(&path).ok().filter(|text| text.ends_with('\n'));
        wait_for(|| whole().is_some(), || format!("the browser did not write {}", path.display()));
        whole().unwrap()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The second instance, with `BROWSER` and with secrets in its environment, and with descriptor 7
/// open: a copy of its standard error.
fn credential_process(browser: &Path) -> Command {
    let this = std::env::current_exe().unwrap();
    let mut command = Command::new("sh");
    stand_in::with_default_signals(&mut command)
        .args(["-c", r#"exec 7>&2; exec "$0" --exact the_credential_process --ignored --nocapture"#])
        .arg(this)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("BROWSER", browser)
        .env("KEPT", "kept")
        .env("AWS_ACCESS_KEY_ID", "AKIAMARKED")
        .env("AWS_SECRET_ACCESS_KEY", "marked-secret")
        .env("AWS_SESSION_TOKEN", "marked-token")
        .env("AWS_PROFILE", "dev")
        .env("LD_LIBRARY_PATH", "/nonexistent/bundle")
        .env("LD_LIBRARY_PATH_ORIG", "/nonexistent/original")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Reads both pipes to their ends, as an SDK does.
fn read_to_the_end(mut process: Child) -> (String, String) {
    let (mut output, mut error) = (String::new(), String::new());
    process.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    process.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert!(process.wait().unwrap().success(), "{output}{error}");
    (output, error)
}

/// Writes to both streams, says which process it is, and becomes a `sleep`.
const NOISY_SLEEPER: &str = r#"
echo "noise on stdout"; echo "noise on stderr" >&2
printf '%s\n' "$@" > "$out/arguments"
echo $$ > "$out/process.new"; mv "$out/process.new" "$out/process"
exec sleep 60"#;

/// The process of a [`NOISY_SLEEPER`], killed at the end of the test.
struct Browser(String);

impl Browser {
    /// Waits until the shell has become the `sleep`, so that only inherited descriptors are left.
    fn of(sandbox: &Sandbox) -> Self {
        let browser = Self(sandbox.recorded("process").trim().to_owned());
        wait_for(|| browser.proc("comm") == "sleep\n", || format!("the browser is {}", browser.proc("comm")));
        browser
    }

    fn proc(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.0)).unwrap_or_default()
    }

    fn descriptors(&self) -> Vec<String> {
        let directory = format!("/proc/{}/fd", self.0);
        let describe = |entry: fs::DirEntry| {
            let target = fs::read_link(entry.path()).ok()?;
            Some(format!("{} {}", entry.file_name().display(), target.display()))
        };
        let mut all: Vec<String> = fs::read_dir(directory).unwrap().flatten().filter_map(describe).collect();
        all.sort();
        all
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let process = self.0.parse().ok().and_then(rustix::process::Pid::from_raw);
        let _ = process.map(|process| rustix::process::kill_process(process, rustix::process::Signal::TERM));
    }
}

#[test]
fn a_browser_inherits_no_descriptor_and_no_secret() {
    let sandbox = Sandbox::new("inherits");
    let process = credential_process(&sandbox.browser(NOISY_SLEEPER)).spawn().unwrap();
    let (output, error) = read_to_the_end(process);
    let browser = Browser::of(&sandbox);

    assert!(output.contains("opened: Ok(())"), "{output}");
    assert!(!output.contains("noise") && !error.contains("noise"), "{output}{error}");
    assert_eq!(sandbox.recorded("arguments"), format!("{URL}\n"));

    let environment = browser.proc("environ").replace('\0', "\n");
    assert!(environment.lines().any(|line| line == "KEPT=kept"), "{environment}");
    assert!(environment.lines().any(|line| line == "LD_LIBRARY_PATH=/nonexistent/original"), "{environment}");
    for absent in ["AWS_", "AKIAMARKED", "marked-", "=dev", "bundle", "_ORIG", "BROWSER"] {
        assert!(!environment.contains(absent), "{absent} in {environment}");
    }

    // Inherited descriptors stay open; the loader may still have files of its own open.
    let none = ["0 /dev/null", "1 /dev/null", "2 /dev/null"];
    wait_for(|| browser.descriptors() == none, || format!("{:?}", browser.descriptors()));
    assert!(output.contains("descriptor 7: pos:") && output.contains("flags:"), "{output}");
    assert!(!output.contains("flags:\t02"), "descriptor 7 of the caller is unchanged: {output}");

    // Process, group, session and terminal follow the name in parentheses.
    let status = browser.proc("stat");
    let numbers: Vec<&str> = status.rsplit(") ").next().unwrap().split(' ').collect();
    let process = browser.0.as_str();
    assert_eq!(numbers[2..5], [process, process, "0"], "it has its own session and no terminal");
}

#[test]
fn a_browser_that_keeps_running_holds_no_pipe_and_outlives_the_program() {
    let sandbox = Sandbox::new("outlives");
    // The browser runs until a file tells it that the pipes are closed, or until its time limit.
    let browser = sandbox.browser(
        r#"i=0; while [ ! -e "$out/closed" ] && [ $i -lt 400 ]; do sleep 0.05; i=$((i + 1)); done
echo $i > "$out/alive""#,
    );
    let (output, _) = read_to_the_end(credential_process(&browser).spawn().unwrap());
    assert!(output.contains("opened: Ok(())"), "{output}");
    assert!(!sandbox.0.join("alive").exists(), "the pipes were held until the browser ended");
    fs::write(sandbox.0.join("closed"), "").unwrap();
    sandbox.recorded("alive");
}

#[test]
fn a_browser_that_cannot_be_started_is_reported() {
    let sandbox = Sandbox::new("cannot");
    let browser = sandbox.0.join("no interpreter");
    fs::write(&browser, "#!/nonexistent/interpreter\n").unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    let (output, _) = read_to_the_end(credential_process(&browser).spawn().unwrap());
    assert!(output.contains("opened: Err(StartFailed"), "{output}");
}

#[test]
fn no_browser_is_started_in_ci_or_through_a_shell() {
    let sandbox = Sandbox::new("nothing");
    let marker = sandbox.0.join("ran");
    let browser = sandbox.browser(&format!("echo ran > '{}'", marker.display()));
    let mut job = credential_process(&browser);
    let (output, _) = read_to_the_end(job.env("CI", "true").spawn().unwrap());
    assert!(output.contains(&format!("opened: Err({:?})", NoBrowser::ContinuousIntegration)), "{output}");

    let injected = format!("nonexistent; touch {0} | touch {0} $(touch {0})", marker.display());
    let (output, _) = read_to_the_end(credential_process(Path::new(&injected)).spawn().unwrap());
    assert!(output.contains("opened: Err("), "{output}");
    std::thread::sleep(Duration::from_millis(200));
    assert!(!marker.exists());
}
