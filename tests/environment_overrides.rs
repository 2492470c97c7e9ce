//! Environment variables that overrule a profile, as `status` and the debug log report them.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests write the config")]

mod common;

use std::fs;

use common::{ACCOUNT, World};

fn append(world: &World, text: &str) {
    let path = world.home.home().join(".aws/config");
    let config = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{config}\n{text}")).unwrap();
}

#[test]
fn status_and_the_debug_log_report_values_that_the_environment_overrules() {
    let mut world = World::signed_in();
    let told = |world: &World, arguments: &[&str]| world.home.run(arguments).stderr;
    assert_eq!(told(&world, &["status"]), "");
    world.home.env("AWS_SSO_ACCOUNT_ID", "222222222222");
    let note = "note: AWS_SSO_ACCOUNT_ID is set to `222222222222` and overrules \
                `sso_account_id = 111122223333` of profile `dev`";
    assert_eq!(told(&world, &["status", "--profile", "dev"]), format!("{note}\n"));
    assert_eq!(told(&world, &["status"]), format!("{note}, and that of 1 more profile\n"));
    assert_eq!(told(&world, &["status", "--sso-session", "corp"]), "");
    let json = world.home.run(&["status", "--output", "json"]);
    assert_eq!(json.json()["sessions"].as_array().unwrap().len(), 2, "{}", json.stderr);

    let _ = world.home.run(&["--profile", "dev", "--debug"]);
    let log = world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
    let text = fs::read_to_string(&log).unwrap();
    let line = "AWS_SSO_ACCOUNT_ID=222222222222 overrules sso_account_id = 111122223333 of profile dev\n";
    assert_eq!(text.matches(line).count(), 1, "{text}");
    // A flag overrules both, and an equal value overrules nothing.
    fs::remove_file(&log).unwrap();
    let _ = world.home.run(&["--profile", "dev", "--debug", "--account-id", ACCOUNT]);
    world.home.env("AWS_SSO_ACCOUNT_ID", ACCOUNT);
    let _ = world.home.run(&["--profile", "dev", "--debug"]);
    assert!(!fs::read_to_string(&log).unwrap().contains("overrules"));
}

#[test]
fn overruled_values_of_followed_profiles_are_reported() {
    let mut world = World::signed_in();
    append(
        &world,
        "[profile wrapped]\ncredential_process = aws-sso-cred --profile dev\n\
         [profile assumed]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = dev\n\
         [profile line]\ncredential_process = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer\n",
    );
    let told = |world: &World, profile: &str| world.home.run(&["status", "--profile", profile]).stderr;
    let log = world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
    let logged = |world: &World, profile: &str, line: &str| {
        let _ = fs::remove_file(&log);
        let _ = world.home.run(&["--profile", profile, "--debug"]);
        let text = fs::read_to_string(&log).unwrap();
        assert_eq!(text.matches(&format!("{line}\n")).count(), 1, "{profile}: {text}");
    };
    world.home.env("AWS_SSO_ACCOUNT_ID", "222222222222");
    for profile in ["wrapped", "assumed"] {
        assert_eq!(
            told(&world, profile),
            "note: AWS_SSO_ACCOUNT_ID is set to `222222222222` and overrules \
             `sso_account_id = 111122223333` of profile `dev`\n"
        );
    }
    logged(
        &world,
        "wrapped",
        "AWS_SSO_ACCOUNT_ID=222222222222 overrules sso_account_id = 111122223333 of profile dev",
    );
    let all = world.home.run(&["status"]).stderr;
    assert!(all.ends_with("of profile `dev`, and that of 1 more profile\n"), "{all}");
    world.home.env_remove("AWS_SSO_ACCOUNT_ID");

    world.home.env("AWS_SSO_SESSION", "other");
    let note = "note: AWS_SSO_SESSION is set to `other` and overrules \
                `sso_start_url = https://corp.awsapps.com/start` of profile `old`\n";
    assert!(
        world
            .home
            .run(&["status", "--profile", "old"])
            .stderr
            .contains("AWS_SSO_SESSION names sso-session `other`")
    );
    append(
        &world,
        "[sso-session other]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n",
    );
    assert_eq!(told(&world, "old"), note);
    logged(
        &world,
        "old",
        "AWS_SSO_SESSION=other overrules sso_start_url = https://corp.awsapps.com/start of profile old",
    );
    world.home.env_remove("AWS_SSO_SESSION");

    world.home.env("AWS_SSO_START_URL", "https://x.awsapps.com/start");
    world.home.env("AWS_SSO_REGION", "us-east-1");
    assert_eq!(
        told(&world, "line"),
        "note: AWS_SSO_START_URL is set to `https://x.awsapps.com/start` and overrules \
         `sso_start_url = https://corp.awsapps.com/start` of profile `line`\n\
         note: AWS_SSO_REGION is set to `us-east-1` and overrules `sso_region = eu-west-1` of profile `line`\n"
    );
    logged(&world, "line", "AWS_SSO_REGION=us-east-1 overrules sso_region = eu-west-1 of sso-session corp");
}
