//! A lock whose holder makes no progress: it is stopped, or idle.
#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, unused_imports, reason = "only Linux tells that a process is stopped")
)]
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the callers")]

#[path = "../common/mod.rs"]
mod common;
#[cfg(target_os = "linux")]
mod sign_in;

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use common::{DEV, HANG, World, answered, at_once, failed, read_json};
use serde_json::json;
use stand_in::{Operation, Output};

const LOGIN: [&str; 3] = ["login", "--sso-session", "corp"];

/// Far less than the 25 s that a process waits for a lock.
const SOON: Duration = Duration::from_secs(15);

type Job = Box<dyn FnOnce() + Send>;

/// A process that is stopped, and killed when dropped.
struct Holder(Child);

impl Holder {
    fn start(world: &World, arguments: &[&str]) -> Holder {
        let mut command = world.home.command(arguments);
        Holder(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Starts a process and stops it after AWS received its request.
    fn stopped_at(world: &World, operation: Operation) -> Holder {
        world.aws.delay(operation, Duration::from_secs(60));
        let holder = Holder::start(world, &DEV);
        world.aws.wait_for_requests(operation, 1, HANG);
        holder.stop();
        world.aws.delay(operation, Duration::ZERO);
        world.aws.clear_requests();
        holder
    }

    /// Stops the process and waits until the signal has arrived.
    fn stop(&self) {
        kill_process(Pid::from_child(&self.0), Signal::STOP).unwrap();
        let deadline = Instant::now() + HANG;
        let facts = || fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap_or_default();
        while cfg!(target_os = "linux") && !facts().contains(") T ") {
            assert!(Instant::now() < deadline, "{}", facts());
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn session_file(world: &World, name: &str) -> PathBuf {
    let token = world.token_file();
    world.home.state_dir().join("sessions").join(token.file_stem().unwrap()).join(name)
}

/// A sleeping process with the program's name or another name.
fn sleeper(world: &World, name: &str) -> Holder {
    let mut program = PathBuf::from("/bin/sleep");
    // On other systems the program does not compare names.
    if cfg!(target_os = "linux") {
        program = world.home.temporary().join(name);
        fs::copy("/bin/sleep", &program).unwrap();
    }
    Holder(std::process::Command::new(program).arg("600").spawn().unwrap())
}

/// Takes a lock and records the idle process `holder` as its holder.
fn hold(path: &PathBuf, holder: &Holder) -> File {
    let lock = File::options().write(true).open(path).unwrap();
    lock.lock().unwrap();
    fs::write(path, format!("{:10}\n", holder.0.id())).unwrap();
    lock
}

fn role_state(world: &World, ending: &str) -> PathBuf {
    let name = world.role_file();
    let name = format!("{}.{ending}", name.file_stem().unwrap().to_str().unwrap());
    world.home.state_dir().join("roles").join(name)
}

#[cfg(target_os = "linux")]
mod on_linux {
    use super::*;

    #[test]
    fn a_stopped_holder_of_a_role_is_not_waited_for() {
        let world = World::signed_in();
        let _holder = Holder::stopped_at(&world, Operation::GetRoleCredentials);
        let outputs = world.home.run_many(10, |_| DEV.to_vec());
        for output in &outputs {
            answered(output);
            assert_eq!(output.stdout, outputs[0].stdout);
            assert!(output.elapsed < SOON, "{:?}", output.elapsed);
        }
        assert_eq!(world.fetches(), 1, "the runs that continue make one request together");
    }

    #[test]
    fn two_stopped_holders_do_not_stop_a_third_run() {
        let world = World::signed_in();
        let _first = Holder::stopped_at(&world, Operation::GetRoleCredentials);
        let _second = Holder::stopped_at(&world, Operation::GetRoleCredentials);
        let output = world.run(&[]);
        answered(&output);
        assert!(output.elapsed < SOON, "{:?}", output.elapsed);
    }

    #[test]
    fn live_credentials_are_replaced_beside_a_stopped_holder() {
        let world = World::signed_in();
        let cached = world.cache_role(600);
        let _holder = Holder::stopped_at(&world, Operation::GetRoleCredentials);
        let output = world.run(&[]);
        answered(&output);
        assert_ne!(output.stdout, cached);
    }

    fn assert_names_the_holder(output: &Output, holder: &Holder) {
        let lines = failed(output, 5);
        let pid = holder.0.id();
        assert_eq!(
            lines,
            [
                format!("aws-sso-cred: process {pid} holds the lock for sso-session `corp` and hangs"),
                format!(
                    "hint: continue it with `kill -CONT {pid}`, or end it with `kill -KILL {pid}`, then run this again"
                ),
            ]
        );
        assert!(output.elapsed < SOON, "{:?}", output.elapsed);
    }

    /// The holder may have sent the refresh token already: using it a second time could end the
    /// session.
    #[test]
    fn a_dead_token_is_not_refreshed_again_behind_a_holder_stopped_in_a_refresh() {
        let world = World::new();
        world.sign_in(-1);
        let holder = Holder::stopped_at(&world, Operation::CreateToken);
        assert_names_the_holder(&world.run(&[]), &holder);
        assert_names_the_holder(&world.run(&["--role-name", "ReadOnly"]), &holder);
        assert_eq!(world.requests(), 0);
        let cached = world.cache_role(600);
        let output = world.run(&[]);
        answered(&output);
        assert_eq!(output.stdout, cached);
    }

    /// The text names the holder, because the person can end it and cannot see a prompt.
    #[test]
    fn a_holder_stopped_in_a_refresh_is_named_when_no_prompt_can_be_shown() {
        let mut world = World::new();
        world.home.env("CI", "true");
        world.sign_in(-1);
        let holder = Holder::stopped_at(&world, Operation::CreateToken);
        assert_names_the_holder(&world.run(&["-i"]), &holder);
        assert_eq!(world.requests(), 0);
    }

    #[test]
    fn a_live_token_is_used_behind_a_holder_stopped_in_a_refresh() {
        for seconds in [600, 50] {
            let world = World::new();
            world.sign_in(seconds);
            let _holder = Holder::stopped_at(&world, Operation::CreateToken);
            let output = world.run(&[]);
            answered(&output);
            assert!(output.elapsed < SOON, "{seconds}: {:?}", output.elapsed);
            assert_eq!((world.refreshes(), world.fetches()), (0, 1));
        }
    }

    #[test]
    fn login_behind_a_holder_stopped_in_a_refresh_signs_in_without_delay() {
        let mut world = World::new();
        world.sign_in(-1);
        let holder = Holder::stopped_at(&world, Operation::CreateToken);
        world.home.env("AWS_SSO_CREDENTIAL_PROCESS_DEBUG", "1");
        world.aws.set_device(1, 600, false);
        world.aws.auto_approve(0);
        let output = world.home.run(&[&LOGIN[..], &["--use-device-code"]].concat());
        assert_eq!(output.status, 0, "{output:?}");
        let log = world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
        let told = format!("lock: its holder, process {}, hangs", holder.0.id());
        assert!(fs::read_to_string(log).unwrap().contains(&told), "the log names the holder");
        kill_process(Pid::from_child(&holder.0), Signal::CONT).unwrap();
        answered(&world.run(&[]));
    }

    #[test]
    fn an_allowed_sign_in_continues_beside_a_holder_stopped_in_a_refresh() {
        let stopped = |seconds| {
            let world = World::new();
            world.sign_in(seconds);
            let holder = Holder::stopped_at(&world, Operation::CreateToken);
            world.aws.set_device(1, 600, false);
            world.aws.auto_approve(0);
            (world, holder)
        };
        let from_credential_process = |more: &'static [&'static str]| {
            move || {
                let (mut world, holder) = stopped(-1);
                assert_names_the_holder(&world.run(&[]), &holder);
                world.home.env("BROWSER", "/bin/true");
                let output = world.run(more);
                assert_eq!(output.status, 0, "{output:?}");
                assert!(output.elapsed < SOON, "{:?}", output.elapsed);
                assert_eq!(world.refreshes(), 0);
                answered(&world.run(&["--role-name", "ReadOnly"]));
            }
        };
        let by_login = |seconds, more: &'static [&'static str]| {
            move || {
                let (world, holder) = stopped(seconds);
                let login = [&LOGIN[..], &["--use-device-code", "--no-browser", "--if-needed"], more];
                let output = world.home.run(&login.concat());
                assert_eq!(output.status, 0, "{output:?}");
                let told = match seconds {
                    1.. => "sso-session `corp`: the sign-in is valid for only ".to_owned(),
                    _ => {
                        format!("process {} holds the lock for sso-session `corp` and hangs\n", holder.0.id())
                    }
                };
                assert!(output.stderr.starts_with(&told), "{output:?}");
                assert!(output.elapsed < SOON, "{:?}", output.elapsed);
                assert_eq!(world.refreshes(), 0);
            }
        };
        at_once::<()>(vec![
            Box::new(from_credential_process(&["-i"])) as Job,
            Box::new(from_credential_process(&["-i", "--role-name", "ReadOnly"])),
            Box::new(by_login(-1, &[])),
            Box::new(by_login(600, &["--min-validity", "30m"])),
        ]);
    }

    /// In another container the process id belongs to another process, and the text must not
    /// suggest ending that process.
    #[test]
    fn a_process_with_another_name_is_not_taken_for_the_holder() {
        let world = World::new();
        world.sign_in(-1);
        answered(&world.run(&[]));
        world.sign_in(-1);
        world.cache_role(600);
        let other = sleeper(&world, "another");
        other.stop();
        let lock = hold(&session_file(&world, "lock"), &other);
        let output = world.run(&[]);
        answered(&output);
        drop(lock);
        let error = read_json(&session_file(&world, "last-error.json"));
        let text = error["text"].as_str().unwrap();
        assert!(
            text.starts_with("another aws-sso-cred has held the lock for sso-session `corp` for "),
            "{text}"
        );
    }
}

/// The holder is not stopped and still keeps the lock for longer than its work can take.
fn idle_holder_is_waited_for_once() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    world.cache_role(-1);
    world.aws.clear_requests();
    let holder = sleeper(&world, "aws-sso-cred");
    let _lock = hold(&role_state(&world, "lock"), &holder);
    let first = world.run(&[]);
    answered(&first);
    assert!(first.elapsed > Duration::from_secs(20), "{:?}", first.elapsed);
    world.cache_role(-1);
    let second = world.run(&[]);
    answered(&second);
    assert!(second.elapsed < SOON, "{:?}", second.elapsed);
    assert_eq!(world.fetches(), 2);
}

fn idle_holder_that_blocks_a_refresh_is_named() {
    let world = World::signed_in();
    world.sign_in(-1);
    answered(&world.run(&[]));
    world.sign_in(-1);
    world.cache_role(-1);
    world.aws.clear_requests();
    let holder = sleeper(&world, "aws-sso-cred");
    let _lock = hold(&session_file(&world, "lock"), &holder);
    let pid = holder.0.id();
    let lines = failed(&world.run(&[]), 5);
    assert!(
        lines[0].starts_with(&format!(
            "aws-sso-cred: process {pid} has held the lock for sso-session `corp` for "
        )),
        "{lines:?}"
    );
    let second = world.run(&[]);
    let lines = failed(&second, 5);
    assert!(lines[0].ends_with("holds the lock for sso-session `corp` and hangs"), "{lines:?}");
    assert!(second.elapsed < SOON, "{:?}", second.elapsed);
    assert_eq!(world.requests(), 0);
}

#[test]
fn an_idle_holder_is_waited_for_once() {
    at_once::<()>(vec![
        Box::new(idle_holder_is_waited_for_once) as Job,
        Box::new(idle_holder_that_blocks_a_refresh_is_named) as Job,
    ]);
}

#[test]
fn a_note_about_an_idle_holder_is_trusted_for_an_hour() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    world.cache_role(-1);
    let holder = sleeper(&world, "aws-sso-cred");
    let _lock = hold(&role_state(&world, "lock"), &holder);
    let note = json!({ "holder": holder.0.id(), "at": common::now() - 50 * 60 });
    fs::write(role_state(&world, "lock.stuck.json"), note.to_string()).unwrap();
    let output = world.run(&[]);
    answered(&output);
    assert!(output.elapsed < SOON, "{:?}", output.elapsed);
}

/// The system may have given the process id to another process.
#[test]
fn an_old_note_about_an_idle_holder_is_ignored() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    world.cache_role(-1);
    world.aws.clear_requests();
    let holder = sleeper(&world, "aws-sso-cred");
    let lock = hold(&role_state(&world, "lock"), &holder);
    let note = json!({ "holder": holder.0.id(), "at": common::now() - 2 * 3600 });
    fs::write(role_state(&world, "lock.stuck.json"), note.to_string()).unwrap();
    let output = std::thread::scope(|scope| {
        let run = scope.spawn(|| world.run(&[]));
        world.wait_for_lock_waiters(1);
        world.cache_role(3600);
        drop(lock);
        run.join().unwrap()
    });
    answered(&output);
    assert_eq!(world.fetches(), 0, "the run waited for the lock");
    assert_eq!(read_json(&role_state(&world, "lock.stuck.json")), note);
}
