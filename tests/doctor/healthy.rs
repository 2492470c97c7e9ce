//! Homes in the layouts that the documents recommend: nothing is found.

use super::common::{CONFIG, World};
use super::{SESSION, assert_found_for, profile, world};

#[test]
fn the_recommended_layouts_have_no_findings() {
    let line = profile("dev", "region = eu-west-1\n");
    let native =
        "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    let both = format!(
        "{}[profile dev]\ncredential_process = {} --profile dev-sso\n",
        native.replace("profile dev", "profile dev-sso"),
        super::PROGRAM
    );
    let assumed = format!("{line}[profile admin]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = dev\n");
    for config in [line.as_str(), native, &both, &assumed] {
        let world = world(&format!("{SESSION}{config}"));
        for arguments in [&[][..], &["--offline"], &["--profile", "dev"], &["--sso-session", "corp"]] {
            assert_found_for(&world, arguments, &[]);
        }
    }
}

#[test]
fn a_profile_in_the_older_layout_has_its_own_sign_in() {
    let world = World::signed_in();
    world.home.write_config(CONFIG);
    assert_found_for(&world, &["--offline"], &["error token-expired profile `old`"]);
}

#[test]
fn what_configure_and_convert_write_has_no_findings() {
    let world = world(SESSION);
    let written = world.home.run(&[
        "configure",
        "--profile",
        "dev",
        "--sso-session",
        "corp",
        "--account-id",
        "111122223333",
        "--role-name",
        "Developer",
        "--yes",
        "--native",
    ]);
    assert_eq!(written.status, 0, "{written:?}");
    assert_found_for(&world, &[], &[]);
    let converted = world.home.run(&["configure", "convert", "dev", "--yes"]);
    assert_eq!(converted.status, 0, "{converted:?}");
    assert_found_for(&world, &[], &[]);
}

#[test]
fn keys_that_sync_wrote_are_no_finding() {
    let world = world(&format!("{SESSION}{}", profile("dev", "")));
    let synced = world.home.run(&["sync", "dev"]);
    assert_eq!(synced.status, 0, "{synced:?}");
    assert_found_for(&world, &["--offline"], &[]);
}
