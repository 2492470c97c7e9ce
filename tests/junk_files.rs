//! Junk in the place of every file ends in a clear error or is replaced; no panic, no hang.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests play the world"
)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use common::{DEV, LOGIN_HINT, World, answered, at_once, failed, finish, read_json, refused};
use serde_json::{Value, json};

/// What can be in the place of a file.
#[derive(Debug, Clone)]
enum Junk {
    Bytes(&'static str, Vec<u8>),
    Directory,
    Fifo,
    Unreadable,
    LinkToNowhere,
    LinkToItself,
}

impl Junk {
    fn put(&self, path: &Path) {
        let _ = fs::remove_file(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match self {
            Junk::Bytes(_, bytes) => fs::write(path, bytes).unwrap(),
            Junk::Directory => fs::create_dir(path).unwrap(),
            Junk::Fifo => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
            Junk::Unreadable => {
                fs::write(path, "{}").unwrap();
                fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
            }
            Junk::LinkToNowhere => std::os::unix::fs::symlink("/nowhere/at/all", path).unwrap(),
            Junk::LinkToItself => std::os::unix::fs::symlink(path, path).unwrap(),
        }
    }

    fn name(&self) -> String {
        match self {
            Junk::Bytes(name, _) => (*name).to_owned(),
            other => format!("{other:?}"),
        }
    }
}

fn junk() -> Vec<Junk> {
    let bytes = |name, bytes: &[u8]| Junk::Bytes(name, bytes.to_vec());
    vec![
        bytes("empty", b""),
        bytes("blank", b" \n\t"),
        bytes("null", b"null"),
        bytes("list", b"[]"),
        bytes("empty object", b"{}"),
        bytes("text", b"\"text\""),
        bytes("number", b"1e999"),
        bytes("binary", b"\x00\x01\xff\xfe\x80"),
        bytes("not UTF-8", b"{\"accessToken\": \"\xff\xfe\"}"),
        bytes("half a surrogate", br#"{"accessToken": "\ud83d", "Credentials": "\ud83d"}"#),
        bytes("cut", b"{\"accessToken\": \"x\", \"Credentials\": {\"AccessKeyId\": \"AS"),
        bytes("UTF-16", b"\xff\xfe{\x00}\x00"),
        bytes("twenty thousand brackets", &b"[".repeat(20_000)),
        bytes("twenty thousand braces", &b"{\"a\":".repeat(20_000)),
        bytes("eight MiB", &b"x".repeat(8 << 20)),
        bytes("eight MiB of JSON", format!("{{\"a\": \"{}\"}}", "y".repeat(8 << 20)).as_bytes()),
        bytes("eight MiB of nothing", &[0; 8 << 20]),
        bytes("many keys", format!("{{{}\"z\":0}}", "\"k\":0,".repeat(50_000)).as_bytes()),
        bytes("INI", b"[profile dev]\nsso_session = corp\n"),
        Junk::Directory,
        Junk::Fifo,
        Junk::Unreadable,
        Junk::LinkToNowhere,
        Junk::LinkToItself,
    ]
}

/// Copies of a document, each with one member of a wrong type or date.
fn wrong_members(document: &Value) -> Vec<Value> {
    let wrong = [
        json!(null),
        json!(1),
        json!(-1.5),
        json!([]),
        json!({}),
        json!(true),
        json!(""),
        json!(" "),
        json!("soon"),
        json!("2026-13-45T99:99:99Z"),
        json!("0000-00-00T00:00:00Z"),
        json!("9999999-01-01T00:00:00Z"),
        json!("é\u{1f600}é\u{1f600}é\u{1f600}é\u{1f600}"),
        json!("-"),
        json!("2026-11-21"),
        json!("1795230000"),
    ];
    let mut documents = Vec::new();
    for name in document.as_object().unwrap().keys() {
        for value in &wrong {
            let mut changed = document.clone();
            changed[name] = value.clone();
            documents.push(changed);
        }
        let mut without = document.clone();
        without.as_object_mut().unwrap().remove(name);
        documents.push(without);
    }
    documents
}

fn boxed(job: impl FnOnce() + Send + 'static) -> Box<dyn FnOnce() + Send> {
    Box::new(job)
}

#[test]
fn junk_in_the_role_cache_is_replaced_by_a_fetch() {
    let jobs = junk().into_iter().map(|junk| {
        boxed(move || {
            let world = World::signed_in();
            junk.put(&world.role_file());
            let output = world.run(&[]);
            assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{}", junk.name());
            answered(&output);
            assert_eq!(world.requests(), 1, "{}", junk.name());
            if !matches!(junk, Junk::Directory) {
                assert_eq!(world.run(&[]).stdout, output.stdout, "{}: healed", junk.name());
                assert_eq!(world.requests(), 1, "{}: healed", junk.name());
            }
        })
    });
    at_once(jobs.collect());
}

#[test]
fn a_role_cache_with_wrong_members_is_not_handed_out() {
    let world = World::signed_in();
    world.cache_role(3600);
    let whole = read_json(&world.role_file());
    for credentials in wrong_members(&whole["Credentials"]) {
        let document = json!({ "ProviderType": "sso", "Credentials": credentials });
        fs::write(world.role_file(), document.to_string()).unwrap();
        let output = world.run(&[]);
        assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{document}");
        let printed = output.json();
        for name in ["AccessKeyId", "SecretAccessKey", "SessionToken"] {
            assert!(!printed[name].as_str().unwrap().trim().is_empty(), "{document} gives {printed}");
        }
        assert!((1..=43_200).contains(&common::seconds_left(&printed["Expiration"])), "{document}");
    }
}

#[test]
fn junk_in_the_token_file_requires_a_sign_in_without_a_request() {
    let jobs = junk().into_iter().map(|junk| {
        boxed(move || {
            let world = World::new();
            junk.put(&world.token_file());
            let output = world.run(&[]);
            let lines = failed(&output, 1);
            assert_eq!(format!("{}\n", lines.last().unwrap()), LOGIN_HINT, "{}", junk.name());
            let cause = lines[0].strip_prefix("aws-sso-cred: sso-session `corp`: ").unwrap();
            let unreadable =
                cause == "cannot read the cached sign-in" && lines[1].starts_with("~/.aws/sso/cache/");
            let absent = cause == "you are not signed in" && lines.len() == 2;
            assert!(unreadable || absent, "{}: {lines:?}", junk.name());
            assert_eq!(world.requests(), 0, "{}", junk.name());

            // A new sign-in, which writes in place, repairs what can be written to.
            if let Junk::Bytes(..) = junk {
                world.sign_in(3600);
                answered(&world.run(&[]));
            }
        })
    });
    at_once(jobs.collect());
}

#[test]
fn junk_in_the_token_file_does_not_cost_live_credentials() {
    for junk in junk() {
        let world = World::new();
        let cached = world.cache_role(600);
        junk.put(&world.token_file());
        let output = world.run(&[]);
        assert_eq!(
            (output.status, output.stdout, output.stderr.as_str()),
            (0, cached, ""),
            "{}",
            junk.name()
        );
    }
}

#[test]
fn a_token_file_with_wrong_members_is_used_or_refused_without_a_panic() {
    for seconds in [3600, -1] {
        let world = World::new();
        world.sign_in(seconds);
        for document in wrong_members(&world.token()) {
            world.home.write_token("corp", &document);
            let output = world.run(&["--no-cache"]);
            match output.status {
                0 => drop(answered(&output)),
                status => {
                    assert!(status == 1 || status == 4, "{document}: {output:?}");
                    failed(&output, status);
                }
            }
        }
    }
}

#[test]
fn junk_in_the_config_exits_with_2_and_a_reason() {
    let jobs = junk().into_iter().map(|junk| {
        boxed(move || {
            let world = World::signed_in();
            junk.put(&world.home.config_path());
            let root_reads_all = matches!(junk, Junk::Unreadable);
            let output = world.run(&[]);
            let lines = failed(&output, 2);
            assert!(lines.last().unwrap().starts_with("hint: "), "{}: {lines:?}", junk.name());
            let about = [
                "profile `dev`",
                "cannot read ~/.aws/config",
                "sso-session `corp`",
                "the encoding of ~/.aws/config",
            ];
            assert!(about.iter().any(|words| lines[0].contains(words)), "{}: {lines:?}", junk.name());
            if root_reads_all && lines[0].contains("is not in") {
                println!("mode 000 does not bind this user: {lines:?}");
            }
            assert_eq!(world.requests(), 0, "{}", junk.name());

            let mut world = World::signed_in();
            let elsewhere = world.home.temporary().join("config");
            junk.put(&elsewhere);
            world.home.env("AWS_CONFIG_FILE", elsewhere.to_str().unwrap());
            failed(&world.run(&[]), 2);
        })
    });
    at_once(jobs.collect());
}

#[test]
fn junk_in_the_credentials_file_is_ignored_or_named() {
    for junk in junk() {
        let world = World::signed_in();
        junk.put(&world.home.home().join(".aws/credentials"));
        let output = world.run(&[]);
        if output.status == 0 {
            answered(&output);
        } else {
            let lines = failed(&output, 2);
            assert!(lines[0].contains("~/.aws/credentials"), "{}: {lines:?}", junk.name());
        }
    }
}

#[test]
fn files_of_other_tools_are_left_alone() {
    let world = World::new();
    world.sign_in(-1);
    let foreign = [
        (world.home.sso_cache().join("kiro-auth-token.json"), "{\"accessToken\": 1, \"provider\": \"x\"}"),
        (world.home.sso_cache().join("botocore-client-id-eu-west-1.json"), "["),
        (world.home.home().join(".aws/cli/cache/session.db"), "\u{0}"),
        (world.home.home().join(".aws/cli/cache/x.json"), ""),
    ];
    for (path, text) in &foreign {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    answered(&world.run(&[]));
    for (path, text) in &foreign {
        assert_eq!(fs::read_to_string(path).unwrap(), *text, "{}", path.display());
    }
}

#[test]
fn a_file_in_the_place_of_a_directory_causes_no_panic() {
    for place in [".aws/cli", ".aws/cli/cache", ".local", ".local/state", ".local/state/aws-sso-cred"] {
        let world = World::signed_in();
        let path = world.home.home().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "not a directory").unwrap();
        answered(&world.run(&["--debug"]));
        answered(&world.run(&[]));
        assert_eq!(fs::read_to_string(&path).unwrap(), "not a directory", "{place}");
    }
    for place in [".aws/sso", ".aws/sso/cache"] {
        let world = World::new();
        let path = world.home.home().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "not a directory").unwrap();
        let text = format!("aws-sso-cred: sso-session `corp`: you are not signed in\n{LOGIN_HINT}");
        refused(&world.run(&["--debug"]), 1, &text);
    }
}

#[test]
fn a_config_that_is_a_named_pipe_is_refused_at_once() {
    let world = World::signed_in();
    let fifo = world.home.temporary().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for variable in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE"] {
        let output = finish(world.home.command(&DEV).env(variable, &fifo));
        assert_eq!(output.stdout, "", "{variable}");
        common::check_failure_text(&output.stderr);
    }
}
