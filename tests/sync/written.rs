//! The keys that are written, and what else in the file stays.

use std::fs;

use stand_in::{SECRET_MARK, TokenOptions};

use crate::base::{LINE, file, path, section, sync, synced, without_marks, world, write};
use crate::common::{World, failed};

#[test]
fn a_new_file_has_the_keys_and_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::signed_in();
    let told = synced(&world, &["dev"]);
    assert_eq!(without_marks(&file(&world)), section(&world, "dev"));
    assert_eq!(fs::metadata(path(&world)).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(told.starts_with("[dev] in ~/.aws/credentials: valid until "), "{told}");
    assert!(!told.contains(SECRET_MARK) && told.lines().count() == 1, "{told}");
}

#[test]
fn another_name_is_written_behind_a_colon() {
    let world = World::signed_in();
    let told = synced(&world, &["dev:default"]);
    assert_eq!(without_marks(&file(&world)), section(&world, "default"));
    assert!(
        told.starts_with("[default] in ~/.aws/credentials: has the keys of `dev`, valid until"),
        "{told}"
    );
}

#[test]
fn other_sections_stay_to_the_byte() {
    let world = World::signed_in();
    let before =
        "# mine \r\n[default]\r\naws_access_key_id=AKIA \r\n\r\n[profile x]\r\naws_secret_access_key : b\r\n";
    write(&world, before);
    synced(&world, &["dev"]);
    let after = file(&world);
    assert!(after.starts_with(before), "{after:?}");
    let added = after[before.len()..].replace("\r\n", "\n");
    assert_eq!(without_marks(added.trim_start()), section(&world, "dev"));
    assert!(!after.replace("\r\n", "").contains('\n'), "{after:?}");
}

#[test]
fn the_region_is_written_only_where_the_section_has_one() {
    let world = World::signed_in();
    write(&world, "[dev]\nregion = eu-central-1\noutput = json\n");
    synced(&world, &["dev", "dev:other"]);
    let after = file(&world);
    assert!(after.starts_with("[dev]\nregion = us-west-2\noutput = json\naws_access_key_id"), "{after}");
    assert_eq!(after.matches("region").count(), 1, "{after}");
}

#[test]
fn a_second_run_changes_nothing_while_the_credentials_are_the_same() {
    let world = World::signed_in();
    synced(&world, &["dev"]);
    let before = (file(&world), fs::metadata(path(&world)).unwrap().modified().unwrap());
    synced(&world, &["dev"]);
    assert_eq!(before, (file(&world), fs::metadata(path(&world)).unwrap().modified().unwrap()));
}

#[test]
fn the_own_keys_do_not_stop_the_other_commands() {
    let world = world(LINE);
    let told = synced(&world, &["line"]);
    assert!(
        told.ends_with(
            "note: SDKs now use these keys for `line`, and do not renew them; \
             `aws-sso-cred sync line:line-static` writes another name\n"
        ),
        "{told}"
    );
    let document = world.run(&[]).stdout;
    assert_eq!(world.home.run(&["--profile", "line"]).stdout, document);
    let export = world.home.run(&["export", "--profile", "line", "--format", "process"]);
    assert_eq!((export.stdout, export.stderr.as_str()), (document, ""));
    synced(&world, &["line"]);
    synced(&world, &["dev"]);
    let convert = world.home.run(&["configure", "convert", "dev", "--dry-run"]);
    assert_eq!(convert.status, 0, "{convert:?}");
    let configure = world.home.run(&[
        "configure",
        "--profile",
        "line",
        "--sso-session",
        "corp",
        "--account-id",
        "111122223333",
        "--role-name",
        "Developer",
    ]);
    assert!(!configure.stderr.contains("has access keys"), "{configure:?}");
}

#[test]
fn a_profile_that_fails_stops_no_other() {
    let world =
        world("\n[profile bad]\nsso_session = gone\nsso_account_id = 111122223333\nsso_role_name = X\n");
    let output = sync(&world, &["bad", "dev"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("profile `bad` was not written: profile `bad` refers to"), "{output:?}");
    assert_eq!(without_marks(&file(&world)), section(&world, "dev"));
}

#[test]
fn the_only_profile_that_fails_is_told_once() {
    let world = World::new();
    let lines = failed(&sync(&world, &["dev"]), 1);
    assert!(lines.last().unwrap().contains("aws-sso-cred login --sso-session corp"), "{lines:?}");
    assert!(!path(&world).exists());
}

#[test]
fn dry_run_names_the_sections_and_does_nothing() {
    let world = World::signed_in();
    let output = sync(&world, &["dev:default", "dev", "--dry-run"]);
    let expected =
        "[default] would get the keys of profile `dev`\n[dev] would get the keys of profile `dev`\n";
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, expected, ""));
    assert!(!path(&world).exists());
    assert_eq!(world.requests(), 0);
}

#[test]
fn dry_run_fails_for_a_profile_that_cannot_be_written() {
    let world = world("\n[profile plain]\nregion = x\n");
    let output = sync(&world, &["dev", "plain", "--dry-run"]);
    let expected = "[dev] would get the keys of profile `dev`\n";
    assert_eq!((output.status, output.stdout.as_str()), (2, expected), "{output:?}");
    assert!(output.stderr.contains("profile `plain` was not written: profile `plain` lacks"), "{output:?}");
    let lines = failed(&sync(&world, &["plain", "--dry-run"]), 2);
    assert!(lines[0].contains("profile `plain` lacks"), "{lines:?}");
}

#[test]
fn a_session_of_any_name_can_be_marked() {
    let mut world = world(
        "\n[sso-session 'a #b']\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n\
         [profile odd]\nsso_account_id = 111122223333\nsso_role_name = Developer\n",
    );
    let token = world.aws.issue_token(&TokenOptions::default());
    world.home.write_cli_token("a #b", &token, 3600);
    synced(&world, &["dev"]);
    world.home.env("AWS_SSO_SESSION", "a #b");
    synced(&world, &["odd"]);
    assert!(file(&world).contains("[odd]"));
    assert_eq!(world.home.run(&["logout", "--sso-session", "a #b"]).status, 0);
    assert!(file(&world).starts_with("[dev]") && !file(&world).contains("[odd]"), "{}", file(&world));
}

#[test]
fn keys_of_somebody_else_beside_an_old_mark_are_no_own_keys() {
    let world = world(LINE);
    synced(&world, &["line", "dev"]);
    let text = file(&world);
    let key = text.lines().find(|line| line.starts_with("aws_access_key_id")).unwrap();
    write(&world, &text.replace(key, "aws_access_key_id = AKIAMINE"));
    let role = ["--sso-session", "corp", "--account-id", "111122223333", "--role-name", "Developer"];
    let configure = world.home.run(&[&["configure", "--profile", "line"][..], &role].concat());
    assert!(configure.stderr.contains("has access keys for profile `line`"), "{configure:?}");
    let convert = world.home.run(&["configure", "convert", "dev", "--dry-run"]);
    assert!(convert.stderr.contains("aws_access_key_id"), "{convert:?}");
}
