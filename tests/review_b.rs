//! Defects that a hostile review of the sign-in found, one test each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use aws_sso_cred::cli::LoginOptions;
use aws_sso_cred::commands::login;
use aws_sso_cred::context::Context;
use aws_sso_cred::timestamp::Timestamp;
use serde_json::json;
use stand_in::{Operation, Output, iso8601};

use common::{World, failed, now};

/// A world whose browser is a script that does this.
fn with_browser(script: &str) -> World {
    let mut world = World::new();
    let path = world.home.temporary().join("browser");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    world.home.env("BROWSER", path.to_str().unwrap());
    world
}

fn session_file(world: &World, name: &str) -> PathBuf {
    let session = world.token_file().file_stem().unwrap().to_owned();
    world.home.state_dir().join("sessions").join(session).join(name)
}

/// The credential process with pipes and no terminal, allowed to ask.
fn asks(world: &World, more: &[&str]) -> Output {
    let mut command = world.home.command(&["--profile", "dev", "-i"]);
    common::finish(stand_in::in_new_session(command.args(more), None))
}

/// An old cool-down that is long over must not hide a new one.
#[test]
fn an_old_cool_down_does_not_hide_a_code_that_ran_out_unseen() {
    let world = with_browser("#!/bin/sh\n");
    assert_eq!(asks(&world, &["--wait", "0"]).status, 6);
    let path = session_file(&world, "pending.json");
    let mut pending = common::read_json(&path);
    pending["startedAt"] = json!(iso8601(now() - 660));
    pending["expiresAt"] = json!(iso8601(now() - 60));
    fs::write(&path, pending.to_string()).unwrap();
    let old = json!({ "refused": false, "since": now() - 86_400 });
    fs::write(session_file(&world, "cool-down.json"), old.to_string()).unwrap();
    let lines = failed(&asks(&world, &["--wait", "0"]), 3);
    assert!(lines[0].contains("left unanswered"), "{lines:?}");
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
}

/// Product §4: no terminal, no browser: exit 3 at once.
#[test]
fn a_browser_that_cannot_start_and_no_terminal_end_the_sign_in_at_once() {
    let world = with_browser("#!/nonexistent/interpreter\n");
    let lines = failed(&asks(&world, &["--wait", "20"]), 3);
    assert!(lines[1].contains("could not be started"), "{lines:?}");
    assert_eq!(world.aws.count(Operation::CreateToken), 0, "nobody is waited for");
    assert!(!session_file(&world, "pending.json").exists(), "nobody has seen the code");
}

/// AWS shows its own page to who comes with a client that it has forgotten, and no
/// answer ever comes: such a client is replaced, also after the ten minutes are over.
#[test]
fn a_client_that_got_no_answer_in_ten_minutes_is_replaced() {
    let world = World::new();
    let (home, url) = (world.home.home(), world.aws.url());
    let variables = [
        ("HOME", home.to_str().unwrap()),
        ("PATH", "/usr/bin:/bin"),
        ("BROWSER", "/bin/true"),
        ("AWS_ENDPOINT_URL_SSO", &url),
        ("AWS_ENDPOINT_URL_SSO_OIDC", &url),
    ];
    let options = LoginOptions { sso_session: Some("corp".to_owned()), ..LoginOptions::default() };
    for registrations in [1, 2] {
        let context = Context::fake(&variables, Timestamp::from_unix(now()));
        assert_eq!(login(&context, &options).unwrap_err().exit_code(), 3);
        assert_eq!(world.aws.count(Operation::RegisterClient), registrations);
    }
}

/// Control characters from servers or files are escaped, whoever shows them.
#[test]
fn login_that_waits_for_another_escapes_the_code_it_shows() {
    use std::io::BufRead as _;
    let world = with_browser("#!/bin/sh\n");
    assert_eq!(asks(&world, &["--wait", "0"]).status, 6);
    let path = session_file(&world, "pending.json");
    let mut pending = common::read_json(&path);
    pending["userCode"] = json!("AB\u{1b}[2JCD");
    fs::write(&path, pending.to_string()).unwrap();
    let lock = fs::File::options().write(true).open(session_file(&world, "sign-in.lock")).unwrap();
    lock.lock().unwrap();
    let mut command = world.home.command(&["login", "--sso-session", "corp"]);
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.contains("confirm the code AB\\u{1b}[2JCD"), "{line:?}");
}

/// The redirect of a `login` cannot be joined, but it can be told what is going on.
#[test]
fn who_waits_behind_a_login_by_redirect_is_told_so_in_time() {
    let world = with_browser("#!/bin/sh\nexit 0\n");
    let mut login = world
        .home
        .command(&["login", "--sso-session", "corp"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    world.aws.wait_for_requests(Operation::RegisterClient, 1, std::time::Duration::from_secs(30));
    let output = asks(&world, &["--wait", "1"]);
    login.kill().unwrap();
    login.wait().unwrap();
    let lines = failed(&output, 6);
    assert_eq!(lines[0], "aws-sso-cred: sso-session `corp`: another aws-sso-cred is waiting for the sign-in");
    assert!(!session_file(&world, "last-error.json").exists(), "that is no failure");
}

/// What is offered has to sign in to the same session.
#[test]
fn a_port_that_is_taken_names_the_session_in_the_way_out() {
    let world = with_browser("#!/bin/sh\nexit 0\n");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = world.home.run(&["login", "--sso-session", "corp", "--redirect-port", &port]);
    assert_eq!(output.status, 3);
    assert!(
        output.stderr.contains("`aws-sso-cred login --sso-session corp --use-device-code`"),
        "{}",
        output.stderr
    );
}

#[test]
fn who_wants_no_browser_over_ssh_gets_a_ready_tunnel() {
    let mut world = World::new();
    world.home.env("SSH_CONNECTION", "10.0.0.9 5555 10.1.2.3 22");
    world.home.env("USER", "ann");
    world.aws.auto_approve(0);
    let output = world.home.run(&["login", "--sso-session", "corp", "--no-browser"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stderr.contains("`ssh -L 8400:127.0.0.1:8400 ann@10.1.2.3`"), "{}", output.stderr);
    let here = "`aws-sso-cred login --sso-session corp --no-browser --redirect-port 8400`";
    assert!(output.stderr.contains(here), "{}", output.stderr);
}
