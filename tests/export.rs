//! `export`: each format as a whole, its streams, and what shells make of it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod common;

use common::{World, failed, finish, refused, shell};
use serde_json::{Value, json};
use stand_in::SECRET_MARK;

/// The output of `export --profile dev` and `more`.
fn exported(world: &World, more: &[&str]) -> String {
    let output = world.home.run(&[&["export", "--profile", "dev"], more].concat());
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{output:?}");
    output.stdout
}

/// Key, secret key, session token and expiration, as the credential process prints them.
fn values(world: &World) -> [String; 4] {
    let document = world.run(&[]).json();
    ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]
        .map(|name| document[name].as_str().unwrap().to_owned())
}

#[test]
fn each_format_is_printed_whole() {
    let world = World::signed_in();
    let [key, secret, token, expiration] = values(&world);
    let lines = |line: &dyn Fn(&str, &str) -> String| {
        let pairs = [
            ("AWS_ACCESS_KEY_ID", &*key),
            ("AWS_SECRET_ACCESS_KEY", &secret),
            ("AWS_SESSION_TOKEN", &token),
            ("AWS_CREDENTIAL_EXPIRATION", &expiration),
            ("AWS_REGION", "us-west-2"),
            ("AWS_DEFAULT_REGION", "us-west-2"),
        ];
        pairs.iter().map(|(name, value)| line(name, value)).collect::<String>()
    };
    let env = lines(&|name, value| format!("export {name}={value}\n"));
    assert_eq!(exported(&world, &[]), env);
    assert_eq!(exported(&world, &["--format", "env"]), env);
    for (format, expected) in [
        ("env-no-export", lines(&|name, value| format!("{name}={value}\n"))),
        ("dotenv", lines(&|name, value| format!("{name}={value}\n"))),
        ("fish", lines(&|name, value| format!("set -gx {name} {value}\n"))),
        ("powershell", lines(&|name, value| format!("$Env:{name} = '{value}'\n"))),
        ("windows-cmd", lines(&|name, value| format!("set \"{name}={value}\"\r\n"))),
        ("process", world.run(&[]).stdout),
    ] {
        assert_eq!(exported(&world, &["--format", format]), expected, "{format}");
    }
    let object: Value = serde_json::from_str(&exported(&world, &["--format", "json"])).unwrap();
    assert_eq!(
        object,
        json!({
            "AccessKeyId": key,
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": expiration,
            "AccountId": "111122223333",
            "Region": "us-west-2",
        })
    );
    assert_eq!(world.fetches(), 1, "the cache is shared with the credential process");
}

#[test]
fn the_region_is_left_out_on_request_and_where_there_is_none() {
    let world = World::signed_in();
    let without = exported(&world, &["--no-region"]);
    assert!(without.lines().count() == 4 && !without.contains("REGION"), "{without}");
    assert!(!exported(&world, &["--no-region", "--format", "json"]).contains("Region"));
    let role = ["--sso-session", "corp", "--account-id", "111122223333", "--role-name", "Developer"];
    let output = world.home.run(&[&["export"], &role[..]].concat());
    assert_eq!((output.status, output.stdout.as_str()), (0, without.as_str()), "{output:?}");
}

#[test]
fn a_shell_gets_the_variables_by_eval() {
    let world = World::signed_in();
    let script = "eval \"$(\"$0\" export --profile dev)\" && exec /bin/sh -c 'echo $AWS_SECRET_ACCESS_KEY $AWS_REGION'";
    let output = shell(&world.home, script, &[]);
    let [_, secret, ..] = values(&world);
    assert_eq!((output.status, output.stdout), (0, format!("{secret} us-west-2\n")), "{}", output.stderr);
    // As people do it with the AWS CLI's format of this name, which has no quotes.
    let script = "export $(\"$0\" export --profile dev --format env-no-export) && exec /bin/sh -c 'echo $AWS_SECRET_ACCESS_KEY'";
    assert_eq!(shell(&world.home, script, &[]).stdout, format!("{secret}\n"));
}

#[test]
fn a_failure_prints_nothing_that_a_shell_would_run() {
    let world = World::new();
    let output = world.home.run(&["export", "--profile", "dev"]);
    let lines = failed(&output, 1);
    assert_eq!(lines[0], "aws-sso-cred: sso-session `corp`: you are not signed in");
    assert_eq!(world.requests(), 0);
    let output = world.home.run(&["export", "--profile", "dev", "--format", "bash"]);
    let formats =
        "use one of `env`, `env-no-export`, `powershell`, `windows-cmd`, `fish`, `dotenv`, `process`, `json`";
    refused(
        &output,
        2,
        &format!("aws-sso-cred: invalid value 'bash' for '--format <FORMAT>'\nhint: {formats}\n"),
    );
}

#[test]
fn the_profile_is_that_of_the_environment_or_default() {
    let mut world = World::signed_in();
    world.home.env("AWS_PROFILE", "dev");
    let expected = exported(&world, &[]);
    let output = world.home.run(&["export"]);
    assert_eq!((output.status, output.stdout), (0, expected), "{}", output.stderr);
}

#[test]
fn a_closed_pipe_and_a_full_disk_are_no_panic() {
    let world = World::signed_in();
    let closed = shell(&world.home, "\"$0\" export --profile dev | true; echo done", &[]);
    assert_eq!(closed.stdout, "done\n");
    assert!(!closed.stderr.contains("panic") && !closed.stderr.contains(SECRET_MARK), "{}", closed.stderr);
    if cfg!(target_os = "linux") {
        let full = shell(&world.home, "\"$0\" export --profile dev >/dev/full", &[]);
        failed(&full, 5);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn everything_is_printed_in_one_write() {
    let world = World::new();
    world.cache_role(3600);
    let (output, calls) = stand_in::trace(&mut world.home.command(&["export", "--profile", "dev"]));
    assert_eq!(output.stdout.lines().count(), 6);
    let writes = calls.iter().filter(|call| call.name.starts_with("write")).count();
    assert_eq!(writes, 1, "{calls:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn with_cached_credentials_the_config_file_is_read_once() {
    let world = World::new();
    world.cache_role(3600);
    let (output, calls) = stand_in::trace(&mut world.home.command(&["export", "--profile", "dev"]));
    assert_eq!(output.stdout.lines().count(), 6);
    let is_config = |text: &String| text.ends_with("/.aws/config");
    let opened: Vec<_> = calls
        .iter()
        .filter(|call| call.name.starts_with("open") && call.texts.iter().any(is_config))
        .collect();
    assert_eq!(opened.len(), 1, "{opened:?}");
}

#[test]
fn secrets_are_on_stdout_only() {
    let world = World::signed_in();
    let output = finish(&mut world.home.command(&["export", "--profile", "dev", "--debug"]));
    assert!(output.status == 0 && output.stderr.is_empty(), "{output:?}");
    let log = world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
    assert!(!std::fs::read_to_string(log).unwrap().contains(SECRET_MARK));
}
