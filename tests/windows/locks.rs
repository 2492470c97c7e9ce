//! Kernel locks: many processes at once, and a holder that is killed.

use std::process::Stdio;

use stand_in::Operation;

use crate::common::{DEV, HANG, World, all_answered, answered, finish};

#[test]
fn twenty_runs_for_one_role_make_one_request() {
    let world = World::signed_in();
    let outputs = world.home.run_many(20, |_| DEV.to_vec());
    all_answered(&outputs);
    assert_eq!(world.fetches(), 1);
    assert!(outputs.iter().all(|output| output.stdout == outputs[0].stdout));
}

#[test]
fn twenty_runs_with_an_old_token_make_one_refresh() {
    let world = World::new();
    world.sign_in(30);
    all_answered(&world.home.run_many(20, |_| DEV.to_vec()));
    assert_eq!((world.refreshes(), world.fetches()), (1, 1));
}

#[test]
fn a_run_goes_on_when_the_holder_of_the_lock_is_killed() {
    let world = World::signed_in();
    world.aws.hold(Operation::GetRoleCredentials);
    let mut holder = world.home.command(&DEV);
    let mut holder = holder.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    world.aws.wait_for_requests(Operation::GetRoleCredentials, 1, HANG);
    let output = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| finish(&mut world.home.command(&DEV)));
        holder.kill().unwrap();
        holder.wait().unwrap();
        world.aws.wait_for_requests(Operation::GetRoleCredentials, 2, HANG);
        world.aws.release(Operation::GetRoleCredentials);
        waiting.join().unwrap()
    });
    answered(&output);
}
