//! A lock whose holder does not move: stopped, or forgotten.
#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, unused_imports, reason = "only Linux tells that a process is stopped")
)]
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the callers")]

mod common;

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use common::{DEV, HANG, World, answered, at_once, failed, read_json};
use serde_json::json;
use stand_in::{Operation, Output};

const LOGIN: [&str; 3] = ["login", "--sso-session", "corp"];

/// Far below the 25 s for which a lock is waited for.
const SOON: Duration = Duration::from_secs(15);

type Job = Box<dyn FnOnce() + Send>;

/// A run that is stopped, and killed at the end.
struct Holder(Child);

impl Holder {
    fn start(world: &World, arguments: &[&str]) -> Holder {
        let mut command = world.home.command(arguments);
        Holder(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// A run that AWS has a request of, stopped there.
    fn stopped_at(world: &World, operation: Operation) -> Holder {
        world.aws.delay(operation, Duration::from_secs(60));
        let holder = Holder::start(world, &DEV);
        world.aws.wait_for_requests(operation, 1, HANG);
        holder.stop();
        world.aws.delay(operation, Duration::ZERO);
        world.aws.clear_requests();
        holder
    }

    /// The signal takes a moment to arrive.
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

/// A process that sleeps, and has our program's name or another.
fn sleeper(world: &World, name: &str) -> Holder {
    let mut program = PathBuf::from("/bin/sleep");
    // Elsewhere the system is not asked for the name.
    if cfg!(target_os = "linux") {
        program = world.home.temporary().join(name);
        fs::copy("/bin/sleep", &program).unwrap();
    }
    Holder(std::process::Command::new(program).arg("600").spawn().unwrap())
}

/// A lock that the test holds in the name of a process that is alive and does nothing.
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
        assert_eq!(world.fetches(), 1, "those who go on beside it still make one request");
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
    fn beside_a_stopped_holder_live_credentials_are_replaced() {
        let world = World::signed_in();
        let cached = world.cache_role(600);
        let _holder = Holder::stopped_at(&world, Operation::GetRoleCredentials);
        let output = world.run(&[]);
        answered(&output);
        assert_ne!(output.stdout, cached);
    }

    fn names_the_holder(output: &Output, holder: &Holder) {
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

    /// It may have sent the refresh token already: a second use of it could end the session.
    #[test]
    fn behind_a_holder_that_was_stopped_in_a_refresh_a_dead_token_is_not_refreshed_again() {
        let world = World::new();
        world.sign_in(-1);
        let holder = Holder::stopped_at(&world, Operation::CreateToken);
        names_the_holder(&world.run(&[]), &holder);
        names_the_holder(&world.run(&["--role-name", "ReadOnly"]), &holder);
        assert_eq!(world.requests(), 0);
        let cached = world.cache_role(600);
        let output = world.run(&[]);
        answered(&output);
        assert_eq!(output.stdout, cached);
    }

    /// The holder can be helped, a prompt that nobody sees cannot.
    #[test]
    fn where_no_prompt_can_be_shown_a_holder_that_was_stopped_in_a_refresh_is_named() {
        let mut world = World::new();
        world.home.env("CI", "true");
        world.sign_in(-1);
        let holder = Holder::stopped_at(&world, Operation::CreateToken);
        names_the_holder(&world.run(&["-i"]), &holder);
        assert_eq!(world.requests(), 0);
    }

    #[test]
    fn behind_a_holder_that_was_stopped_in_a_refresh_a_live_token_is_used() {
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
    fn a_login_behind_a_holder_that_was_stopped_in_a_refresh_signs_in_without_delay() {
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
        assert!(fs::read_to_string(log).unwrap().contains(&told), "it is waited for");
        kill_process(Pid::from_child(&holder.0), Signal::CONT).unwrap();
        answered(&world.run(&[]));
    }

    #[test]
    fn a_sign_in_that_is_allowed_goes_on_beside_a_holder_that_was_stopped_in_a_refresh() {
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
                names_the_holder(&world.run(&[]), &holder);
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

    /// In another container the number of a holder means another process, which must not be
    /// judged, and whose end must not be suggested.
    #[test]
    fn a_process_of_another_name_is_not_taken_for_the_holder() {
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

    fn redirect_that_nobody_finishes() -> (World, Holder) {
        let mut world = World::new();
        let browser = world.home.temporary().join("browser");
        fs::write(&browser, format!("#!/bin/sh\necho > '{}/opened'\n", world.home.temporary().display()))
            .unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&browser, mode).unwrap();
        world.home.env("BROWSER", browser.to_str().unwrap());
        world.aws.set_device(1, 600, false);
        let login = Holder::start(&world, &LOGIN);
        let opened = world.home.temporary().join("opened");
        let deadline = Instant::now() + HANG;
        while !opened.exists() {
            assert!(Instant::now() < deadline);
            std::thread::sleep(Duration::from_millis(5));
        }
        (world, login)
    }

    #[test]
    fn a_login_behind_a_stopped_one_goes_on_and_names_it() {
        let (world, first) = redirect_that_nobody_finishes();
        first.stop();
        world.aws.auto_approve(0);
        let output = world.home.run(&[&LOGIN[..], &["--use-device-code"]].concat());
        assert_eq!(output.status, 0, "{output:?}");
        let told = format!(
            "another aws-sso-cred (process {}) is signing in to sso-session `corp`, but it is stopped; this login goes on\n",
            first.0.id()
        );
        assert!(output.stderr.starts_with(&told), "{output:?}");
        assert!(output.elapsed < SOON, "{:?}", output.elapsed);
    }

    #[test]
    fn a_sign_in_behind_a_stopped_login_goes_on() {
        let (world, first) = redirect_that_nobody_finishes();
        first.stop();
        world.aws.auto_approve(0);
        let output = world.run(&["-i"]);
        assert_eq!(output.status, 0, "{output:?}");
        assert_eq!(world.fetches(), 1);
        assert!(output.elapsed < SOON, "{:?}", output.elapsed);
    }

    #[test]
    fn a_sign_in_behind_one_that_was_stopped_while_it_asked_shows_the_same_code_and_ends_it() {
        let mut world = World::new();
        world.home.env("BROWSER", "/bin/true");
        // The next poll is seconds away: none is under way when the first is stopped.
        world.aws.set_device(5, 600, false);
        let first = Holder::start(&world, &[&DEV[..], &["-i"]].concat());
        let code = world.aws.wait_for_user_code(HANG);
        world.aws.wait_for_outcomes(Operation::CreateToken, 1, HANG);
        first.stop();
        assert!(world.aws.approve(&code));
        let output = world.run(&["-i"]);
        assert_eq!(output.status, 0, "{output:?}");
        assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
        assert!(output.elapsed < SOON, "{:?}", output.elapsed);
    }

    #[test]
    fn a_login_with_a_code_does_not_wait_for_a_redirect_that_nobody_finishes() {
        let (world, first) = redirect_that_nobody_finishes();
        world.aws.auto_approve(0);
        let output = world.home.run(&[&LOGIN[..], &["--use-device-code"]].concat());
        assert_eq!(output.status, 0, "{output:?}");
        let pid = format!("another aws-sso-cred (process {})", first.0.id());
        assert!(output.stderr.starts_with(&format!("{pid} is signing in")), "{output:?}");
        assert!(output.stderr.contains(&format!("{pid} has not finished; this login goes on\n")));
        assert!(output.elapsed < SOON, "{:?}", output.elapsed);
        answered(&world.run(&[]));
    }

    /// The address that a `login` shows, and the rest of what it says.
    fn address_of(login: &mut Holder) -> (String, BufReader<std::process::ChildStderr>) {
        let mut stderr = BufReader::new(login.0.stderr.take().unwrap());
        let mut told = String::new();
        loop {
            told.clear();
            assert!(stderr.read_line(&mut told).unwrap() > 0);
            if let Some(at) = told.find("http") {
                return (told[at..].split_whitespace().next().unwrap().to_owned(), stderr);
            }
        }
    }

    #[test]
    fn a_login_by_redirect_goes_on_beside_one_that_nobody_finishes() {
        let (world, mut first) = redirect_that_nobody_finishes();
        world.aws.authorize_behaviour(stand_in::AuthorizeBehaviour::Approve);
        let mut second = Holder::start(&world, &LOGIN);
        let mut stderr = BufReader::new(second.0.stderr.take().unwrap());
        let mut told = String::new();
        while !told.contains("http") {
            assert!(stderr.read_line(&mut told).unwrap() > 0, "{told}");
        }
        let pid = format!("another aws-sso-cred (process {})", first.0.id());
        let lines = format!(
            "{pid} is signing in to sso-session `corp`; this login waits for it\n\
             {pid} has not finished; this login goes on\n"
        );
        assert!(told.starts_with(&lines), "{told}");
        let address = told[told.find("http").unwrap()..].trim();
        assert!(stand_in::visit(address).is_ok());
        stderr.read_to_string(&mut told).unwrap();
        assert_eq!(second.0.wait().unwrap().code(), Some(0), "{told}");
        answered(&world.run(&[]));
        // The first can still be finished, and is then the later one.
        let (address, _stderr) = address_of(&mut first);
        let before = world.token();
        assert!(stand_in::visit(&address).is_ok());
        assert_eq!(first.0.wait().unwrap().code(), Some(0));
        assert_ne!(world.token()["accessToken"], before["accessToken"]);
        answered(&world.run(&[]));
    }

    /// Both sign-ins are good; the one that ends last is kept, and none is called a logout.
    #[test]
    fn a_redirect_that_is_finished_after_all_ends_the_sign_in_with_a_code_beside_it() {
        let (world, mut first) = redirect_that_nobody_finishes();
        world.aws.authorize_behaviour(stand_in::AuthorizeBehaviour::Approve);
        let (address, _stderr) = address_of(&mut first);
        let mut second = Holder::start(&world, &[&LOGIN[..], &["--use-device-code"]].concat());
        world.aws.wait_for_requests(Operation::CreateToken, 1, HANG);
        assert!(stand_in::visit(&address).is_ok());
        assert_eq!(first.0.wait().unwrap().code(), Some(0));
        let mut text = String::new();
        second.0.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(second.0.wait().unwrap().code(), Some(0), "{text}");
        answered(&world.run(&[]));
    }
}

/// A holder that is not stopped and yet keeps the lock for longer than its work can take.
fn is_waited_for_once() {
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

fn is_named_when_it_holds_up_a_refresh() {
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
fn a_holder_that_does_not_move_is_waited_for_once() {
    at_once::<()>(vec![
        Box::new(is_waited_for_once) as Job,
        Box::new(is_named_when_it_holds_up_a_refresh) as Job,
    ]);
}

#[test]
fn a_note_of_the_last_hour_on_a_holder_is_believed() {
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

/// A number may be given to another process.
#[test]
fn an_old_note_on_a_holder_is_not_believed() {
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
        world.wait_for_line(1);
        world.cache_role(3600);
        drop(lock);
        run.join().unwrap()
    });
    answered(&output);
    assert_eq!(world.fetches(), 0, "it waited");
    assert_eq!(read_json(&role_state(&world, "lock.stuck.json")), note);
}
