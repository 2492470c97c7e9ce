//! Secrets may be on stdout, in AWS's caches and in the 0600 state directory, and nowhere else: not
//! in the log, not on stderr, not in a child process.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests play the caller and the thief"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use common::{World, all_answered, answered, at_once, failed, finish, shell};
use stand_in::{Fault, Operation, SECRET_MARK, Times};

fn log_file(world: &World) -> PathBuf {
    world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt")
}

fn log(world: &World) -> String {
    fs::read_to_string(log_file(world)).unwrap()
}

/// The only state file that may contain secrets: a pending sign-in.
const FOR_SECRETS: &str = "pending.json";

/// Secrets in wrong places: on stderr, in files of the home other than the caches, and in the state
/// directory outside of the file for secrets.
fn misplaced_secrets(world: &World, stderr: &str) -> Vec<String> {
    let secrets = world.aws.take_secrets();
    let mut found = world.home.search_for_secrets(&[stderr], &secrets);
    let state = world.home.state_dir();
    for (path, _, content) in world.home.all_files() {
        let text = String::from_utf8_lossy(&content);
        let secret =
            text.contains(SECRET_MARK) || secrets.iter().any(|secret| text.contains(secret.as_str()));
        if secret && path.starts_with(&state) && !path.ends_with(FOR_SECRETS) {
            found.push(format!("{} contains a secret", path.display()));
        }
    }
    found
}

#[test]
fn the_search_finds_a_secret_in_the_state_directory() {
    for (name, count) in [("last-error.json", 1), ("fallback", 2), (FOR_SECRETS, 0)] {
        let world = World::signed_in();
        let path = world.home.state_dir().join("sessions").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("\"{SECRET_MARK}\"")).unwrap();
        assert_eq!(misplaced_secrets(&world, "").len(), count, "{name}");
    }
}

/// Every scenario: its name, its world, and arguments besides the profile.
fn scenarios() -> Vec<(&'static str, World, Vec<&'static str>)> {
    let with = |seconds: i64, change: &dyn Fn(&World)| {
        let world = World::new();
        world.sign_in(seconds);
        change(&world);
        world
    };
    let faulty = |seconds: i64, operation: Operation, fault: Fault| {
        with(seconds, &|world| world.aws.fault(operation, fault.clone(), Times::Always))
    };
    let (fetch, refresh) = (Operation::GetRoleCredentials, Operation::CreateToken);
    let refused = Fault::Error { status: 400, code: "invalid_grant", message: "over" };
    vec![
        ("hit", with(3600, &|world| drop(world.cache_role(3600))), vec![]),
        ("fetch", with(3600, &|_| ()), vec![]),
        ("refresh", with(60, &|_| ()), vec![]),
        ("rotated", with(-1, &|world| world.aws.set_refresh_single_use(true)), vec![]),
        ("force", with(3600, &|world| drop(world.cache_role(3600))), vec!["--force-refresh"]),
        ("no cache", with(3600, &|_| ()), vec!["--no-cache"]),
        ("ended", faulty(-1, refresh, refused.clone()), vec![]),
        ("refresh failed", faulty(60, refresh, refused), vec![]),
        ("refused role", with(3600, &|_| ()), vec!["--role-name", "Nobody"]),
        ("401", faulty(3600, fetch, Fault::Status(401)), vec![]),
        ("garbage", faulty(3600, fetch, Fault::Garbage(format!("{{\"{SECRET_MARK}").into_bytes())), vec![]),
        ("wrong types", faulty(3600, fetch, Fault::WrongTypes), vec![]),
        ("cut", faulty(3600, fetch, Fault::CutMidBody), vec![]),
        ("not http", faulty(-1, refresh, Fault::RawBytes(SECRET_MARK.into())), vec![]),
        (
            "fallback",
            with(3600, &|world| {
                world.cache_role(600);
                world.aws.fault(fetch, Fault::Status(403), Times::Always);
            }),
            vec![],
        ),
        (
            "odd token file",
            with(3600, &|world| {
                let text = fs::read_to_string(world.token_file()).unwrap();
                fs::write(world.token_file(), text.replace("expiresAt", "expires")).unwrap();
            }),
            vec![],
        ),
        (
            "token with a line break",
            with(3600, &|world| {
                let mut token = world.token();
                token["accessToken"] = format!("{SECRET_MARK}\n{SECRET_MARK}").into();
                world.home.write_token("corp", &token);
            }),
            vec![],
        ),
        (
            "cut role cache",
            with(3600, &|world| {
                world.cache_role(3600);
                let text = fs::read_to_string(world.role_file()).unwrap();
                fs::write(world.role_file(), &text[..text.len() / 2]).unwrap();
            }),
            vec![],
        ),
    ]
}

#[test]
fn no_scenario_prints_or_logs_a_secret() {
    let jobs = scenarios().into_iter().map(|(name, world, more)| {
        let job: Box<dyn FnOnce() + Send> = Box::new(move || {
            for _ in 0..2 {
                let output = world.run(&[&more[..], &["--debug"]].concat());
                assert!(!log(&world).is_empty(), "{name}");
                let found = misplaced_secrets(&world, &output.stderr);
                assert!(found.is_empty(), "{name}: {found:#?}");
                let output_is_one_or_the_other = output.stdout.is_empty() != output.stderr.is_empty();
                assert!(output_is_one_or_the_other, "{name}: {output:?}");
            }
        });
        job
    });
    at_once(jobs.collect());
}

#[test]
fn a_token_that_the_server_repeats_is_not_printed() {
    let world = World::signed_in();
    let token = world.token()["accessToken"].as_str().unwrap().to_owned();
    for body in [
        format!("{{\"message\":\"bad token {token}\",\"__type\":\"ForbiddenException\"}}"),
        format!("{{\"message\":\"x\",\"__type\":\"{token}\"}}"),
        format!("{{\"reason\":\"{token}\",\"error\":\"{token}\"}}"),
    ] {
        let raw = format!(
            "HTTP/1.1 403 {token}\r\nContent-Type: application/json\r\nServer: {token}\r\n\
             Location: https://x/{token}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        world.aws.fault(Operation::GetRoleCredentials, Fault::RawBytes(raw.into_bytes()), Times::Once);
        let output = world.run(&["--debug"]);
        failed(&output, 4);
        let found = misplaced_secrets(&world, &output.stderr);
        assert!(found.is_empty(), "{found:#?}\n{}", output.stderr);
    }
}

#[test]
fn a_password_in_a_start_url_is_not_shown() {
    let mut world = World::signed_in();
    let bad = "https://person:hunter2@corp.awsapps.com/start";
    for output in [
        world.run(&["--start-url", bad]),
        world.home.run(&["login", "--start-url", bad, "--region", "eu-west-1"]),
    ] {
        failed(&output, 2);
        assert!(!output.stderr.contains("hunter2"), "{}", output.stderr);
        assert!(output.stderr.contains("corp.awsapps.com/start"), "{}", output.stderr);
    }
    world.home.env("AWS_SSO_START_URL", bad);
    let output = world.run(&["--debug"]);
    failed(&output, 2);
    assert!(!output.stderr.contains("hunter2"), "{}", output.stderr);
    let found = world.home.search_for_secrets(&[], &["hunter2".to_owned()]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_part_of_the_token_that_the_server_repeats_is_not_shown() {
    let world = World::new();
    let token = world.sign_in(3600);
    let piece = token.access_token[12..60].to_owned();
    let message = format!("the token ...{piece}... is odd").leak();
    let fault = Fault::Error { status: 400, code: "InvalidRequestException", message };
    world.aws.fault(Operation::GetRoleCredentials, fault, Times::Always);
    let output = world.run(&["--debug"]);
    failed(&output, 4);
    assert!(!output.stderr.contains(&piece[..20]), "{}", output.stderr);
    let found = world.home.search_for_secrets(&[], &[piece]);
    assert!(found.iter().all(|place| place.contains("sso/cache")), "{found:?}");
}

/// Every entry below `root` with a mode other than 0700 or 0600, and that mode.
fn loose_modes(root: &Path) -> BTreeMap<PathBuf, u32> {
    let mut loose = BTreeMap::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap().flatten() {
            let metadata = entry.metadata().unwrap();
            let (mode, wanted) =
                (metadata.permissions().mode() & 0o7777, if metadata.is_dir() { 0o700 } else { 0o600 });
            if mode != wanted {
                loose.insert(entry.path(), mode);
            }
            if metadata.is_dir() {
                directories.push(entry.path());
            }
        }
    }
    loose
}

#[test]
fn created_files_are_private_under_any_umask() {
    for umask in ["000", "022", "077", "777"] {
        let world = World::new();
        world.sign_in(-1);
        // Existing files belong to the person and are not changed.
        fs::set_permissions(world.token_file(), fs::Permissions::from_mode(0o600)).unwrap();
        for directory in [".aws", ".aws/sso", ".aws/sso/cache"] {
            let path = world.home.home().join(directory);
            fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
        }
        let script = format!("umask {umask}; exec \"$0\" \"$@\"");
        let output = shell(&world.home, &script, &["--profile", "dev", "--debug"]);
        answered(&output);
        let loose = loose_modes(&world.home.home());
        assert!(loose.is_empty(), "umask {umask}: {loose:?}");
    }
}

#[test]
fn a_write_makes_a_file_private_that_others_could_read() {
    let world = World::new();
    world.sign_in(-1);
    world.cache_role(60);
    for path in [world.token_file(), world.role_file()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    }
    answered(&world.run(&[]));
    for path in [world.token_file(), world.role_file()] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o7777, 0o600);
    }
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
