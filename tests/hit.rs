//! The hit, proven by what it does not do: no lock, write, thread, socket, child.
//!
//! `AWS_SSO_CRED_RELEASE` names a release build to be measured as well; only of
//! such a build are system calls counted.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests play the caller"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use common::{CONFIG, DEV, PROGRAM, World, answered, finish, whole_tree};

/// The most system calls of a hit of the release build.
const MOST_CALLS: usize = 45;

/// The programs to look at: this build, and a release build if there is one.
fn programs() -> Vec<(PathBuf, bool)> {
    let release = std::env::var_os("AWS_SSO_CRED_RELEASE").map(|path| (PathBuf::from(path), true));
    [(PathBuf::from(PROGRAM), false)].into_iter().chain(release).collect()
}

/// Whether a tool works here; strace has to in CI. `unshare` needs rights that not
/// every CI gives, and what it shows is shown by the trace as well.
fn has(tool: &str, arguments: &[&str]) -> bool {
    let found = Command::new(tool).args(arguments).output().is_ok_and(|output| output.status.success());
    if !found {
        let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!in_ci || tool != "strace", "CI has to have a working {tool}");
        println!("not looked at: {tool} {arguments:?} does not work here");
    }
    found
}

/// Starts `program` with `arguments` in the world's environment, below `wrapper`.
fn wrapped(world: &World, wrapper: &[&str], program: &Path, arguments: &[&str]) -> Command {
    let mut command = world.home.command_of(wrapper[0]);
    command.args(&wrapper[1..]).arg(program).args(arguments);
    command
}

/// The system calls of one run, after the `execve` that starts it.
fn calls(world: &World, program: &Path, arguments: &[&str]) -> Vec<String> {
    let trace = world.home.temporary().join("trace");
    let wrapper = ["strace", "-f", "-s", "100", "-o", trace.to_str().unwrap()];
    answered(&finish(&mut wrapped(world, &wrapper, program, arguments)));
    let text = fs::read_to_string(&trace).unwrap();
    let without_pid =
        |line: &str| line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').to_owned();
    text.lines().map(without_pid).filter(|line| !line.starts_with("+++")).collect()
}

fn name_of(call: &str) -> &str {
    call.split('(').next().unwrap_or_default()
}

#[track_caller]
fn check_calls(calls: &[String], release: bool) {
    let all = calls.join("\n");
    let forbidden = [
        "clone",
        "clone3",
        "fork",
        "vfork",
        "socket",
        "connect",
        "bind",
        "sendto",
        "recvfrom",
        "socketpair",
        "flock",
        "futex",
        "epoll_create1",
        "eventfd2",
        "pipe2",
        "rename",
        "renameat",
        "renameat2",
        "unlink",
        "unlinkat",
        "mkdir",
        "mkdirat",
        "chmod",
        "fchmod",
        "fchmodat",
        "ftruncate",
        "truncate",
        "fsync",
        "fdatasync",
        "nanosleep",
        "clock_nanosleep",
        "link",
        "symlink",
        "utimensat",
        "wait4",
        "sysinfo",
        "uname",
    ];
    for call in calls {
        let name = name_of(call);
        assert!(!forbidden.contains(&name), "{call}\nin\n{all}");
        let writing = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"];
        let opens = name.starts_with("open") || name == "creat";
        assert!(!opens || !writing.iter().any(|flag| call.contains(flag)), "{call}\nin\n{all}");
        assert!(
            name != "fcntl" || !call.contains("F_SETLK") && !call.contains("F_OFD_SETLK"),
            "{call}\nin\n{all}"
        );
        assert!(!call.starts_with("read(0"), "stdin: {call}");
    }
    let writes: Vec<_> = calls.iter().filter(|call| name_of(call).contains("write")).collect();
    assert_eq!(writes.len(), 1, "{writes:#?}");
    assert!(writes[0].starts_with("write(1, \"{\\\"Version\\\":1,"), "{writes:?}");
    let opened = |end: &str| {
        calls.iter().filter(|call| name_of(call).starts_with("open") && call.contains(end)).count()
    };
    assert_eq!(opened("/.aws/config\""), 1, "the config is opened once\n{all}");
    assert_eq!(opened("/.aws/cli/cache/"), 1, "one small file\n{all}");
    assert_eq!(opened("/.aws/sso/"), 0, "no token\n{all}");
    if release {
        let mut counts = BTreeMap::<_, usize>::new();
        for call in calls {
            *counts.entry(name_of(call)).or_default() += 1;
        }
        assert!(calls.len() <= MOST_CALLS, "{} system calls: {counts:?}", calls.len());
    }
}

#[test]
fn a_hit_asks_the_kernel_for_next_to_nothing() {
    if !has("strace", &["-f", "-o", "/dev/null", "/bin/true"]) {
        return;
    }
    for (program, release) in programs() {
        let world = World::new();
        world.cache_role(3600);
        check_calls(&calls(&world, &program, &DEV), release);
        let flags = ["--sso-session", "corp", "--account-id", common::ACCOUNT, "--role-name", common::ROLE];
        check_calls(&calls(&world, &program, &flags), release);
    }
}

#[test]
fn a_hit_with_many_profiles_opens_no_more_files() {
    if !has("strace", &["-f", "-o", "/dev/null", "/bin/true"]) {
        return;
    }
    let world = World::new();
    world.cache_role(3600);
    let profile = |number: usize| format!("[profile p{number}]\nsso_session = corp\nregion = eu-west-1\n");
    world.home.write_config(&format!("{CONFIG}{}", (0..2000).map(profile).collect::<String>()));
    for (program, _) in programs() {
        // Reading a larger file takes more reads; all else stays.
        check_calls(&calls(&world, &program, &DEV), false);
    }
}

#[test]
fn a_hit_works_in_a_home_where_nothing_can_be_written_and_changes_nothing() {
    let world = World::new();
    let cached = world.cache_role(3600);
    let home = world.home.home();
    for directory in ["", ".aws", ".aws/cli", ".aws/cli/cache"] {
        fs::set_permissions(home.join(directory), fs::Permissions::from_mode(0o555)).unwrap();
    }
    // Modes do not bind root, but a change would show.
    let before = whole_tree(&home);
    for (program, _) in programs() {
        for arguments in [&DEV[..], &["--profile", "dev", "-n"], &["--profile", "dev", "-i"]] {
            let output = finish(&mut wrapped(&world, &["/usr/bin/env"], &program, arguments));
            answered(&output);
            assert_eq!(output.stdout, cached);
        }
    }
    assert_eq!(whole_tree(&home), before);
    assert!(!world.home.state_dir().exists(), "no state directory is needed or made");
}

#[test]
fn a_hit_works_without_any_network() {
    if !has("unshare", &["-n", "true"]) {
        return;
    }
    let world = World::new();
    let cached = world.cache_role(3600);
    for (program, _) in programs() {
        let output = finish(&mut wrapped(&world, &["unshare", "-n"], &program, &DEV));
        answered(&output);
        assert_eq!(output.stdout, cached);
    }
}

#[test]
fn a_hit_connects_to_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut world = World::new();
    for variable in [
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL",
        "HTTPS_PROXY",
        "http_proxy",
        "ALL_PROXY",
    ] {
        world.home.env(variable, &url);
    }
    let cached = world.cache_role(3600);
    let outputs = world.home.run_many(20, |_| DEV.to_vec());
    assert!(outputs.iter().all(|output| output.stdout == cached));
    listener.set_nonblocking(true).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let accepted = listener.accept().map(|(_, address)| address).ok();
    assert_eq!(accepted, None);
}

#[test]
fn a_hit_does_not_look_at_how_aws_is_reached() {
    let mut world = World::new();
    let cached = world.cache_role(3600);
    for (name, value) in [
        ("AWS_ENDPOINT_URL_SSO", "not a url"),
        ("AWS_CA_BUNDLE", "/nowhere"),
        ("HTTPS_PROXY", "socks5://x"),
        ("XDG_STATE_HOME", "/dev/null/x"),
    ] {
        world.home.env(name, value);
    }
    let output = world.run(&[]);
    answered(&output);
    assert_eq!(output.stdout, cached);
}

#[test]
fn hits_at_once_are_all_alike_and_leave_no_trace() {
    let world = World::new();
    let cached = world.cache_role(3600);
    let before = whole_tree(&world.home.home());
    let started = SystemTime::now();
    let outputs = world.home.run_many(50, |_| DEV.to_vec());
    for output in &outputs {
        answered(output);
        assert_eq!(output.stdout, cached);
    }
    assert_eq!(whole_tree(&world.home.home()), before);
    assert_eq!(world.requests(), 0);
    assert!(started.elapsed().unwrap() < Duration::from_secs(30));
}

/// The proof above is worth what it can see: a fetch, and a hit that writes a log.
#[test]
fn what_is_no_bare_hit_is_seen_in_the_trace() {
    if !has("strace", &["-f", "-o", "/dev/null", "/bin/true"]) {
        return;
    }
    for (seconds, more) in [(600, &[][..]), (3600, &["--debug"])] {
        let world = World::signed_in();
        world.cache_role(seconds);
        let calls = calls(&world, Path::new(PROGRAM), &[&DEV[..], more].concat());
        let checked = std::panic::catch_unwind(|| check_calls(&calls, false));
        assert!(checked.is_err(), "{calls:#?}");
    }
}
