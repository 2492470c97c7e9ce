//! The sandbox, checked with programs that every machine has.
#![cfg(unix)]

use std::time::{Duration, Instant};

use serde_json::json;
use stand_in::{IdentityCenter, Sandbox, TokenOptions};

#[test]
fn a_program_sees_a_cleared_environment_and_a_new_home() {
    let mut sandbox = Sandbox::new("/usr/bin/env");
    sandbox.env("EXTRA", "1");
    let output = sandbox.run(&[]);
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let mut names: Vec<&str> =
        output.stdout.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    names.sort_unstable();
    assert_eq!(names, ["EXTRA", "HOME", "PATH", "TMPDIR", "TZ"]);
    let home = sandbox.home();
    assert!(output.stdout.contains(&format!("HOME={}\n", home.display())));
    drop(sandbox);
    assert!(!home.exists());
}

#[test]
fn exit_status_and_both_streams_are_returned() {
    let sandbox = Sandbox::new("/bin/sh");
    let output = sandbox.run(&["-c", "echo '{\"a\": 1}'; echo err >&2; exit 7"]);
    assert_eq!((output.status, output.stderr.as_str()), (7, "err\n"));
    assert_eq!(output.json(), json!({ "a": 1 }));
    assert_eq!(sandbox.run(&["-c", "kill -9 $$"]).status, -9);
    assert_eq!(sandbox.run(&["-c", "cat"]).stdout, "");
}

#[test]
#[should_panic(expected = "hung for 300ms")]
fn a_program_that_hangs_is_killed() {
    let mut sandbox = Sandbox::new("/bin/sh");
    sandbox.set_deadline(Duration::from_millis(300));
    let _ = sandbox.run(&["-c", "echo before; exec sleep 600"]);
}

#[test]
#[should_panic(expected = "hung")]
fn a_child_that_keeps_the_pipes_open_counts_as_hung() {
    let mut sandbox = Sandbox::new("/bin/sh");
    sandbox.set_deadline(Duration::from_millis(300));
    let _ = sandbox.run(&["-c", "sleep 2 & exit 0"]);
}

#[test]
fn many_programs_run_at_once() {
    let sandbox = Sandbox::new("/bin/sh");
    let start = Instant::now();
    let outputs = sandbox.run_many(50, |number| vec!["-c".to_owned(), format!("sleep 0.5; echo {number}")]);
    assert!(start.elapsed() < Duration::from_secs(20), "one after the other takes 25 s");
    let numbers: Vec<String> = outputs.into_iter().map(|output| output.stdout).collect();
    assert_eq!(numbers, (0..50).map(|number| format!("{number}\n")).collect::<Vec<_>>());
}

#[test]
fn file_names_are_those_that_aws_tools_compute() {
    let sandbox = Sandbox::new("/bin/sh");
    let name = |path: std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let url = "https://d-1234567890.awsapps.com/start";
    assert_eq!(name(sandbox.token_path("corp")), "ee0bfd2552fbd840c02cc48b6e823320543c450f");
    assert_eq!(name(sandbox.token_path(url)), "7487b5b67d5fa1132cf33fa93ae51ef38cc37752");
    assert_eq!(name(sandbox.token_path("rocket-🚀")), "05ff0e3ee2fdf92495cb55ca4ab2bfd5bb713183");
    let registration = |session, url, region, scopes: Option<&[&str]>| {
        name(sandbox.registration_path(session, url, region, scopes))
    };
    let corp = |scopes| registration(Some("corp"), url, "us-east-1", scopes);
    assert_eq!(corp(None), "cfaf7ef4a0ec868a86f526a3143dcbf741b147ba");
    assert_eq!(corp(Some(&[])), "544e8d0e5fa8efc92f9c0f7ecafcecce6ecf0539");
    let two = ["sso:account:access", "codewhisperer:completions"];
    assert_eq!(corp(Some(&two[..1])), "bc8a1afdb0f5cdc2c789b8a6cd51898e2be3c37c");
    assert_eq!(corp(Some(&two)), "11fe633be4cdab70e547d24a429e91c569f180de");
    let accents =
        registration(Some("équipe-日本"), "https://équipe.awsapps.com/start", "eu-west-1", Some(&[]));
    assert_eq!(accents, "bea3966ab7f78c43e4df382860ab8ffab6a97af7");
    let escapes = registration(Some("a\"b\\c\u{7f}"), url, "us-east-1", Some(&two[..1]));
    assert_eq!(escapes, "57b030a8e25c7fd1c92f79833a420e23c858447d");
    let role = |role, session, url| name(sandbox.role_path("123456789012", role, session, url));
    assert_eq!(role("Admin", Some("corp"), url), "8457bc68cf9d4aa8d629a61563948e8bd3159d49");
    assert_eq!(role("Admin", None, url), "84fb414419be704038110523505e04e6df696e23");
    assert_eq!(role("Röle+=,.@-_", Some("rocket-🚀"), url), "c23440e43c6bef151bd4463220afe98498ccb9a7");
}

#[test]
fn a_token_file_is_the_one_that_the_cli_writes() {
    let aws = IdentityCenter::start();
    let mut sandbox = Sandbox::new("/bin/sh");
    sandbox.point_at(&aws);
    let token = aws.issue_token(&TokenOptions::default());
    sandbox.write_cli_token("corp", &token, 3600);
    let (path, mode, content) = sandbox.all_files().remove(0);
    assert_eq!((path, mode), (sandbox.token_path("corp"), 0o600));
    let text = String::from_utf8(content).unwrap();
    assert!(
        text.starts_with("{\"startUrl\": \"https://corp.awsapps.com/start\", \"region\": \"us-east-1\", ")
    );
    let fields: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names: Vec<&String> = fields.as_object().unwrap().keys().collect();
    let expected = "startUrl region accessToken expiresAt clientId clientSecret \
                    registrationExpiresAt refreshToken";
    assert_eq!(names, expected.split_whitespace().collect::<Vec<_>>());
    let output = sandbox.run(&["-c", "echo $AWS_ENDPOINT_URL_SSO $AWS_ENDPOINT_URL_SSO_OIDC"]);
    assert_eq!(output.stdout, format!("{0} {0}\n", aws.url()));
}

#[test]
fn role_credentials_are_those_that_the_cli_caches() {
    let sandbox = Sandbox::new("/bin/sh");
    let url = "https://corp.awsapps.com/start";
    let written = sandbox.write_role_credentials("111122223333", "Developer", "corp", 900);
    assert_eq!(written["ProviderType"], "sso");
    assert!(sandbox.role_path("111122223333", "Developer", Some("corp"), url).exists());
    let _ = sandbox.write_role_credentials("111122223333", "Developer", url, 900);
    assert!(sandbox.role_path("111122223333", "Developer", None, url).exists());
}

#[test]
fn the_search_finds_secrets_outside_the_caches() {
    let aws = IdentityCenter::start();
    let sandbox = Sandbox::new("/bin/sh");
    let token = aws.issue_token(&TokenOptions::default());
    let secrets = aws.take_secrets();
    assert_eq!(secrets.len(), 3);
    assert!(secrets.iter().all(|secret| secret.contains(stand_in::SECRET_MARK)));
    sandbox.write_cli_token("corp", &token, 3600);
    assert!(sandbox.search_for_secrets(&["clean"], &secrets).is_empty());
    let script = format!("echo '{}' > ~/.aws/sso/log.txt", token.access_token);
    assert_eq!(sandbox.run(&["-c", &script]).status, 0);
    let piece = &token.client.client_secret[..20];
    let found = sandbox.search_for_secrets(&["clean", piece], &secrets);
    assert_eq!(found.len(), 2, "{found:?}");
}
