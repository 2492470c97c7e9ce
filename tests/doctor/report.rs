//! The report as text and as JSON, and the profiles that options name.

use std::collections::BTreeSet;

use super::common::{World, failed};
use super::{PROGRAM, SESSION, profile, report, world};

#[test]
fn json_tells_each_value_and_its_place() {
    let mut world = world(&format!("{SESSION}{}", profile("dev", "region = us-west-2\n")));
    world.home.env("AWS_SSO_ROLE_NAME", "Admin");
    let output = world.home.run(&["doctor", "--offline", "--output", "json", "--profile", "dev"]);
    let place = "~/.aws/config line 7";
    let value = |name: &str, value: &str, source: &str| {
        format!("    {{\"name\": \"{name}\", \"value\": \"{value}\", \"source\": \"{source}\"}}")
    };
    let values = [
        value("sso_session", "corp", place),
        value("sso_start_url", "https://corp.awsapps.com/start", "~/.aws/config line 2"),
        value("sso_region", "eu-west-1", "~/.aws/config line 3"),
        value("sso_account_id", "111122223333", place),
        value("sso_role_name", "Admin", "AWS_SSO_ROLE_NAME"),
        value("region", "us-west-2", "~/.aws/config line 8"),
    ];
    let head = format!(
        "{{\"profiles\": [\n  {{\"name\": \"dev\", \"values\": [\n{}], \"providers\": [",
        values.join(",\n")
    );
    assert!(output.stdout.starts_with(&head), "{}\n{head}", output.stdout);
}

#[test]
fn the_keys_of_a_profile_that_a_line_completes_give_the_rest() {
    let base = "sso_session = corp\nsso_role_name = Admin\n";
    let line = format!("credential_process = {PROGRAM} --profile base --account-id 444455556666\n");
    let world = world(&format!("{SESSION}{}[profile dev]\n{line}", profile("base", base)));
    let (_, report) = report(&world, &["--offline", "--profile", "dev"]);
    let values = report["profiles"][0]["values"].as_array().unwrap();
    let values: Vec<String> = values
        .iter()
        .map(|value| {
            let text = |name: &str| value[name].as_str().unwrap();
            format!("{} = {} ({})", text("name"), text("value"), text("source"))
        })
        .collect();
    let expected = [
        "sso_session = corp (~/.aws/config line 8)",
        "sso_start_url = https://corp.awsapps.com/start (~/.aws/config line 2)",
        "sso_region = eu-west-1 (~/.aws/config line 3)",
        "sso_account_id = 444455556666 (~/.aws/config line 12)",
        "sso_role_name = Admin (~/.aws/config line 9)",
    ];
    assert_eq!(values, expected, "as the credential process takes them");
    let run = world.home.run(&["--noninteractive", "--profile", "dev"]);
    assert!(run.stderr.contains("no role `Admin` in account `444455556666`"), "{run:?}");
}

#[test]
fn a_healthy_home_is_a_short_text() {
    let profiles = ["a", "b", "c", "d"].map(|name| profile(name, "")).concat();
    let world = world(&format!("{SESSION}{profiles}"));
    let output = world.home.run(&["doctor", "--offline"]);
    let text = "all well: checked 4 profiles and 1 session of ~/.aws/config; AWS was not asked\n";
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, text, ""));
}

#[test]
fn a_bad_home_is_told_by_subject_with_errors_first() {
    let world = World::new();
    let beside = "sso_session = corp\nregion = eu-west-1 # home\n";
    world.home.write_config(&format!("{SESSION}{}", profile("dev", beside)));
    let output = world.home.run(&["doctor", "--offline"]);
    let expected = "profile `dev`
  error: it has sso_session beside `credential_process`: Go v2, Go v1, Terraform, Rust, Java v2 and .NET use the keys instead of aws-sso-cred, and fail because they lack sso_account_id and sso_role_name [sso-keys-beside-credential-process]
    run `aws-sso-cred configure convert dev`
  note: ~/.aws/config line 9 has a comment behind the value: for boto3, the AWS CLI and Ruby it is a part of the value [read-differently]
    move the comment to a line of its own

sso-session `corp`
  error: you are not signed in [token-expired]
    run `aws-sso-cred login --sso-session corp`

values of profile `dev`
  sso_session = corp (~/.aws/config line 7)
  sso_start_url = https://corp.awsapps.com/start (~/.aws/config line 2)
  sso_region = eu-west-1 (~/.aws/config line 3)
  sso_account_id = 111122223333 (~/.aws/config line 7)
  sso_role_name = Developer (~/.aws/config line 7)
  region = eu-west-1 (~/.aws/config line 9)
credentials that SDKs use for profile `dev`
  boto3, AWS CLI v1, AWS CLI v2, JavaScript v3, Ruby, PHP, C++: credential_process
  JavaScript v2, Go v1: no credentials: the config file is read only with AWS_SDK_LOAD_CONFIG=1
  Go v2, Terraform, Rust, Java v2: no credentials: it lacks sso_account_id and sso_role_name
  .NET: no credentials: beside sso_session it does not know credential_process

2 errors, 0 warnings, 1 note: checked 1 profile and 1 session of ~/.aws/config; AWS was not asked
";
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (1, expected, ""));
}

#[test]
fn json_tells_the_provider_of_each_sdk() {
    let native = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    let mut world = world(&format!("{SESSION}{}", profile("dev", native)));
    world.home.env("AWS_SDK_LOAD_CONFIG", "1");
    world.home.env("AWS_ACCESS_KEY_ID", "AKIA");
    let (_, told) = report(&world, &["--offline"]);
    let provider = |consumer: &str| {
        let providers = told["profiles"][0]["providers"].as_array().unwrap();
        providers.iter().find(|one| one["consumer"] == consumer).unwrap()["provider"].as_str().unwrap()
    };
    let lacks = "no credentials: it lacks AWS_SECRET_ACCESS_KEY; if the program names the profile: sso_ keys";
    assert_eq!(provider("boto3"), lacks);
    assert_eq!(provider("Go v2"), "sso_ keys");
    assert_eq!(provider("JavaScript v3"), "credential_process");
}

#[test]
fn many_findings_of_a_kind_are_counted() {
    let profiles: String = (0..9).map(|n| profile(&format!("p{n}"), "sso_regoin = x\n")).collect();
    let world = world(&format!("{SESSION}{profiles}"));
    let output = world.home.run(&["doctor", "--offline"]);
    assert_eq!(output.stdout.matches("[unknown-key]").count(), 6, "{}", output.stdout);
    assert!(output.stdout.contains("4 more findings [unknown-key]"), "{}", output.stdout);
}

#[test]
fn options_limit_the_profiles() {
    let native =
        "[profile ops]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    let lone = "[sso-session lone]\nsso_start_url = https://lone.awsapps.com/start\nsso_region = eu-west-1\n";
    let world = world(&format!("{SESSION}{}{native}{lone}[profile keys]\nregion = x\n", profile("dev", "")));
    for (arguments, expected) in [
        (&[][..], &["dev", "ops"][..]),
        (&["--profile", "ops"], &["ops"]),
        (&["--profile", "keys"], &["keys"]),
        (&["--sso-session", "corp"], &["dev", "ops"]),
        (&["--sso-session", "lone"], &[]),
    ] {
        let (_, report) = report(&world, &[&["--offline"], arguments].concat());
        let profiles = report["profiles"].as_array().unwrap().iter();
        let names: Vec<_> = profiles.map(|profile| profile["name"].as_str().unwrap()).collect();
        assert_eq!(names, expected, "{arguments:?}");
    }
}

#[test]
fn a_name_that_is_not_there_fails() {
    let world = world(&format!("{SESSION}{}", profile("dev", "")));
    let lines = failed(&world.home.run(&["doctor", "--profile", "dve"]), 2);
    assert!(lines.concat().contains("`--profile dev`"), "{lines:?}");
    failed(&world.home.run(&["doctor", "--sso-session", "corq"]), 2);
}

#[test]
fn the_document_explains_every_id() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = std::fs::read_to_string(root.join("src/commands/doctor/finding.rs")).unwrap();
    let document = std::fs::read_to_string(root.join("docs/doctor.md")).unwrap();
    let table = document.split_once("## The findings").unwrap().1;
    let ids: BTreeSet<&str> =
        source.lines().filter_map(|line| line.split_once(" => \"")?.1.strip_suffix("\",")).collect();
    let ids: BTreeSet<&str> =
        ids.into_iter().filter(|id| !["error", "warning", "note"].contains(id)).collect();
    let explained: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(id, _)| id)
        .collect();
    assert_eq!(ids, explained);
    assert_eq!(ids.len(), 24);
}

#[test]
fn a_config_without_a_session_says_how_to_begin() {
    let world = World::new();
    world.home.write_config("[profile keys]\nregion = x\n");
    let output = world.home.run(&["doctor"]);
    let text = "all well: checked 0 profiles and 0 sessions of ~/.aws/config; `aws-sso-cred configure` writes a session and a profile\n";
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, text, ""));
}

#[test]
fn a_path_in_a_hint_can_be_pasted() {
    let mut world = world(&format!("{SESSION}{}", profile("dev", "")));
    let directory = world.home.home().join("my files");
    std::fs::create_dir(&directory).unwrap();
    std::fs::create_dir(directory.join("credentials")).unwrap();
    world.home.env("AWS_SHARED_CREDENTIALS_FILE", "~/my files/credentials");
    let (status, report) = report(&world, &["--offline"]);
    assert_eq!(status, 1, "{report}");
    std::fs::remove_dir(directory.join("credentials")).unwrap();
    std::fs::write(directory.join("credentials"), "").unwrap();
    let output = world.home.run(&["doctor", "--offline"]);
    assert_eq!(
        output.stdout.contains("`chmod 600 ~/'my files/credentials'`"),
        cfg!(unix),
        "{}",
        output.stdout
    );
}
