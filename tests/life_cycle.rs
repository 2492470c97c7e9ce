//! The life of a sign-in over ninety days, with a moved clock: no cache, sign in, valid,
//! role credentials expire, token refresh, registration expires, sign in again. In
//! between nothing happens: no request, no browser, no write.
//!
//! Each step is a process's worth of work in this process. Prompts go to the standard
//! error, so the tests start themselves again with a pipe there.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

#[path = "life_cycle/scripted.rs"]
mod scripted;

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use aws_sso_cred::error::{Error, SignInNeeded, SignInWaiting};
use aws_sso_cred::token::SignInReason;
use scripted::World;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

const SIGN_IN: [&str; 6] = [
    "RegisterClient",
    "StartDeviceAuthorization",
    "CreateToken",
    "CreateToken",
    "CreateToken",
    "GetRoleCredentials",
];

/// Runs an ignored test of this file on its own, without a terminal, and counts prompts.
fn on_its_own(name: &str, prompts: usize) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--ignored", "--nocapture"]).process_group(0);
    stand_in::with_default_signals(command.env_remove("CI").stdin(Stdio::null()));
    let output = command.output().unwrap();
    let (told, shown) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}{shown}");
    assert_eq!(shown.matches("please sign in to sso-session `corp`").count(), prompts, "{shown}");
}

#[test]
fn ninety_days_take_two_sign_ins() {
    on_its_own("ninety_days", 2);
}

#[test]
#[ignore = "runs only inside of the test above"]
fn ninety_days() {
    let world = World::new();

    let first = world.run(true).unwrap();
    assert_eq!(world.take_requests(), SIGN_IN, "no cache: register, ask, poll, fetch");
    world.assert_tabs(1);
    assert_silent(&world, 1);

    world.pass(41 * MINUTE);
    let second = world.run(true).unwrap();
    assert_ne!(second, first, "19 minutes left are too few for SDKs");
    assert_eq!(world.take_requests(), ["GetRoleCredentials"], "the token lives");
    assert_silent(&world, 1);

    world.pass(39 * MINUTE);
    assert_eq!(world.run(false).unwrap(), second, "the token is dead now, the credentials are not");
    assert_silent(&world, 1);

    world.pass(2 * MINUTE);
    let third = world.run(false).unwrap();
    assert_ne!(third, second);
    assert_eq!(world.take_requests(), ["CreateToken", "GetRoleCredentials"], "the token is refreshed");
    assert_silent(&world, 1);

    for _ in 0..8 {
        world.pass(11 * DAY);
        world.run(false).unwrap();
        assert_eq!(world.take_requests(), ["CreateToken", "GetRoleCredentials"], "the session goes on");
        assert_silent(&world, 1);
    }

    world.pass(2 * DAY);
    let error = world.run(false).unwrap_err();
    assert!(is_required(&error, SignInReason::RegistrationExpired), "{error}");
    assert_eq!(world.take_requests(), [""; 0], "who may not ask requests nothing");

    world.run(true).unwrap();
    assert_eq!(world.take_requests(), SIGN_IN, "a new registration, a new sign-in");
    assert_silent(&world, 2);
}

#[test]
fn an_ended_session_is_asked_about_once() {
    on_its_own("ended_session", 2);
}

#[test]
#[ignore = "runs only inside of the test above"]
fn ended_session() {
    let world = World::new();
    world.run(true).unwrap();
    world.take_requests();
    world.end_session();
    assert_silent(&world, 1);

    world.pass(50 * MINUTE);
    let live = world.run(true).unwrap();
    assert_eq!(world.take_requests().first(), Some(&"CreateToken"), "the refresh is refused");
    world.pass(10);
    assert_eq!(world.run(true).unwrap(), live, "credentials with ten minutes left need nobody");
    world.assert_tabs(1);

    world.pass(9 * MINUTE);
    world.take_requests();
    let error = world.run(false).unwrap_err();
    assert!(is_required(&error, SignInReason::SessionEnded), "{error}");
    world.take_requests();
    assert_ne!(world.run(true).unwrap(), live);
    assert!(world.take_requests().ends_with(&SIGN_IN[1..]), "the registration lives");
    assert_silent(&world, 2);
}

#[test]
fn a_person_who_takes_their_time_is_waited_for() {
    on_its_own("takes_their_time", 2);
}

#[test]
#[ignore = "runs only inside of the test above"]
fn takes_their_time() {
    let world = World::new();
    world.approve_after(8);
    world.run(true).unwrap();
    assert_eq!(world.polls(), 9, "the last one after 45 seconds: no deadline of the network cut it off");

    let world = World::new();
    world.approve_after(1000);
    let error = world.run(true).unwrap_err();
    assert!(matches!(error, Error::Waiting(SignInWaiting::Pending { .. })), "{error}");
    assert_eq!((error.exit_code(), world.seconds_since_start()), (6, 50));
    world.approve_after(0);
    world.pass(MINUTE);
    world.take_requests();
    world.run(true).unwrap();
    assert_eq!(world.take_requests(), ["CreateToken", "GetRoleCredentials"], "joined, and there at once");
}

#[test]
fn many_nights_of_a_job_nobody_watches_open_few_tabs() {
    on_its_own("nobody_watches", 2);
}

#[test]
#[ignore = "runs only inside of the test above"]
fn nobody_watches() {
    let world = World::new();
    world.approve_after(1000);
    // A job that starts us every minute for twenty minutes: ten minutes of one code, five
    // of silence, and a second code.
    let codes: Vec<u32> = (0..20)
        .map(|minute| {
            let before = world.seconds_since_start();
            let code = u32::from(world.run(true).unwrap_err().exit_code());
            let took = world.seconds_since_start() - before;
            assert!(took <= 50, "minute {minute}: {took}");
            world.pass(MINUTE - took);
            code
        })
        .collect();
    assert!(codes.iter().all(|code| [3, 6].contains(code)), "{codes:?}");
    assert!(codes.iter().filter(|code| **code == 3).count() >= 5, "{codes:?}");
    let requests = world.take_requests();
    let starts = requests.iter().filter(|name| **name == "StartDeviceAuthorization").count();
    assert_eq!(starts, 2, "{codes:?}");
    world.assert_tabs(2);
}

fn is_required(error: &Error, because: SignInReason) -> bool {
    matches!(error, Error::SignInNeeded(SignInNeeded::Required { reason, .. }) if *reason == because)
}

/// Another start finds all it needs: no request, no browser, no write.
#[track_caller]
fn assert_silent(world: &World, tabs: usize) {
    // The browser writes, too, and takes its own time.
    world.assert_tabs(tabs);
    let before = world.files();
    for allowed in [false, true] {
        world.run(allowed).unwrap();
        assert_eq!(world.take_requests(), [""; 0]);
    }
    assert_eq!(world.files(), before);
    world.assert_tabs(tabs);
}
