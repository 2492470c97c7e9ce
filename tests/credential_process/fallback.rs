//! Cached role credentials as the fallback: while they have more than two minutes left, AWS gets
//! three seconds in all; then they are printed.

use std::time::Duration;

use crate::common::{DEV, World, answered, at_once, failed};
use stand_in::{Fault, Operation, Times};

/// Three seconds on a busy machine. Without the limit a run takes 16 seconds and more.
const SOON: Duration = Duration::from_secs(10);

type Job = Box<dyn FnOnce() + Send>;

fn faults() -> Vec<Fault> {
    vec![
        Fault::Hang,
        Fault::HangMidBody,
        Fault::Status(503),
        Fault::Status(429),
        Fault::RetryAfter { status: 503, seconds: 2 },
        Fault::CloseBeforeAnswer,
    ]
}

/// A run with `token` seconds left of the token, while the portal and sso-oidc both fail.
fn assert_falls_back(token: i64, fault: &Fault) {
    let world = World::new();
    world.sign_in(token);
    let cached = world.cache_role(8 * 60);
    for operation in [Operation::GetRoleCredentials, Operation::CreateToken] {
        world.aws.fault(operation, fault.clone(), Times::Always);
    }
    let output = world.run(&[]);
    answered(&output);
    assert_eq!(output.stdout, cached, "{token} {fault:?}");
    assert!(output.elapsed < SOON, "{token} {fault:?}: {:?}", output.elapsed);
}

#[test]
fn live_credentials_are_printed_after_three_seconds_when_aws_fails_or_hangs() {
    let each = |token| faults().into_iter().map(move |fault| (token, fault));
    let jobs = [3600, 300, -1].into_iter().flat_map(each);
    let jobs = jobs.map(|(token, fault)| Box::new(move || assert_falls_back(token, &fault)) as Job);
    at_once::<()>(jobs.collect());
}

#[test]
fn a_dead_token_is_still_refreshed_and_the_role_fetched() {
    let world = World::new();
    world.sign_in(-1);
    let cached = world.cache_role(8 * 60);
    let output = world.run(&[]);
    answered(&output);
    assert_ne!(output.stdout, cached);
    assert_eq!((world.refreshes(), world.fetches()), (1, 1));
}

#[test]
fn a_hanging_refresh_of_a_live_token_leaves_time_for_the_role() {
    let world = World::new();
    world.sign_in(300);
    let cached = world.cache_role(8 * 60);
    world.aws.fault(Operation::CreateToken, Fault::Hang, Times::Always);
    let output = world.run(&[]);
    answered(&output);
    assert_ne!(output.stdout, cached);
    assert_eq!((world.refreshes(), world.fetches()), (1, 1), "no request is repeated");
    assert!(output.elapsed < SOON, "{:?}", output.elapsed);
}

#[test]
fn without_live_credentials_a_slow_answer_is_waited_for() {
    for cached in [None, Some(60)] {
        let world = World::signed_in();
        if let Some(seconds) = cached {
            world.cache_role(seconds);
        }
        world.aws.delay(Operation::GetRoleCredentials, Duration::from_secs(4));
        answered(&world.run(&[]));
        assert_eq!(world.fetches(), 1);
    }
}

#[test]
fn a_bad_connection_setting_does_not_cost_live_credentials() {
    for (name, value) in
        [("AWS_CA_BUNDLE", "/nowhere/ca.pem"), ("AWS_ENDPOINT_URL_SSO", "http://example.com")]
    {
        let mut world = World::signed_in();
        let cached = world.cache_role(600);
        world.home.env(name, value);
        let output = world.run(&[]);
        answered(&output);
        assert_eq!(output.stdout, cached, "{name}");
        failed(&world.run(&["--no-cache"]), 2);
    }
}

#[cfg(unix)]
#[test]
fn a_stopped_process_does_not_delay_a_run_with_live_credentials() {
    let world = World::signed_in();
    let cached = world.cache_role(600);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Hang, Times::Always);
    let mut holder = world.home.command(&DEV).spawn().unwrap();
    world.aws.wait_for_requests(Operation::GetRoleCredentials, 1, Duration::from_secs(20));
    let process = rustix::process::Pid::from_child(&holder);
    rustix::process::kill_process(process, rustix::process::Signal::STOP).unwrap();
    let output = world.run(&[]);
    rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
    holder.wait().unwrap();
    answered(&output);
    assert_eq!(output.stdout, cached);
    // Twenty seconds, where a run without live credentials waits up to 43 for the lock.
    assert!(output.elapsed < Duration::from_secs(38), "{:?}", output.elapsed);
}
