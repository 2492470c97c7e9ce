//! `logout` where a file cannot be removed, or is hard to find: what stays is named, and what is
//! reported as removed is removed.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;

use crate::common::{ACCOUNT, CONFIG, HANG, REGION, START_URL, World, answered, failed, left, shown};
use crate::ordinary_user::{give_away, set_mode, take};
use crate::{ALL, LOGOUT, NOT_SIGNED_IN, cli_cache, put, told};
use stand_in::{Operation, TokenOptions};

// Files that cannot be removed.

#[test]
fn logout_names_a_token_that_it_cannot_remove_from_a_read_only_directory() {
    for (arguments, command) in [(&LOGOUT[..], "logout --sso-session corp"), (&ALL, "logout --all")] {
        let world = World::signed_in();
        give_away(&world);
        set_mode(&world.home.sso_cache(), 0o500);
        let output = crate::ordinary_user::run(&world, arguments);
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
        assert_eq!(world.aws.count(Operation::Logout), 1, "the token is revoked once");
        // The hint works.
        set_mode(&world.home.sso_cache(), 0o700);
        assert_eq!(crate::ordinary_user::run(&world, arguments).status, 0);
        assert!(!world.token_file().exists());
    }
}

#[test]
fn logout_names_a_file_that_a_sticky_directory_protects() {
    let world = World::signed_in();
    let directory = world.home.sso_cache();
    give_away(&world);
    if !take(&directory) {
        return;
    }
    set_mode(&directory, 0o1777);
    let lines = left(&crate::ordinary_user::run(&world, &LOGOUT), "");
    let file = shown(&world, &world.token_file());
    let told = "belongs to root; AWS could not be told to revoke the sign-in";
    assert_eq!(lines[1], format!("{file} {told}"));
    let again = "aws-sso-cred logout --sso-session corp";
    assert_eq!(lines[2], format!("hint: run `sudo chown -R \"$USER\" ~/.aws/sso`, then run `{again}` again"));
}

#[test]
fn logout_names_each_file_that_it_cannot_remove_with_owner_and_remedy() {
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
    let output = crate::ordinary_user::run(&world, &[&LOGOUT[..], &["--forget-client"]].concat());
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
fn logout_fails_when_role_credentials_stay_although_the_token_is_removed() {
    let world = World::signed_in();
    world.cache_role(3600);
    give_away(&world);
    set_mode(&cli_cache(&world), 0o500);
    for (arguments, before) in
        [(&LOGOUT[..], "signed out of sso-session `corp`\n"), (&LOGOUT[..], NOT_SIGNED_IN), (&ALL, "")]
    {
        let output = crate::ordinary_user::run(&world, arguments);
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

#[test]
fn logout_fails_when_it_cannot_read_a_cache_directory() {
    // Once without any access to the directory, and once without access to the files in it.
    for (arguments, mode) in [(&LOGOUT[..], 0o000), (&ALL, 0o000), (&LOGOUT, 0o400), (&ALL, 0o400)] {
        let world = World::signed_in();
        world.cache_role(3600);
        give_away(&world);
        set_mode(&cli_cache(&world), mode);
        let output = crate::ordinary_user::run(&world, arguments);
        assert_eq!(output.status, 5);
        let expected = "aws-sso-cred: cannot look into ~/.aws/cli/cache, which may still contain secrets";
        assert!(output.stderr.contains(expected), "{}", output.stderr);
        assert!(output.stderr.starts_with("signed out of "), "{}", output.stderr);
        set_mode(&cli_cache(&world), 0o700);
    }
}

#[test]
fn logout_fails_when_it_cannot_list_a_cache_directory() {
    let world = World::signed_in();
    give_away(&world);
    set_mode(&world.home.sso_cache(), 0o300);
    let output = crate::ordinary_user::run(&world, &LOGOUT);
    assert_eq!(
        left(&output, "signed out of sso-session `corp`\n")[0],
        "aws-sso-cred: cannot look into ~/.aws/sso/cache, which may still contain secrets of sso-session `corp`"
    );
    set_mode(&world.home.sso_cache(), 0o700);
    assert!(!world.token_file().exists());
}

#[test]
fn role_credentials_that_stayed_are_found_by_the_next_logout_without_a_config() {
    let world = World::signed_in();
    answered(&world.run(&["--role-name", "ReadOnly"]));
    let path = world.home.role_path(ACCOUNT, "ReadOnly", Some("corp"), "");
    give_away(&world);
    set_mode(&cli_cache(&world), 0o500);
    left(&crate::ordinary_user::run(&world, &LOGOUT), "signed out of sso-session `corp`\n");
    assert!(path.exists());
    set_mode(&cli_cache(&world), 0o700);
    told(&crate::ordinary_user::run(&world, &LOGOUT), NOT_SIGNED_IN);
    assert!(!path.exists());
}

#[test]
fn a_failed_logout_without_a_token_does_not_mention_revocation() {
    let world = World::new();
    world.cache_role(3600);
    give_away(&world);
    set_mode(&cli_cache(&world), 0o500);
    let output = crate::ordinary_user::run(&world, &ALL);
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
fn logout_does_not_claim_to_end_a_pending_sign_in_that_it_cannot_remove() {
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
    let output = crate::ordinary_user::run(&world, &LOGOUT);
    assert!(!output.stderr.contains("is cancelled"), "{}", output.stderr);
    assert_eq!(output.status, 5);
    assert!(output.stderr.contains("notes about the sign-in of sso-session `corp`"), "{}", output.stderr);
    set_mode(&session, 0o700);
    told(
        &crate::ordinary_user::run(&world, &LOGOUT),
        "sso-session `corp`: the pending sign-in is cancelled\n",
    );
}

#[test]
fn a_sign_in_during_the_revoke_request_is_kept() {
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

// Files that other tools accept as a sign-in.

#[test]
fn logout_revokes_and_removes_an_incomplete_token_that_other_tools_could_use() {
    let world = World::new();
    let odd = |key: &str, missing: &[&str]| {
        let token = world.aws.issue_token(&TokenOptions::default());
        world.home.write_cli_token(key, &token, 3600);
        let mut document = crate::common::read_json(&world.home.token_path(key));
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
fn logout_removes_a_token_file_that_it_cannot_open_and_says_that_aws_was_not_told() {
    let world = World::signed_in();
    give_away(&world);
    set_mode(&world.token_file(), 0o000);
    told(
        &crate::ordinary_user::run(&world, &LOGOUT),
        "sso-session `corp`: removed the token file; AWS was not told, because the file could not be \
         read: Permission denied\n",
    );
    assert!(!world.token_file().exists());

    // A session that the config names, and a session that it does not name.
    for key in ["corp", "gone"] {
        let world = World::new();
        let token = world.aws.issue_token(&TokenOptions::default());
        world.home.write_cli_token(key, &token, 3600);
        give_away(&world);
        set_mode(&world.home.token_path(key), 0o000);
        told(
            &crate::ordinary_user::run(&world, &ALL),
            "signed out of 1 session on this computer; AWS could not be told, because the token file could \
             not be read; the session at AWS expires by itself\n",
        );
        assert_eq!(world.requests(), 0);
    }
}

#[test]
fn logout_of_an_ended_session_does_not_say_that_aws_was_not_told() {
    let world = World::signed_in();
    give_away(&world);
    set_mode(&world.home.sso_cache(), 0o500);
    for why in [
        "the permissions of ~/.aws/sso/cache do not allow it; AWS has revoked the sign-in",
        "the permissions of ~/.aws/sso/cache do not allow it",
    ] {
        let token = shown(&world, &world.token_file());
        assert_eq!(left(&crate::ordinary_user::run(&world, &LOGOUT), "")[1], format!("{token}: {why}"));
    }
    assert_eq!(world.aws.count(Operation::Logout), 2);
    set_mode(&world.home.sso_cache(), 0o700);
}

#[test]
fn logout_works_for_a_session_whose_section_was_removed() {
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
fn logout_works_for_a_session_whose_config_was_removed() {
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

/// The directory contains no sign-in, and nothing in it belongs to the program.
#[test]
fn logout_leaves_a_directory_with_the_name_of_a_token_file_alone() {
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
