//! How long `login` waits for other processes, and which sign-ins it accepts afterwards.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use aws_sso_cred::cli::LoginOptions;
use aws_sso_cred::commands::login;
use aws_sso_cred::context::Context;
use aws_sso_cred::timestamp::Timestamp;
use rustix::process::Signal;
use stand_in::Operation;

use crate::common::{CONFIG, HANG, World, answered, now};
use crate::support::{Running, wait_until};

const BY_CODE: [&str; 4] = ["login", "--sso-session", "corp", "--use-device-code"];

fn state(world: &World, key: &str, name: &str) -> PathBuf {
    let session = world.home.token_path(key).file_stem().unwrap().to_owned();
    world.home.state_dir().join("sessions").join(session).join(name)
}

/// A sign-in by code that waits for its person, and a `login` that waits for that process.
fn two_logins() -> (World, Running, Running) {
    let mut world = World::new();
    world.home.env("AWS_SSO_DISABLE_BROWSER", "1");
    world.aws.set_device(1, 600, false);
    world.sign_in(-60);
    let mut first = Running::start(&world, &BY_CODE);
    first.line("code");
    wait_until(|| state(&world, "corp", "pending.json").exists());
    let mut second = Running::start(&world, &BY_CODE);
    second.line("is signing in to");
    (world, first, second)
}

#[test]
fn login_does_not_take_a_refresh_by_another_process_for_a_sign_in() {
    let (world, first, second) = two_logins();
    answered(&world.run(&["-n"]));
    assert!(world.token()["refreshToken"].is_string(), "the token is refreshed and valid");
    first.signal(Signal::KILL);
    first.finish();
    // The second `login` asks the person, who approves.
    let code = world.aws.wait_for_user_code(HANG);
    let polls = world.aws.count(Operation::CreateToken);
    world.aws.wait_for_outcomes(Operation::CreateToken, polls + 1, HANG);
    assert!(world.aws.approve(&code));
    let (status, text) = second.finish();
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("signed in to sso-session `corp`"), "{text}");
    assert_eq!(by_device_code(&world), 1);
}

#[test]
fn login_takes_a_sign_in_by_another_process() {
    let (world, first, second) = two_logins();
    let code = world.aws.wait_for_user_code(HANG);
    assert!(world.aws.approve(&code));
    for login in [first, second] {
        let (status, text) = login.finish();
        assert_eq!(status, 0, "{text}");
        assert!(text.contains("signed in to sso-session `corp`"), "{text}");
    }
    assert_eq!((by_device_code(&world), world.aws.count(Operation::StartDeviceAuthorization)), (1, 1));
}

/// How many sign-ins by code AWS has completed.
fn by_device_code(world: &World) -> usize {
    let requests = world.aws.requests().into_iter();
    requests
        .filter(|request| request.operation == Operation::CreateToken && request.status == 200)
        .filter(|request| request.body["deviceCode"].is_string())
        .count()
}

/// A process with a clock that the test sets, in the world's home.
fn process(world: &World) -> Context {
    let (home, url) = (world.home.home(), world.aws.url());
    let variables = [
        ("HOME", home.to_str().unwrap()),
        ("PATH", "/usr/bin:/bin"),
        ("AWS_SSO_DISABLE_BROWSER", "1"),
        ("AWS_ENDPOINT_URL_SSO", &url),
        ("AWS_ENDPOINT_URL_SSO_OIDC", &url),
    ];
    Context::fake(&variables, Timestamp::from_unix(now()))
}

fn state_of_process(world: &World, key: &str, name: &str) -> PathBuf {
    let session = world.home.token_path(key).file_stem().unwrap().to_owned();
    world.home.home().join(".local/state/aws-sso-cred/sessions").join(session).join(name)
}

#[test]
fn each_session_of_login_all_waits_for_the_whole_life_of_its_code() {
    let world = World::new();
    world.aws.allow_start_url("https://away.awsapps.com/start");
    let away = "[sso-session away]\nsso_start_url = https://away.awsapps.com/start\nsso_region = eu-west-1\n";
    world.home.write_config(&format!("{CONFIG}{away}"));
    world.aws.set_device(5, 600, false);
    let options = LoginOptions { all: true, use_device_code: true, ..LoginOptions::default() };
    // Three sessions, ten minutes each, without an answer.
    let context = process(&world);
    assert_eq!(login(&context, &options), Ok(3));
    assert!(context.elapsed() >= Duration::from_secs(3 * 590), "{:?}", context.elapsed());
    for key in ["corp", "https://corp.awsapps.com/start", "away"] {
        assert!(!state_of_process(&world, key, "pending.json").exists(), "{key} is still pending");
    }
}

#[test]
fn a_lock_is_waited_for_equally_long_for_each_session() {
    let world = World::signed_in();
    world.sign_in(-60);
    let lock = state_of_process(&world, "corp", "lock");
    let options =
        LoginOptions { sso_session: Some("corp".to_owned()), if_needed: true, ..LoginOptions::default() };
    // One refresh creates the state directory.
    assert_eq!(login(&process(&world), &options), Ok(0));
    world.sign_in(-60);
    let held = fs::File::options().write(true).open(lock).unwrap();
    held.lock().unwrap();
    let context = process(&world);
    // The time that the sign-in to a previous session may have taken.
    context.advance(Duration::from_secs(600));
    std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            drop(held);
        });
        assert_eq!(login(&context, &options), Ok(0));
    });
    assert_eq!(world.refreshes(), 2);
}
