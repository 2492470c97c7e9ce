//! A config that another process changes while the person answers.

use std::fs;

use super::person::{CLIENT_REGION, Person, ROLE, WRITE, start};
use crate::base::{SESSION, config, developer_line, line, profile, told, with_config};
use crate::common::World;

fn read_only_line() -> String {
    line("--sso-session corp --account-id 111122223333 --role-name ReadOnly")
}

fn read_only() -> String {
    format!("[profile dev]\nregion = us-west-2\n{}", read_only_line())
}

/// A person who has answered everything but the last question, for a profile `dev`.
fn at_the_last_question(world: &World) -> Person {
    world.sign_in(3600);
    let mut person = start(world, &["--profile", "dev", "--sso-session", "corp"]);
    person.answers(&[ROLE, CLIENT_REGION]);
    person.sees(WRITE.0);
    person
}

#[test]
fn another_section_survives_and_so_does_the_persons() {
    let world = with_config(SESSION);
    let mut person = at_the_last_question(&world);
    told(&profile(&world, "other", &["--sso-session", "corp"]));
    person.types("\r");
    let _ = person.ends(0);
    let other = format!("[profile other]\n{}", developer_line());
    assert_eq!(config(&world), format!("{SESSION}\n{other}\n{}", read_only()));
}

#[test]
fn a_change_in_place_by_an_editor_survives_too() {
    let world = with_config(SESSION);
    let mut person = at_the_last_question(&world);
    fs::write(world.home.config_path(), format!("# mine\n{SESSION}")).unwrap();
    person.types("\r");
    let _ = person.ends(0);
    assert_eq!(config(&world), format!("# mine\n{SESSION}\n{}", read_only()));
}

#[test]
fn the_same_section_with_other_values_is_not_overwritten() {
    let world = with_config(SESSION);
    let mut person = at_the_last_question(&world);
    told(&profile(&world, "dev", &["--sso-session", "corp"]));
    let after_the_other = config(&world);
    person.types("\r");
    let ended = person.ends(2);
    assert!(ended.text.contains("profile `dev` is in ~/.aws/config with other values"), "{}", ended.text);
    assert_eq!(config(&world), after_the_other);
}

#[test]
fn values_that_the_person_has_not_seen_are_not_replaced() {
    let before = format!("{SESSION}\n[profile dev]\n{}", developer_line());
    let world = with_config(&before);
    world.sign_in(3600);
    let mut person = start(&world, &["--profile", "dev", "--sso-session", "corp"]);
    person.answers(&[ROLE, CLIENT_REGION]);
    person.sees("Replace these values? [y/N]");
    let changed = before.replace("Developer", "Admin");
    fs::write(world.home.config_path(), &changed).unwrap();
    person.types("y\r");
    let ended = person.ends(2);
    assert!(ended.text.contains("~/.aws/config"), "{}", ended.text);
    assert_eq!(config(&world), changed);
}

#[test]
fn the_same_change_by_another_process_is_not_claimed() {
    let world = with_config(SESSION);
    let mut person = at_the_last_question(&world);
    fs::write(world.home.config_path(), format!("{SESSION}\n{}", read_only())).unwrap();
    let written = fs::metadata(world.home.config_path()).unwrap().modified().unwrap();
    person.types("\r");
    let ended = person.ends(0);
    assert!(ended.text.contains("in ~/.aws/config as asked; nothing was changed"), "{}", ended.text);
    assert_eq!(fs::metadata(world.home.config_path()).unwrap().modified().unwrap(), written);
}
