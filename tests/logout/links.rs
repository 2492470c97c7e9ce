//! `logout` where a cache file is a symbolic link.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use crate::common::{World, left};
use crate::ordinary_user::{self, give_away, owners_can_differ, set_mode, take};
use crate::{ALL, LOGOUT, put, told};
use stand_in::Operation;

/// An ordinary user's signed-in world, and the directory that the token file, a link, leads into.
pub fn with_the_token_elsewhere() -> (World, PathBuf) {
    let world = World::signed_in();
    let elsewhere = world.home.temporary().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let target = elsewhere.join("token.json");
    fs::rename(world.token_file(), &target).unwrap();
    symlink(&target, world.token_file()).unwrap();
    give_away(&world);
    (world, elsewhere)
}

#[test]
fn logout_removes_the_target_of_a_linked_cache_file() {
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
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0, "the targets are removed");
        assert!(fs::symlink_metadata(world.token_file()).is_err());
        assert_eq!(world.aws.count(Operation::Logout), 1);
    }
}

#[test]
fn logout_removes_a_linked_token_without_a_client_secret() {
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
fn logout_names_the_target_of_a_link_that_it_cannot_open() {
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
fn logout_names_the_target_of_another_users_link_and_leaves_it() {
    let world = World::signed_in();
    let target = world.home.home().join("token.json");
    fs::rename(world.token_file(), &target).unwrap();
    give_away(&world);
    // The link belongs to the user who runs the tests.
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
fn logout_leaves_a_linked_file_that_is_not_a_cache_file_alone() {
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
fn logout_names_the_target_of_a_link_that_belongs_to_another_user() {
    let (world, elsewhere) = with_the_token_elsewhere();
    let target = elsewhere.join("token.json");
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
