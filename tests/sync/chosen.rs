//! Which profiles are meant.

use crate::base::{LINE, file, refused, sign_in_by_url, sync, synced, world};
use crate::common::World;

fn sections(world: &World) -> Vec<String> {
    file(world).lines().filter(|line| line.starts_with('[')).map(str::to_owned).collect()
}

#[test]
fn all_are_the_profiles_with_a_role() {
    let world =
        world(&format!("{LINE}\n[profile plain]\nregion = x\n\n[profile tokens]\nsso_session = corp\n"));
    sign_in_by_url(&world);
    synced(&world, &["--all"]);
    assert_eq!(sections(&world), ["[dev]", "[old]", "[line]"]);
    // What was written is no SSO profile itself.
    synced(&world, &["dev:static"]);
    synced(&world, &["--all"]);
    assert_eq!(sections(&world), ["[dev]", "[old]", "[line]", "[static]"]);
}

#[test]
fn a_star_stands_for_any_text() {
    let world = world(LINE);
    synced(&world, &["*e*"]);
    assert_eq!(sections(&world), ["[dev]", "[line]"]);
}

#[test]
fn nothing_named_is_the_profile_of_the_variable_else_default() {
    let mut world = World::signed_in();
    let lines = refused(&world, &[], 2);
    assert!(lines[0].contains("`default`"), "{lines:?}");
    world.home.env("AWS_PROFILE", "dev");
    synced(&world, &[]);
    assert_eq!(sections(&world), ["[dev]"]);
    world.home.env("AWS_PROFILE", "dve");
    let lines = refused(&world, &[], 2);
    assert!(lines[0].contains("profile `dve`, which AWS_PROFILE names, is not in "), "{lines:?}");
    assert_eq!(lines[1], "hint: did you mean `AWS_PROFILE=dev`?");
}

#[test]
fn a_profile_with_a_colon_in_its_name_comes_before_a_target() {
    let world = world(
        "\n[profile a:b]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n",
    );
    synced(&world, &["a:b"]);
    assert_eq!(sections(&world), ["[a:b]"]);
    synced(&world, &["a:b:c"]);
    assert_eq!(sections(&world), ["[a:b]", "[c]"]);
}

#[test]
fn two_profiles_for_one_section_are_refused() {
    let world = world(LINE);
    for arguments in [&["*:x"][..], &["dev:x", "old:x"], &["dev", "old:dev"]] {
        let lines = refused(&world, arguments, 2);
        assert!(lines[0].contains("two profiles would be written to"), "{lines:?}");
        assert!(lines[1].contains("`dev` and `old`"), "{lines:?}");
    }
}

#[test]
fn what_nothing_is_called_like_is_refused() {
    let world = World::signed_in();
    for (arguments, text) in [
        (&["x*"][..], "no SSO profile in ~/.aws/config is called like `x*`"),
        (&["dev", "x*:y"], "no SSO profile in ~/.aws/config is called like `x*:y`"),
        (&["dve"], "profile `dve` is not in ~/.aws/config"),
        (&["dev:"], "`dev:` names no section behind the colon"),
    ] {
        let lines = refused(&world, arguments, 2);
        assert!(lines[0].contains(text), "{lines:?}");
    }
}

#[test]
fn a_profile_without_sso_is_a_clear_error() {
    let world = world("\n[profile plain]\nrole_arn = arn:aws:iam::1:role/x\n");
    let lines = refused(&world, &["plain"], 2);
    assert!(lines[0].contains("profile `plain`"), "{lines:?}");
    assert_ne!(sync(&world, &["dev", "--all"]).status, 0, "either names or all");
}
