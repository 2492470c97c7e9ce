//! `logout` removes the keys that `sync` wrote for the session.

use aws_sso_cred::platform::TEMPORARY_ENDING;

use stand_in::Operation;

use crate::base::{file, path, sign_in_by_url, sync, synced, write};
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

#[test]
fn logout_names_keys_that_were_changed_or_copied_and_leaves_them() {
    let world = World::signed_in();
    synced(&world, &["dev"]);
    let copy = file(&world).replace("[dev]", "[copy]");
    write(&world, &format!("{}\n{copy}", file(&world)));
    let output = world.home.run(&["logout", "--sso-session", "corp"]);
    assert_eq!((output.status, file(&world)), (0, copy), "{output:?}");
    let note =
        "note: left in ~/.aws/credentials, because the keys were changed or copied after `sync`: [copy]\n";
    assert!(output.stderr.contains(note), "{output:?}");
}

#[test]
fn logout_removes_what_a_killed_sync_left_beside_the_file() {
    let world = World::signed_in();
    synced(&world, &["dev"]);
    let left = path(&world).with_file_name(format!("credentials.x1{TEMPORARY_ENDING}"));
    std::fs::copy(path(&world), &left).unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::File::open(&left).unwrap().set_modified(long_ago).unwrap();
    std::fs::remove_file(path(&world)).unwrap();
    assert_eq!(world.home.run(&["logout", "--sso-session", "corp"]).status, 0);
    assert!(!left.exists());
}

#[test]
fn keys_are_not_written_after_a_sign_out_during_the_run() {
    let world = World::signed_in();
    sign_in_by_url(&world);
    world.run(&[]);
    world.aws.clear_requests();
    let (output, logout) = world.while_asked(
        Operation::GetRoleCredentials,
        || sync(&world, &["dev", "old"]),
        || world.home.run(&["logout", "--sso-session", "corp"]),
    );
    assert_eq!((logout.status, output.status), (0, 1), "{output:?} {logout:?}");
    assert!(output.stderr.contains("profile `dev` was not written: "), "{output:?}");
    assert!(file(&world).contains("[old]") && !file(&world).contains("[dev]"), "{}", file(&world));
}

#[test]
fn keys_that_were_written_during_a_sign_out_are_removed_again() {
    let world = World::signed_in();
    world.run(&[]);
    let directory = std::fs::File::open(path(&world).parent().unwrap()).unwrap();
    directory.lock().unwrap();
    let output = std::thread::scope(|scope| {
        let run = scope.spawn(|| sync(&world, &["dev"]));
        // The run has to wait for the lock by then.
        std::thread::sleep(std::time::Duration::from_secs(1));
        let logout = world.home.run(&["logout", "--sso-session", "corp"]);
        assert_eq!(logout.status, 0, "{logout:?}");
        drop(directory);
        run.join().unwrap()
    });
    assert_eq!((output.status, file(&world).as_str()), (1, ""), "{output:?}");
}
