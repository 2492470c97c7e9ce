//! Many processes at once make one request and one refresh, and all get an answer.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the callers")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use common::{ACCOUNT, DEV, HANG, World, all_answered, answered};
use stand_in::{Fault, Operation, Output, Times};

/// "At once" on a slow machine: a lock is waited for at least half a minute.
const AT_ONCE: Duration = Duration::from_secs(20);

/// Long enough that most processes have started before the first gets its answer; processes that
/// start later find the answer in the cache.
const WHILE_ALL_START: Duration = Duration::from_millis(1500);

/// Twenty roles that the stand-in grants.
fn twenty_roles(world: &World) -> Vec<String> {
    let roles: Vec<String> = (0..20).map(|number| format!("Role{number}")).collect();
    for role in &roles {
        world.aws.add_role(ACCOUNT, role);
    }
    roles
}

#[track_caller]
fn check_one_answer(outputs: &[Output]) {
    for output in outputs {
        answered(output);
        assert_eq!(output.stdout, outputs[0].stdout);
    }
}

#[test]
fn two_hundred_runs_for_twenty_roles_respect_the_rate_limit_of_the_portal() {
    let world = World::signed_in();
    let roles = twenty_roles(&world);
    world.aws.rate_limit(Operation::GetRoleCredentials, 10, None);
    let role = |number: usize| roles[number % 20].as_str();

    let outputs = world.home.run_many(200, |number| vec!["--profile", "dev", "--role-name", role(number)]);

    let mut answers = BTreeMap::<&str, BTreeSet<&str>>::new();
    for (number, output) in outputs.iter().enumerate() {
        answered(output);
        answers.entry(role(number)).or_default().insert(&output.stdout);
    }
    assert_eq!(answers.len(), 20);
    assert!(answers.values().all(|answers| answers.len() == 1), "one answer for each role: {answers:?}");
    assert_eq!(world.aws.minted(), 20);
    let mut requests = BTreeMap::<String, usize>::new();
    for request in world.aws.requests() {
        assert_eq!(request.operation, Operation::GetRoleCredentials);
        *requests.entry(request.query_value("role_name").unwrap().to_owned()).or_default() += 1;
    }
    assert!(
        requests.values().all(|count| *count <= 3),
        "at most 3 requests for a role, refused requests included: {requests:?}"
    );
}

#[test]
fn fifty_runs_for_one_role_make_one_request() {
    let world = World::signed_in();
    world.aws.delay(Operation::GetRoleCredentials, WHILE_ALL_START);
    check_one_answer(&world.home.run_many(50, |_| DEV.to_vec()));
    assert_eq!(world.requests(), 1);
}

#[test]
fn twenty_runs_with_an_expired_token_make_one_refresh() {
    let world = World::new();
    world.aws.set_refresh_single_use(true);
    world.aws.delay(Operation::CreateToken, WHILE_ALL_START);
    world.sign_in(-1);
    check_one_answer(&world.home.run_many(20, |_| DEV.to_vec()));
    assert_eq!((world.refreshes(), world.fetches(), world.requests()), (1, 1, 2));
}

#[test]
fn twenty_runs_for_different_roles_with_an_expired_token_make_one_refresh() {
    let world = World::new();
    let roles = twenty_roles(&world);
    world.aws.set_refresh_single_use(true);
    world.aws.delay(Operation::CreateToken, WHILE_ALL_START);
    world.sign_in(-1);
    let outputs = world.home.run_many(20, |number| vec!["--profile", "dev", "--role-name", &roles[number]]);
    all_answered(&outputs);
    assert_eq!((world.refreshes(), world.fetches()), (1, 20));
}

#[test]
fn twenty_runs_with_a_revoked_token_make_one_refresh() {
    let world = World::new();
    let roles = twenty_roles(&world);
    world.aws.set_refresh_single_use(true);
    let token = world.sign_in(3600);
    world.aws.revoke(&token.access_token);
    world.aws.delay(Operation::GetRoleCredentials, Duration::from_millis(1000));
    let outputs = world.home.run_many(20, |number| vec!["--profile", "dev", "--role-name", &roles[number]]);
    all_answered(&outputs);
    assert_eq!(world.refreshes(), 1);
    assert_eq!(world.aws.minted(), 20);
}

#[test]
fn waiting_runs_share_a_failure_when_live_credentials_are_left() {
    let world = World::signed_in();
    let cached = world.cache_role(600);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Always);
    world.aws.delay(Operation::GetRoleCredentials, WHILE_ALL_START);
    let outputs = world.home.run_many(20, |_| DEV.to_vec());
    for output in &outputs {
        answered(output);
        assert_eq!(output.stdout, cached);
    }
    assert_eq!(world.requests(), 1, "a process that waited sends no request of its own");
}

/// A process that holds locks, killed when dropped.
struct Holder(Child);

impl Holder {
    /// Starts a process, waits until AWS has its request, and stops it: it keeps its locks and
    /// sends no further request.
    fn stopped(world: &World, operation: Operation) -> Holder {
        let mut command = world.home.command(&DEV);
        let holder = Holder(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
        world.aws.wait_for_requests(operation, 1, HANG);
        holder.signal(Signal::STOP);
        holder
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    /// Lets the process continue, and gives its exit code and its stderr.
    fn go_on(mut self) -> (Option<i32>, String) {
        self.signal(Signal::CONT);
        let mut stderr = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (self.0.wait().unwrap().code(), stderr)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Kills a process whose request AWS has; gives the outputs of twenty processes that waited for it,
/// and how long they took from the kill.
fn kill_the_holder(world: &World, operation: Operation) -> (Vec<Output>, Duration) {
    let holder = Holder::stopped(world, operation);
    // The process stands for one that is running: the others must not see that it is stopped.
    for (lock, _, _) in world.home.all_files() {
        if lock.starts_with(world.home.state_dir()) && lock.extension().is_some_and(|name| name == "lock") {
            fs::write(lock, "").unwrap();
        }
    }
    world.aws.delay(operation, Duration::ZERO);
    std::thread::scope(|scope| {
        let others = scope.spawn(|| world.home.run_many(20, |_| DEV.to_vec()));
        world.wait_for_lock_waiters(20);
        let killed_at = Instant::now();
        drop(holder);
        let outputs = others.join().unwrap();
        (outputs, killed_at.elapsed())
    })
}

#[test]
fn waiting_runs_continue_when_the_lock_holder_is_killed() {
    let world = World::signed_in();
    world.aws.delay(Operation::GetRoleCredentials, Duration::from_secs(60));
    let (outputs, took) = kill_the_holder(&world, Operation::GetRoleCredentials);
    check_one_answer(&outputs);
    assert_eq!(world.fetches(), 2, "one request of the killed process, and one for all others");
    assert!(took < AT_ONCE, "{took:?}");
}

#[test]
fn waiting_runs_continue_when_the_lock_holder_is_killed_in_a_refresh() {
    let world = World::new();
    world.sign_in(-1);
    world.aws.delay(Operation::CreateToken, Duration::from_secs(60));
    let (outputs, took) = kill_the_holder(&world, Operation::CreateToken);
    check_one_answer(&outputs);
    assert_eq!((world.refreshes(), world.fetches()), (2, 1));
    assert!(took < AT_ONCE, "{took:?}");
}

#[test]
fn runs_without_a_state_directory_get_credentials() {
    // No user can create a directory there, not even root.
    for state in ["/dev/null", "/proc/nowhere", "/dev/null/\u{7f}"] {
        let mut world = World::signed_in();
        world.home.env("XDG_STATE_HOME", state);
        let outputs = world.home.run_many(10, |_| DEV.to_vec());
        all_answered(&outputs);
        let mut world = World::new();
        world.home.env("XDG_STATE_HOME", state);
        world.sign_in(-1);
        answered(&world.run(&[]));
        world.cache_role(600);
        world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Always);
        answered(&world.run(&[]));
    }
}

#[test]
fn junk_in_the_state_directory_causes_no_failure() {
    let world = World::new();
    world.sign_in(60);
    world.cache_role(600);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Once);
    answered(&world.run(&["--debug"]));
    let files = world.home.all_files();
    let ours: Vec<_> = files.iter().filter(|(path, _, _)| path.starts_with(world.home.state_dir())).collect();
    assert!(ours.len() >= 2, "locks and a fallback file: {ours:?}");
    for (path, _, _) in &ours {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    }
    answered(&world.run(&["--no-cache"]));
    answered(&world.run(&[]));
    for (path, _, _) in &ours {
        fs::remove_dir(path).unwrap();
        fs::write(path, b"\xff\x00[[[").unwrap();
    }
    world.cache_role(600);
    answered(&world.run(&[]));
}

#[test]
fn waiting_runs_share_a_failure_when_no_live_credentials_are_left() {
    let mut world = World::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Always);
    common::failed(&world.run(&[]), 4);
    world.aws.clear_requests();
    let lock = world.hold_role_lock();
    let outputs = std::thread::scope(|scope| {
        let runs = scope.spawn(|| world.home.run_many(10, |_| DEV.to_vec()));
        world.wait_for_lock_waiters(10);
        drop(lock);
        runs.join().unwrap()
    });
    for output in &outputs {
        common::failed(output, 4);
    }
    assert_eq!(world.requests(), 1, "a process that waited sends no request of its own");
}

#[test]
fn a_run_uses_the_live_token_while_another_process_refreshes_it() {
    let world = World::new();
    let roles = twenty_roles(&world);
    world.sign_in(600);
    world.aws.delay(Operation::CreateToken, Duration::from_secs(60));
    let first = Holder::stopped(&world, Operation::CreateToken);
    let outputs = world.home.run_many(10, |number| vec!["--profile", "dev", "--role-name", &roles[number]]);
    all_answered(&outputs);
    assert_eq!((world.refreshes(), world.fetches()), (1, 10), "the refresh has not ended");
    assert_eq!(first.go_on(), (Some(0), String::new()), "the stopped process uses the live token as well");
    assert_eq!(world.refreshes(), 1);
}
