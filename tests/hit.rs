//! A hit takes no lock, writes nothing, and starts no thread, socket or child; proven by its system
//! calls.
//!
//! `AWS_SSO_CRED_RELEASE` names a release build to be measured as well; the limit on the number of
//! system calls holds for that build only.
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

use rustix::fs::OFlags;
use stand_in::{SystemCall, trace};

use common::{CONFIG, DEV, PROGRAM, World, answered, finish, whole_tree};

/// The most system calls of a hit of the release build.
const MOST_CALLS: usize = 45;

/// The programs to test: this build, and a release build if there is one.
fn programs() -> Vec<(PathBuf, bool)> {
    let release = std::env::var_os("AWS_SSO_CRED_RELEASE").map(|path| (PathBuf::from(path), true));
    [(PathBuf::from(PROGRAM), false)].into_iter().chain(release).collect()
}

/// Starts `program` with `arguments` in the world's environment.
fn command(world: &World, program: &Path, arguments: &[&str]) -> Command {
    let mut command = world.home.command_of(program);
    command.args(arguments);
    command
}

/// The system calls of one run, after the `execve` that starts it.
fn calls(world: &World, program: &Path, arguments: &[&str]) -> Vec<SystemCall> {
    let (output, calls) = trace(&mut command(world, program, arguments));
    answered(&output);
    calls
}

/// System calls that a hit must not make.
const FORBIDDEN: [&str; 39] = [
    "execve",
    "execveat",
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

/// `F_SETLK`, `F_SETLKW`, `F_OFD_SETLK` and `F_OFD_SETLKW` of `fcntl`.
const LOCKING: [u64; 4] = [6, 7, 37, 38];

/// The path that a call opens, with its flags.
fn opened(call: &SystemCall) -> Option<(&str, OFlags)> {
    let (path, flags) = match call.name {
        "open" => (&call.texts[0], call.arguments[1]),
        "openat" => (&call.texts[1], call.arguments[2]),
        _ => return None,
    };
    Some((path, OFlags::from_bits_retain(u32::try_from(flags & 0xffff_ffff).unwrap())))
}

#[track_caller]
fn check_calls(calls: &[SystemCall], release: bool) {
    let named = |names: &[&str]| calls.iter().filter(|call| names.contains(&call.name)).collect::<Vec<_>>();
    let forbidden = named(&[&FORBIDDEN[..], &["unknown", "openat2", "creat"]].concat());
    assert!(forbidden.is_empty(), "{forbidden:#?}\nin\n{calls:#?}");
    let writing = OFlags::WRONLY | OFlags::RDWR | OFlags::CREATE | OFlags::TRUNC | OFlags::APPEND;
    for call in calls {
        assert!(opened(call).is_none_or(|(_, flags)| !flags.intersects(writing)), "{call:?}\nin\n{calls:#?}");
        let locks = call.name == "fcntl" && LOCKING.contains(&call.arguments[1]);
        assert!(!locks, "{call:?}\nin\n{calls:#?}");
        assert!(
            !call.name.contains("read") || call.arguments[0] != 0 || call.name == "readlink",
            "stdin: {call:?}"
        );
    }
    let writes: Vec<_> = calls.iter().filter(|call| call.name.contains("write")).collect();
    assert_eq!(writes.len(), 1, "{writes:#?}");
    assert_eq!((writes[0].name, writes[0].arguments[0]), ("write", 1), "{writes:?}");
    assert!(writes[0].texts[1].starts_with("{\"Version\":1,"), "{writes:?}");
    let opened = |is_it: &dyn Fn(&str) -> bool| {
        calls.iter().filter_map(opened).filter(|(path, _)| is_it(path)).count()
    };
    assert_eq!(opened(&|path| path.ends_with("/.aws/config")), 1, "the config is opened once\n{calls:#?}");
    assert_eq!(opened(&|path| path.contains("/.aws/cli/cache/")), 1, "one cache file is opened\n{calls:#?}");
    assert_eq!(opened(&|path| path.contains("/.aws/sso/")), 0, "no token file is opened\n{calls:#?}");
    if release {
        let mut counts = BTreeMap::<_, usize>::new();
        for call in calls {
            *counts.entry(call.name).or_default() += 1;
        }
        // The `execve` that started the program counts as well.
        assert!(calls.len() < MOST_CALLS, "{} system calls: {counts:?}", calls.len() + 1);
    }
}

#[test]
fn a_hit_makes_few_system_calls_and_none_that_writes_locks_or_connects() {
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
    let world = World::new();
    world.cache_role(3600);
    let profile = |number: usize| format!("[profile p{number}]\nsso_session = corp\nregion = eu-west-1\n");
    world.home.write_config(&format!("{CONFIG}{}", (0..2000).map(profile).collect::<String>()));
    for (program, _) in programs() {
        // A larger file takes more reads; all other calls are the same.
        check_calls(&calls(&world, &program, &DEV), false);
    }
}

#[test]
fn a_hit_works_in_a_read_only_home_and_changes_nothing() {
    let world = World::new();
    let cached = world.cache_role(3600);
    let home = world.home.home();
    for directory in ["", ".aws", ".aws/cli", ".aws/cli/cache"] {
        fs::set_permissions(home.join(directory), fs::Permissions::from_mode(0o555)).unwrap();
    }
    // Root can write despite the modes, but a change would be noticed.
    let before = whole_tree(&home);
    for (program, _) in programs() {
        for arguments in [&DEV[..], &["--profile", "dev", "-n"], &["--profile", "dev", "-i"]] {
            let output = finish(&mut command(&world, &program, arguments));
            answered(&output);
            assert_eq!(output.stdout, cached);
        }
    }
    assert_eq!(whole_tree(&home), before);
    assert!(!world.home.state_dir().exists(), "no state directory is created");
}

#[test]
fn a_hit_opens_no_connection() {
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
fn a_hit_ignores_connection_settings() {
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
fn simultaneous_hits_give_the_same_answer_and_change_nothing() {
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

/// The tests above depend on the trace: it must show the calls of a fetch, and of a hit that writes
/// a log.
#[test]
fn the_trace_shows_the_calls_of_a_fetch_and_of_the_debug_log() {
    for (seconds, more) in [(600, &[][..]), (3600, &["--debug"])] {
        let world = World::signed_in();
        world.cache_role(seconds);
        let calls = calls(&world, Path::new(PROGRAM), &[&DEV[..], more].concat());
        let checked = std::panic::catch_unwind(|| check_calls(&calls, false));
        assert!(checked.is_err(), "{calls:#?}");
    }
}
