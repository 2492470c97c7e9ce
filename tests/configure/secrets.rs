//! Static keys that stand in the config are shown nowhere.

use crate::base::{SESSION, config, profile, refused, told, with_config};
use crate::common::World;
use crate::populate::populate;

const SECRETS: [&str; 3] = ["wJalrXUtnFEMI", "IQoJb3JpZ2lu", "FwoGZXIvYXdz"];

fn keys() -> String {
    format!(
        "{SESSION}\n[profile dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
         aws_secret_access_key = wJalrXUtnFEMI\nAWS_Session_Token = IQoJb3JpZ2lu\naws_security_token =\n  FwoGZXIvYXdz\n"
    )
}

#[track_caller]
fn has_no_secret(text: &str) {
    assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");
}

#[test]
fn a_refusal_names_the_keys_without_their_values() {
    let text = refused(
        &with_config(&keys()),
        &[&["--profile", "dev", "--sso-session", "corp"], &crate::base::DEVELOPER],
    );
    has_no_secret(&text.join("\n"));
    assert!(text[1].contains("aws_access_key_id is `AKIAIOSFODNN7EXAMPLE`, not nothing"), "{text:?}");
    assert!(text[1].contains("aws_secret_access_key is `[secret]`, not nothing"), "{text:?}");
}

#[test]
fn a_diff_shows_no_secret_neither_removed_nor_beside_the_change() {
    let world = with_config(&keys().replace("aws_security_token =\n  FwoGZXIvYXdz\n", ""));
    let output = profile(&world, "dev", &["--force", "--dry-run"]);
    has_no_secret(&output.stdout);
    assert!(output.stdout.contains("\n-aws_secret_access_key = [secret]\n"), "{}", output.stdout);
    assert!(output.stdout.contains("\n-AWS_Session_Token = [secret]\n"), "{}", output.stdout);
    let world = with_config(&keys());
    let output = profile(&world, "new", &["--dry-run"]);
    has_no_secret(&output.stdout);
    assert!(output.stdout.contains("\n aws_security_token = [secret]\n"), "{}", output.stdout);
    told(&profile(&world, "new", &[]));
    assert!(config(&world).starts_with(&keys()), "the file has them still");
}

#[test]
fn the_diffs_of_populate_and_convert_show_no_secret() {
    let world = World::signed_in();
    let dev = keys().replace("[profile dev]", "[profile Production.Developer]");
    world.home.write_config(&dev);
    let output = populate(&world, &["--force", "--dry-run"]);
    has_no_secret(&output.stdout);
    assert!(output.stdout.contains("\n-aws_secret_access_key = [secret]\n"), "{}", output.stdout);
    let sso = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    let beside = format!("{SESSION}\n[profile dev]\n{sso}# aws_secret_access_key = wJalrXUtnFEMI\n");
    for config in [beside.clone(), beside.replace('\n', "\r"), beside.replace("# ", "")] {
        world.home.write_config(&config);
        let output = world.home.run(&["configure", "convert", "dev", "--dry-run"]);
        has_no_secret(&output.stdout);
        assert!(output.stdout.contains("aws_secret_access_key = [secret]"), "{}", output.stdout);
    }
}

#[test]
fn a_diff_that_begins_within_a_secret_does_not_show_it() {
    let world = with_config(&format!(
        "[profile old]\naws_security_token =\n  FwoGZXIvYXdz\n\n  FwoGZXIvYXdz\n  FwoGZXIvYXdz\n\n{SESSION}"
    ));
    let output = profile(&world, "new", &["--dry-run"]);
    assert!(output.stdout.contains("\n   [secret]\n"), "{}", output.stdout);
    has_no_secret(&output.stdout);
}
