//! Every scenario with the debug log on reveals no secret.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rustix::process::Signal;
use stand_in::{Fault, Operation, Output, SECRET_MARK, Times};

use crate::common::{at_once, read_json};
use crate::desk::Desk;
use crate::terminal::{BOTOCORE, run};

type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Asserts that secrets are only in JSON files that only the person can read.
fn assert_no_leak(desk: &Desk, outputs: &[Output], screens: &[&str]) {
    let log = desk.world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
    assert!(fs::read_to_string(&log).unwrap().contains("sign-in needed"), "the log is on");
    let tabs = desk.tabs();
    let mut texts: Vec<&str> = tabs.iter().map(String::as_str).collect();
    texts.extend(outputs.iter().map(|output| output.stderr.as_str()));
    texts.extend(outputs.iter().filter(|output| output.status != 0).map(|output| output.stdout.as_str()));
    texts.extend(screens);
    let found = desk.world.home.search_for_secrets(&texts, &desk.aws().take_secrets());
    assert!(found.is_empty(), "{found:?}");
    for (path, mode, content) in desk.world.home.all_files() {
        let ours = path != desk.world.home.config_path();
        assert!(mode == 0o600 || !ours, "{mode:o} {}", path.display());
        let text = String::from_utf8_lossy(&content);
        let state = path.starts_with(desk.world.home.state_dir());
        let may = !state || path.ends_with("pending.json");
        assert!(may || !text.contains(SECRET_MARK), "{} has a secret", path.display());
    }
    assert_private(&desk.world.home.state_dir());
}

fn assert_private(directory: &Path) {
    let mode = fs::metadata(directory).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o700, "{}", directory.display());
    for entry in fs::read_dir(directory).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            assert_private(&entry.path());
        }
    }
}

fn told_in_full(wait: &str, prepare: impl FnOnce(&Desk)) -> (Desk, Output) {
    let desk = Desk::new();
    prepare(&desk);
    let output = desk.sign_in(&["--debug", "--wait", wait]);
    (desk, output)
}

#[test]
fn no_sign_in_scenario_reveals_a_secret() {
    let error = |code| Fault::Error { status: 400, code, message: "no" };
    let scenario = |status: i32, prepare: Box<dyn FnOnce(&Desk) + Send>| {
        Box::new(move || {
            // Only the run that is to time out gets a short wait.
            let (desk, output) = told_in_full(if status == 6 { "2" } else { "40" }, prepare);
            assert_eq!(output.status, status, "{output:?}");
            assert_no_leak(&desk, &[output], &[]);
        }) as Job
    };
    at_once::<()>(vec![
        scenario(0, Box::new(|desk| desk.aws().auto_approve(1))),
        scenario(3, Box::new(|desk| desk.aws().auto_deny(0))),
        scenario(6, Box::new(|_| {})),
        scenario(3, Box::new(|desk| desk.aws().set_device(1, 2, true))),
        scenario(
            3,
            Box::new(move |desk| {
                desk.aws().fault(Operation::CreateToken, error("invalid_client"), Times::Always);
            }),
        ),
        scenario(
            4,
            Box::new(move |desk| {
                desk.aws().fault(Operation::CreateToken, error("invalid_grant"), Times::Always);
            }),
        ),
        scenario(
            4,
            Box::new(|desk| {
                desk.aws().auto_approve(0);
                desk.aws().remove_role(crate::common::ACCOUNT, crate::common::ROLE);
            }),
        ),
        scenario(
            0,
            Box::new(|desk| {
                desk.world.sign_in(-60);
                desk.aws().end_session();
                desk.aws().auto_approve(0);
            }),
        ),
    ]);
}

#[test]
fn a_terminal_and_a_killed_process_reveal_no_secret() {
    let desk = Desk::new();
    let running = desk.start_hanging(&["--debug"]);
    let process = fs::read_dir(desk.state_file("")).unwrap().count();
    assert!(process > 0, "state files exist");
    let killed = running.end_by(Signal::KILL);
    assert_no_leak(&desk, &[killed], &[]);
    assert!(read_json(&desk.state_file("pending.json"))["deviceCode"].is_string());
    desk.aws().clear_faults();
    desk.approve();
    let seen = run(BOTOCORE, &desk, &["-i", "--debug"]).finish();
    assert_eq!(seen.output.status, 0, "{}", seen.screen);
    assert_no_leak(&desk, &[seen.output], &[&seen.screen]);
}
