//! Roles with credentials for a quarter of an hour: these credentials never count as fresh, and
//! many runs at once still make one request.
//!
//! A run with live credentials waits for three seconds only, in which Wine cannot start twenty programs.
#![cfg(unix)]

use std::time::Duration;

use crate::common::{DEV, World, answered};
use stand_in::Output;

const QUARTER_HOUR: Duration = Duration::from_secs(15 * 60);

/// Starts twenty runs that all wait for the lock before the first may send a request.
fn twenty_at_once(world: &mut World, more: &[&str]) -> Vec<Output> {
    let lock = world.hold_role_lock();
    std::thread::scope(|scope| {
        let runs = scope.spawn(|| world.home.run_many(20, |_| [&DEV[..], more].concat()));
        world.wait_for_lock_waiters(20);
        drop(lock);
        runs.join().unwrap()
    })
}

#[test]
fn twenty_runs_for_a_fifteen_minute_role_make_one_request() {
    for more in [&[][..], &["--force-refresh"]] {
        let mut world = World::signed_in();
        world.aws.set_role_credentials_lifetime(QUARTER_HOUR);
        answered(&world.run(&[]));
        world.aws.clear_requests();
        let outputs = twenty_at_once(&mut world, more);
        for output in &outputs {
            answered(output);
            assert_eq!(output.stdout, outputs[0].stdout, "{more:?}");
        }
        assert_eq!(world.fetches(), 1, "{more:?}");
    }
}

#[test]
fn credentials_cached_before_the_run_started_are_fetched_again() {
    let world = World::signed_in();
    world.aws.set_role_credentials_lifetime(QUARTER_HOUR);
    let first = world.run(&[]);
    let second = world.run(&[]);
    assert_ne!(answered(&first)["AccessKeyId"], answered(&second)["AccessKeyId"]);
    assert_eq!(world.fetches(), 2);
}

#[test]
fn a_role_of_two_minutes_is_not_shared() {
    let mut world = World::signed_in();
    answered(&world.run(&[]));
    world.cache_role(-1);
    world.aws.clear_requests();
    let lock = world.hold_role_lock();
    let output = std::thread::scope(|scope| {
        let run = scope.spawn(|| world.run(&[]));
        world.wait_for_lock_waiters(1);
        // Another tool has written credentials that expire soon.
        world.cache_role(100);
        drop(lock);
        run.join().unwrap()
    });
    answered(&output);
    assert_eq!(world.fetches(), 1);
}
