//! What leaves the program: one line or nothing on stdout, silence or at most
//! three clean lines on stderr; and what it never touches: stdin.
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
fn the_account_id_can_be_left_out() {
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
    // The cache is the AWS CLI's, and has it all the same.
    assert!(world.run(&[]).stdout.contains("AccountId"));
}

#[test]
fn the_line_is_ascii_and_below_8_kib_also_with_a_long_session_token() {
    let world = World::signed_in();
    let token = format!("IQoJ{}", "aB3/+=".repeat(700));
    let fault = role_answer(&token, (now() + 3600) * 1000);
    world.aws.fault(Operation::GetRoleCredentials, fault, Times::Once);
    for _ in 0..2 {
        let output = world.run(&[]);
        assert_eq!(answered(&output)["SessionToken"], token.as_str());
        assert!(output.stdout.is_ascii() && (4200..8192).contains(&output.stdout.len()));
    }
    assert_eq!(world.requests(), 1, "one fetched, one a hit");
}

#[test]
fn expiration_is_rounded_down_and_never_prolonged() {
    let world = World::signed_in();
    let at = now() + 3600;
    let fault = role_answer("token", at * 1000 + 999);
    world.aws.fault(Operation::GetRoleCredentials, fault, Times::Once);
    for _ in 0..2 {
        assert_eq!(answered(&world.run(&[]))["Expiration"], iso8601(at));
    }
}

#[test]
fn characters_beyond_ascii_in_an_answer_are_escaped_in_the_line() {
    let world = World::signed_in();
    let token = "tökén \u{1f600}\"\\\n";
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
        // An open pipe that never closes.
        let (reader, writer) = std::io::pipe().unwrap();
        answered(&finish(world.home.command(&DEV).stdin(reader)));
        drop(writer);
        // Data that is for the caller's other children.
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
fn a_closed_stdout_is_no_panic_and_the_credentials_stay_cached() {
    let world = World::signed_in();
    let output = shell(&world.home, "exec \"$0\" \"$@\" >&-", &DEV);
    assert!(!output.stderr.contains("panicked"), "{output:?}");
    answered(&world.run(&[]));
    assert_eq!(world.requests(), 1, "the second run is a hit");
}

#[test]
fn a_reader_that_is_gone_is_no_panic_and_the_credentials_stay_cached() {
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
fn a_full_device_is_an_error_of_its_own() {
    let world = World::signed_in();
    world.cache_role(3600);
    let output = shell(&world.home, "exec \"$0\" \"$@\" >/dev/full", &DEV);
    refused(&output, 5, "aws-sso-cred: cannot write to standard output: No space left on device\n");
}

#[test]
fn with_stderr_closed_the_exit_code_still_tells() {
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
fn hostile_words_of_a_server_are_escaped() {
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
fn endless_words_of_a_server_are_cut() {
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
fn hostile_names_and_values_are_escaped() {
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
fn arguments_and_variables_that_are_not_text_are_no_panic() {
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
    // These name where to go: to ignore them silently would go elsewhere.
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
fn a_home_that_cannot_be_used_is_no_panic() {
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
    assert!(!missing.exists(), "a home that is not there is not made");
    assert_eq!(world.requests(), 0);
}

#[test]
fn without_home_the_user_database_has_one() {
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
fn a_working_directory_that_is_gone_does_not_matter() {
    let world = World::signed_in();
    let script = "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" \"$@\"";
    answered(&shell(&world.home, script, &DEV));
    answered(&shell(&world.home, script, &["--profile", "dev", "--no-cache", "--debug"]));
}

#[test]
fn very_long_values_are_refused_in_short() {
    let mut world = World::signed_in();
    // The longest that Linux lets one argument be.
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
fn a_success_is_silent_on_the_cold_path_too() {
    let world = World::new();
    let token = world.aws.issue_token(&TokenOptions::default());
    world.home.write_cli_token("corp", &token, 60);
    let output = shell(&world.home, PLAIN, &DEV);
    answered(&output);
    assert!(!output.stdout.contains(PROGRAM));
    // Old C++ SDKs read both pipes as one.
    let both = shell(&world.home, "exec \"$0\" \"$@\" 2>&1", &DEV);
    assert_eq!(both.stdout, output.stdout);
}

#[test]
#[cfg(unix)]
fn a_variable_that_is_not_text_is_refused_not_passed_over() {
    use std::os::unix::ffi::OsStrExt as _;
    let world = World::signed_in();
    let broken = std::ffi::OsStr::from_bytes(b"11112222333\xff");
    let output = finish(world.home.command(&DEV).env("AWS_SSO_ACCOUNT_ID", broken));
    let lines = failed(&output, 2);
    assert!(lines[0].contains("account id `11112222333\u{fffd}` is not valid"), "{lines:?}");
    assert_eq!(world.requests(), 0);
}
