//! `logout` where something cannot be removed, or lies where it is hard to find: what
//! stays is named, and what is gone is really gone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]
#![cfg(unix)]

mod common;
mod ordinary_user;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use common::{ACCOUNT, CONFIG, HANG, REGION, ROLE, START_URL, World, answered, failed, left, shown};
use ordinary_user::{give_away, owners_can_differ, set_mode, take};
use serde_json::json;
use stand_in::{Operation, Output, TokenOptions};

const LOGOUT: [&str; 3] = ["logout", "--sso-session", "corp"];
const ALL: [&str; 2] = ["logout", "--all"];

#[track_caller]
fn told(output: &Output, expected: &str) {
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, "", expected));
}

fn cli_cache(world: &World) -> PathBuf {
    world.role_file().parent().unwrap().to_owned()
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

// What cannot be removed.

#[test]
fn a_token_in_a_directory_that_cannot_be_written_is_named_and_no_session_is_signed_out_of() {
    for (arguments, command) in [(&LOGOUT[..], "logout --sso-session corp"), (&ALL, "logout --all")] {
        let world = World::signed_in();
        give_away(&world);
        set_mode(&world.home.sso_cache(), 0o500);
        let output = ordinary_user::run(&world, arguments);
        let of = if arguments == ALL { "" } else { " of sso-session `corp`" };
        let token = shown(&world, &world.token_file());
        assert_eq!(
            left(&output, ""),
            [
                format!("aws-sso-cred: cannot remove the file with the sign-in{of}"),
                format!(
                    "{token}: the permissions of ~/.aws/sso/cache do not allow it; AWS has revoked the sign-in"
                ),
                format!("hint: run `chmod -R u+rwX ~/.aws/sso`, then run `aws-sso-cred {command}` again"),
            ]
        );
        assert_eq!(world.aws.count(Operation::Logout), 1, "AWS is told all the same, and once");
        // The hint works.
        set_mode(&world.home.sso_cache(), 0o700);
        assert_eq!(ordinary_user::run(&world, arguments).status, 0);
        assert!(!world.token_file().exists());
    }
}

#[test]
fn a_file_that_its_directory_keeps_for_its_owner_is_named_as_the_obstacle() {
    let world = World::signed_in();
    let directory = world.home.sso_cache();
    give_away(&world);
    if !take(&directory) {
        return;
    }
    set_mode(&directory, 0o1777);
    let lines = left(&ordinary_user::run(&world, &LOGOUT), "");
    let file = shown(&world, &world.token_file());
    let told = "belongs to root; AWS could not be told to revoke the sign-in";
    assert_eq!(lines[1], format!("{file} {told}"));
    let again = "aws-sso-cred logout --sso-session corp";
    assert_eq!(lines[2], format!("hint: run `sudo chown -R \"$USER\" ~/.aws/sso`, then run `{again}` again"));
}

#[test]
fn everything_that_stays_is_named_with_its_owner_and_the_cure() {
    let world = World::signed_in();
    world.cache_role(3600);
    let registration =
        world.home.registration_path(Some("corp"), START_URL, REGION, Some(&["sso:account:access"]));
    put(&registration, "{\"clientId\": \"a\", \"clientSecret\": \"b\"}");
    let half_written = world.token_file().with_extension("1-2.aws-sso-cred.tmp");
    put(&half_written, "{\"accessToken\": \"half");
    give_away(&world);
    if !take(&world.home.sso_cache()) || !take(&cli_cache(&world)) {
        return;
    }
    for directory in [world.home.sso_cache(), cli_cache(&world)] {
        set_mode(&directory, 0o755);
    }
    set_mode(&world.token_file(), 0o644);
    let output = ordinary_user::run(&world, &[&LOGOUT[..], &["--forget-client"]].concat());
    let stay = [world.token_file(), registration, world.role_file(), half_written];
    let named = stay.map(|path| format!("still there: {}\n", shown(&world, &path))).concat();
    assert_eq!(
        left(&output, &named),
        [
            "aws-sso-cred: cannot remove 4 files with secrets of sso-session `corp`",
            "~/.aws/sso/cache belongs to root; AWS has revoked the sign-in",
            "hint: run `sudo chown -R \"$USER\" ~/.aws/sso ~/.aws/cli`, then run \
             `aws-sso-cred logout --sso-session corp --forget-client` again",
        ]
    );
}

#[test]
fn role_credentials_that_stay_are_a_failure_although_the_token_is_gone() {
    let world = World::signed_in();
    world.cache_role(3600);
    give_away(&world);
    set_mode(&cli_cache(&world), 0o500);
    for (arguments, before) in
        [(&LOGOUT[..], "signed out of sso-session `corp`\n"), (&LOGOUT[..], NOT_SIGNED_IN), (&ALL, "")]
    {
        let output = ordinary_user::run(&world, arguments);
        let role = shown(&world, &world.role_file());
        let lines = left(&output, before);
        assert!(
            lines[0].starts_with("aws-sso-cred: cannot remove the file with role credentials")
                && lines[1].starts_with(&role),
            "{lines:?}"
        );
    }
    assert!(!world.token_file().exists());
}

const NOT_SIGNED_IN: &str = "sso-session `corp`: you were not signed in\n";

#[test]
fn a_cache_that_cannot_be_looked_into_may_hold_secrets_still() {
    // Without any access, and without access to what is in it.
    for (arguments, mode) in [(&LOGOUT[..], 0o000), (&ALL, 0o000), (&LOGOUT, 0o400), (&ALL, 0o400)] {
        let world = World::signed_in();
        world.cache_role(3600);
        give_away(&world);
        set_mode(&cli_cache(&world), mode);
        let output = ordinary_user::run(&world, arguments);
        assert_eq!(output.status, 5);
        let expected = "aws-sso-cred: cannot look into ~/.aws/cli/cache, which may still contain secrets";
        assert!(output.stderr.contains(expected), "{}", output.stderr);
        assert!(output.stderr.starts_with("signed out of "), "{}", output.stderr);
        set_mode(&cli_cache(&world), 0o700);
    }
}

#[test]
fn a_cache_whose_files_cannot_be_listed_may_hold_half_written_ones() {
    let world = World::signed_in();
    give_away(&world);
    set_mode(&world.home.sso_cache(), 0o300);
    let output = ordinary_user::run(&world, &LOGOUT);
    assert_eq!(
        left(&output, "signed out of sso-session `corp`\n")[0],
        "aws-sso-cred: cannot look into ~/.aws/sso/cache, which may still contain secrets of sso-session `corp`"
    );
    set_mode(&world.home.sso_cache(), 0o700);
    assert!(!world.token_file().exists());
}

#[test]
fn role_credentials_that_stay_are_found_again_although_no_config_names_them() {
    let world = World::signed_in();
    answered(&world.run(&["--role-name", "ReadOnly"]));
    let path = world.home.role_path(ACCOUNT, "ReadOnly", Some("corp"), "");
    give_away(&world);
    set_mode(&cli_cache(&world), 0o500);
    left(&ordinary_user::run(&world, &LOGOUT), "signed out of sso-session `corp`\n");
    assert!(path.exists());
    set_mode(&cli_cache(&world), 0o700);
    told(&ordinary_user::run(&world, &LOGOUT), NOT_SIGNED_IN);
    assert!(!path.exists());
}

#[test]
fn where_nobody_was_signed_in_no_failure_speaks_of_revoking() {
    let world = World::new();
    world.cache_role(3600);
    give_away(&world);
    set_mode(&cli_cache(&world), 0o500);
    let output = ordinary_user::run(&world, &ALL);
    let role = shown(&world, &world.role_file());
    assert_eq!(
        left(&output, "")[..2],
        [
            "aws-sso-cred: cannot remove the file with role credentials".to_owned(),
            format!("{role}: the permissions of ~/.aws/cli/cache do not allow it"),
        ]
    );
    set_mode(&cli_cache(&world), 0o700);
}

#[test]
fn a_sign_in_that_waits_and_cannot_be_forgotten_is_not_given_up() {
    let mut world = World::new();
    world.home.env("AWS_SSO_DISABLE_BROWSER", "1");
    world.aws.set_device(1, 600, false);
    let mut login = world.home.command(&["login", "--sso-session", "corp", "--use-device-code"]);
    let mut login = login.stderr(Stdio::null()).spawn().unwrap();
    world.aws.wait_for_outcomes(Operation::CreateToken, 1, HANG);
    login.kill().unwrap();
    login.wait().unwrap();
    let session = world.home.state_dir().join("sessions").join(world.token_file().file_stem().unwrap());
    give_away(&world);
    set_mode(&session, 0o500);
    let output = ordinary_user::run(&world, &LOGOUT);
    assert!(!output.stderr.contains("is given up"), "{}", output.stderr);
    assert_eq!(output.status, 5);
    assert!(output.stderr.contains("notes about the sign-in of sso-session `corp`"), "{}", output.stderr);
    set_mode(&session, 0o700);
    told(&ordinary_user::run(&world, &LOGOUT), "sso-session `corp`: the pending sign-in is cancelled\n");
}

#[test]
fn a_sign_in_during_the_revoke_request_is_no_failure_and_stays() {
    let world = World::signed_in();
    world.aws.hold(Operation::Logout);
    let logout = world.home.command(&LOGOUT).stderr(Stdio::piped()).spawn().unwrap();
    world.aws.wait_for_requests(Operation::Logout, 1, HANG);
    world.sign_in(3600);
    world.aws.release(Operation::Logout);
    let ended = logout.wait_with_output().unwrap();
    let text = String::from_utf8(ended.stderr).unwrap();
    assert_eq!((ended.status.code(), text.as_str()), (Some(0), "signed out of sso-session `corp`\n"));
    assert!(world.token_file().exists());
}

// What other tools take for a sign-in.

#[test]
fn a_token_that_only_other_tools_would_use_is_revoked_and_removed() {
    let world = World::new();
    let odd = |key: &str, missing: &[&str]| {
        let token = world.aws.issue_token(&TokenOptions::default());
        world.home.write_cli_token(key, &token, 3600);
        let mut document = common::read_json(&world.home.token_path(key));
        for name in missing {
            document.as_object_mut().unwrap().remove(*name);
        }
        world.home.write_token(key, &document);
    };
    odd("corp", &["expiresAt"]);
    told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    assert_eq!(world.aws.count(Operation::Logout), 1);

    odd("corp", &["expiresAt", "accessToken"]);
    told(
        &world.home.run(&LOGOUT),
        "signed out of sso-session `corp` on this computer; AWS could not be told, because the token file is \
         incomplete; the session at AWS expires by itself\n",
    );

    odd("gone", &["expiresAt"]);
    odd("also gone", &["startUrl"]);
    told(
        &world.home.run(&ALL),
        "signed out of 2 sessions on this computer; AWS could not be told about 1 of them, because the token \
         file is incomplete; that session at AWS expires by itself\n",
    );
    assert_eq!(world.aws.count(Operation::Logout), 2);
    assert_eq!(fs::read_dir(world.home.sso_cache()).unwrap().count(), 0);
}

#[test]
fn a_token_file_that_cannot_be_opened_is_removed_and_aws_could_not_be_told() {
    let world = World::signed_in();
    give_away(&world);
    set_mode(&world.token_file(), 0o000);
    told(
        &ordinary_user::run(&world, &LOGOUT),
        "sso-session `corp`: removed the token file; AWS was not told, because the file could not be \
         read: Permission denied\n",
    );
    assert!(!world.token_file().exists());

    // One that the config names, and one that it does not.
    for key in ["corp", "gone"] {
        let world = World::new();
        let token = world.aws.issue_token(&TokenOptions::default());
        world.home.write_cli_token(key, &token, 3600);
        give_away(&world);
        set_mode(&world.home.token_path(key), 0o000);
        told(
            &ordinary_user::run(&world, &ALL),
            "signed out of 1 session on this computer; AWS could not be told, because the token file could \
             not be read; the session at AWS expires by itself\n",
        );
        assert_eq!(world.requests(), 0);
    }
}

#[test]
fn of_a_session_that_had_ended_no_text_says_that_aws_could_not_be_told() {
    let world = World::signed_in();
    give_away(&world);
    set_mode(&world.home.sso_cache(), 0o500);
    for why in [
        "the permissions of ~/.aws/sso/cache do not allow it; AWS has revoked the sign-in",
        "the permissions of ~/.aws/sso/cache do not allow it",
    ] {
        let token = shown(&world, &world.token_file());
        assert_eq!(left(&ordinary_user::run(&world, &LOGOUT), "")[1], format!("{token}: {why}"));
    }
    assert_eq!(world.aws.count(Operation::Logout), 2);
    set_mode(&world.home.sso_cache(), 0o700);
}

#[test]
fn what_a_link_leads_to_goes_with_the_link() {
    for arguments in [&LOGOUT[..], &ALL] {
        let world = World::signed_in();
        world.cache_role(3600);
        let elsewhere = world.home.home().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        for (number, path) in [world.token_file(), world.role_file()].into_iter().enumerate() {
            let target = elsewhere.join(format!("{number}.json"));
            fs::rename(&path, &target).unwrap();
            symlink(&target, &path).unwrap();
        }
        assert_eq!(world.home.run(arguments).status, 0);
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0, "no secret is left there");
        assert!(fs::symlink_metadata(world.token_file()).is_err());
        assert_eq!(world.aws.count(Operation::Logout), 1);
    }
}

#[test]
fn what_a_link_leads_to_need_not_have_the_secret_of_a_client() {
    let world = World::signed_in();
    let mut token = world.token();
    token.as_object_mut().unwrap().remove("clientSecret");
    let target = world.home.home().join("token.json");
    put(&target, &token.to_string());
    fs::remove_file(world.token_file()).unwrap();
    symlink(&target, world.token_file()).unwrap();
    told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    assert!(!target.exists());
}

#[test]
fn what_a_link_leads_to_is_named_where_it_cannot_be_opened() {
    let world = World::signed_in();
    let target = world.home.temporary().join("token.json");
    fs::rename(world.token_file(), &target).unwrap();
    symlink(&target, world.token_file()).unwrap();
    give_away(&world);
    set_mode(&target, 0o000);
    let output = ordinary_user::run(&world, &LOGOUT);
    let before = "sso-session `corp`: removed the token file; AWS was not told, because the file could \
        not be read: Permission denied\n";
    let lines = left(&output, before);
    assert_eq!(lines[0], "aws-sso-cred: cannot remove the file with the sign-in of sso-session `corp`");
    assert!(lines[1].starts_with(&target.display().to_string()), "{lines:?}");
    assert!(target.exists());
}

#[test]
fn what_a_link_of_another_user_leads_to_is_named_and_stays() {
    let world = World::signed_in();
    let target = world.home.home().join("token.json");
    fs::rename(world.token_file(), &target).unwrap();
    give_away(&world);
    // The link is ours, and not that user's.
    symlink(&target, world.token_file()).unwrap();
    if !owners_can_differ() {
        return;
    }
    let output = ordinary_user::run(&world, &LOGOUT);
    let lines = left(&output, "signed out of sso-session `corp`\n");
    assert_eq!(lines[0], "aws-sso-cred: cannot remove the file with the sign-in of sso-session `corp`");
    assert!(lines[1].starts_with("~/token.json"), "{lines:?}");
    assert!(target.exists());
}

#[test]
fn a_link_to_a_file_that_is_none_of_the_caches_leaves_it_alone() {
    let world = World::new();
    let letter = world.home.home().join("letter.json");
    for content in ["Dear AWS,", "{\"to\": \"AWS\"}", "[]"] {
        fs::write(&letter, content).unwrap();
        fs::create_dir_all(world.home.sso_cache()).unwrap();
        symlink(&letter, world.token_file()).unwrap();
        assert_eq!(world.home.run(&LOGOUT).status, 0);
        assert_eq!(fs::read_to_string(&letter).unwrap(), content);
        assert!(fs::symlink_metadata(world.token_file()).is_err());
    }
}

#[test]
fn what_a_link_leads_to_is_named_where_it_is_another_users() {
    let world = World::signed_in();
    let elsewhere = world.home.temporary().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let target = elsewhere.join("token.json");
    fs::rename(world.token_file(), &target).unwrap();
    symlink(&target, world.token_file()).unwrap();
    give_away(&world);
    if !take(&elsewhere) {
        return;
    }
    set_mode(&elsewhere, 0o755);
    set_mode(&target, 0o644);
    let output = ordinary_user::run(&world, &LOGOUT);
    let shown = target.display();
    assert_eq!(
        left(&output, "signed out of sso-session `corp`\n"),
        [
            "aws-sso-cred: cannot remove the file with the sign-in of sso-session `corp`".to_owned(),
            format!("{shown} belongs to root; AWS has revoked the sign-in"),
            format!("hint: run `sudo rm {shown}`"),
        ]
    );
    assert!(target.exists());
}

// Role credentials that no note of ours leads to.

/// The layout we recommend, and a profile of another session through which the role is known.
const HELPER_LINE: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[profile dev]
credential_process = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer

[sso-session away]
sso_start_url = https://away.awsapps.com/start
sso_region = eu-west-1

[profile elsewhere]
sso_session = away
sso_account_id = 999988887777
sso_role_name = Developer
";

const LINE: [&str; 6] = ["--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", ROLE];

#[test]
fn role_credentials_go_although_our_notes_are_lost() {
    let mut world = World::signed_in();
    world.home.write_config(HELPER_LINE);
    answered(&world.home.run(&LINE));
    fs::remove_dir_all(world.home.state_dir()).unwrap();
    told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    failed(&world.home.run(&LINE), 1);

    // A container that shares the home's `.aws`, and nothing else.
    world.sign_in(3600);
    answered(&world.home.run(&LINE));
    let elsewhere = world.home.temporary().join("state of the container");
    world.home.env("XDG_STATE_HOME", elsewhere.to_str().unwrap());
    told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    failed(&world.home.run(&LINE), 1);
}

#[test]
fn login_by_another_person_removes_them_as_well() {
    let mut world = World::signed_in();
    world.home.write_config(HELPER_LINE);
    world.home.env("AWS_SSO_DISABLE_BROWSER", "1");
    answered(&world.home.run(&LINE));
    fs::remove_dir_all(world.home.state_dir()).unwrap();
    world.aws.auto_approve(0);
    let output = world.home.run(&["login", "--sso-session", "corp", "--use-device-code"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(!world.role_file().exists());
}

#[test]
fn a_role_of_an_older_tool_that_does_not_name_its_account_goes_too() {
    let world = World::signed_in();
    let other = "[profile admin]\nsso_session = away\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
        [sso-session away]\nsso_start_url = https://away.awsapps.com/start\nsso_region = eu-west-1\n";
    world.home.write_config(&format!("{CONFIG}{other}"));
    world.home.write_role_credentials(ACCOUNT, "Admin", "corp", 3600);
    let path = world.home.role_path(ACCOUNT, "Admin", Some("corp"), "");
    let mut document = common::read_json(&path);
    document["Credentials"].as_object_mut().unwrap().remove("AccountId");
    fs::write(&path, document.to_string()).unwrap();
    told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    assert!(!path.exists());
}

#[test]
fn live_role_credentials_that_nothing_explains_are_told_of_and_go_with_all() {
    let world = World::signed_in();
    // Known to belong to others, or dead, or not from SSO.
    world.home.write_role_credentials(ACCOUNT, ROLE, START_URL, 3600);
    world.home.write_role_credentials(ACCOUNT, "Unheard", "corp", -60);
    put(&cli_cache(&world).join("assumed.json"), "{\"Credentials\": {}, \"AssumedRoleUser\": {}}");
    symlink("/nonexistent/file", cli_cache(&world).join("linked.json")).unwrap();
    told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    for (role, told_of) in [("Unheard", "1 file"), ("Unknown", "2 files")] {
        world.home.write_role_credentials(ACCOUNT, role, "corp", 3600);
        let output = world.home.run(&LOGOUT);
        let them = if told_of == "1 file" { "it" } else { "them" };
        told(
            &output,
            &format!(
                "{NOT_SIGNED_IN}{told_of} with role credentials in ~/.aws/cli/cache may belong to this \
                 session too; `aws-sso-cred logout --all` removes {them}\n"
            ),
        );
    }
    told(&world.home.run(&ALL), "you were not signed in\n");
    let mut left: Vec<_> =
        fs::read_dir(cli_cache(&world)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["assumed.json", "linked.json"]);
}

#[test]
fn a_session_whose_section_is_gone_can_still_be_signed_out_of() {
    let world = World::signed_in();
    let helper = ["--profile", "dev", "--role-name", "ReadOnly"];
    answered(&world.home.run(&helper));
    let noted = world.home.role_path(ACCOUNT, "ReadOnly", Some("corp"), "");
    assert!(noted.exists());
    world.home.write_config("[profile dev]\nsso_session = corp\n");
    told(&world.home.run(&["logout", "--profile", "dev"]), "signed out of sso-session `corp`\n");
    assert!(!world.token_file().exists() && !noted.exists());
    assert_eq!(world.aws.count(Operation::Logout), 1);
    failed(&world.home.run(&LOGOUT), 2);
}

#[test]
fn a_session_whose_whole_config_is_gone_can_still_be_signed_out_of() {
    for utf16 in [false, true] {
        let world = World::signed_in();
        answered(&world.run(&[]));
        let config = world.home.home().join(".aws/config");
        fs::remove_file(&config).unwrap();
        if utf16 {
            let text: Vec<u8> = CONFIG.encode_utf16().flat_map(u16::to_le_bytes).collect();
            fs::write(&config, [&b"\xff\xfe"[..], &text].concat()).unwrap();
        }
        told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
        assert!(!world.token_file().exists() && !world.role_file().exists());
        assert_eq!(world.aws.count(Operation::Logout), 1);
        failed(&world.home.run(&LOGOUT), 2);
    }
}

/// Nobody's sign-in is in it, and nothing of it is ours to remove or to move away.
#[test]
fn a_directory_in_the_place_of_a_token_is_no_sign_in() {
    for linked in [false, true] {
        let world = World::new();
        fs::create_dir_all(world.home.sso_cache()).unwrap();
        let directory = if linked { world.home.home().join("letters") } else { world.token_file() };
        fs::create_dir(&directory).unwrap();
        put(&directory.join("letter"), "Dear AWS,");
        if linked {
            symlink(&directory, world.token_file()).unwrap();
        }
        told(&world.home.run(&LOGOUT), "sso-session `corp`: you were not signed in\n");
        told(&world.home.run(&ALL), "you were not signed in\n");
        assert!(directory.join("letter").exists());
    }
}

#[test]
fn all_forgets_what_waits_in_sessions_that_no_config_names() {
    let world = World::new();
    let sessions = world.home.state_dir().join("sessions");
    // The program makes the directory, as its own.
    failed(&world.run(&[]), 1);
    told(&world.home.run(&ALL), "you were not signed in\n");
    fs::create_dir_all(&sessions).unwrap();
    let gone = sessions.join("0123456789012345678901234567890123456789").join("pending.json");
    put(&gone, &json!({ "deviceCode": "secret" }).to_string());
    for directory in [world.home.state_dir(), sessions, gone.parent().unwrap().to_owned()] {
        set_mode(&directory, 0o700);
    }
    told(&world.home.run(&ALL), "you were not signed in\n");
    assert!(!gone.exists());
}
