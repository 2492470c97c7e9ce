//! What a new user meets first: profiles that only start this program, names that are not
//! given or misspelt, and profiles whose `sso_` keys keep SDKs from starting it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod common;

use std::fs;

use common::{ACCOUNT, World, answered, failed};

fn append(world: &World, text: &str) {
    let path = world.home.home().join(".aws/config");
    let config = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{config}\n{text}")).unwrap();
}

#[test]
fn a_profile_that_only_starts_this_program_is_followed_to_its_credentials() {
    let world = World::signed_in();
    append(
        &world,
        "[profile plain]\ncredential_process = /opt/bin/aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer\n\
         [profile wrapped]\ncredential_process = aws-sso-cred --profile plain\n\
         [profile circle]\ncredential_process = aws-sso-cred --profile circle\n\
         [profile foreign]\ncredential_process = other-tool --sso-session corp --account-id 111122223333 --role-name Developer\n",
    );
    let direct = answered(&world.home.run(&["--profile", "dev"]));
    assert_eq!(answered(&world.home.run(&["--profile", "plain"])), direct);
    assert_eq!(answered(&world.home.run(&["--profile", "wrapped"])), direct);
    world.home.write_role_credentials(ACCOUNT, "Narrow", "corp", 3600);
    let narrow = answered(&world.home.run(&["--profile", "wrapped", "--role-name", "Narrow"]));
    assert_ne!(narrow, direct);
    let lines = failed(&world.home.run(&["--profile", "circle"]), 2);
    assert!(lines[2].contains("leads back to profile `circle`"), "{lines:?}");
    let lines = failed(&world.home.run(&["--profile", "foreign"]), 2);
    assert!(lines[0].contains("profile `foreign`"), "{lines:?}");
}

#[test]
fn two_letters_in_the_wrong_order_are_one_mistake() {
    let world = World::signed_in();
    let lines = failed(&world.home.run(&["--profile", "dve"]), 2);
    assert_eq!(lines[1], "hint: did you mean `--profile dev`?");
    let lines = failed(&world.home.run(&["login", "--sso-session", "crop"]), 2);
    assert_eq!(lines[1], "hint: did you mean `corp`?");
    let lines = failed(&world.home.run(&["--profile", "prod"]), 2);
    assert!(lines[1].starts_with("hint: add a [profile prod] section"), "{lines:?}");
    assert_eq!(world.requests(), 0);
}
