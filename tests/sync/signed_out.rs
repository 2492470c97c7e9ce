//! `logout` removes the keys that `sync` wrote for the session.

use crate::base::{file, sign_in_by_url, synced, write};
use crate::common::World;

#[test]
fn logout_removes_the_keys_of_the_session() {
    let world = World::signed_in();
    write(&world, "[mine]\naws_access_key_id = x\n");
    synced(&world, &["dev", "dev:other"]);
    let output = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(
        output.stderr.contains("removed the keys in [dev] and [other] from ~/.aws/credentials\n"),
        "{output:?}"
    );
    assert_eq!(file(&world), "[mine]\naws_access_key_id = x\n");
}

#[test]
fn logout_of_all_removes_all_keys_and_one_session_only_its_own() {
    let world = World::signed_in();
    sign_in_by_url(&world);
    synced(&world, &["old", "dev"]);
    let one = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!(one.status, 0, "{one:?}");
    assert!(file(&world).contains("[old]") && !file(&world).contains("[dev]"), "{}", file(&world));
    let all = world.home.run(&["logout", "--all"]);
    assert_eq!((all.status, file(&world).as_str()), (0, ""), "{all:?}");
}

#[test]
fn logout_leaves_a_file_without_such_keys_whatever_it_is() {
    let world = World::signed_in();
    let text = "\u{0}not a configuration file";
    write(&world, text);
    let output = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!(file(&world), text);
}

#[test]
fn keys_that_cannot_be_removed_are_told() {
    let world = World::signed_in();
    synced(&world, &["dev"]);
    write(&world, &format!("{}no key\n", file(&world)));
    let output = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!(output.status, 2, "{output:?}");
    assert!(output.stderr.contains("~/.aws/credentials"), "{output:?}");
}
