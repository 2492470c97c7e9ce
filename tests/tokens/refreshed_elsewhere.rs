//! Another tool has used the refresh token, and writes what it got a moment later.

use std::fs::{self, File};
use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;
use stand_in::{Fault, IssuedToken, Operation, Output, Times, TokenOptions};

use crate::common::{DEV, HANG, LOGIN_HINT, World, answered, failed, in_seconds, refused};
use crate::support::{asks, last_bearer, next_token, with_browser};

/// Two seconds are waited. A writer that the machine made later than this shows nothing.
const ON_TIME: Duration = Duration::from_millis(1500);

fn used() -> Fault {
    Fault::Error { status: 400, code: "invalid_grant", message: "Invalid refresh token provided" }
}

/// The token file that the other tool writes.
fn document(world: &World, token: &IssuedToken, seconds: i64) -> Value {
    let mut document = world.token();
    document["accessToken"] = token.access_token.as_str().into();
    document["refreshToken"] = token.refresh_token.as_deref().into();
    document["expiresAt"] = in_seconds(seconds).into();
    document
}

/// Runs `run` in worlds with a dead token, whose refresh token is refused, while the other
/// tool writes its token `later`, as AWS CLI v2 does: cut to nothing, then filled. Gives the
/// first output for which it was on time.
fn written(
    later: Duration,
    seconds: i64,
    world: impl Fn() -> World,
    run: impl Fn(&World) -> Output + Sync,
) -> (World, Output, IssuedToken) {
    for _ in 0..10 {
        let world = world();
        let old = world.sign_in(-1);
        let next = next_token(&world, &old);
        let text = document(&world, &next, seconds).to_string();
        world.aws.fault(Operation::CreateToken, used(), Times::Once);
        world.aws.hold(Operation::CreateToken);
        let (output, took) = std::thread::scope(|scope| {
            let run = scope.spawn(|| run(&world));
            world.aws.wait_for_requests(Operation::CreateToken, 1, HANG);
            let released = Instant::now();
            world.aws.release(Operation::CreateToken);
            std::thread::sleep(later);
            let mut file = File::create(world.token_file()).unwrap();
            std::thread::sleep(Duration::from_millis(20));
            file.write_all(text.as_bytes()).unwrap();
            let took = released.elapsed();
            (run.join().unwrap(), took)
        });
        if took < ON_TIME {
            return (world, output, next);
        }
        println!("written after {took:?}: once more");
    }
    panic!("this machine is too slow for this test");
}

#[test]
fn what_another_tool_writes_after_the_refusal_is_taken() {
    for later in [0, 50, 300, 800].map(Duration::from_millis) {
        let (world, output, next) = written(later, 3600, World::new, |world| world.run(&[]));
        answered(&output);
        assert_eq!((world.refreshes(), world.fetches()), (1, 1), "{later:?}");
        assert_eq!(last_bearer(&world), next.access_token);
    }
}

#[test]
fn it_is_awaited_before_a_person_is_asked() {
    let later = Duration::from_millis(300);
    let (world, output, _) = written(later, 3600, || with_browser("exit 0"), |world| asks(world, &[]));
    answered(&output);
    assert_eq!((world.refreshes(), world.fetches(), world.requests()), (1, 1, 2));
}

#[test]
fn login_if_needed_awaits_it_too() {
    let login = ["login", "--sso-session", "corp", "--if-needed"];
    let (world, output, _) =
        written(Duration::from_millis(300), 3600, World::new, |world| world.home.run(&login));
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.stderr.contains("already signed in to"), "{output:?}");
    assert_eq!(world.requests(), 1);
}

#[test]
fn a_token_that_has_to_be_refreshed_in_its_turn_is_refreshed() {
    let (world, output, _) = written(Duration::from_millis(100), -1, World::new, |world| world.run(&[]));
    answered(&output);
    assert_eq!((world.refreshes(), world.fetches()), (2, 1));
}

#[test]
fn when_nothing_comes_the_session_has_ended_and_that_is_known_for_a_while() {
    let world = World::new();
    world.sign_in(-1);
    let before = fs::read(world.token_file()).unwrap();
    world.aws.fault(Operation::CreateToken, used(), Times::Always);
    let text = format!("aws-sso-cred: sso-session `corp`: your sign-in session has ended\n{LOGIN_HINT}");
    let output = world.run(&[]);
    refused(&output, 1, &text);
    assert!(output.elapsed >= Duration::from_secs(2), "{:?}", output.elapsed);
    refused(&world.run(&[]), 1, &text);
    assert_eq!(world.refreshes(), 1, "the second does not ask");
    assert_eq!(fs::read(world.token_file()).unwrap(), before);
}

#[test]
fn a_refusal_while_the_token_lives_is_not_waited_for() {
    let world = World::new();
    world.sign_in(300);
    world.aws.fault(Operation::CreateToken, used(), Times::Always);
    answered(&world.run(&[]));
    assert_eq!((world.refreshes(), world.fetches()), (1, 1));
}

#[test]
fn a_token_of_another_start_url_that_comes_is_not_taken() {
    let world = World::new();
    world.sign_in(-1);
    let mut other = document(&world, &world.aws.issue_token(&TokenOptions::default()), 3600);
    other["startUrl"] = "https://other.awsapps.com/start".into();
    world.aws.fault(Operation::CreateToken, used(), Times::Always);
    let refresh = || world.home.run(&DEV);
    let sign_in = || world.home.write_token("corp", &other);
    failed(&world.while_asked(Operation::CreateToken, refresh, sign_in).0, 1);
    assert_eq!((world.fetches(), world.token()), (0, other));
}
