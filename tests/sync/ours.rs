//! Sections that `sync` did not write, and those whose credentials have expired.

use aws_sso_cred::config_editor::{ConfigurationFile, Document, SectionName};

use crate::base::{file, path, refused, section, sync, synced, without_marks, write};
use crate::common::World;

#[test]
fn a_section_of_somebody_else_is_replaced_by_force_only() {
    let world = World::signed_in();
    let before = "[dev]\naws_access_key_id = AKIAMINE\naws_security_token = old\noutput = json\n";
    write(&world, before);
    let lines = refused(&world, &["dev:new", "dev"], 2);
    assert!(lines[0].contains("the section [dev] in ~/.aws/credentials has other keys"), "{lines:?}");
    synced(&world, &["dev", "--force"]);
    let after = file(&world);
    assert!(!after.contains("AKIAMINE") && !after.contains("aws_security_token"), "{after}");
    assert!(after.contains("output = json"), "{after}");
    let backup = path(&world).with_file_name("credentials.aws-sso-cred.bak");
    assert_eq!(std::fs::read_to_string(backup).unwrap(), before);
    synced(&world, &["dev"]);
}

#[test]
fn a_section_that_was_changed_is_replaced_by_force_only() {
    let world = World::signed_in();
    synced(&world, &["dev"]);
    let key = section(&world, "dev");
    let key = key.lines().nth(1).unwrap();
    write(&world, &file(&world).replace(key, "aws_access_key_id = AKIAMINE"));
    let lines = refused(&world, &["dev"], 2);
    assert!(lines[1].contains("changed after `sync` wrote them"), "{lines:?}");
    synced(&world, &["dev", "--force"]);
    assert_eq!(without_marks(&file(&world)), section(&world, "dev"));
}

#[test]
fn two_sections_of_one_name_are_written_as_one_is_read() {
    let world = World::signed_in();
    write(&world, "[dev]\nregion = a\n[other]\nx = y\n[dev]\noutput = json\n");
    synced(&world, &["dev"]);
    synced(&world, &["dev"]);
    assert_eq!(world.home.run(&["export", "--profile", "dev"]).status, 0);
    assert!(file(&world).contains("[other]\nx = y\n"));
}

/// The file with the section `name` as `sync` wrote it for credentials that have expired.
fn expired(before: &str, name: &str) -> String {
    let mut document =
        Document::parse(ConfigurationFile::Credentials, "credentials", before.to_owned().into()).unwrap();
    let section = SectionName::Profile(name.to_owned());
    document.write_synced(&section, "corp", ["AKIA", "secret", "token", "2020-01-01T00:00:00Z"]).unwrap();
    String::from_utf8(document.proven().unwrap()).unwrap()
}

#[test]
fn prune_removes_what_has_expired_and_nothing_else() {
    let world = World::signed_in();
    let mine = "[mine]\naws_access_key_id = x\naws_session_expiration = 2020-01-01T00:00:00Z\n";
    write(&world, mine);
    synced(&world, &["dev"]);
    let before = file(&world);
    write(&world, &expired(&expired(&before, "a"), "b"));
    let output = sync(&world, &["--prune", "--dry-run"]);
    assert_eq!(output.stdout, "[a] would be removed\n[b] would be removed\n");
    let told = synced(&world, &["--prune"]);
    assert_eq!(told, "removed expired keys from ~/.aws/credentials: [a] and [b]\n");
    assert_eq!(file(&world), before);
    assert_eq!(synced(&world, &["--prune"]), "~/.aws/credentials has no expired keys that `sync` wrote\n");
}

#[test]
fn prune_leaves_and_names_what_was_changed() {
    let world = World::signed_in();
    let before = expired("", "a").replace("AKIA", "MINE");
    write(&world, &before);
    let told = synced(&world, &["--prune"]);
    assert!(
        told.contains(
            "left in ~/.aws/credentials, because the keys were changed or copied after `sync`: [a]"
        ),
        "{told}"
    );
    assert_eq!(file(&world), before);
}

#[test]
fn prune_keeps_what_else_is_in_the_section() {
    let world = World::signed_in();
    write(&world, &expired("[a]\nregion = x\n", "a"));
    synced(&world, &["--prune", "dev"]);
    assert!(file(&world).starts_with("[a]\nregion = x\n\n[dev]\n"), "{}", file(&world));
}

#[test]
fn prune_removes_expired_keys_of_a_profile_that_fails() {
    let world = World::new();
    write(&world, &expired("", "dev"));
    let output = sync(&world, &["dev", "--prune"]);
    assert_eq!((output.status, file(&world).as_str()), (1, ""), "{output:?}");
}

#[test]
fn prune_alone_needs_no_profile() {
    let world = World::new();
    world.home.write_config("");
    let output = sync(&world, &["--prune"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(!path(&world).exists());
}
