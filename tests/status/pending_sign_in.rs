//! A sign-in that waits for the person, or that ended without a token.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use stand_in::{Fault, Operation, Times};

use crate::common::{World, answered, now};
use crate::{CORP, FILE, document, put, state, table};

/// A `login` whose code waits, with a poll that AWS does not answer.
fn polling_login(world: &World) -> std::process::Child {
    world.aws.clear_requests();
    world.aws.fault(Operation::CreateToken, Fault::Hang, Times::Always);
    let login = ["login", "--sso-session", "corp", "--use-device-code", "--no-browser"];
    let child = world.home.command(&login).stderr(std::process::Stdio::null()).spawn().unwrap();
    world.aws.wait_for_outcomes(Operation::CreateToken, 1, Duration::from_secs(40));
    child
}

/// Starts a `login` and kills it while its code waits.
fn killed_login(world: &World) {
    let mut child = polling_login(world);
    child.kill().unwrap();
    child.wait().unwrap();
    world.aws.clear_faults();
}

/// The files of a `login` that was killed after it had written its token.
#[test]
fn status_does_not_show_a_used_code() {
    let world = World::new();
    killed_login(&world);
    world.sign_in(3600);
    let (status, text) = table(&world, &CORP);
    assert!(status == 0 && !text.contains("waiting for you"), "{text}");
    let json = [&CORP[..], &["--output", "json"]].concat();
    assert_eq!(document(&world.home.run(&json))["pending_sign_in"], Value::Null);
    // The next `login` requests a new code.
    world.aws.clear_requests();
    world.aws.set_device(1, 600, false);
    world.aws.auto_approve(0);
    let login = ["login", "--sso-session", "corp", "--use-device-code", "--no-browser"];
    let output = world.home.run(&login);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.stderr.contains("please sign in"), "{output:?}");
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
    // The used code does not count as unanswered when it expires.
    world.aws.no_auto_decision();
    killed_login(&world);
    world.sign_in(3600);
    answered(&world.run(&[]));
    assert!(!state(&world, "pending.json").exists());
}

/// Another tool may refresh the token while the person is still in the browser.
#[test]
fn status_shows_a_polled_code_although_another_tool_wrote_a_token() {
    let world = World::new();
    let mut child = polling_login(&world);
    std::thread::sleep(Duration::from_millis(1100));
    world.sign_in(3600);
    let (status, text) = table(&world, &CORP);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(status == 0 && text.contains("waiting for you"), "{text}");
}

#[test]
fn status_shows_a_waiting_code_after_a_refresh() {
    let world = World::new();
    world.sign_in(60);
    killed_login(&world);
    answered(&world.run(&["--force-refresh"]));
    assert_eq!(world.refreshes(), 1);
    let (status, text) = table(&world, &CORP);
    assert!(status == 0 && text.contains("waiting for you"), "{text}");
}

#[test]
fn status_shows_a_waiting_sign_in_and_a_cool_down() {
    let mut world = World::new();
    world.home.env("AWS_SSO_DISABLE_BROWSER", "1");
    // While the process waits for an answer, it writes no file that the kill could cut.
    world.aws.fault(Operation::CreateToken, Fault::Hang, Times::Always);
    let login = ["login", "--sso-session", "corp", "--use-device-code"];
    let mut child = world.home.command(&login).stderr(std::process::Stdio::null()).spawn().unwrap();
    let code = world.aws.wait_for_user_code(Duration::from_secs(40));
    world.aws.wait_for_outcomes(Operation::CreateToken, 1, Duration::from_secs(40));
    child.kill().unwrap();
    child.wait().unwrap();
    let page = format!("{}/device", world.aws.url());
    let (status, text) = table(&world, &CORP);
    let expected = format!(
        "\
sso-session `corp`: not signed in
  waiting for you   open {page}?user_code={code} and confirm the code {code} (N minutes left)
  start URL         https://corp.awsapps.com/start in eu-west-1
  looked for        {FILE}
"
    );
    assert_eq!((status, text), (1, expected));
    let json = [&CORP[..], &["--output", "json"]].concat();
    let pending = document(&world.home.run(&json))["pending_sign_in"].clone();
    assert_eq!(pending["user_code"], code);

    fs::remove_file(state(&world, "pending.json")).unwrap();
    for (refused, words) in [(true, "refused"), (false, "left unanswered")] {
        // One of the cool-downs lasts only ten seconds.
        let begin = || {
            let note = json!({ "refused": refused, "since": now() });
            put(&state(&world, "cool-down.json"), &note.to_string());
        };
        begin();
        let (status, text) = table(&world, &CORP);
        let row =
            format!("  cool-down         a sign-in was {words}; aws-sso-cred does not ask again for N ");
        assert!(status == 1 && text.contains(&row), "{text}");
        begin();
        assert_eq!(document(&world.home.run(&json))["cool_down"]["refused"], refused);
    }
}
