//! `status`: every state a session can be in, as a table and as JSON, from files alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod common;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use common::{
    ACCOUNT, CONFIG, ROLE, START_URL, World, answered, failed, in_seconds, now, read_json, whole_tree,
};
use serde_json::{Value, json};
use stand_in::{Fault, Operation, Output, Times, TokenOptions};

const CORP: [&str; 3] = ["status", "--sso-session", "corp"];

/// A file of our own state for the session `corp`.
fn state(world: &World, name: &str) -> PathBuf {
    let session = world.token_file().file_stem().unwrap().to_owned();
    world.home.state_dir().join("sessions").join(session).join(name)
}

fn put(path: &PathBuf, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Status and table, with moments, spans and the token file's name as words. Nothing
/// else is told, nothing is written and nobody is asked.
#[track_caller]
fn table(world: &World, arguments: &[&str]) -> (i32, String) {
    world.aws.clear_requests();
    let before = whole_tree(&world.home.home());
    let output = world.home.run(arguments);
    assert_eq!((output.stderr.as_str(), world.requests()), ("", 0));
    assert_eq!(whole_tree(&world.home.home()), before);
    assert_eq!(
        world.home.search_for_secrets(&[&output.stdout], &world.aws.take_secrets()),
        Vec::<String>::new()
    );
    (output.status, comparable(&output.stdout))
}

fn comparable(text: &str) -> String {
    let line = |line: &str| {
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        for at in 0..words.len() {
            let (number, unit) = (words[at].trim_start_matches('(').to_owned(), words.get(at + 1).cloned());
            let unit = unit.unwrap_or_default();
            let is_unit = ["second", "minute", "hour", "day"].iter().any(|name| unit.starts_with(name));
            if number.parse::<u64>().is_ok() && is_unit {
                words[at] = words[at].replace(&number, "N");
                words[at + 1] = unit.replace("minutes", "minute").replace("minute", "minutes");
            }
            if words[at].len() == 10 && words[at].starts_with("20") && unit.contains(':') {
                words[at] = "DATE".to_owned();
                words[at + 1] = "TIME".to_owned();
            }
        }
        words.join(" ") + "\n"
    };
    text.lines().map(line).collect()
}

fn document(output: &Output) -> Value {
    output.json()["sessions"][0].clone()
}

const FILE: &str = "~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

#[test]
fn signed_out() {
    let world = World::new();
    let expected = format!(
        "\
sso-session `corp`: not signed in
  to sign in        run `aws-sso-cred login --sso-session corp`
  start URL         https://corp.awsapps.com/start in eu-west-1
  read from         {FILE}
"
    );
    assert_eq!(table(&world, &CORP), (1, expected));
    let output = world.home.run(&[&CORP[..], &["--output", "json"]].concat());
    assert_eq!(
        output.json(),
        json!({ "sessions": [{
            "session": "sso-session `corp`",
            "sso_session": "corp",
            "start_url": START_URL,
            "region": "eu-west-1",
            "state": "signed_out",
            "usable": false,
            "login": "aws-sso-cred login --sso-session corp",
            "signed_in_until": null,
            "refreshable_until": null,
            "token_is_for": null,
            "role_credentials": [],
            "pending_sign_in": null,
            "cool_down": null,
            "last_error": null,
            "clock_skew_seconds": null,
            "token_file": world.token_file().to_str().unwrap(),
        }] })
    );
    assert_eq!(output.status, 1);
}

#[test]
fn signed_in_with_cached_roles() {
    let world = World::signed_in();
    world.cache_role(1800);
    world.home.write_role_credentials(ACCOUNT, "Forgotten", "corp", -5);
    // A role that stands on a credential_process line only.
    let arguments = ["--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", "ReadOnly"];
    answered(&world.home.run(&arguments));
    let expected = format!(
        "\
sso-session `corp`: signed in
  signed in until   DATE TIME UTC (in N minutes)
  renewable until   DATE TIME UTC (in N days), or until the session ends
  cached roles      111122223333 Developer  until DATE TIME UTC (in N minutes)
                    111122223333 ReadOnly   until DATE TIME UTC (in N minutes)
  start URL         https://corp.awsapps.com/start in eu-west-1
  read from         {FILE}
"
    );
    assert_eq!(table(&world, &CORP), (0, expected));
    let output = world.home.run(&[&CORP[..], &["--output", "json"]].concat());
    let document = document(&output);
    assert_eq!(
        (output.status, &document["state"], &document["usable"]),
        (0, &json!("signed_in"), &json!(true))
    );
    assert_eq!(document["signed_in_until"], world.token()["expiresAt"]);
    assert_eq!(document["refreshable_until"], world.token()["registrationExpiresAt"]);
    let roles: Vec<_> = document["role_credentials"].as_array().unwrap().clone();
    assert_eq!(roles.len(), 2);
    assert_eq!(
        roles[0],
        json!({
            "account_id": ACCOUNT,
            "role_name": ROLE,
            "expires_at": read_json(&world.role_file())["Credentials"]["Expiration"],
        })
    );
}

#[test]
fn expired_and_renewed_by_itself_or_not() {
    let world = World::new();
    world.sign_in(-120);
    let (status, text) = table(&world, &CORP);
    assert_eq!(status, 0);
    assert!(
        text.starts_with("sso-session `corp`: signed in; renewed automatically at the next use\n"),
        "{text}"
    );
    assert!(text.contains("  signed in until   DATE TIME UTC (N minutes ago)\n"), "{text}");
    world.sign_in_for_once(-7200);
    let expected = format!(
        "\
sso-session `corp`: expired
  to sign in        run `aws-sso-cred login --sso-session corp`
  signed in until   DATE TIME UTC (N hours ago)
  start URL         https://corp.awsapps.com/start in eu-west-1
  read from         {FILE}
"
    );
    assert_eq!(table(&world, &CORP), (1, expected));
    let state = |world: &World| {
        document(&world.home.run(&[&CORP[..], &["--output", "json"]].concat()))["state"].clone()
    };
    assert_eq!(state(&world), "expired");
    world.sign_in(-5);
    assert_eq!(state(&world), "refreshable");
    let mut token = world.token();
    token["registrationExpiresAt"] = in_seconds(-1).into();
    world.home.write_token("corp", &token);
    assert_eq!(state(&world), "expired");
}

#[test]
fn a_session_that_aws_has_ended_is_not_usable() {
    let world = World::new();
    world.sign_in(-120);
    world.aws.end_session();
    failed(&world.run(&[]), 1);
    let (status, text) = table(&world, &CORP);
    assert_eq!(status, 1, "{text}");
    assert!(text.starts_with("sso-session `corp`: expired\n"), "{text}");
    assert!(
        text.contains(
            "  last error        sso-session `corp`: your sign-in session has ended, DATE TIME UTC (N second"
        ),
        "{text}"
    );
}

#[test]
fn a_token_file_that_makes_no_sense() {
    let world = World::new();
    for torn in ["", "{\"accessToken\": \"half", "[]"] {
        put(&world.token_file(), torn);
        let (status, text) = table(&world, &CORP);
        assert_eq!(status, 1);
        assert!(
            text.starts_with("sso-session `corp`: the token file cannot be read\n  to sign in "),
            "{text}"
        );
    }
}

/// A `login` whose code waits, in a poll that AWS does not answer.
fn polling_login(world: &World) -> std::process::Child {
    world.aws.clear_requests();
    world.aws.fault(Operation::CreateToken, Fault::Hang, Times::Always);
    let login = ["login", "--sso-session", "corp", "--use-device-code", "--no-browser"];
    let child = world.home.command(&login).stderr(std::process::Stdio::null()).spawn().unwrap();
    world.aws.wait_for_outcomes(Operation::CreateToken, 1, Duration::from_secs(40));
    child
}

/// A `login` that was killed while its code waits.
fn killed_login(world: &World) {
    let mut child = polling_login(world);
    child.kill().unwrap();
    child.wait().unwrap();
    world.aws.clear_faults();
}

/// As a `login` leaves it that is killed after its token is in place.
#[test]
fn a_code_that_is_spent_is_not_waited_for() {
    let world = World::new();
    killed_login(&world);
    world.sign_in(3600);
    let (status, text) = table(&world, &CORP);
    assert!(status == 0 && !text.contains("waiting for you"), "{text}");
    let json = [&CORP[..], &["--output", "json"]].concat();
    assert_eq!(document(&world.home.run(&json))["pending_sign_in"], Value::Null);
    // Another `login` asks for a code of its own.
    world.aws.clear_requests();
    world.aws.set_device(1, 600, false);
    world.aws.auto_approve(0);
    let login = ["login", "--sso-session", "corp", "--use-device-code", "--no-browser"];
    let output = world.home.run(&login);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.stderr.contains("please sign in"), "{output:?}");
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
    // Nor does it count as unanswered when it runs out.
    world.aws.no_auto_decision();
    killed_login(&world);
    world.sign_in(3600);
    answered(&world.run(&[]));
    assert!(!state(&world, "pending.json").exists());
}

/// Another tool may refresh the token while the person is still at the browser.
#[test]
fn a_code_that_a_process_polls_still_waits_when_another_tool_writes_a_token() {
    let world = World::new();
    let mut child = polling_login(&world);
    std::thread::sleep(Duration::from_millis(1100));
    world.sign_in(3600);
    let (status, text) = table(&world, &CORP);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(status == 0 && text.contains("waiting for you"), "{text}");
}

#[test]
fn a_code_still_waits_when_the_token_is_refreshed_meanwhile() {
    let world = World::new();
    world.sign_in(60);
    killed_login(&world);
    answered(&world.run(&["--force-refresh"]));
    assert_eq!(world.refreshes(), 1);
    let (status, text) = table(&world, &CORP);
    assert!(status == 0 && text.contains("waiting for you"), "{text}");
}

#[test]
fn a_sign_in_that_waits_and_one_that_came_to_nothing() {
    let mut world = World::new();
    world.home.env("AWS_SSO_DISABLE_BROWSER", "1");
    // While it waits for an answer it writes nothing that could be cut short.
    world.aws.fault(Operation::CreateToken, Fault::Hang, Times::Always);
    let login = ["login", "--sso-session", "corp", "--use-device-code"];
    let mut child = world.home.command(&login).stderr(std::process::Stdio::null()).spawn().unwrap();
    let code = world.aws.wait_for_user_code(Duration::from_secs(40));
    world.aws.wait_for_outcomes(Operation::CreateToken, 1, Duration::from_secs(40));
    child.kill().unwrap();
    child.wait().unwrap();
    let page = format!("{}/device", world.aws.url());
    let (status, text) = table(&world, &CORP);
    let expected = format!(
        "\
sso-session `corp`: not signed in
  waiting for you   open {page}?user_code={code} and confirm the code {code} (N minutes left)
  start URL         https://corp.awsapps.com/start in eu-west-1
  read from         {FILE}
"
    );
    assert_eq!((status, text), (1, expected));
    let json = [&CORP[..], &["--output", "json"]].concat();
    let pending = document(&world.home.run(&json))["pending_sign_in"].clone();
    assert_eq!(pending["user_code"], code);

    fs::remove_file(state(&world, "pending.json")).unwrap();
    for (refused, words) in [(true, "refused"), (false, "left unanswered")] {
        // One of them lasts ten seconds only.
        let begin = || {
            let note = json!({ "refused": refused, "since": now() });
            put(&state(&world, "cool-down.json"), &note.to_string());
        };
        begin();
        let (status, text) = table(&world, &CORP);
        let row =
            format!("  cool-down         a sign-in was {words}; aws-sso-cred does not ask again for N ");
        assert!(status == 1 && text.contains(&row), "{text}");
        begin();
        assert_eq!(document(&world.home.run(&json))["cool_down"]["refused"], refused);
    }
}

#[test]
fn the_last_error_is_kept_until_something_succeeds() {
    let world = World::signed_in();
    let output = world.home.run(&["--profile", "dev", "--role-name", "Nobody"]);
    failed(&output, 4);
    let (_, text) = table(&world, &CORP);
    let row = "  last error        you have no role `Nobody` in account `111122223333` (signed in through sso-session `corp`), DATE TIME UTC (N second";
    assert!(text.contains(row), "{text}");
    let error = document(&world.home.run(&[&CORP[..], &["--output", "json"]].concat()))["last_error"].clone();
    assert_eq!(error["exit_code"], 4);
    answered(&world.run(&[]));
    assert!(!table(&world, &CORP).1.contains("last error"));
}

#[test]
fn every_session_is_shown_and_all_have_to_be_usable() {
    let world = World::signed_in();
    let (status, text) = table(&world, &["status"]);
    let headlines: Vec<_> = text.lines().filter(|line| !line.is_empty() && !line.starts_with(' ')).collect();
    assert_eq!(
        (status, headlines),
        (1, vec!["sso-session `corp`: signed in", "profile `old`: not signed in"])
    );
    assert_eq!(text.matches("\n\n").count(), 1);
    let token = world.aws.issue_token(&TokenOptions::default());
    world.home.write_cli_token(START_URL, &token, 3600);
    assert_eq!(table(&world, &["status"]).0, 0);
    assert_eq!(table(&world, &["status", "--profile", "old"]).0, 0);
    let both = world.home.run(&["status", "--output", "json"]).json();
    assert_eq!(both["sessions"].as_array().unwrap().len(), 2);
}

#[test]
fn a_sign_in_that_the_config_does_not_have_is_shown_while_it_is_good() {
    let world = World::new();
    world.home.write_config("");
    let token = world.aws.issue_token(&TokenOptions::default());
    world.home.write_cli_token(START_URL, &token, 3600);
    let dead = world.aws.issue_token(&TokenOptions { refreshable: false, ..TokenOptions::default() });
    world.home.write_cli_token("https://dead.awsapps.com/start", &dead, -5);
    let (status, text) = table(&world, &["status"]);
    assert_eq!(status, 0);
    let headline = "start URL `https://corp.awsapps.com/start` (not in the config): signed in\n";
    assert!(text.starts_with(headline) && !text.contains("dead"), "{text}");
}

#[test]
fn without_any_session_the_way_to_one_is_told() {
    let world = World::new();
    let expected = "aws-sso-cred: there is no sso-session and no SSO profile in ~/.aws/config\n\
        hint: run `aws configure sso`, or `aws-sso-cred login --start-url URL --region REGION`\n";
    world.home.write_config("[profile x]\nregion = eu-west-1\n");
    let output = world.home.run(&["status"]);
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (1, "", expected));
    let output = world.home.run(&["status", "--output", "json"]);
    assert_eq!((output.status, output.json()), (1, json!({ "sessions": [] })));
}

#[test]
fn without_a_config_that_can_be_read_status_and_login_all_say_so() {
    let mut world = World::new();
    let by = |world: &World, status: i32, expected: &str| {
        for (arguments, status) in [(&["status"][..], status), (&["login", "--all"], 2)] {
            let output = world.home.run(arguments);
            assert_eq!(
                (output.status, output.stdout.as_str(), output.stderr.as_str()),
                (status, "", expected)
            );
        }
        let output = world.home.run(&["status", "--output", "json"]);
        assert_eq!((output.status, output.json()), (status, json!({ "sessions": [] })));
    };
    let utf16: Vec<u8> = CONFIG.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf32: Vec<u8> = CONFIG.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    for (bytes, encoding) in [
        ([b"\xff\xfe", &utf16[..]].concat(), "UTF-16"),
        ([b"\0\0\xfe\xff", &utf32[..]].concat(), "UTF-32"),
        (utf32, "UTF-32"),
    ] {
        fs::write(world.home.config_path(), bytes).unwrap();
        by(
            &world,
            2,
            &format!(
                "aws-sso-cred: the encoding of ~/.aws/config is {encoding}, which AWS's tools cannot read\n\
                 hint: save ~/.aws/config as UTF-8, with `Save as` in your editor\n"
            ),
        );
    }
    fs::remove_file(world.home.config_path()).unwrap();
    // Somebody who has not set anything up yet has made no mistake.
    by(
        &world,
        1,
        "aws-sso-cred: there is no ~/.aws/config, so your sso-sessions cannot be found\n\
         hint: run `aws configure sso`, or `aws-sso-cred login --start-url URL --region REGION`\n",
    );
    world.home.env("AWS_CONFIG_FILE", "/nonexistent/config");
    by(
        &world,
        2,
        "aws-sso-cred: AWS_CONFIG_FILE names /nonexistent/config, which does not exist, \
         so your sso-sessions cannot be found\n\
         hint: correct or unset AWS_CONFIG_FILE\n",
    );
    // A sign-in by start URL needs none.
    let token = world.aws.issue_token(&TokenOptions::default());
    world.home.write_cli_token(START_URL, &token, 3600);
    assert_eq!(world.home.run(&["status"]).status, 0);
}

#[test]
fn what_is_wrong_in_the_config_is_exit_2_when_named_and_1_among_others() {
    let world = World::signed_in();
    for arguments in [&["status", "--sso-session", "gone"][..], &["status", "--profile", "gone"]] {
        failed(&world.home.run(arguments), 2);
    }
    failed(&world.home.run(&["status", "--output", "yaml"]), 2);
    failed(&world.home.run(&["status", "--profile", "dev", "--sso-session", "corp"]), 2);
    let session = CONFIG.split("[profile").next().unwrap();
    world.home.write_config(&format!("{session}[profile x]\nsso_session = gone\n"));
    let output = world.home.run(&["status"]);
    assert_eq!(output.status, 1);
    assert!(output.stdout.starts_with("sso-session `corp`: signed in\n"), "{}", output.stdout);
    assert!(output.stderr.contains("refers to sso-session `gone`"), "{}", output.stderr);
}

#[test]
fn what_stands_in_files_cannot_draw_on_the_terminal() {
    let world = World::new();
    world.home.write_config(
        "[sso-session a\u{202e}b\u{200b}]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n",
    );
    let note =
        json!({ "at": "2026-01-01T00:00:00Z\u{1b}[2J", "exit": 4, "text": "\u{1b}]0;title\u{7}\r\nx" });
    let name = world.home.token_path("a\u{202e}b\u{200b}").file_stem().unwrap().to_owned();
    put(&world.home.state_dir().join("sessions").join(name).join("last-error.json"), &note.to_string());
    let text = world.home.run(&["status"]).stdout;
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    assert!(!text.contains(['\u{202e}', '\u{200b}']), "{text:?}");
    assert!(text.contains("\\u{1b}]0;title\\u{7}\\u{d}\\u{a}x"), "{text}");
}
