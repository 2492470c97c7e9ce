//! The program's output: one line or nothing on stdout, nothing or at most three clean lines on
//! stderr. The program never reads stdin.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the caller")]

mod common;

use std::ffi::OsString;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStringExt as _;
use std::process::Stdio;

use common::{
    ACCOUNT, DEV, PROGRAM, REGION, ROLE, START_URL, World, answered, check_failure_text, failed, finish, now,
    refused, shell,
};
use serde_json::json;
use stand_in::{Fault, Operation, Times, TokenOptions, iso8601};

const PLAIN: &str = "exec \"$0\" \"$@\"";

/// An answer of AWS with these credentials.
fn role_answer(session_token: &str, expiration_milliseconds: i64) -> Fault {
    let answer = json!({ "roleCredentials": {
        "accessKeyId": "ASIAEXAMPLE", "secretAccessKey": "a/b+c=", "sessionToken": session_token,
        "expiration": expiration_milliseconds,
    }});
    Fault::Garbage(answer.to_string().into_bytes())
}

#[test]
fn no_account_id_in_output_omits_the_account_id() {
    let world = World::signed_in();
    let with = world.run(&[]);
    answered(&with);
    let hit = world.run(&["--no-account-id"]);
    assert_eq!(hit.stdout, with.stdout.replace(&format!(",\"AccountId\":\"{ACCOUNT}\""), ""));
    let fetched = world.run(&["--no-account-id", "--force-refresh"]);
    assert!(!fetched.stdout.contains("AccountId") && fetched.stdout.ends_with("Z\"}\n"));
    for output in [hit, fetched] {
        assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    }
    // The AWS CLI's cache file contains the account id in any case.
    assert!(world.run(&[]).stdout.contains("AccountId"));
}

#[test]
fn the_output_line_is_ascii_and_below_8_kib_even_with_a_long_session_token() {
    let world = World::signed_in();
    let token = format!("IQoJ{}", "aB3/+=".repeat(700));
    let fault = role_answer(&token, (now() + 3600) * 1000);
    world.aws.fault(Operation::GetRoleCredentials, fault, Times::Once);
    for _ in 0..2 {
        let output = world.run(&[]);
        assert_eq!(answered(&output)["SessionToken"], token.as_str());
        assert!(output.stdout.is_ascii() && (4200..8192).contains(&output.stdout.len()));
    }
    assert_eq!(world.requests(), 1, "the first run fetches, the second is a hit");
}

#[test]
fn expiration_is_rounded_down_to_the_second() {
    let world = World::signed_in();
    let at = now() + 3600;
    let fault = role_answer("token", at * 1000 + 999);
    world.aws.fault(Operation::GetRoleCredentials, fault, Times::Once);
    for _ in 0..2 {
        assert_eq!(answered(&world.run(&[]))["Expiration"], iso8601(at));
    }
}

#[test]
fn non_ascii_characters_in_an_answer_are_escaped_in_the_output_line() {
    let world = World::signed_in();
    let token = "tökén \u{1f600}\"\\";
    world.aws.fault(Operation::GetRoleCredentials, role_answer(token, (now() + 3600) * 1000), Times::Once);
    for _ in 0..2 {
        let output = world.run(&[]);
        assert_eq!((output.status, output.stdout.lines().count()), (0, 1));
        assert!(output.stdout.is_ascii());
        assert_eq!(output.json()["SessionToken"], token);
    }
}

#[test]
fn stdin_is_never_read() {
    for cached in [true, false] {
        let world = World::signed_in();
        if cached {
            world.cache_role(3600);
        }
        // A pipe that stays open.
        let (reader, writer) = std::io::pipe().unwrap();
        answered(&finish(world.home.command(&DEV).stdin(reader)));
        drop(writer);
        // Data that the caller has for its other children.
        let (mut reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(b"not for you").unwrap();
        drop(writer);
        answered(&finish(world.home.command(&DEV).stdin(reader.try_clone().unwrap())));
        let mut left = String::new();
        reader.read_to_string(&mut left).unwrap();
        assert_eq!(left, "not for you");
        answered(&shell(&world.home, "exec \"$0\" \"$@\" <&-", &DEV));
    }
}

#[test]
fn a_closed_stdout_causes_no_panic_and_the_credentials_stay_cached() {
    let world = World::signed_in();
    let output = shell(&world.home, "exec \"$0\" \"$@\" >&-", &DEV);
    assert!(!output.stderr.contains("panicked"), "{output:?}");
    answered(&world.run(&[]));
    assert_eq!(world.requests(), 1, "the second run is a hit");
}

#[test]
fn a_broken_stdout_pipe_causes_no_panic_and_the_credentials_stay_cached() {
    for cached in [false, true] {
        let world = World::signed_in();
        if cached {
            world.cache_role(3600);
        }
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = world.home.command(&DEV).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{output:?}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        check_failure_text(&stderr);
        assert!(stderr.contains("cannot write to standard output"), "{stderr}");
        let asked = world.requests();
        answered(&world.run(&[]));
        assert_eq!(world.requests(), asked, "the next run is a hit");
    }
}

#[test]
fn a_full_output_device_has_its_own_error() {
    let world = World::signed_in();
    world.cache_role(3600);
    let output = shell(&world.home, "exec \"$0\" \"$@\" >/dev/full", &DEV);
    refused(&output, 5, "aws-sso-cred: cannot write to standard output: No space left on device\n");
}

#[test]
fn the_exit_code_is_right_when_stderr_is_closed() {
    let world = World::signed_in();
    for script in ["exec \"$0\" \"$@\" 2>&-", "exec \"$0\" \"$@\" 2>/dev/full", "exec \"$0\" \"$@\" 2>&- <&-"]
    {
        let output = shell(&world.home, script, &["--profile", "nowhere"]);
        assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (2, "", ""), "{script}");
        answered(&shell(&world.home, script, &["--profile", "dev", "--no-cache"]));
    }
    let output = shell(&world.home, "exec \"$0\" \"$@\" 2>&- >&- <&-", &["--profile", "nowhere"]);
    assert_eq!(output.status, 2);
}

#[test]
fn control_characters_in_a_server_message_are_escaped() {
    let world = World::signed_in();
    let fault = Fault::Error {
        status: 403,
        code: "ForbiddenException",
        message: "no\u{1b}[2J\u{1b}]0;pwned\u{7}\r\n\u{9b}31mhint: run `curl evil`\u{202e}\u{0}",
    };
    world.aws.fault(Operation::GetRoleCredentials, fault, Times::Once);
    let lines = failed(&world.run(&[]), 4);
    assert_eq!(lines.len(), 3);
    assert_eq!(
        lines[1],
        "AWS says: no\\u{1b}[2J\\u{1b}]0;pwned\\u{7}\\u{d}\\u{a}\\u{9b}31mhint: run `curl evil`\\u{202e}\\u{0}"
    );
}

#[test]
fn a_very_long_server_message_is_cut() {
    let world = World::signed_in();
    let body = json!({ "message": "x".repeat(900_000), "__type": "ForbiddenException" }).to_string();
    let raw = format!(
        "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nx-amzn-ErrorType: ForbiddenException\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    world.aws.fault(Operation::GetRoleCredentials, Fault::RawBytes(raw.into_bytes()), Times::Once);
    failed(&world.run(&[]), 4);
}

#[test]
fn control_characters_in_names_and_values_are_escaped() {
    let world = World::signed_in();
    for hostile in
        ["\u{1b}[31m", "a\nb", "a\rb", "\u{202e}dev", "\u{7f}", "`$(reboot)`", "'; rm -rf /", "\u{2028}"]
    {
        for flag in ["--profile", "--sso-session", "--account-id", "--role-name", "--region", "--start-url"] {
            let output = world.home.run(&["--profile", "dev", &format!("{flag}={hostile}")]);
            failed(&output, 2);
            let output = world.home.run(&[&format!("{flag}={hostile}")]);
            failed(&output, 2);
        }
    }
    world
        .home
        .write_config(&common::CONFIG.replace("sso_account_id = 1111", "sso_account_id = \u{1b}[31m1\u{0}1"));
    let lines = failed(&world.run(&[]), 2);
    assert_eq!(
        lines,
        [
            "aws-sso-cred: account id `\\u{1b}[31m1\\u{0}122223333` is not valid: it must be 12 digits",
            "hint: correct `sso_account_id` in [profile dev], ~/.aws/config line 8"
        ]
    );
    assert_eq!(world.requests(), 0);
}

#[test]
fn arguments_and_variables_that_are_not_utf8_cause_no_panic() {
    let mut world = World::signed_in();
    let not_text = || OsString::from_vec(b"\xff\xfe\x80".to_vec());
    for before in [&[][..], &["--profile"], &["--profile", "dev", "--role-name"], &["login"], &["--"]] {
        let output = finish(world.home.command(before).arg(not_text()));
        failed(&output, 2);
    }
    let mut with_equals = OsString::from("--profile=");
    with_equals.push(not_text());
    failed(&finish(world.home.command(&[]).arg(with_equals)), 2);

    world.home.env_remove("XDG_STATE_HOME");
    for variable in [
        "AWS_PROFILE",
        "AWS_SSO_INTERACTIVE_AUTH",
        "AWS_SSO_DISABLE_BROWSER",
        "AWS_SSO_CREDENTIAL_PROCESS_DEBUG",
        "AWS_SSO_CRED_WAIT",
        "AWS_SHARED_CREDENTIALS_FILE",
        "XDG_STATE_HOME",
        "NO_PROXY",
        "LANG",
        "X",
    ] {
        let mut command = world.home.command(&["--profile", "dev", "--no-cache"]);
        answered(&finish(command.env(variable, not_text())));
    }
    // These variables name a place: ignoring them silently would use another place.
    for variable in ["AWS_CONFIG_FILE", "AWS_CA_BUNDLE"] {
        let mut command = world.home.command(&["--profile", "dev", "--no-cache"]);
        let output = finish(command.env(variable, not_text()));
        if output.status == 0 {
            answered(&output);
        } else {
            failed(&output, 2);
        }
    }
}

#[test]
fn an_unusable_home_causes_no_panic() {
    let world = World::new();
    let file = world.home.temporary().join("a file");
    fs::write(&file, "").unwrap();
    let flags = ["--start-url", START_URL, "--region", REGION, "--account-id", ACCOUNT, "--role-name", ROLE];
    let file = file.to_str().unwrap();
    let missing = world.home.temporary().join("not/there");
    for home in [missing.to_str().unwrap(), file, "/dev/null", "/proc"] {
        let output = finish(world.home.command(&flags).env("HOME", home));
        let lines = failed(&output, 1);
        assert!(lines[0].ends_with("you are not signed in"), "{home}: {lines:?}");
        let output = finish(world.home.command(&[&flags[..], &["--debug"]].concat()).env("HOME", home));
        failed(&output, 1);
        let output = finish(world.home.command(&DEV).env("HOME", home));
        let lines = failed(&output, 2);
        let told = "aws-sso-cred: there is no ~/.aws/config, so profile `dev` cannot be found";
        assert_eq!(lines[0], told, "{home}: {lines:?}");
    }
    assert!(!missing.exists(), "a missing home is not created");
    assert_eq!(world.requests(), 0);
}

#[test]
fn without_home_the_home_comes_from_the_user_database() {
    let world = World::signed_in();
    let config = world.home.config_path();
    for empty in [true, false] {
        let mut command = world.home.command(&["--profile", "nowhere"]);
        command.env("AWS_CONFIG_FILE", &config);
        let command = if empty { command.env("HOME", "") } else { command.env_remove("HOME") };
        failed(&finish(command), 2);
    }
}

#[test]
fn a_deleted_working_directory_causes_no_failure() {
    let world = World::signed_in();
    let script = "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" \"$@\"";
    answered(&shell(&world.home, script, &DEV));
    answered(&shell(&world.home, script, &["--profile", "dev", "--no-cache", "--debug"]));
}

#[test]
fn very_long_values_are_refused_with_a_short_text() {
    let mut world = World::signed_in();
    // The longest single argument that Linux accepts.
    let long = "x".repeat(131_000);
    for flag in ["--profile", "--sso-session", "--account-id", "--role-name", "--region", "--start-url"] {
        failed(&world.run(&[&format!("{flag}={long}"), "-n"]).clone(), 2);
        failed(&world.home.run(&[&format!("{flag}={long}")]), 2);
    }
    for variable in ["AWS_SSO_ACCOUNT_ID", "AWS_SSO_START_URL", "AWS_SSO_REGION", "AWS_SSO_ROLE_NAME"] {
        world.home.env(variable, &long);
        failed(&world.run(&[]), 2);
        world.home.env_remove(variable);
    }
    let longest = format!(
        "{}[profile long]\nsso_session = corp\nsso_role_name = x\nsso_account_id = {}\n",
        common::CONFIG,
        "9".repeat(8 << 20)
    );
    world.home.write_config(&longest);
    failed(&world.home.run(&["--profile", "long"]), 2);
    answered(&world.run(&[]));
}

#[test]
fn a_fetch_that_succeeds_writes_nothing_to_stderr() {
    let world = World::new();
    let token = world.aws.issue_token(&TokenOptions::default());
    world.home.write_cli_token("corp", &token, 60);
    let output = shell(&world.home, PLAIN, &DEV);
    answered(&output);
    assert!(!output.stdout.contains(PROGRAM));
    // Old C++ SDKs read both streams from one pipe.
    let both = shell(&world.home, "exec \"$0\" \"$@\" 2>&1", &DEV);
    assert_eq!(both.stdout, output.stdout);
}

#[test]
#[cfg(unix)]
fn a_variable_that_is_not_utf8_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let world = World::signed_in();
    let broken = std::ffi::OsStr::from_bytes(b"11112222333\xff");
    let output = finish(world.home.command(&DEV).env("AWS_SSO_ACCOUNT_ID", broken));
    let lines = failed(&output, 2);
    assert!(lines[0].contains("account id `11112222333\u{fffd}` is not valid"), "{lines:?}");
    assert_eq!(world.requests(), 0);
}
