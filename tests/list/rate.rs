//! The rate of requests, which all processes share.

use std::time::{Duration, Instant};

use stand_in::{Fault, Operation, Request, Times};

use super::{list, rows};
use crate::common::{World, at_once};

/// What the portal allows in a second.
const ALLOWED: u32 = 20;

/// The most requests that arrive in a second. At most 19 are sent, but on a busy machine the
/// stand-in may read the ten that can be under way late.
const SHIFTED: usize = 29;

fn portal_that_allows_twenty(world: &World) {
    for operation in [Operation::ListAccounts, Operation::ListAccountRoles] {
        world.aws.delay(operation, Duration::from_millis(50));
        world.aws.rate_limit(operation, ALLOWED, None);
    }
}

fn refused(world: &World) -> Vec<Request> {
    world.aws.requests().into_iter().filter(|request| request.status == 429).collect()
}

/// The most requests in any second.
fn densest_second(requests: &[Request]) -> usize {
    let mut times: Vec<Instant> = requests.iter().map(|request| request.at).collect();
    times.sort();
    let within = |start: Instant| {
        times.iter().filter(|at| **at >= start && **at - start < Duration::from_secs(1)).count()
    };
    times.iter().map(|start| within(*start)).max().unwrap_or(0)
}

#[test]
fn many_accounts_are_listed_as_fast_as_the_portal_allows() {
    let world = World::signed_in();
    world.aws.add_accounts(80, &["Admin", "ReadOnly"]);
    portal_that_allows_twenty(&world);
    let started = Instant::now();
    assert_eq!(rows(&world, &[]).len(), 162);
    let took = started.elapsed();
    assert_eq!(refused(&world).len(), 0);
    // 1 + 81 requests, of which 20 are allowed at once: 3.1 s at the least.
    assert!(took < Duration::from_secs(12), "{took:?}");
    assert!(densest_second(&world.aws.requests()) <= SHIFTED);
}

#[test]
fn two_processes_share_the_rate() {
    let world = World::signed_in();
    world.aws.add_accounts(30, &["Admin"]);
    portal_that_allows_twenty(&world);
    // A filter for one account asks for it alone, whatever the other process does.
    let one = |number: usize| {
        let account = format!("{}", 100_000_000_000_u64 + number as u64);
        move |world: &World| rows(world, &["--account", &account]).len()
    };
    let mut jobs: Vec<Box<dyn FnOnce() -> usize + Send>> = vec![Box::new(|| rows(&world, &[]).len())];
    for number in 0..10 {
        let (ask, world) = (one(number), &world);
        jobs.push(Box::new(move || ask(world)));
    }
    let counts = at_once(jobs);
    assert_eq!(counts[0], 32);
    assert_eq!(counts[1..], [1; 10]);
    assert_eq!(refused(&world).len(), 0);
    // Here ten other processes can each have one under way, too.
    assert!(densest_second(&world.aws.requests()) <= SHIFTED + 10);
}

#[test]
fn a_portal_that_throttles_slows_the_list_down_and_does_not_end_it() {
    let world = World::signed_in();
    world.aws.add_accounts(12, &["Admin"]);
    world.aws.fault(Operation::ListAccounts, Fault::Status(429), Times::Once);
    world.aws.fault(
        Operation::ListAccountRoles,
        Fault::RetryAfter { status: 429, seconds: 1 },
        Times::Times(4),
    );
    let started = Instant::now();
    assert_eq!(rows(&world, &[]).len(), 14);
    assert!(started.elapsed() > Duration::from_secs(2));
}

#[test]
fn all_processes_keep_the_pause_that_the_portal_asks_one_for() {
    let world = World::signed_in();
    world.aws.fault(Operation::ListAccounts, Fault::RetryAfter { status: 429, seconds: 5 }, Times::Once);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| list(&world, &[]));
        world.aws.wait_for_outcomes(Operation::ListAccounts, 1, crate::common::HANG);
        std::thread::sleep(Duration::from_millis(300));
        let started = Instant::now();
        assert_eq!(rows(&world, &["--account", "111122223333"]).len(), 2);
        assert!(started.elapsed() > Duration::from_secs(2), "{:?}", started.elapsed());
        assert_eq!(first.join().unwrap().status, 0);
    });
}

#[test]
#[ignore = "half a minute at the rate that the portal allows"]
fn five_hundred_accounts_take_hardly_longer_than_the_portal_makes_them() {
    let world = World::signed_in();
    world.aws.remove_account(crate::common::ACCOUNT);
    world.aws.add_accounts(500, &["Admin", "Auditor", "Developer", "ReadOnly"]);
    portal_that_allows_twenty(&world);
    let started = Instant::now();
    assert_eq!(rows(&world, &[]).len(), 2000);
    let took = started.elapsed().as_secs_f64();
    // 505 requests; the portal allows 20 at once, and then 20 a second.
    let least = (505.0 - 20.0) / 20.0;
    assert!(took / least < 1.15, "{took} s");
    assert_eq!(refused(&world).len(), 0);
}
