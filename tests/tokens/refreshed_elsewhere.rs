//! Another tool has used the refresh token, and writes the new token a moment later.

use std::fs::{self, File};
use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;
use stand_in::{Fault, IssuedToken, Operation, Output, Times, TokenOptions};

use crate::common::{DEV, HANG, LOGIN_HINT, World, answered, failed, in_seconds, refused};
use crate::support::{asks, last_bearer, next_token, with_browser};

/// The program waits for two seconds. A round in which the machine delayed the writer longer than
/// this proves nothing.
const ON_TIME: Duration = Duration::from_millis(1500);

fn used() -> Fault {
    Fault::Error { status: 400, code: "invalid_grant", message: "Invalid refresh token provided" }
}

/// The content that the other tool writes to the token file.
fn document(world: &World, token: &IssuedToken, seconds: i64) -> Value {
    let mut document = world.token();
    document["accessToken"] = token.access_token.as_str().into();
    document["refreshToken"] = token.refresh_token.as_deref().into();
    document["expiresAt"] = in_seconds(seconds).into();
    document
}

/// Calls `run` in worlds with an expired token whose refresh AWS refuses, while the other tool
/// writes its token `later`, as AWS CLI v2 does: truncate, then write. Gives the first output for
/// which the tool wrote in time.
fn while_another_tool_writes(
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
fn a_token_that_another_tool_writes_after_the_refusal_is_used() {
    for later in [0, 50, 300, 800].map(Duration::from_millis) {
        let (world, output, next) =
            while_another_tool_writes(later, 3600, World::new, |world| world.run(&[]));
        answered(&output);
        assert_eq!((world.refreshes(), world.fetches()), (1, 1), "{later:?}");
        assert_eq!(last_bearer(&world), next.access_token);
    }
}

#[test]
fn a_token_from_another_tool_is_awaited_before_a_sign_in_starts() {
    let later = Duration::from_millis(300);
    let (world, output, _) =
        while_another_tool_writes(later, 3600, || with_browser("exit 0"), |world| asks(world, &[]));
    answered(&output);
    assert_eq!((world.refreshes(), world.fetches(), world.requests()), (1, 1, 2));
}

#[test]
fn login_if_needed_awaits_a_token_from_another_tool() {
    let login = ["login", "--sso-session", "corp", "--if-needed"];
    let (world, output, _) =
        while_another_tool_writes(Duration::from_millis(300), 3600, World::new, |world| {
            world.home.run(&login)
        });
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.stderr.contains("already signed in to"), "{output:?}");
    assert_eq!(world.requests(), 1);
}

#[test]
fn an_expired_token_from_another_tool_is_refreshed() {
    let (world, output, _) =
        while_another_tool_writes(Duration::from_millis(100), -1, World::new, |world| world.run(&[]));
    answered(&output);
    assert_eq!((world.refreshes(), world.fetches()), (2, 1));
}

#[test]
fn without_a_token_from_another_tool_the_session_counts_as_ended() {
    let world = World::new();
    world.sign_in(-1);
    let before = fs::read(world.token_file()).unwrap();
    world.aws.fault(Operation::CreateToken, used(), Times::Always);
    let text = format!("aws-sso-cred: sso-session `corp`: your sign-in session has ended\n{LOGIN_HINT}");
    let output = world.run(&[]);
    refused(&output, 1, &text);
    assert!(output.elapsed >= Duration::from_secs(2), "{:?}", output.elapsed);
    refused(&world.run(&[]), 1, &text);
    assert_eq!(world.refreshes(), 1, "the second run sends no refresh");
    assert_eq!(fs::read(world.token_file()).unwrap(), before);
}

#[test]
fn a_refused_refresh_of_a_live_token_causes_no_wait() {
    let world = World::new();
    world.sign_in(300);
    world.aws.fault(Operation::CreateToken, used(), Times::Always);
    answered(&world.run(&[]));
    assert_eq!((world.refreshes(), world.fetches()), (1, 1));
}

#[test]
fn a_token_from_another_tool_for_another_start_url_is_not_used() {
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
