//! A process that is killed before each of its system calls that change something, here or at AWS.

use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use stand_in::{Output, SystemCall};

use crate::after;
use crate::any_moment::{KILLS, kills};
use crate::common::World;
use crate::operations::{Killed, OPERATIONS, Operation};
use crate::readers::Files;

/// How many are killed at once. Most of the time of a sign-in is waiting.
const AT_ONCE: usize = 8;

/// Whether a kill before this call may leave other files, locks or requests than one before the call
/// that precedes it.
fn changes_something(call: &SystemCall) -> bool {
    const CREATE_OR_WRITE: u64 = 0o101;
    match call.name {
        // A lock is free when its holder is dead, and a program that was not started is none.
        "openat" => call.arguments[2] & CREATE_OR_WRITE != 0,
        "write" | "writev" | "pwrite64" => call.arguments[0] > 2,
        name => [
            "rename",
            "renameat",
            "renameat2",
            "unlink",
            "unlinkat",
            "mkdir",
            "mkdirat",
            "fchmod",
            "ftruncate",
            "fsync",
            "utimensat",
            "sendto",
            "sendmsg",
            "recvfrom",
            "execve",
        ]
        .contains(&name),
    }
}

/// What the calls of a run show of its progress.
#[derive(Default)]
struct Progress {
    calls: usize,
    killed: Killed,
}

impl Progress {
    /// Takes the next call; whether it is the one before which the process is killed.
    fn is_the_last(&mut self, operation: &Operation, call: &SystemCall, number: usize) -> bool {
        if !changes_something(call) {
            return false;
        }
        self.calls += 1;
        if self.calls == number {
            self.killed.place = format!("{}: killed before call {number}, {call:?}", operation.name);
            return true;
        }
        let text = &call.texts[1];
        match call.name {
            "write" if text.contains("\"accessToken\"") => self.killed.wrote_the_token = true,
            "renameat" | "renameat2" if call.texts.iter().any(|text| text.starts_with("pending.")) => {
                self.killed.kept_the_code = true;
            }
            _ => {}
        }
        false
    }
}

fn run(operation: &Operation, world: &World, number: usize) -> (Output, Progress) {
    let mut progress = Progress::default();
    let mut command = world.home.command(operation.arguments);
    let command = stand_in::in_new_session(&mut command, None);
    let output = stand_in::killed_before(command, &mut |call| progress.is_the_last(operation, call, number));
    (output, progress)
}

/// Kills the operation before its call `number`, and checks everything after it. Gives how many
/// temporary files were left, and how often the files were read in the meantime; `None` if the
/// operation was at its end before.
fn kill(operation: &Operation, number: usize) -> Option<(usize, usize)> {
    let world = (operation.world)();
    let ((output, mut progress), read) = Files::of(&world).while_read(|| run(operation, &world, number));
    if output.status >= 0 {
        assert_eq!(output.status, 0, "{}: {output:?}", operation.name);
        return None;
    }
    let place = &mut progress.killed.place;
    println!("{place}");
    after::check(&world, place);
    (operation.next)(&world, &progress.killed);
    after::check(&world, &progress.killed.place);
    let left = after::age_left_over(&world);
    if left > 0 {
        (operation.again)(&world);
        after::check(&world, &progress.killed.place);
        let still = after::left_over(&world);
        assert!(still.is_empty(), "{}: {still:?} stay", progress.killed.place);
    }
    Some((left, read))
}

/// Kills the operation before each of its calls, several at once. Gives the number of kills after which
/// something was wrong.
fn kills_of(operation: &Operation) -> usize {
    let world = (operation.world)();
    let (output, progress) = run(operation, &world, usize::MAX);
    assert_eq!(output.status, 0, "{}: {output:?}", operation.name);
    let step = if operation.is_slow && kills() <= KILLS { 3 } else { 1 };
    let first = 1 + usize::try_from(std::process::id()).unwrap() % step;
    let (next, outcomes) = (AtomicUsize::new(first), Mutex::new(Vec::new()));
    let kill_some = || {
        loop {
            let number = next.fetch_add(step, Ordering::Relaxed);
            if number > progress.calls {
                break;
            }
            // All failures are shown, not the first only.
            let outcome = catch_unwind(|| kill(operation, number));
            outcomes.lock().unwrap().push(outcome);
        }
    };
    std::thread::scope(|scope| (0..AT_ONCE).for_each(|_| drop(scope.spawn(kill_some))));
    let outcomes = outcomes.into_inner().unwrap();
    let failures = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    let kills: Vec<_> = outcomes.into_iter().flatten().flatten().collect();
    let (left, read) = kills.iter().fold((0, 0), |(left, read), next| (left + next.0, read + next.1));
    let kills = kills.len();
    println!("{}: {kills} kills, {left} temporary files, {read} files read meanwhile", operation.name);
    failures
}

#[test]
fn a_kill_before_any_call_that_changes_something_costs_nothing() {
    let mut failures = 0;
    for operation in &OPERATIONS {
        let started = std::time::Instant::now();
        failures += kills_of(operation);
        println!("{} took {:?}", operation.name, started.elapsed());
    }
    assert_eq!(failures, 0);
}
