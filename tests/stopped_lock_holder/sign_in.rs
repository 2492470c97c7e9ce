//! A sign-in while another `login` is stopped or waits for a redirect that never comes.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::time::{Duration, Instant};

use stand_in::Operation;

use crate::common::{DEV, HANG, World, answered};
use crate::{Holder, LOGIN, SOON};

fn unfinished_redirect() -> (World, Holder) {
    let mut world = World::new();
    let browser = world.home.temporary().join("browser");
    fs::write(&browser, format!("#!/bin/sh\necho > '{}/opened'\n", world.home.temporary().display()))
        .unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&browser, mode).unwrap();
    world.home.env("BROWSER", browser.to_str().unwrap());
    world.aws.set_device(1, 600, false);
    let login = Holder::start(&world, &LOGIN);
    let opened = world.home.temporary().join("opened");
    let deadline = Instant::now() + HANG;
    while !opened.exists() {
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(5));
    }
    (world, login)
}

#[test]
fn login_behind_a_stopped_login_continues_and_names_it() {
    let (world, first) = unfinished_redirect();
    first.stop();
    world.aws.auto_approve(0);
    let output = world.home.run(&[&LOGIN[..], &["--use-device-code"]].concat());
    assert_eq!(output.status, 0, "{output:?}");
    let told = format!(
        "another aws-sso-cred (process {}) is signing in to sso-session `corp`, but it is stopped; this login goes on\n",
        first.0.id()
    );
    assert!(output.stderr.starts_with(&told), "{output:?}");
    assert!(output.elapsed < SOON, "{:?}", output.elapsed);
}

#[test]
fn a_sign_in_behind_a_stopped_login_continues() {
    let (world, first) = unfinished_redirect();
    first.stop();
    world.aws.auto_approve(0);
    let output = world.run(&["-i"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!(world.fetches(), 1);
    assert!(output.elapsed < SOON, "{:?}", output.elapsed);
}

#[test]
fn a_sign_in_behind_a_stopped_sign_in_takes_over_its_code() {
    let mut world = World::new();
    world.home.env("BROWSER", "/bin/true");
    // The next poll is due in seconds: none is in progress when the first process is stopped.
    world.aws.set_device(5, 600, false);
    let first = Holder::start(&world, &[&DEV[..], &["-i"]].concat());
    let code = world.aws.wait_for_user_code(HANG);
    world.aws.wait_for_outcomes(Operation::CreateToken, 1, HANG);
    first.stop();
    assert!(world.aws.approve(&code));
    let output = world.run(&["-i"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
    assert!(output.elapsed < SOON, "{:?}", output.elapsed);
}

#[test]
fn login_by_code_does_not_wait_for_an_unfinished_redirect() {
    let (world, first) = unfinished_redirect();
    world.aws.auto_approve(0);
    let output = world.home.run(&[&LOGIN[..], &["--use-device-code"]].concat());
    assert_eq!(output.status, 0, "{output:?}");
    let pid = format!("another aws-sso-cred (process {})", first.0.id());
    assert!(output.stderr.starts_with(&format!("{pid} is signing in")), "{output:?}");
    assert!(output.stderr.contains(&format!("{pid} has not finished; this login goes on\n")));
    assert!(output.elapsed < SOON, "{:?}", output.elapsed);
    answered(&world.run(&[]));
}

/// The address that a `login` shows, and its remaining stderr.
fn address_of(login: &mut Holder) -> (String, BufReader<std::process::ChildStderr>) {
    let mut stderr = BufReader::new(login.0.stderr.take().unwrap());
    let mut told = String::new();
    loop {
        told.clear();
        assert!(stderr.read_line(&mut told).unwrap() > 0);
        if let Some(at) = told.find("http") {
            return (told[at..].split_whitespace().next().unwrap().to_owned(), stderr);
        }
    }
}

#[test]
fn login_by_redirect_continues_beside_an_unfinished_redirect() {
    let (world, mut first) = unfinished_redirect();
    world.aws.authorize_behaviour(stand_in::AuthorizeBehaviour::Approve);
    let mut second = Holder::start(&world, &LOGIN);
    let mut stderr = BufReader::new(second.0.stderr.take().unwrap());
    let mut told = String::new();
    while !told.contains("http") {
        assert!(stderr.read_line(&mut told).unwrap() > 0, "{told}");
    }
    let pid = format!("another aws-sso-cred (process {})", first.0.id());
    let lines = format!(
        "{pid} is signing in to sso-session `corp`; this login waits for it\n\
         {pid} has not finished; this login goes on\n"
    );
    assert!(told.starts_with(&lines), "{told}");
    let address = told[told.find("http").unwrap()..].trim();
    assert!(stand_in::visit(address).is_ok());
    stderr.read_to_string(&mut told).unwrap();
    assert_eq!(second.0.wait().unwrap().code(), Some(0), "{told}");
    answered(&world.run(&[]));
    // The first login can still be completed, and its token then replaces the second.
    let (address, _stderr) = address_of(&mut first);
    let before = world.token();
    assert!(stand_in::visit(&address).is_ok());
    assert_eq!(first.0.wait().unwrap().code(), Some(0));
    assert_ne!(world.token()["accessToken"], before["accessToken"]);
    answered(&world.run(&[]));
}

/// Both sign-ins are valid: the token of the later one is kept, and neither process reports a
/// logout.
#[test]
fn a_redirect_that_is_finished_late_ends_the_sign_in_by_code_beside_it() {
    let (world, mut first) = unfinished_redirect();
    world.aws.authorize_behaviour(stand_in::AuthorizeBehaviour::Approve);
    let (address, _stderr) = address_of(&mut first);
    let mut second = Holder::start(&world, &[&LOGIN[..], &["--use-device-code"]].concat());
    world.aws.wait_for_requests(Operation::CreateToken, 1, HANG);
    assert!(stand_in::visit(&address).is_ok());
    assert_eq!(first.0.wait().unwrap().code(), Some(0));
    let mut text = String::new();
    second.0.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(second.0.wait().unwrap().code(), Some(0), "{text}");
    answered(&world.run(&[]));
}
