//! Homes in the layouts that the documents recommend: nothing is found.

use super::common::{CONFIG, REGION, START_URL, World};
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
fn a_home_without_a_config_has_no_findings() {
    let mut world = World::new();
    std::fs::remove_file(world.home.config_path()).unwrap();
    assert_found_for(&world, &["--offline"], &[]);
    let output = world.home.run(&["doctor"]);
    let text = "nothing to check: checked 0 profiles and 0 sessions of ~/.aws/config, which is not there; \
                `aws-sso-cred configure` writes it\n";
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, text, ""));
    // Variables alone name the session, as in CI.
    let variables = [
        ("AWS_SSO_START_URL", START_URL),
        ("AWS_SSO_REGION", REGION),
        ("AWS_SSO_ACCOUNT_ID", "111122223333"),
        ("AWS_SSO_ROLE_NAME", "Developer"),
    ];
    for (name, value) in variables {
        world.home.env(name, value);
    }
    let token = world.aws.issue_token(&stand_in::TokenOptions::default());
    world.home.write_cli_token(START_URL, &token, 3600);
    assert_found_for(&world, &["--offline"], &[]);
    assert_found_for(&world, &[], &[]);
    world.home.env("AWS_SSO_REGION", "");
    assert_found_for(&world, &["--offline"], &["error broken-config-line ~/.aws/config"]);
}

/// A sign-in of the older layout has no refresh token, and never gets one.
#[test]
fn a_sign_in_of_the_older_layout_has_no_findings() {
    let world = World::new();
    world.home.write_config(
        "[profile old]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n\
         sso_account_id = 111122223333\nsso_role_name = Developer\n",
    );
    let options = stand_in::TokenOptions { refreshable: false, ..stand_in::TokenOptions::default() };
    let token = world.aws.issue_token(&options);
    world.home.write_cli_token(START_URL, &token, 3600);
    assert_found_for(&world, &["--offline"], &[]);
    assert_found_for(&world, &[], &[]);
    world.home.write_cli_token(START_URL, &token, -60);
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
