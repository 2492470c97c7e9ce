//! Signals to `exec --server`, to its command, and to both.

use std::fs;
use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;

use rustix::process::{Signal, kill_process, test_kill_process};
use stand_in::{Place, Stream, Terminal, with_blocked_signals};

use crate::common::World;
use crate::served::{Served, WAITS, wait_until};

/// A command that writes down each signal.
fn that_writes_down(signals: &[&str]) -> String {
    let traps: Vec<String> =
        signals.iter().map(|name| format!("trap 'echo {name} >>signals' {name}")).collect();
    format!("{}\n{WAITS}", traps.join("\n"))
}

fn signals(world: &World) -> String {
    fs::read_to_string(world.home.home().join("signals")).unwrap_or_default()
}

#[test]
fn signals_to_the_server_are_passed_on_once() {
    let world = World::signed_in();
    let served = Served::with(&world, &[], &that_writes_down(&["TERM", "HUP", "USR1", "USR2"]));
    let mut expected = String::new();
    for (signal, name) in
        [(Signal::TERM, "TERM"), (Signal::HUP, "HUP"), (Signal::USR1, "USR1"), (Signal::USR2, "USR2")]
    {
        served.signal(signal);
        expected.push_str(&format!("{name}\n"));
        wait_until(name, || signals(&world) == expected);
    }
    assert_eq!(served.ask().0, 200, "a command that goes on after SIGTERM still gets credentials");
    assert_eq!(served.end(), (Some(7), String::new()));
    assert_eq!(signals(&world), expected);
}

#[test]
fn sigterm_ends_both_with_the_code_of_the_signal() {
    let world = World::signed_in();
    let served = Served::start(&world);
    served.signal(Signal::TERM);
    let command = served.command;
    assert_eq!(served.ended(), (Some(143), String::new()));
    assert!(test_kill_process(command).is_err(), "the command has ended");
}

#[test]
fn what_the_terminal_sends_to_both_is_not_passed_on() {
    let world = World::signed_in();
    let served = Served::with(&world, &[], &that_writes_down(&["INT", "QUIT"]));
    served.signal(Signal::INT);
    served.signal(Signal::QUIT);
    assert_eq!(served.ask().0, 200, "neither ends the server");
    assert_eq!(signals(&world), "");
    kill_process(served.command, Signal::INT).unwrap();
    wait_until("the command's own SIGINT", || signals(&world) == "INT\n");
    assert_eq!(served.end().0, Some(7));
}

const ON_A_TERMINAL: Terminal =
    Terminal { place: Place::Foreground, stdin: Stream::Terminal, stderr: Stream::Terminal };

#[test]
fn ctrl_c_reaches_the_command_once_and_ends_the_server_with_it() {
    let world = World::signed_in();
    let script = "trap 'echo INT >>signals' INT; touch ready; while [ -e ready ] && [ ! -e end ]; do sleep 0.02; done; exit 7";
    let running = ON_A_TERMINAL.start(&world.home.command(&[
        "exec",
        "--server",
        "--profile",
        "dev",
        "--",
        "sh",
        "-c",
        script,
    ]));
    wait_until("the command runs", || world.home.home().join("ready").exists());
    running.type_text("\u{3}");
    wait_until("Ctrl-C", || signals(&world) == "INT\n");
    fs::write(world.home.home().join("end"), "").unwrap();
    let seen = running.finish();
    assert_eq!(seen.output.status, 7, "{seen:?}");
    assert_eq!(signals(&world), "INT\n");

    let running = ON_A_TERMINAL.start(&world.home.command(&[
        "exec",
        "--server",
        "--profile",
        "dev",
        "--",
        "sh",
        "-c",
        // dash puts Ctrl-C off until the program that it has just started has ended.
        "touch again; while [ -e again ]; do sleep 0.02; done",
    ]));
    wait_until("the command runs", || world.home.home().join("again").exists());
    running.type_text("\u{3}");
    assert_eq!(running.finish().output.status, 130);
}

#[test]
fn a_terminal_that_is_closed_ends_the_command() {
    let world = World::signed_in();
    let script =
        "trap 'echo HUP >>signals; exit 9' HUP; touch ready; while [ -e ready ]; do sleep 0.02; done";
    let running = ON_A_TERMINAL.start(&world.home.command(&[
        "exec",
        "--server",
        "--profile",
        "dev",
        "--",
        "sh",
        "-c",
        script,
    ]));
    wait_until("the command runs", || world.home.home().join("ready").exists());
    running.hang_up();
    assert_eq!(running.finish().output.status, 9);
    assert_eq!(signals(&world), "HUP\n");
}

#[test]
fn a_signal_that_the_caller_ignores_stays_ignored() {
    let world = World::signed_in();
    let script = format!(
        "trap '' HUP INT; exec \"$0\" exec --server --profile dev -- sh -c '{}'",
        WAITS.replace('\'', r"'\''")
    );
    let mut command = world.home.command_of("/bin/sh");
    command.args(["-c", &script, crate::common::PROGRAM]);
    let served = Served::of(&world, command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    served.signal(Signal::HUP);
    kill_process(served.command, Signal::HUP).unwrap();
    kill_process(served.command, Signal::INT).unwrap();
    assert_eq!(served.ask().0, 200);
    assert_eq!(served.end().0, Some(7), "as with nohup");
}

#[test]
fn signals_that_the_caller_blocks_arrive_all_the_same() {
    let world = World::signed_in();
    let mut command = world.home.command(&["exec", "--server", "--profile", "dev", "--", "sh", "-c", WAITS]);
    let spawned = with_blocked_signals(&mut command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let served = Served::of(&world, spawned.unwrap());
    served.signal(Signal::TERM);
    assert_eq!(served.ended().0, Some(143), "SIGTERM is passed on, and SIGCHLD ends the server");
}

#[test]
fn the_server_ends_with_the_command_whatever_it_leaves_behind() {
    let world = World::signed_in();
    let script = "(while [ -e .aws ] && [ ! -e end ]; do sleep 0.02; done) >/dev/null 2>&1 & exit 3";
    let output = world.home.run(&["exec", "--server", "--profile", "dev", "--", "sh", "-c", script]);
    assert_eq!((output.status, &*output.stdout, &*output.stderr), (3, "", ""));
    fs::write(world.home.home().join("end"), "").unwrap();
}

#[test]
fn the_command_goes_on_without_an_endpoint_when_the_server_is_killed() {
    let world = World::signed_in();
    let mut served = Served::start(&world);
    served.signal(Signal::KILL);
    served.child.wait().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", served.port)).is_err());
    assert!(test_kill_process(served.command).is_ok(), "the command runs on");
    fs::write(world.home.home().join("end"), "").unwrap();
}

#[test]
fn a_command_in_a_process_group_of_its_own_gets_the_signals_of_the_server() {
    let world = World::signed_in();
    let mut command = world.home.command(&["exec", "--server", "--profile", "dev", "--", "sh", "-c", WAITS]);
    command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
    let served = Served::of(&world, command.spawn().unwrap());
    served.signal(Signal::HUP);
    assert_eq!(served.ended().0, Some(129));
}
