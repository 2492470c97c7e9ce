//! The file itself: its mode, links, obstacles, and several runs at once.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::base::{file, path, refused, section, sync, synced, without_marks, world, write};
use crate::common::World;

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_file_that_others_could_read_is_closed_and_a_note_says_so() {
    let world = World::signed_in();
    write(&world, "[mine]\naws_access_key_id = x\n");
    fs::set_permissions(path(&world), fs::Permissions::from_mode(0o644)).unwrap();
    let told = synced(&world, &["dev"]);
    assert!(
        told.starts_with("note: other users could read ~/.aws/credentials; now only you can\n"),
        "{told}"
    );
    assert_eq!(mode(&path(&world)), 0o600);
    assert_eq!(mode(&path(&world).with_file_name("credentials.aws-sso-cred.bak")), 0o600);
    assert!(!synced(&world, &["dev"]).contains("note"));
}

#[test]
fn a_file_that_is_right_already_is_closed_too() {
    let world = World::signed_in();
    synced(&world, &["dev"]);
    fs::set_permissions(path(&world), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(synced(&world, &["dev"]).starts_with("note: other users could read"));
    assert_eq!(mode(&path(&world)), 0o600);
}

#[test]
fn a_link_stays_a_link() {
    let world = World::signed_in();
    let real = world.home.home().join("dotfiles-credentials");
    fs::write(&real, "[mine]\nx = y\n").unwrap();
    symlink(&real, path(&world)).unwrap();
    synced(&world, &["dev"]);
    assert!(path(&world).symlink_metadata().unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("[dev]"));
    assert_eq!(mode(&real), 0o600);
}

#[test]
fn a_backup_never_has_the_keys_that_were_written() {
    let world = World::signed_in();
    synced(&world, &["dev"]);
    synced(&world, &["dev:other"]);
    let backup = fs::read_to_string(path(&world).with_file_name("credentials.aws-sso-cred.bak")).unwrap();
    assert_eq!(backup, "");
}

#[test]
fn runs_at_once_lose_nothing() {
    let world = world("");
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6)
            .map(|number| {
                let world = &world;
                scope.spawn(move || sync(world, &[&format!("dev:n{number}")]))
            })
            .collect();
        for run in runs {
            let output = run.join().unwrap();
            assert_eq!(output.status, 0, "{output:?}");
        }
    });
    for number in 0..6 {
        assert!(without_marks(&file(&world)).contains(&section(&world, &format!("n{number}"))));
    }
}

#[test]
fn a_file_that_cannot_be_understood_is_refused_before_anything_is_fetched() {
    let world = World::signed_in();
    write(&world, "[dev]\nno key\n");
    let lines = refused(&world, &["dev"], 2);
    assert!(lines[0].contains("line 2"), "{lines:?}");
}

#[test]
fn a_name_that_no_section_can_have_is_refused() {
    let world = World::signed_in();
    let lines = refused(&world, &["dev:a]b"], 2);
    assert!(lines[0].contains("cannot be written to ~/.aws/credentials"), "{lines:?}");
}

#[test]
fn a_file_that_cannot_be_replaced_is_told_and_stays() {
    let world = World::signed_in();
    write(&world, "[mine]\nx = y\n");
    fs::set_permissions(path(&world), fs::Permissions::from_mode(0o444)).unwrap();
    if fs::OpenOptions::new().write(true).open(path(&world)).is_ok() {
        return; // root may write everywhere
    }
    let before = file(&world);
    let output = sync(&world, &["dev"]);
    assert_eq!(output.status, 5, "{output:?}");
    assert_eq!((file(&world), mode(&path(&world))), (before, 0o444));
}
