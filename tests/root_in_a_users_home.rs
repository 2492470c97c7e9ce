//! Root in the home of another user: files that the user put into AWS's caches make root read and
//! change only files of that user, and the user's own files work as for the user.
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

/// A signed-in world in a user's home, and a directory of root's; `None` where the tests do not run
/// as root.
fn users_world() -> Option<(World, PathBuf)> {
    let world = World::signed_in();
    world.cache_role(600);
    let roots = world.home.temporary().join("roots");
    fs::create_dir(&roots).unwrap();
    give_away(&world);
    take(&roots).then_some((world, roots))
}

/// Moves `place` to root's directory, gives it to root, and puts a link of the user in its place.
fn replace_by_link_to_root(roots: &Path, place: &Path) -> PathBuf {
    let target = roots.join(place.file_name().unwrap());
    let user = fs::metadata(place).unwrap().uid();
    fs::rename(place, &target).unwrap();
    assert!(take(&target));
    symlink(&target, place).unwrap();
    lchown(place, Some(user), Some(user)).unwrap();
    target
}

#[test]
fn root_does_not_use_or_remove_a_token_behind_a_users_link() {
    let Some((world, roots)) = users_world() else { return };
    fs::remove_file(world.role_file()).unwrap();
    replace_by_link_to_root(&roots, &world.token_file());
    set_mode(&roots, 0o700);
    let before = whole_tree(&roots);

    let lines = failed(&world.run(&["--debug"]), 1);
    let link = shown(&world, &world.token_file());
    let why = "root does not follow this link: its target does not belong to the home directory's owner";
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
fn root_does_not_hand_out_role_credentials_behind_a_users_link() {
    let Some((world, roots)) = users_world() else { return };
    world.cache_role(3600);
    replace_by_link_to_root(&roots, &world.role_file());
    let before = whole_tree(&roots);
    answered(&world.run(&[]));
    assert_eq!(world.fetches(), 1);
    assert_eq!(whole_tree(&roots), before);
}

#[test]
fn root_does_not_change_directories_behind_a_users_links() {
    for names in [&[".aws/sso", ".aws/cli"][..], &[".aws/sso/cache", ".aws/cli/cache"], &[".aws"]] {
        let Some((world, roots)) = users_world() else { return };
        for name in names {
            // Both directories have the name `cache`.
            let roots = roots.join(name.replace('/', "-"));
            fs::create_dir(&roots).unwrap();
            replace_by_link_to_root(&roots, &world.home.home().join(name));
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

/// As after `sudo aws sso login` with the user's HOME.
#[test]
fn a_file_that_root_created_in_the_users_directory_is_used() {
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

/// The user may have created the hard link.
#[test]
fn a_hard_link_to_roots_file_in_the_users_directory_is_not_used() {
    let Some((world, roots)) = users_world() else { return };
    fs::remove_file(world.role_file()).unwrap();
    take(&world.token_file());
    fs::hard_link(world.token_file(), roots.join("token")).unwrap();
    let lines = failed(&world.run(&[]), 1);
    assert!(
        lines[1].contains("root does not use a file that does not belong to the home directory's owner"),
        "{lines:?}"
    );
    assert_eq!(world.requests(), 0);
    assert!(!world.role_file().exists());
}

#[test]
fn links_to_the_users_own_files_work_for_root() {
    let Some((world, _)) = users_world() else { return };
    let home = world.home.home();
    let user = fs::metadata(&home).unwrap().uid();
    let dotfiles = home.join("dotfiles");
    fs::rename(home.join(".aws"), &dotfiles).unwrap();
    symlink(&dotfiles, home.join(".aws")).unwrap();
    lchown(home.join(".aws"), Some(user), Some(user)).unwrap();
    answered(&world.run(&[]));
    assert_eq!(fs::metadata(world.role_file()).unwrap().uid(), user);
    // The second run reads the cache.
    answered(&world.run(&[]));
    assert_eq!(world.fetches(), 1);
    assert_eq!(world.home.run(&["logout", "--all"]).status, 0);
    assert_eq!(world.aws.count(Operation::Logout), 1);
    assert!(!world.token_file().exists());
}

#[test]
fn root_can_use_cache_directories_of_its_own() {
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
