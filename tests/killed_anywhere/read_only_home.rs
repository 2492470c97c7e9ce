//! A home that cannot be written: a read-only file system, and directories without the right to write.

use crate::common::World;
use crate::namespace::{MOUNTS, Namespace};
use crate::nowhere_to_write::{Outcome, cases, check, check_unchanged, contents};
use crate::ordinary_user;

#[test]
fn on_a_read_only_file_system_credentials_are_printed_and_nothing_is_begun_that_cannot_be_kept() {
    for case in cases(Outcome::Left) {
        let world = (case.world)();
        let home = world.home.home();
        let script = "mount --bind \"$HOME\" \"$HOME\" && mount -o remount,bind,ro \"$HOME\"";
        let Some(inside) = Namespace::new(&world, MOUNTS, script) else { return };
        let before = contents(&home);
        let output = inside.run(case.arguments);
        check(&case, &world, &output, &["read-only", "Read-only"]);
        check_unchanged(&before, &home, &case);
    }
}

#[test]
fn without_the_right_to_write_credentials_are_printed_and_nothing_is_begun_that_cannot_be_kept() {
    for case in cases(Outcome::Left) {
        let world = (case.world)();
        let home = world.home.home();
        // The copy of the program for that user.
        let _ = ordinary_user::command(&world, &[]);
        ordinary_user::give_away(&world);
        for directory in ["", ".aws", ".aws/sso", ".aws/sso/cache", ".aws/cli", ".aws/cli/cache"] {
            let directory = home.join(directory);
            if directory.is_dir() {
                ordinary_user::set_mode(&directory, 0o555);
            }
        }
        let before = contents(&home);
        let mut command = ordinary_user::command(&world, case.arguments);
        let output = crate::common::finish(stand_in::in_new_session(&mut command, None));
        check(&case, &world, &output, &["writ", "permission"]);
        check_unchanged(&before, &home, &case);
    }
}

/// The kept list, the notes and the locks have their place; only `~/.aws` has none.
#[test]
fn a_read_only_directory_of_aws_keeps_the_state() {
    let world = World::signed_in();
    let script = "mount --bind \"$HOME/.aws\" \"$HOME/.aws\" && mount -o remount,bind,ro \"$HOME/.aws\"";
    let Some(inside) = Namespace::new(&world, MOUNTS, script) else { return };
    let list = ["list", "--sso-session", "corp", "--output", "json"];
    let first = inside.run(&list);
    let requests = world.requests();
    assert_eq!((inside.run(&list).stdout, world.requests()), (first.stdout, requests));
}
