//! What profiles say about a session, tested with the real program: connection settings, roles that
//! only a `credential_process` line names, and unusual names.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod common;

use std::fs;

use common::{ACCOUNT, CONFIG, REGION, ROLE, START_URL, World, answered, failed, refused};
use stand_in::{IdentityCenter, Operation};

const BY_SESSION: [&str; 6] = ["--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", ROLE];

/// A stand-in over TLS that only the profile's `ca_bundle` and `services` make reachable.
fn private_world() -> World {
    let mut world = World::of(IdentityCenter::builder().tls().start());
    for variable in ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_CA_BUNDLE"] {
        world.home.env_remove(variable);
    }
    let url = world.aws.url();
    let bundle = world.home.temporary().join("ca.pem");
    let config = CONFIG.split_once("[profile old]").unwrap().0;
    let config = config.replace(
        "[profile dev]\n",
        &format!("[profile dev]\nservices = private\nca_bundle = {}\n", bundle.display()),
    );
    world.home.write_config(&format!(
        "{config}[services private]\nsso =\n  endpoint_url = {url}\nsso_oidc =\n  endpoint_url = {url}\n"
    ));
    world.aws.auto_approve(0);
    world
}

fn append(world: &World, text: &str) {
    let path = world.home.home().join(".aws/config");
    let config = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{config}\n{text}")).unwrap();
}

/// The command in the hint, without the program's name.
fn hinted(world: &World, arguments: &[&str]) -> Vec<String> {
    let lines = failed(&world.home.run(arguments), 1);
    let hint = lines.last().unwrap();
    let command = hint.strip_prefix("hint: run `aws-sso-cred ").unwrap().split('`').next().unwrap();
    command.split(' ').map(str::to_owned).collect()
}

fn run_hint(world: &World, hint: &[String]) {
    let mut arguments: Vec<&str> = hint.iter().map(String::as_str).collect();
    arguments.extend(["--use-device-code", "--no-browser"]);
    let output = world.home.run(&arguments);
    assert_eq!(output.status, 0, "{hint:?}: {}", output.stderr);
}

#[test]
fn the_command_in_the_hint_uses_the_connection_settings_of_the_profile() {
    let world = private_world();
    for arguments in [&["--profile", "dev"][..], &BY_SESSION] {
        let hint = hinted(&world, arguments);
        assert_eq!(hint, ["login", "--sso-session", "corp"]);
        run_hint(&world, &hint);
        answered(&world.home.run(arguments));
        let gone = world.home.run(&["logout", "--sso-session", "corp"]);
        assert_eq!((gone.status, world.aws.count(Operation::Logout)), (0, 1), "{}", gone.stderr);
        world.aws.clear_requests();
    }
    let output = world.home.run(&["login", "--all", "--use-device-code", "--no-browser"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
}

#[test]
fn the_hint_names_the_profile_when_only_its_start_url_is_overruled() {
    let mut world = private_world();
    let path = world.home.home().join(".aws/config");
    let config = fs::read_to_string(&path).unwrap();
    fs::write(&path, config.replace(START_URL, "https://moved.awsapps.com/start")).unwrap();
    world.home.env("AWS_SSO_START_URL", START_URL);
    append(
        &world,
        "[profile legacy]\nsso_account_id = 111122223333\nsso_role_name = Developer\nservices = private\n",
    );
    let bundle = world.home.temporary().join("ca.pem");
    append(&world, &format!("ca_bundle = {}\n", bundle.display()));
    for (arguments, expected) in [
        (&["--profile", "dev"][..], &["login", "--profile", "dev", "--start-url", START_URL][..]),
        (
            &["--profile", "legacy", "--region", REGION],
            &["login", "--profile", "legacy", "--start-url", START_URL, "--region", REGION],
        ),
    ] {
        let hint = hinted(&world, arguments);
        assert_eq!(hint, expected);
        world.home.env_remove("AWS_SSO_START_URL");
        run_hint(&world, &hint);
        world.home.env("AWS_SSO_START_URL", START_URL);
        answered(&world.home.run(arguments));
        assert_eq!(world.home.run(&["logout", "--all"]).status, 0);
    }
}

#[test]
fn the_hint_names_the_profile_when_profiles_of_a_session_differ() {
    let world = private_world();
    append(&world, "[profile public]\nsso_session = corp\n");
    let hint = hinted(&world, &["--profile", "dev"]);
    assert_eq!(hint, ["login", "--profile", "dev"]);
    run_hint(&world, &hint);
    answered(&world.home.run(&["--profile", "dev"]));
    let token = fs::read(world.token_file()).unwrap();
    for logout in [&["logout", "--sso-session", "corp"][..], &["logout", "--all"]] {
        fs::write(world.token_file(), &token).unwrap();
        world.aws.clear_requests();
        assert_eq!(world.home.run(logout).status, 0);
        assert_eq!(world.aws.count(Operation::Logout), 1, "{logout:?}");
    }
    let status = world.home.run(&["status"]).stdout;
    assert!(status.contains("run `aws-sso-cred login --profile dev`"), "{status}");
}

#[test]
fn logout_removes_roles_that_only_credential_process_lines_name() {
    let mut world = World::signed_in();
    append(
        &world,
        "[profile line]\ncredential_process = \"/opt/my bin/aws-sso-cred\" --sso-session=corp --account-id 222222222222 --role-name Admin\n\
         [profile wrapped]\ncredential_process = env X=1 aws-sso-cred --sso-session corp --account-id 222222222222 --role-name Wrapped\n\
         [profile shell]\ncredential_process = sh -c \"exec aws-sso-cred --profile dev --role-name Shell\"\n\
         [profile through]\ncredential_process = aws-sso-cred --profile dev --role-name ReadOnly\n",
    );
    world.home.env("AWS_SSO_ROLE_NAME", "Elsewhere");
    let cached = [
        ("222222222222", "Admin"),
        ("222222222222", "Wrapped"),
        (ACCOUNT, "Shell"),
        (ACCOUNT, "ReadOnly"),
        (ACCOUNT, ROLE),
    ];
    for (account, role) in cached {
        world.home.write_role_credentials(account, role, "corp", 3600);
    }
    let status = world.home.run(&["status", "--sso-session", "corp"]);
    for (account, role) in cached {
        assert!(status.stdout.contains(&format!("{account} {role}")), "{}", status.stdout);
    }
    assert_eq!(world.home.run(&["logout", "--sso-session", "corp"]).status, 0);
    for (account, role) in cached {
        assert!(!world.home.role_path(account, role, Some("corp"), "").exists(), "{role}");
    }
}

const LINES: &str = "https://lines.awsapps.com/start";

#[test]
fn status_and_logout_include_sessions_that_only_credential_process_lines_name() {
    let world = World::new();
    append(
        &world,
        &format!("[profile line]\ncredential_process = aws-sso-cred --start-url {LINES} --region {REGION}\n"),
    );
    let status = world.home.run(&["status", "--output", "json"]).json();
    let urls: Vec<_> =
        status["sessions"].as_array().unwrap().iter().map(|s| s["start_url"].clone()).collect();
    assert_eq!(urls, [START_URL, START_URL, LINES]);
    let token = world.aws.issue_token(&stand_in::TokenOptions::default());
    world.home.write_cli_token(LINES, &token, 3600);
    assert_eq!(world.home.run(&["logout", "--profile", "line"]).status, 0);
    assert!(!world.home.token_path(LINES).exists());
    assert_eq!(world.aws.count(Operation::Logout), 1);
    world.home.write_cli_token(LINES, &token, 3600);
    assert_eq!(world.home.run(&["logout", "--all"]).status, 0);
    assert!(!world.home.token_path(LINES).exists());
}

#[test]
fn a_profile_with_only_a_credential_process_line_gives_the_credentials_of_that_line() {
    let world = World::signed_in();
    append(
        &world,
        "[profile line]\ncredential_process = aws-sso-cred --profile dev\n\
         [profile assumed]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = line\n",
    );
    let direct = answered(&world.home.run(&["--profile", "dev"]));
    assert_eq!(answered(&world.home.run(&["--profile", "line"])), direct);
    let lines = failed(&world.home.run(&["--profile", "assumed"]), 2);
    assert!(lines[2].ends_with("which has the sso_ keys: use `--profile line`"), "{lines:?}");
    let output = world.home.run(&["login", "--profile", "assumed", "--if-needed"]);
    assert!(output.stderr.starts_with("already signed in to sso-session `corp`"), "{}", output.stderr);
}

#[test]
fn every_command_follows_a_chain_of_credential_process_lines() {
    let world = World::signed_in();
    append(
        &world,
        "[profile outer]\ncredential_process = aws-sso-cred --profile middle\n\
         [profile middle]\ncredential_process = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer\n\
         [profile narrow]\ncredential_process = aws-sso-cred --profile middle --role-name Narrow\n",
    );
    let direct = answered(&world.home.run(&["--profile", "dev"]));
    assert_eq!(answered(&world.home.run(&["--profile", "outer"])), direct);
    world.home.write_role_credentials(ACCOUNT, "Narrow", "corp", 3600);
    let status = world.home.run(&["status", "--profile", "outer"]);
    assert_eq!(status.status, 0, "{}", status.stderr);
    assert!(status.stdout.contains(&format!("{ACCOUNT} Narrow")), "{}", status.stdout);
    let output = world.home.run(&["login", "--profile", "outer", "--if-needed"]);
    assert!(output.stderr.starts_with("already signed in to sso-session `corp`"), "{}", output.stderr);
    assert_eq!(world.home.run(&["logout", "--profile", "outer"]).status, 0);
    assert!(!world.token_file().exists());
    assert!(!world.home.role_path(ACCOUNT, "Narrow", Some("corp"), "").exists());
}

#[test]
fn control_characters_in_a_profile_name_are_escaped_by_every_command() {
    let mut world = World::new();
    let name = "e\u{1b}]0;owned\u{7}\u{202e}vil\u{9b}2J";
    world.home.write_config(&format!(
        "[profile {name}]\nsso_start_url = {START_URL}\nsso_region = {REGION}\nsso_account_id = {ACCOUNT}\nsso_role_name = {ROLE}\n"
    ));
    world.home.env("AWS_PROFILE", name);
    world.aws.auto_approve(0);
    let shown = "e\\u{1b}]0;owned\\u{7}\\u{202e}vil\\u{9b}2J";
    let clean = |text: &str| !text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}');
    for arguments in [
        &["status"][..],
        &["login", "--use-device-code", "--no-browser"],
        &["login", "--if-needed"],
        &["status", "--profile", name],
        &["logout"],
        &["logout"],
        &["--profile", name],
        &["status", "--profile", "no\u{1b}ne"],
    ] {
        let output = world.home.run(arguments);
        assert!(clean(&output.stdout) && clean(&output.stderr), "{arguments:?}: {output:?}");
        let both = format!("{}{}", output.stdout, output.stderr);
        assert!(both.contains(shown) || both.contains("no\\u{1b}ne"), "{arguments:?}: {both}");
    }
    let output = world.home.run(&["status", "--output", "json"]);
    assert!(clean(&output.stdout), "{}", output.stdout);
    assert_eq!(
        output.json()["sessions"][0]["session"],
        format!("profile `{name}`"),
        "JSON contains the name unescaped"
    );
}

#[test]
fn a_relative_home_counts_as_missing() {
    let mut world = World::signed_in();
    for (variable, home) in [("HOME", "."), ("HOME", "home"), ("USERPROFILE", ".")] {
        if variable == "USERPROFILE" && !cfg!(windows) {
            continue;
        }
        world.home.env(variable, home);
        let text = "aws-sso-cred: no home directory is set, so ~/.aws cannot be found\n\
                    hint: set HOME (USERPROFILE on Windows) to an absolute path\n";
        for arguments in [&["--profile", "dev", "--debug"][..], &["status"], &["logout", "--all"]] {
            refused(&world.home.run(arguments), 2, text);
        }
    }
    assert!(!world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt").exists());
}

#[test]
fn a_home_that_does_not_exist_is_named_with_its_variable() {
    let mut world = World::new();
    world.home.env("HOME", "/nonexistent/home");
    refused(
        &world.home.run(&["login", "--start-url", START_URL, "--region", REGION]),
        2,
        "aws-sso-cred: the home directory /nonexistent/home, which HOME names, does not exist\n\
         AWS was not asked for a token, because aws-sso-cred could not save it\n\
         hint: set HOME (USERPROFILE on Windows) to a directory that exists\n",
    );
    assert_eq!(world.requests(), 0);
}

#[test]
fn an_empty_profile_or_session_name_counts_as_absent() {
    let world = World::signed_in();
    let all = world.home.run(&["status"]);
    for arguments in [
        &["status", "--profile", ""][..],
        &["status", "--sso-session="],
        &["status", "--profile=", "--sso-session", ""],
    ] {
        let output = world.home.run(arguments);
        assert_eq!((output.status, output.stderr.as_str()), (all.status, ""), "{arguments:?}");
        assert_eq!(output.stdout.lines().count(), all.stdout.lines().count(), "{arguments:?}");
    }
    assert_eq!(world.home.run(&["logout", "--profile", "", "--sso-session", "corp"]).status, 0);
    assert!(!world.token_file().exists());
}

#[test]
fn an_incomplete_command_line_is_reported_with_all_that_is_missing() {
    let mut world = World::new();
    let lines = failed(&world.home.run(&["login", "--start-url", "https://x.awsapps.com/start"]), 2);
    assert!(
        lines[0].starts_with("aws-sso-cred: sso_region is missing: the start URL was given without a region")
    );
    let lines = failed(&world.home.run(&["login", "--region", REGION]), 2);
    assert_eq!(lines[2], "hint: add `--start-url URL`, or name the session with `--sso-session NAME`");
    append(&world, "[profile static]\naws_access_key_id = AKIA\n");
    world.home.env("AWS_PROFILE", "static");
    let lines = failed(&world.home.run(&["login", "--region", REGION]), 2);
    let what = "aws-sso-cred: sso_start_url is missing: `--region` was given without `--start-url`";
    assert_eq!(lines[0], what);
    world.home.env_remove("AWS_PROFILE");
    for half in [["--start-url", "https://x.awsapps.com/start"], ["--region", REGION]] {
        let lines = failed(&world.home.run(&[&["login", "--all"], &half[..]].concat()), 2);
        assert!(lines[0].contains("cannot be used with"), "{lines:?}");
    }
    let lines = failed(&world.home.run(&["login", "--min-validity", "1h"]), 2);
    assert_eq!(lines[1], "hint: add `--if-needed`");
    assert_eq!(world.requests(), 0);
    // The hint must also fit a command without these flags.
    let mut world = World::signed_in();
    world.home.env("AWS_SSO_START_URL", START_URL);
    let lines = failed(&world.home.run(&["logout"]), 2);
    assert!(lines[2].ends_with("or set AWS_SSO_REGION"), "{lines:?}");
    world.home.env("AWS_SSO_REGION", REGION);
    assert_eq!(world.home.run(&["logout"]).status, 0);
}

#[test]
fn a_failed_login_by_session_suggests_a_profile_when_profiles_differ() {
    let mut world = private_world();
    append(
        &world,
        "[profile plain]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Other\n",
    );
    // The port is closed, so that the test never reaches the real AWS.
    world.home.env("HTTPS_PROXY", "http://127.0.0.1:1");
    for who in [&["--sso-session", "corp"][..], &["--all"]] {
        let output = world.home.run(&[&["login"], who].concat());
        assert_eq!(output.status, 4, "{output:?}");
        let told = "the profiles of sso-session `corp` reach AWS in different ways; to use those of one profile, run \
                    `aws-sso-cred login --profile dev`\n";
        assert!(output.stderr.contains(told), "{output:?}");
    }
    let output = world.home.run(&["login", "--profile", "dev"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(!output.stderr.contains("in different ways"), "{output:?}");
}
