//! `--force-refresh`: new role credentials, without either cache.

use std::fs;

use crate::common::{LOGIN_HINT, World, answered, failed, refused};
use stand_in::{Fault, Operation, Times};

const FORCE: &str = "--force-refresh";

#[test]
fn force_refresh_ignores_fresh_cached_credentials() {
    let world = World::signed_in();
    let cached = world.cache_role(3600);
    let token = world.token();

    let output = world.run(&[FORCE]);

    answered(&output);
    assert_ne!(output.stdout, cached);
    assert_eq!((world.refreshes(), world.fetches(), world.requests()), (1, 1, 2));
    assert_ne!(world.token()["accessToken"], token["accessToken"], "the token is new");
    assert_eq!(
        world.run(&[]).stdout,
        output.stdout,
        "the next run without the flag prints the same credentials"
    );
    assert_eq!(world.requests(), 2);
}

#[test]
fn force_refresh_uses_a_live_token_that_cannot_be_refreshed() {
    let world = World::new();
    world.sign_in_for_once(3600);
    let cached = world.cache_role(3600);
    let output = world.run(&[FORCE]);
    answered(&output);
    assert_ne!(output.stdout, cached);
    assert_eq!((world.fetches(), world.requests()), (1, 1));
}

#[test]
fn force_refresh_continues_after_a_failed_refresh_of_a_live_token() {
    let world = World::signed_in();
    let fault = Fault::Error { status: 400, code: "invalid_grant", message: "over" };
    world.aws.fault(Operation::CreateToken, fault, Times::Always);
    answered(&world.run(&[FORCE]));
    assert_eq!((world.refreshes(), world.fetches()), (1, 1));
}

#[test]
fn force_refresh_does_not_fall_back_to_cached_credentials() {
    let world = World::signed_in();
    world.cache_role(3600);
    let before = fs::read(world.role_file()).unwrap();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Always);
    failed(&world.run(&[FORCE]), 4);
    assert_eq!(fs::read(world.role_file()).unwrap(), before, "the cache file is unchanged");
    assert_eq!(world.run(&[]).status, 0, "the next run uses the cache");
}

#[test]
fn force_refresh_without_a_sign_in_sends_no_request() {
    let world = World::new();
    world.cache_role(3600);
    refused(
        &world.run(&[FORCE]),
        1,
        &format!("aws-sso-cred: sso-session `corp`: you are not signed in\n{LOGIN_HINT}"),
    );
    assert_eq!(world.requests(), 0);
}

#[test]
fn force_refresh_refreshes_a_refused_token_once() {
    let world = World::signed_in();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(401), Times::Always);
    assert_eq!(world.run(&[FORCE]).status, 1);
    assert!(world.refreshes() <= 2 && world.fetches() <= 2, "{} {}", world.refreshes(), world.fetches());
}

#[test]
fn force_refresh_ends_the_quiet_time() {
    let world = World::signed_in();
    world.cache_role(10 * 60);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Once);
    answered(&world.run(&[]));
    let output = world.run(&[FORCE]);
    assert_ne!(answered(&output)["AccessKeyId"], "ASIACACHEDBYTHECLI00");
    assert_eq!(world.run(&[]).stdout, output.stdout);
}

#[test]
fn twenty_runs_with_force_refresh_share_one_refresh_and_one_fetch() {
    let mut world = World::signed_in();
    world.aws.set_refresh_single_use(true);
    answered(&world.run(&[FORCE]));
    world.aws.clear_requests();
    // All processes have started before the first sends a request.
    let lock = world.hold_role_lock();
    let outputs = std::thread::scope(|scope| {
        let runs = scope.spawn(|| world.home.run_many(20, |_| vec!["--profile", "dev", FORCE]));
        world.wait_for_lock_waiters(20);
        drop(lock);
        runs.join().unwrap()
    });
    for output in &outputs {
        answered(output);
        assert_eq!(output.stdout, outputs[0].stdout);
    }
    assert_eq!((world.refreshes(), world.fetches(), world.requests()), (1, 1, 2));
}

#[test]
fn force_refresh_with_no_cache_leaves_the_role_cache_alone() {
    let world = World::signed_in();
    world.cache_role(3600);
    let before = fs::read(world.role_file()).unwrap();
    answered(&world.run(&[FORCE, "--no-cache"]));
    assert_eq!(fs::read(world.role_file()).unwrap(), before);
    assert_eq!((world.refreshes(), world.fetches()), (1, 1));
}
