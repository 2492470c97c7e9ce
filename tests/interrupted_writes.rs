//! Interrupted writes: other tools that write in place, and a process that is killed while AWS
//! answers. `killed_anywhere` has the kills at any moment.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests play the AWS CLI"
)]

mod common;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::{DEV, HANG, World, all_answered, answered, read_json};
use stand_in::Operation;

/// Writes as AWS CLI v2 does: opens the file, truncates it and then writes it, with a pause in
/// between as on a loaded machine.
fn write_in_place(path: &Path, content: &[u8], pause: Duration) {
    let mut file = File::create(path).unwrap();
    std::thread::sleep(pause);
    file.write_all(content).unwrap();
}

/// Readers wait for nearly half a second. To them a file that stays torn for longer is cut: a round
/// in which the machine stalled that long proves nothing.
const LONGEST_TORN: Duration = Duration::from_millis(200);

/// Runs `readers` while `path` is written in place repeatedly. Calls `again` and repeats the round
/// if the machine left the file torn for too long.
fn while_rewriting<T>(path: &Path, again: impl Fn(), readers: impl Fn() -> T) -> T {
    let content = fs::read(path).unwrap();
    for _ in 0..20 {
        let done = AtomicBool::new(false);
        let (result, longest) = std::thread::scope(|scope| {
            let writer = scope.spawn(|| rewrite(path, &content, &done));
            let result = readers();
            done.store(true, Ordering::Relaxed);
            (result, writer.join().unwrap())
        });
        if longest < LONGEST_TORN {
            return result;
        }
        println!("torn for {longest:?}: once more");
        fs::write(path, &content).unwrap();
        again();
    }
    panic!("this machine is too slow for this test");
}

/// Writes until `done` is set; gives the longest time that the file was torn.
fn rewrite(path: &Path, content: &[u8], done: &AtomicBool) -> Duration {
    let mut longest = Duration::ZERO;
    // Pauses of different lengths, so that they do not fall into step with the readers.
    for pause in moments().map(|moment| Duration::from_micros(3_000 + moment % 8_000)) {
        let began = Instant::now();
        write_in_place(path, content, Duration::from_micros(500));
        longest = longest.max(began.elapsed());
        std::thread::sleep(pause);
        if done.load(Ordering::Relaxed) {
            break;
        }
    }
    longest
}

#[test]
fn fifty_readers_of_a_role_cache_read_whole_files_during_rewrites_in_place() {
    let world = World::new();
    let cached = world.cache_role(3600);
    let run = || world.home.run_many(50, |_| DEV.to_vec());
    let outputs = while_rewriting(&world.role_file(), || world.aws.clear_requests(), run);
    for output in &outputs {
        answered(output);
        assert_eq!(output.stdout, cached);
    }
    assert_eq!(world.requests(), 0, "readers wait until the file is whole");
}

#[test]
fn fifty_readers_of_a_token_file_read_whole_files_during_rewrites_in_place() {
    let world = World::signed_in();
    let before = world.token();
    let run = || world.home.run_many(50, |_| vec!["--profile", "dev", "--no-cache"]);
    let outputs = while_rewriting(&world.token_file(), || world.aws.clear_requests(), run);
    all_answered(&outputs);
    assert_eq!((world.refreshes(), world.fetches()), (0, 50));
    assert_eq!(world.token(), before);
}

#[test]
fn an_in_place_write_during_a_replacement_leaves_a_whole_file() {
    let world = World::signed_in();
    world.cache_role(600);
    let run = || world.home.run_many(20, |_| vec!["--profile", "dev", "--force-refresh"]);
    let outputs = while_rewriting(&world.role_file(), || (), run);
    all_answered(&outputs);
    read_json(&world.role_file());
    read_json(&world.token_file());
}

/// A source of pseudo-random moments; the failure message contains the seed.
fn moments() -> impl Iterator<Item = u64> {
    let seed = u64::from(std::process::id());
    (1..).scan(seed, |state, _| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some(*state >> 33)
    })
}

#[test]
fn the_next_run_repeats_a_refresh_that_was_killed_before_its_answer() {
    let world = World::new();
    world.sign_in(-1);
    let before = fs::read(world.token_file()).unwrap();
    world.aws.delay(Operation::CreateToken, Duration::from_secs(60));
    let mut run = world.home.command(&DEV).spawn().unwrap();
    world.aws.wait_for_requests(Operation::CreateToken, 1, HANG);
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(fs::read(world.token_file()).unwrap(), before);
    world.aws.delay(Operation::CreateToken, Duration::ZERO);
    answered(&world.run(&[]));
}
