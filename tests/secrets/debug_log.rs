//! The debug log: who can read it, and what it contains.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;

use stand_in::{Fault, Operation, Times};

use crate::common::{World, all_answered, answered, failed, finish};

pub fn log_file(world: &World) -> PathBuf {
    world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt")
}

pub fn log(world: &World) -> String {
    fs::read_to_string(log_file(world)).unwrap()
}

#[test]
fn the_log_is_private_and_a_link_in_its_place_is_not_followed() {
    let world = World::signed_in();
    let victim = world.home.temporary().join("victim");
    fs::write(&victim, "untouched").unwrap();
    symlink(&victim, log_file(&world)).unwrap();
    answered(&world.run(&["--debug"]));
    assert_eq!(fs::read_to_string(&victim).unwrap(), "untouched");

    fs::remove_file(log_file(&world)).unwrap();
    answered(&world.run(&["--debug"]));
    assert_eq!(fs::metadata(log_file(&world)).unwrap().permissions().mode() & 0o7777, 0o600);

    for wide in [0o644, 0o666, 0o400] {
        fs::set_permissions(log_file(&world), fs::Permissions::from_mode(wide)).unwrap();
        answered(&world.run(&["--debug"]));
        assert_eq!(fs::metadata(log_file(&world)).unwrap().permissions().mode() & 0o7777, 0o600, "{wide:o}");
    }
}

#[test]
fn an_unusable_log_file_does_not_stop_the_run() {
    for kind in ["directory", "fifo", "full"] {
        let world = World::signed_in();
        let path = log_file(&world);
        match kind {
            "directory" => fs::create_dir(&path).unwrap(),
            "fifo" => assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success()),
            _ => symlink("/dev/full", &path).unwrap(),
        }
        answered(&finish(&mut world.home.command(&["--profile", "dev", "--debug"])));
    }
}

/// A log line: `2026-11-21T04:00:00Z [123] +1.2ms text`.
fn is_whole(line: &str) -> bool {
    let mut words = line.splitn(4, ' ');
    let (at, process, after) = (words.next(), words.next(), words.next());
    at.is_some_and(|at| at.len() == 20 && at.ends_with('Z') && at.as_bytes()[10] == b'T')
        && process.is_some_and(|process| process.starts_with('[') && process.ends_with(']'))
        && after.is_some_and(|after| after.starts_with('+') && after.ends_with("ms"))
        && words.next().is_some_and(|text| !text.is_empty() && !text.contains("ms aws-sso-cred "))
}

#[test]
fn fifty_processes_append_whole_lines_to_the_log() {
    let world = World::signed_in();
    fs::write(log_file(&world), "an earlier line\n").unwrap();
    let outputs = world.home.run_many(50, |_| vec!["--profile", "dev", "--debug", "--no-cache"]);
    all_answered(&outputs);
    let log = log(&world);
    let mut lines = log.lines();
    assert_eq!(lines.next(), Some("an earlier line"), "existing lines are kept");
    for line in lines {
        assert!(is_whole(line), "{line:?}");
    }
    assert_eq!(log.matches("aws-sso-cred 0.").count(), 50);
    assert!(log.ends_with('\n'));
}

#[test]
fn control_characters_are_escaped_in_the_log() {
    let world = World::signed_in();
    let fault =
        Fault::Error { status: 403, code: "ForbiddenException", message: "\u{1b}[2J\r\n2026-01-01 forged" };
    world.aws.fault(Operation::GetRoleCredentials, fault, Times::Once);
    failed(&world.run(&["--debug"]), 4);
    let log = log(&world);
    assert!(!log.chars().any(|c| c.is_control() && c != '\n'), "{log:?}");
    assert!(log.lines().all(is_whole), "{log}");
}

/// Asserts that the log contains these pieces in this order.
#[track_caller]
fn assert_log_contains(world: &World, pieces: &[&str]) {
    let log = log(world);
    let mut rest = log.as_str();
    for piece in pieces {
        let at = rest.find(piece).unwrap_or_else(|| panic!("{piece:?} is not (in order) in\n{log}"));
        rest = &rest[at + piece.len()..];
    }
}

#[test]
fn the_log_contains_every_decision() {
    let world = World::new();
    world.cache_role(3600);
    answered(&world.run(&["--debug"]));
    assert_log_contains(&world, &["aws-sso-cred 0.", "role cache ", " s left"]);

    let world = World::new();
    world.sign_in(60);
    answered(&world.run(&["--debug"]));
    assert_log_contains(
        &world,
        &[
            "role cache ",
            "absent",
            "token ",
            " s left",
            "Refresh",
            "CreateToken: answered in",
            "token written",
            "GetRoleCredentials: answered in",
            "role cache written",
        ],
    );

    let world = World::signed_in();
    world.cache_role(600);
    world.aws.fault(Operation::GetRoleCredentials, Fault::Status(403), Times::Always);
    answered(&world.run(&["--debug"]));
    answered(&world.run(&["--debug"]));
    assert_log_contains(&world, &["Use", "Forbidden", "failed: ", "fallback: ", "AWS failed a moment ago"]);

    let world = World::new();
    assert_eq!(world.run(&["--debug"]).status, 1);
    assert_log_contains(&world, &["token ", "absent", "failed: "]);
}

#[test]
fn without_the_flag_there_is_no_log() {
    let world = World::signed_in();
    answered(&world.run(&[]));
    assert!(!log_file(&world).exists());
}
