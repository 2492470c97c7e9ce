//! Files that another program has open. Most programs on Windows, the AWS CLI among them, open files
//! in a way that keeps others from replacing and removing them for that time.

use std::fs::{self, File, OpenOptions};
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use stand_in::Operation;

use crate::common::{HANG, World, answered, failed, read_json};
use crate::configuration::add_profile;

const FORCE: [&str; 3] = ["--profile", "dev", "--force-refresh"];

/// Opens a file as Python and C do: others may read and write it, but not replace or remove it.
fn open_as_python_does(path: &Path) -> File {
    const READ_AND_WRITE: u32 = 3;
    OpenOptions::new().read(true).share_mode(READ_AND_WRITE).open(path).unwrap()
}

/// Opens a file and lets no other program in.
fn open_alone(path: &Path) -> File {
    OpenOptions::new().read(true).share_mode(0).open(path).unwrap()
}

/// Closes `file` while the program tries to replace or read it.
fn close_later(file: File) {
    std::thread::sleep(Duration::from_millis(100));
    drop(file);
}

/// Tries up to ten times: on a busy machine the file may be closed too late for the program.
fn at_last(done: impl Fn() -> bool) {
    assert!((0..10).any(|_| done()), "it did not happen");
}

#[test]
fn a_reader_sees_whole_files_while_they_are_replaced() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    let (path, is_over) = (world.role_file(), AtomicBool::new(false));
    let read = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut read = 0;
            while !is_over.load(Ordering::Relaxed) {
                let file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
                assert!(file["Credentials"]["SessionToken"].is_string());
                read += 1;
            }
            read
        });
        for _ in 0..5 {
            let outputs = world.home.run_many(3, |_| FORCE.to_vec());
            outputs.iter().for_each(|output| drop(answered(output)));
        }
        is_over.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    assert!(read > 0);
    let names: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().flatten().collect();
    assert_eq!(names.len(), 1, "no temporary file stays: {names:?}");
}

#[test]
fn credentials_are_printed_when_their_file_is_open_all_the_time() {
    let world = World::signed_in();
    let before = answered(&world.run(&[]));
    let open = open_as_python_does(&world.role_file());
    let after = answered(&world.home.run(&FORCE));
    drop(open);
    assert_ne!(after["AccessKeyId"], before["AccessKeyId"]);
    assert_eq!(read_json(&world.role_file())["Credentials"]["AccessKeyId"], before["AccessKeyId"]);
}

#[test]
fn a_cache_file_that_is_open_for_a_moment_is_replaced_after_it() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    at_last(|| {
        let open = open_as_python_does(&world.role_file());
        let asked = world.fetches();
        let output = std::thread::scope(|scope| {
            let run = scope.spawn(|| world.home.run(&FORCE));
            world.aws.wait_for_outcomes(Operation::GetRoleCredentials, asked + 1, HANG);
            close_later(open);
            run.join().unwrap()
        });
        let printed = answered(&output);
        read_json(&world.role_file())["Credentials"]["AccessKeyId"] == printed["AccessKeyId"]
    });
}

#[test]
fn a_file_that_lets_nobody_in_for_a_moment_is_read_after_it() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    at_last(|| {
        let open = open_alone(&world.role_file());
        let asked = world.fetches();
        let output = std::thread::scope(|scope| {
            let run = scope.spawn(|| world.run(&[]));
            close_later(open);
            run.join().unwrap()
        });
        answered(&output);
        world.fetches() == asked
    });
}

#[test]
fn a_config_that_is_open_elsewhere_is_changed_after_it_or_left_with_a_clear_error() {
    let world = World::new();
    let path = world.home.config_path();
    let before = fs::read(&path).unwrap();
    let add = |name: &str| add_profile(&world, name);
    let open = open_as_python_does(&path);
    let lines = failed(&add("new"), 5);
    assert_eq!(
        lines,
        [
            r"aws-sso-cred: cannot change ~\.aws\config: another program has it open",
            r"hint: close the program that has `~\.aws\config` open, then run this again"
        ]
    );
    assert_eq!(fs::read(&path).unwrap(), before);
    drop(open);
    let output = add("new");
    assert_eq!(output.status, 0, "{output:?}");
    assert!(fs::read_to_string(&path).unwrap().contains("[profile new]"));
}

#[test]
fn logout_names_the_file_that_another_program_has_open() {
    let world = World::signed_in();
    let open = open_as_python_does(&world.token_file());
    let output = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!(output.status, 5, "{output:?}");
    assert!(output.stderr.contains("another program has it open"), "{}", output.stderr);
    drop(open);
    let output = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(!world.token_file().exists());
}
