//! `aws_sso_cred_audit`: each line of the log, its safety, and the runs that write none.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;

use serde_json::Value;
use stand_in::{Fault, Operation, SECRET_MARK, Times};

use crate::common::{ACCOUNT, PROGRAM, ROLE, World, answered, seconds_left};
use crate::desk::signed_in;
use crate::{FOREGROUND, config_with, desk_with};

const ON: &str = "aws_sso_cred_audit = on";

pub fn log_of(world: &World) -> PathBuf {
    world.home.home().join(".aws/sso/aws-sso-cred-audit.jsonl")
}

/// The lines of the log.
fn lines(world: &World) -> Vec<Value> {
    let text = fs::read_to_string(log_of(world)).unwrap_or_default();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// `what outcome` of each line.
fn told(world: &World) -> Vec<String> {
    let word = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    lines(world).iter().map(|line| format!("{} {}", word(line, "what"), word(line, "outcome"))).collect()
}

fn audited() -> World {
    let world = World::new();
    world.home.write_config(&config_with(ON));
    world.sign_in(3600);
    world
}

#[test]
fn a_fetch_is_one_line_and_a_hit_is_none() {
    let world = audited();
    answered(&world.run(&[]));
    let text = fs::read_to_string(log_of(&world)).unwrap();
    answered(&world.run(&[]));
    assert_eq!(fs::read_to_string(log_of(&world)).unwrap(), text, "a hit");
    let [line] = &lines(&world)[..] else { panic!("{text}") };
    let names: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["time", "what", "session", "account", "role", "outcome", "process", "parents"]);
    assert!(seconds_left(&line["time"]).abs() < 60);
    assert_eq!(line["what"], "fetch");
    assert_eq!(
        (&line["session"], &line["account"], &line["role"]),
        (&"corp".into(), &ACCOUNT.into(), &ROLE.into())
    );
    assert_eq!(line["outcome"], "ok");
    assert_eq!(line["parents"][0]["id"], std::process::id());
    assert!(line["parents"].as_array().unwrap().len() <= 8);
    assert_eq!(fs::metadata(log_of(&world)).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!text.contains(SECRET_MARK), "{text}");
}

#[test]
fn without_the_key_there_is_no_log() {
    for value in ["", "aws_sso_cred_audit = off", "aws_sso_cred_audit = maybe"] {
        let world = World::new();
        world.home.write_config(&config_with(value));
        world.sign_in(3600);
        answered(&world.run(&[]));
        assert!(!log_of(&world).exists(), "{value}");
    }
}

#[test]
fn refreshes_exports_and_executions_are_logged_with_their_outcome() {
    let world = audited();
    world.sign_in(60);
    answered(&world.run(&[]));
    assert_eq!(told(&world), ["refresh ok", "fetch ok"]);
    for arguments in [&["export", "--profile", "dev"][..], &["exec", "--profile", "dev", "--", "true"]] {
        assert_eq!(world.home.run(arguments).status, 0);
    }
    assert_eq!(told(&world)[2..], ["export ok", "exec ok"]);
    world.aws.fault(
        Operation::GetRoleCredentials,
        Fault::Error { status: 403, code: "ForbiddenException", message: "no" },
        Times::Always,
    );
    assert_eq!(world.home.run(&["export", "--profile", "dev", "--noninteractive"]).status, 0, "cached");
    assert_eq!(world.run(&["--force-refresh"]).status, 4);
    assert_eq!(told(&world).last().unwrap(), "fetch aws");
}

#[test]
fn sign_ins_and_forbidden_ones_are_logged_with_the_chain_of_processes() {
    let desk = desk_with(&format!("{ON}\naws_sso_cred_sign_in = command"));
    let mut shell = desk.world.home.command_of("/bin/sh");
    let script = "sh -c '\"$0\" --profile dev -i; exit $?' \"$0\"; exit $?";
    let seen = FOREGROUND.start(shell.args(["-c", script, PROGRAM])).finish();
    assert_eq!(seen.output.status, 1, "{seen:?}");
    let line = lines(&desk.world).pop().unwrap();
    assert_eq!((&line["what"], &line["outcome"]), (&"sign-in".into(), &"forbidden".into()));
    let parents = line["parents"].as_array().unwrap();
    assert_eq!((&parents[0]["name"], &parents[1]["name"]), (&"sh".into(), &"sh".into()), "{line}");
    assert_eq!(parents[2]["id"], std::process::id(), "{line}");

    desk.world.home.write_config(&config_with(ON));
    let asking = desk.start_asking(&[]);
    desk.approve();
    signed_in(asking.finish());
    assert_eq!(told(&desk.world), ["sign-in forbidden", "sign-in ok", "fetch ok"]);
}

#[test]
fn a_request_by_start_url_is_logged_where_the_session_is() {
    let world = audited();
    world.home.write_cli_token("https://corp.awsapps.com/start", &world.sign_in(3600), 3600);
    let output = world.home.run(&[
        "--start-url",
        "https://corp.awsapps.com/start",
        "--region",
        "eu-west-1",
        "--account-id",
        ACCOUNT,
        "--role-name",
        ROLE,
    ]);
    answered(&output);
    assert_eq!(lines(&world)[0]["session"], "https://corp.awsapps.com/start");
}

#[test]
fn a_log_that_cannot_be_written_costs_nothing() {
    let spoil: [&dyn Fn(&World); 4] = [
        &|world| fs::create_dir_all(log_of(world)).unwrap(),
        &|world| {
            fs::write(world.home.temporary().join("target"), "mine").unwrap();
            symlink(world.home.temporary().join("target"), log_of(world)).unwrap();
        },
        &|world| {
            let directory = log_of(world).parent().unwrap().to_owned();
            fs::set_permissions(directory, fs::Permissions::from_mode(0o500)).unwrap();
        },
        &|world| {
            let full = "x".repeat(1024 * 1024);
            fs::write(log_of(world), full).unwrap();
            fs::create_dir(log_of(world).with_extension("jsonl.1")).unwrap();
        },
    ];
    for spoil in spoil {
        let world = audited();
        spoil(&world);
        answered(&world.run(&[]));
        if log_of(&world).is_symlink() {
            assert_eq!(fs::read(log_of(&world)).unwrap(), b"mine", "the link was not followed");
        }
    }
}

#[test]
fn a_line_that_was_cut_spoils_no_other() {
    let world = audited();
    fs::write(log_of(&world), "{\"time\":\"2026").unwrap();
    answered(&world.run(&[]));
    answered(&world.run(&["--no-cache"]));
    let text = fs::read_to_string(log_of(&world)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "{\"time\":\"2026"), "{text}");
    assert!(lines[1..].iter().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{text}");
}

#[test]
fn a_log_that_others_can_read_is_closed_to_them() {
    let world = audited();
    fs::write(log_of(&world), "").unwrap();
    fs::set_permissions(log_of(&world), fs::Permissions::from_mode(0o644)).unwrap();
    answered(&world.run(&[]));
    assert_eq!(fs::metadata(log_of(&world)).unwrap().permissions().mode() & 0o777, 0o600);
}
