//! Root in the home of another user: what that user put into AWS's caches leads root to
//! nothing that is not the user's, and what is the user's works as it does for the user.
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
use std::os::unix::fs::{MetadataExt as _, lchown, symlink};
use std::path::{Path, PathBuf};

use common::{World, answered, failed, shown, whole_tree};
use ordinary_user::{give_away, set_mode, take};
use stand_in::Operation;

/// A world in a user's home, signed in, and a directory of root's; `None` where the tests do
/// not run as root.
fn users_world() -> Option<(World, PathBuf)> {
    let world = World::signed_in();
    world.cache_role(600);
    let roots = world.home.temporary().join("roots");
    fs::create_dir(&roots).unwrap();
    give_away(&world);
    take(&roots).then_some((world, roots))
}

/// Moves `place` to root's directory, as root's, and puts the user's link in its stead.
fn lead_to_roots(roots: &Path, place: &Path) -> PathBuf {
    let target = roots.join(place.file_name().unwrap());
    let user = fs::metadata(place).unwrap().uid();
    fs::rename(place, &target).unwrap();
    assert!(take(&target));
    symlink(&target, place).unwrap();
    lchown(place, Some(user), Some(user)).unwrap();
    target
}

#[test]
fn a_token_behind_the_users_link_is_not_used_and_not_removed() {
    let Some((world, roots)) = users_world() else { return };
    fs::remove_file(world.role_file()).unwrap();
    lead_to_roots(&roots, &world.token_file());
    set_mode(&roots, 0o700);
    let before = whole_tree(&roots);

    let lines = failed(&world.run(&["--debug"]), 1);
    let link = shown(&world, &world.token_file());
    let why = "root does not follow this link out of the files of the home's owner";
    assert!(
        lines[0].ends_with("cannot read the cached sign-in") && lines[1] == format!("{link}: {why}"),
        "{lines:?}"
    );
    assert_eq!(
        lines.last().unwrap(),
        &format!("hint: look at the permissions with `ls -ld {link}`, then run this again")
    );
    for arguments in [&["logout", "--sso-session", "corp"][..], &["logout", "--all"]] {
        let output = world.home.run(arguments);
        assert_eq!(output.status, 5, "{}", output.stderr);
        assert!(output.stderr.contains(why), "{}", output.stderr);
    }
    let login = ["login", "--sso-session", "corp", "--use-device-code", "--no-browser"];
    assert_eq!(world.home.run(&login).status, 5);
    assert_eq!(world.requests(), 0);
    assert!(!world.role_file().exists());
    assert_eq!(whole_tree(&roots), before);
}

#[test]
fn role_credentials_behind_the_users_link_are_not_handed_out() {
    let Some((world, roots)) = users_world() else { return };
    world.cache_role(3600);
    lead_to_roots(&roots, &world.role_file());
    let before = whole_tree(&roots);
    answered(&world.run(&[]));
    assert_eq!(world.fetches(), 1);
    assert_eq!(whole_tree(&roots), before);
}

#[test]
fn directories_behind_the_users_links_are_left_alone() {
    for names in [&[".aws/sso", ".aws/cli"][..], &[".aws/sso/cache", ".aws/cli/cache"], &[".aws"]] {
        let Some((world, roots)) = users_world() else { return };
        for name in names {
            // Both are called `cache`.
            let roots = roots.join(name.replace('/', "-"));
            fs::create_dir(&roots).unwrap();
            lead_to_roots(&roots, &world.home.home().join(name));
        }
        let before = whole_tree(&roots);
        failed(&world.run(&["--debug"]), 1);
        for arguments in [&["logout", "--sso-session", "corp"][..], &["logout", "--all"]] {
            let output = world.home.run(arguments);
            assert_eq!(output.status, 5, "{}", output.stderr);
        }
        for more in [&[][..], &["--use-device-code"], &["--if-needed"]] {
            let login = [&["login", "--sso-session", "corp", "--no-browser"], more].concat();
            let output = world.home.run(&login);
            assert_eq!(output.status, 5, "{}", output.stderr);
        }
        assert_eq!(world.requests(), 0, "{names:?}");
        assert_eq!(whole_tree(&roots), before, "{names:?}");
    }
}

/// As `sudo aws sso login` leaves it, where HOME stays the user's.
#[test]
fn a_file_that_root_has_made_in_the_users_directory_is_used() {
    let Some((world, _)) = users_world() else { return };
    take(&world.token_file());
    take(&world.role_file());
    answered(&world.run(&[]));
    assert_eq!(world.fetches(), 1);
    answered(&world.run(&[]));
    assert_eq!(world.fetches(), 1);
    assert_eq!(world.home.run(&["logout", "--sso-session", "corp"]).status, 0);
    assert!(!world.token_file().exists() && !world.role_file().exists());
}

/// The user may have given it that name.
#[test]
fn a_second_name_of_roots_file_in_the_users_directory_is_not_used() {
    let Some((world, roots)) = users_world() else { return };
    fs::remove_file(world.role_file()).unwrap();
    take(&world.token_file());
    fs::hard_link(world.token_file(), roots.join("token")).unwrap();
    let lines = failed(&world.run(&[]), 1);
    assert!(lines[1].contains("root does not use what is not the home owner's"), "{lines:?}");
    assert_eq!(world.requests(), 0);
    assert!(!world.role_file().exists());
}

#[test]
fn the_users_own_links_work_for_root_as_well() {
    let Some((world, _)) = users_world() else { return };
    let home = world.home.home();
    let user = fs::metadata(&home).unwrap().uid();
    let dotfiles = home.join("dotfiles");
    fs::rename(home.join(".aws"), &dotfiles).unwrap();
    symlink(&dotfiles, home.join(".aws")).unwrap();
    lchown(home.join(".aws"), Some(user), Some(user)).unwrap();
    answered(&world.run(&[]));
    assert_eq!(fs::metadata(world.role_file()).unwrap().uid(), user);
    // And now from the cache.
    answered(&world.run(&[]));
    assert_eq!(world.fetches(), 1);
    assert_eq!(world.home.run(&["logout", "--all"]).status, 0);
    assert_eq!(world.aws.count(Operation::Logout), 1);
    assert!(!world.token_file().exists());
}

#[test]
fn what_root_keeps_in_directories_of_its_own_works() {
    let Some((world, _)) = users_world() else { return };
    for name in [".aws/sso", ".aws/cli"] {
        assert!(take(&world.home.home().join(name)));
    }
    answered(&world.run(&[]));
    answered(&world.run(&[]));
    assert_eq!(world.fetches(), 1);
    assert_eq!(world.home.run(&["logout", "--all"]).status, 0);
    assert!(!world.token_file().exists() && !world.role_file().exists());
}
