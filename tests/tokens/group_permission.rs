//! A token file that its group can read: the next token is not readable by another group.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};

use crate::common::{DEV, World, answered};
use crate::ordinary_user::{self, give_away, is_root, set_mode};

/// A group that the ordinary user is not in.
const TEAM: u32 = 64_321;

#[test]
fn a_group_readable_token_is_not_opened_to_another_group() {
    let world = World::new();
    world.sign_in(-1);
    give_away(&world);
    set_mode(&world.token_file(), 0o640);
    let group = fs::metadata(world.token_file()).unwrap().gid();
    answered(&ordinary_user::run(&world, &DEV));
    let found = fs::metadata(world.token_file()).unwrap();
    assert_eq!((found.gid(), found.mode() & 0o777), (group, 0o640), "group and mode are unchanged");

    if is_root() {
        world.sign_in(-1);
        give_away(&world);
        chown(world.token_file(), None, Some(TEAM)).unwrap();
        set_mode(&world.token_file(), 0o640);
        answered(&ordinary_user::run(&world, &[&DEV[..], &["--force-refresh"]].concat()));
        let found = fs::metadata(world.token_file()).unwrap();
        assert_ne!(found.gid(), TEAM, "only a member of the group could have kept it");
        assert_eq!(found.mode() & 0o777, 0o600);
    }
}
