//! Limits that the system sets for the program: threads, open files, file size, and streams that do
//! not take everything at once.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "tests play the caller")]

mod common;

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{DEV, HANG, PROGRAM, World, answered, failed, finish};

/// Runs the program after `limits`, commands of `/bin/sh`.
fn limited(world: &World, program: &Path, limits: &str, arguments: &[&str]) -> Command {
    let like = world.home.command(&[]);
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("{limits}; exec \"$0\" \"$@\"")]).arg(program).args(arguments).env_clear();
    for (name, value) in like.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command.current_dir(world.home.temporary()).stdin(Stdio::null());
    command
}

/// The option letter differs between the shells that `/bin/sh` may be.
const NO_THREADS: &str = "ulimit -p 1 2>/dev/null || ulimit -u 1 || exit 99";

/// The user id of `nobody`: the limit does not apply to root.
const NOBODY: u32 = 65_534;

/// A command that cannot create a thread.
fn without_threads(world: &World, arguments: &[&str]) -> Command {
    for_ordinary_user(world, NO_THREADS, arguments)
}

/// A command with `limits`, as an ordinary user. Root gives the world to one first.
fn for_ordinary_user(world: &World, limits: &str, arguments: &[&str]) -> Command {
    let root = fs::metadata(world.home.home()).unwrap().uid() == 0;
    if !root {
        return limited(world, Path::new(PROGRAM), limits, arguments);
    }
    let home = world.home.home();
    let everything = home.parent().unwrap();
    let program = everything.join("program");
    // As in `ordinary_user`: a copy that this process writes could still be open for writing in
    // another child.
    assert!(Command::new("cp").arg(PROGRAM).arg(&program).status().unwrap().success());
    hand_over(everything);
    let mut command = limited(world, &program, limits, arguments);
    command.uid(NOBODY).gid(NOBODY);
    command
}

fn hand_over(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() {
        fs::read_dir(path).unwrap().flatten().for_each(|entry| hand_over(&entry.path()));
    }
}

#[test]
fn without_threads_credentials_are_fetched() {
    let mut world = World::new();
    world.sign_in(60);
    // A host name, so that a look-up is needed.
    let url = world.aws.url().replace("127.0.0.1", "localhost");
    world.home.env("AWS_ENDPOINT_URL_SSO", &url);
    world.home.env("AWS_ENDPOINT_URL_SSO_OIDC", &url);
    answered(&finish(&mut without_threads(&world, &DEV)));
    assert_eq!((world.refreshes(), world.fetches()), (1, 1));
}

#[test]
fn without_threads_accounts_are_listed() {
    let mut world = World::signed_in();
    world.aws.add_accounts(12, &["Admin"]);
    let url = world.aws.url().replace("127.0.0.1", "localhost");
    world.home.env("AWS_ENDPOINT_URL_SSO", &url);
    let output = finish(&mut without_threads(&world, &["list", "--sso-session", "corp", "--output", "tsv"]));
    assert_eq!((output.status, output.stdout.lines().count()), (0, 1 + 12 + 2), "{}", output.stderr);
}

#[test]
fn without_threads_live_credentials_are_printed_when_aws_is_out_of_reach() {
    let mut world = World::signed_in();
    world.home.env("AWS_ENDPOINT_URL_SSO", "https://portal.invalid");
    let live = world.cache_role(300);
    let output = finish(&mut without_threads(&world, &DEV));
    assert_eq!((output.status, output.stdout, output.stderr.as_str()), (0, live, ""));
}

/// A look-up on the main thread has no time-out, and live credentials are in the cache.
#[test]
fn without_threads_live_credentials_do_not_wait_for_a_name() {
    let mut world = World::signed_in();
    let url = world.aws.url().replace("127.0.0.1", "localhost");
    world.home.env("AWS_ENDPOINT_URL_SSO", &url);
    let live = world.cache_role(300);
    let output = finish(&mut without_threads(&world, &DEV));
    answered(&output);
    assert_eq!(output.stdout, live);
    assert_eq!(world.requests(), 0);
}

/// The command is a process too, so it sets the limit for its parent after its own start, with
/// util-linux's `prlimit`, which every Debian has.
#[cfg(target_os = "linux")]
#[test]
fn without_threads_the_endpoint_of_exec_answers() {
    let world = World::signed_in();
    // Below the time that an answer from the cache needs.
    world.aws.set_role_credentials_lifetime(Duration::from_secs(600));
    let script = "prlimit --pid $PPID --nproc=0 || exit 9; \
                  echo $AWS_CONTAINER_CREDENTIALS_FULL_URI $AWS_CONTAINER_AUTHORIZATION_TOKEN >said.new; \
                  mv said.new said; while [ -e said ] && [ ! -e end ]; do sleep 0.02; done";
    let arguments = ["exec", "--server", "--profile", "dev", "--", "sh", "-c", script];
    let mut child = for_ordinary_user(&world, "true", &arguments).spawn().unwrap();
    let said = world.home.temporary().join("said");
    let until = Instant::now() + HANG;
    while !said.exists() {
        assert!(Instant::now() < until, "the command does not run");
        std::thread::sleep(Duration::from_millis(10));
    }
    let text = fs::read_to_string(said).unwrap();
    let (uri, token) = text.trim_end().split_once(' ').unwrap();
    let host = uri.strip_prefix("http://").unwrap().split('/').next().unwrap();
    for _ in 0..2 {
        let mut stream = std::net::TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(HANG)).unwrap();
        let head =
            format!("GET /role-credentials HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    assert_eq!(world.fetches(), 3);
    fs::write(world.home.temporary().join("end"), "").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_limit_of_open_files_gives_credentials_or_an_error_that_names_it() {
    let mut named = false;
    for files in 3..20 {
        let world = World::signed_in();
        let limit = format!("ulimit -n {files}");
        let output = finish(&mut limited(&world, Path::new(PROGRAM), &limit, &DEV));
        // With fewer descriptors the program's libraries cannot be loaded, or the token cannot be
        // read.
        if files < 5 || output.stderr.contains("shared libraries") {
            assert!(!output.stderr.contains("internal error"), "{}", output.stderr);
            let unread = output.stderr.starts_with("aws-sso-cred: ") && output.stderr.contains("cannot read");
            assert!(!unread || output.stderr.contains("`ulimit -n "), "{}", output.stderr);
            // An unreadable token is not reported as a missing sign-in.
            let of_the_sign_in = unread && output.stderr.contains("cannot read the cached sign-in");
            assert!(!of_the_sign_in || output.status == 5, "{output:?}");
        } else if output.status == 0 {
            answered(&output);
        } else {
            let lines = failed(&output, 4);
            assert!(lines[0].ends_with(": too many files are open"), "{files}: {lines:?}");
            assert!(lines[1].contains("`ulimit -n "), "{lines:?}");
            named = true;
        }
    }
    assert!(named, "the limit was never reached");
}

/// Several requests at a time need several descriptors; with few, fewer are under way.
#[test]
fn a_limit_of_open_files_lists_all_accounts_or_gives_an_error() {
    let mut listed = 0;
    for files in (6..24).step_by(2) {
        let world = World::signed_in();
        world.aws.add_accounts(12, &["Admin"]);
        let limit = format!("ulimit -n {files}");
        let arguments = ["list", "--sso-session", "corp", "--output", "tsv"];
        let output = finish(&mut limited(&world, Path::new(PROGRAM), &limit, &arguments));
        if output.status == 0 {
            assert_eq!(output.stdout.lines().count(), 1 + 12 + 2, "{files}: {}", output.stderr);
            listed += 1;
        } else {
            assert!([4, 5].contains(&output.status), "{files}: {output:?}");
        }
    }
    assert!(listed >= 6, "{listed}");
}

/// The cached credentials were read at the start, before the limit was reached.
#[test]
fn a_limit_of_open_files_does_not_cost_live_credentials() {
    let mut fallen_back = 0;
    for state in [None, Some("/dev/null")] {
        for files in 4..20 {
            let mut world = World::signed_in();
            if let Some(state) = state {
                world.home.env("XDG_STATE_HOME", state);
            }
            let live = world.cache_role(8 * 60);
            let limit = format!("ulimit -n {files}");
            let output = finish(&mut limited(&world, Path::new(PROGRAM), &limit, &DEV));
            if output.stderr.contains("shared libraries") {
                continue;
            }
            answered(&output);
            fallen_back += usize::from(output.stdout == live);
        }
    }
    assert!(fallen_back > 0, "the limit was never reached");
}

#[test]
fn credentials_are_printed_when_the_file_size_limit_prevents_caching() {
    let world = World::signed_in();
    let mut command = limited(&world, Path::new(PROGRAM), "ulimit -f 0", &[&DEV[..], &["--debug"]].concat());
    answered(&finish(&mut command));
    assert!(!world.role_file().exists());
}

#[test]
fn a_file_size_limit_that_prevents_a_sign_in_is_named() {
    let world = World::new();
    world.sign_in(-60);
    let lines = failed(&finish(&mut limited(&world, Path::new(PROGRAM), "ulimit -f 0", &DEV)), 5);
    assert!(lines[0].ends_with(": the limit of file sizes (`ulimit -f`) is too low"), "{lines:?}");
    assert!(lines[2].contains("`ulimit -f unlimited`"), "{lines:?}");
    assert_eq!(world.requests(), 0);
}

#[test]
fn output_that_exceeds_the_file_size_limit_is_reported() {
    let world = World::signed_in();
    let file = world.home.temporary().join("document");
    let limits = format!("ulimit -f 0; exec >'{}'", file.display());
    // First fetched, then from the cache.
    for _ in 0..2 {
        let lines = failed(&finish(&mut limited(&world, Path::new(PROGRAM), &limits, &DEV)), 5);
        assert!(lines[0].starts_with("aws-sso-cred: cannot write to standard output: "), "{lines:?}");
        assert_eq!(fs::read(&file).unwrap(), b"");
        world.cache_role(3600);
    }
}

/// A non-blocking stream that is full, its other end, and how many bytes it holds.
fn full_stream() -> (UnixStream, UnixStream, usize) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    theirs.set_nonblocking(true).unwrap();
    let mut filled = 0;
    loop {
        match (&theirs).write(&[b'.'; 512]) {
            Ok(written) => filled += written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return (ours, theirs, filled),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Waits until the process sleeps, as far as the system shows it.
fn wait_until_it_waits(pid: u32) {
    let state = || fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let deadline = Instant::now() + Duration::from_secs(2);
    while Instant::now() < deadline {
        // `123 (aws-sso-cred) S`; Z is a process that has ended.
        if state().rsplit(") ").next().is_some_and(|rest| rest.starts_with(['S', 'Z'])) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_full_nonblocking_stdout_is_waited_for() {
    let world = World::new();
    let expected = world.cache_role(7200);
    let (mut ours, theirs, filled) = full_stream();
    let mut command = world.home.command(&DEV);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    drop(command);
    wait_until_it_waits(child.id());
    ours.set_read_timeout(Some(HANG)).unwrap();
    let mut text = String::new();
    ours.read_to_string(&mut text).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
    assert_eq!(&text[filled..], expected);
}

#[test]
fn a_full_nonblocking_stderr_gets_the_whole_error() {
    let world = World::new();
    let (mut ours, theirs, filled) = full_stream();
    let mut command = world.home.command(&DEV);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::from(std::os::fd::OwnedFd::from(theirs)));
    let mut child = command.spawn().unwrap();
    drop(command);
    wait_until_it_waits(child.id());
    ours.set_read_timeout(Some(HANG)).unwrap();
    let mut text = String::new();
    ours.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    common::check_failure_text(&text[filled..]);
}

/// As after `unshare --pid` and in some containers: the kernel reports 0 for both.
#[cfg(target_os = "linux")]
#[test]
fn a_process_group_and_session_outside_the_pid_namespace_cause_no_failure() {
    let namespaced = |program: &str, arguments: &[&str], world: &World| {
        let mut command = world.home.command_of("unshare");
        command.args(["--user", "--map-root-user", "--pid", "--fork", program]).args(arguments);
        command.current_dir(world.home.home());
        finish(&mut command)
    };
    let world = World::new();
    if namespaced("/bin/true", &[], &world).status != 0 {
        use std::io::Write as _;
        // Written past the capture of the test's output: the test was skipped.
        let _ = writeln!(std::io::stderr(), "not looked at: unshare --pid does not work here");
        return;
    }
    for arguments in [&DEV[..], &["--profile", "dev", "-i"]] {
        let output = namespaced(PROGRAM, arguments, &world);
        assert!(matches!(output.status, 1 | 3), "{output:?}");
        common::check_failure_text(&output.stderr);
    }
}
