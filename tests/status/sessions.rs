//! Sessions: their state, the last error, and errors in the config.

use std::fs;

use crate::common::{ACCOUNT, CONFIG, ROLE, START_URL, World, answered, failed, in_seconds, read_json};
use crate::{CORP, FILE, document, put, table};
use serde_json::json;
use stand_in::TokenOptions;

#[test]
fn status_shows_a_signed_out_session() {
    let world = World::new();
    let expected = format!(
        "\
sso-session `corp`: not signed in
  to sign in        run `aws-sso-cred login --sso-session corp`
  start URL         https://corp.awsapps.com/start in eu-west-1
  looked for        {FILE}
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
fn the_page_on_configuration_names_each_member_of_the_json() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, chapter) = page.split_once("\n### `status`\n").unwrap();
    let chapter = chapter.split("\n## ").next().unwrap();
    let output = World::new().home.run(&[&CORP[..], &["--output", "json"]].concat());
    for member in document(&output).as_object().unwrap().keys() {
        assert!(chapter.contains(&format!("`{member}`")), "{member}");
    }
}

#[test]
fn status_shows_a_sign_in_with_cached_roles() {
    let world = World::signed_in();
    world.cache_role(1800);
    world.home.write_role_credentials(ACCOUNT, "Forgotten", "corp", -5);
    // A role that only a credential_process line names.
    let arguments = ["--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", "ReadOnly"];
    answered(&world.home.run(&arguments));
    let expected = format!(
        "\
sso-session `corp`: signed in
  signed in until   DATE TIME UTC (in N minutes)
  refreshed until   DATE TIME UTC (in N days), or less if your administrator limits sessions
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
fn status_shows_whether_an_expired_token_can_be_refreshed() {
    let world = World::new();
    world.sign_in(-120);
    let (status, text) = table(&world, &CORP);
    assert_eq!(status, 0);
    assert!(
        text.starts_with("sso-session `corp`: signed in; refreshed automatically at the next use\n"),
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
fn status_shows_a_session_ended_by_aws_as_expired() {
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
fn status_shows_an_unreadable_token_file() {
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

#[test]
fn status_shows_the_last_error_until_a_run_succeeds() {
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
fn status_shows_every_session_and_exits_with_1_unless_all_are_usable() {
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
fn status_shows_a_valid_sign_in_that_no_config_names() {
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
fn status_without_a_session_says_how_to_set_one_up() {
    let world = World::new();
    let expected = "aws-sso-cred: there is no sso-session and no SSO profile in ~/.aws/config\n\
        hint: run `aws-sso-cred configure`, or `aws-sso-cred login --start-url URL --region REGION`\n";
    world.home.write_config("[profile x]\nregion = eu-west-1\n");
    let output = world.home.run(&["status"]);
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (1, "", expected));
    let output = world.home.run(&["status", "--output", "json"]);
    assert_eq!((output.status, output.json()), (1, json!({ "sessions": [] })));
}

#[test]
fn status_and_login_all_report_an_unreadable_or_missing_config() {
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
    // A missing config is no mistake of the person, so the exit code is 1.
    by(
        &world,
        1,
        "aws-sso-cred: there is no ~/.aws/config, so your sso-sessions cannot be found\n\
         hint: run `aws-sso-cred configure`, or `aws-sso-cred login --start-url URL --region REGION`\n",
    );
    world.home.env("AWS_CONFIG_FILE", "/nonexistent/config");
    by(
        &world,
        2,
        "aws-sso-cred: AWS_CONFIG_FILE names /nonexistent/config, which does not exist, \
         so your sso-sessions cannot be found\n\
         hint: correct or unset AWS_CONFIG_FILE\n",
    );
    // A sign-in by start URL is shown without a config; a file that is named has to be there.
    let token = world.aws.issue_token(&TokenOptions::default());
    world.home.write_cli_token(START_URL, &token, 3600);
    let output = world.home.run(&["status"]);
    assert_eq!(output.status, 2, "{output:?}");
    assert!(
        output.stderr.contains("AWS_CONFIG_FILE names /nonexistent/config, which does not exist"),
        "{output:?}"
    );
    assert!(output.stdout.contains("(not in the config): signed in\n"), "{output:?}");
    world.home.env_remove("AWS_CONFIG_FILE");
    let output = world.home.run(&["status"]);
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
}

#[test]
fn status_exits_with_2_for_a_wrong_named_session_and_1_for_a_wrong_listed_session() {
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
fn status_escapes_control_characters_from_files() {
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
