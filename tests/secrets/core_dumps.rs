//! Core dumps, and other ways into the memory of a run that holds secrets.

use std::fs;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use stand_in::{Operation, Output, trace};

use crate::common::{HANG, PROGRAM, World, answered, finish};

/// Runs `"$0" "$@"` in the place of the shell, with core dumps as large as they get.
const WITH_CORE_DUMPS: &str = "ulimit -S -c \"$(ulimit -H -c)\"; exec \"$0\" \"$@\"";

fn start(world: &World, program: &str, arguments: &[&str]) -> Child {
    let mut command = world.home.command_of("/bin/sh");
    command.args(["-c", WITH_CORE_DUMPS, program]).args(arguments);
    command.current_dir(world.home.temporary());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Sends a signal that makes a core dump, waits for the end, and tells whether the kernel made one.
fn dumps_core(mut child: Child, signal: Signal) -> bool {
    // Rust's handler of SIGSEGV lets the first one pass.
    let status = loop {
        kill_process(Pid::from_child(&child), signal).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
    };
    assert_eq!(status.signal(), Some(signal.as_raw()), "{status}");
    status.core_dumped()
}

/// Starts a fetch, and gives it when AWS has its token and has not answered.
fn fetching(world: &World) -> Child {
    world.aws.hold(Operation::GetRoleCredentials);
    let asked = world.fetches();
    let child = start(world, PROGRAM, &["--profile", "dev"]);
    world.aws.wait_for_requests(Operation::GetRoleCredentials, asked + 1, HANG);
    child
}

#[test]
fn a_run_that_is_killed_leaves_no_core_dump() {
    let world = World::signed_in();
    for signal in [Signal::SEGV, Signal::ABORT, Signal::QUIT] {
        assert!(!dumps_core(fetching(&world), signal), "{signal:?}");
    }
    let left: Vec<_> =
        fs::read_dir(world.home.temporary()).unwrap().flatten().map(|entry| entry.path()).collect();
    assert!(left.is_empty(), "{left:?}");

    // The test can fail: another program leaves one, where the system lets it.
    let sleeping = start(&world, "sleep", &["60"]);
    while fs::read_to_string(format!("/proc/{}/comm", sleeping.id())).unwrap() != "sleep\n" {
        std::thread::yield_now();
    }
    if !dumps_core(sleeping, Signal::SEGV) {
        eprintln!("this system makes no core dumps: what is tested is that the program asks for none");
    }
}

#[test]
fn a_run_asks_for_no_core_dump_before_it_opens_a_file() {
    let world = World::signed_in();
    world.cache_role(3600);
    let calls = trace(&mut world.home.command(&["--profile", "dev"])).1;
    let asks = calls
        .iter()
        .position(|call| call.name == "prctl" && call.arguments[..2] == [libc::PR_SET_DUMPABLE as u64, 0]);
    let opens = calls.iter().position(|call| call.texts.iter().any(|text| text.contains("/.aws/"))).unwrap();
    assert!(asks.is_some_and(|asks| asks < opens), "{calls:#?}");
}

/// The command of `exec`, whose memory is its own affair, is like any other.
#[test]
fn the_command_of_exec_can_be_debugged() {
    let world = World::signed_in();
    let limits = |output: Output| output.stdout;
    let core = "ulimit -c";
    let plain = limits(finish(world.home.command_of("/bin/sh").args(["-c", core])));
    for options in [&["exec", "--profile", "dev"][..], &["exec", "--server", "--profile", "dev"]] {
        let through = world.home.run(&[options, &["--", "/bin/sh", "-c", core]].concat());
        assert_eq!((through.status, &through.stdout), (0, &plain), "{through:?}");
        // The files below /proc of a process without core dumps belong to root.
        let owner = "stat -c %u /proc/self/environ";
        let through = world.home.run(&[options, &["--", "/bin/sh", "-c", owner]].concat());
        let own = rustix::process::geteuid().as_raw();
        assert_eq!(through.stdout, format!("{own}\n"), "{through:?}");
    }
}

/// The user id of `nobody`.
const USER: u32 = 65534;

/// As root: everything can be read by root. The program runs as another user, and so do those that
/// try to read it.
#[test]
fn other_programs_of_the_same_user_cannot_read_memory_and_environment() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("not root: a run as another user is not tested");
        return;
    }
    let world = World::signed_in();
    let program = world.home.home().join("aws-sso-cred");
    assert!(Command::new("cp").arg(PROGRAM).arg(&program).status().unwrap().success());
    let root = world.home.home();
    let root = root.parent().unwrap();
    assert!(Command::new("chown").args(["-R", "65534:65534"]).arg(root).status().unwrap().success());

    // A configuration that comes through a descriptor is read through /proc/self/fd.
    world.aws.hold(Operation::GetRoleCredentials);
    let script = "AWS_CONFIG_FILE=/dev/fd/7; export AWS_CONFIG_FILE; exec \"$0\" \"$@\" 7<.aws/config";
    let mut command = world.home.command_of("/bin/sh");
    command.args(["-c", script, program.to_str().unwrap(), "--profile", "dev"]).uid(USER).gid(USER);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    world.aws.wait_for_requests(Operation::GetRoleCredentials, 1, HANG);
    for (file, readable) in
        [("environ", false), ("mem", false), ("maps", false), ("stat", true), ("cmdline", true)]
    {
        assert_eq!(is_readable(&world, child.id(), file), readable, "{file}");
    }
    let sleeping = world.home.command_of("sleep").arg("60").uid(USER).gid(USER).spawn().unwrap();
    assert!(is_readable(&world, sleeping.id(), "environ"), "the test can fail");
    end(sleeping);
    world.aws.release(Operation::GetRoleCredentials);
    let output = child.wait_with_output().unwrap();
    answered(&Output {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        elapsed: HANG,
    });
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Whether another process of that user can open a file of the process.
fn is_readable(world: &World, process: u32, file: &str) -> bool {
    let path = format!("/proc/{process}/{file}");
    assert!(Path::new(&path).exists(), "{path}");
    let script = format!(": <{path}");
    let mut shell = world.home.command_of("/bin/sh");
    finish(shell.args(["-c", &script]).uid(USER).gid(USER)).status == 0
}
