//! `login --all`: every session of the config.

use stand_in::{Operation, Sandbox};

use crate::common::{CONFIG, World, refused};
use crate::support::{assert_opened, comparable, following_browser_in, told};

const TWO: &str = "
[sso-session away]
sso_start_url = https://away.awsapps.com/start
sso_region = eu-west-1
";

fn world() -> World {
    let mut world = World::new();
    let browser = following_browser_in(&world);
    world.home.env("BROWSER", browser.to_str().unwrap());
    world.aws.auto_approve(0);
    world
}

fn signed_in(home: &Sandbox) -> Vec<bool> {
    ["corp", "away", "https://corp.awsapps.com/start"]
        .iter()
        .map(|key| home.token_path(key).exists())
        .collect()
}

#[test]
fn login_all_signs_in_to_every_session_in_file_order() {
    let world = world();
    world.aws.allow_start_url("https://away.awsapps.com/start");
    world.home.write_config(&format!("{CONFIG}{TWO}"));
    let text = told(&world.home.run(&["login", "--all"]));
    let done: Vec<_> = text.lines().filter(|line| line.starts_with("signed in to ")).collect();
    assert_eq!(
        done,
        [
            "signed in to sso-session `corp` at https://corp.awsapps.com/start: good for 1 profile until TIME (in SPAN), then refreshed automatically",
            "signed in to profile `old` at https://corp.awsapps.com/start: good for 1 profile until TIME (in SPAN)",
            "signed in to sso-session `away` at https://away.awsapps.com/start: good until TIME (in SPAN), then refreshed automatically",
        ]
    );
    assert_eq!(signed_in(&world.home), [true, true, true]);
    // Valid sign-ins are kept; the others are renewed.
    world.aws.clear_requests();
    std::fs::remove_file(world.home.token_path("away")).unwrap();
    let text = told(&world.home.run(&["login", "--all", "--if-needed"]));
    assert_eq!(text.matches("already signed in to ").count(), 2, "{text}");
    assert_eq!(world.aws.count(Operation::CreateToken), 1);
}

#[test]
fn login_all_continues_after_a_failure_and_exits_with_its_code() {
    let world = world();
    // AWS does not know `away`, which comes before `corp`.
    world.home.write_config(&format!("{TWO}{CONFIG}"));
    let output = world.home.run(&["login", "--all"]);
    assert_eq!((output.status, output.stdout.as_str()), (4, ""));
    let text = comparable(&output.stderr);
    assert!(
        text.contains("aws-sso-cred: AWS does not accept start URL `https://away.awsapps.com/start` "),
        "{text}"
    );
    assert_eq!(text.matches("signed in to ").count(), 2, "{text}");
    assert_eq!(signed_in(&world.home), [true, false, true]);
}

#[test]
fn login_all_exits_with_2_for_a_wrong_section_and_signs_in_to_the_others() {
    let world = world();
    world.home.write_config(&format!(
        "[profile x]\nsso_session = gone\n{CONFIG}[sso-session half]\nsso_region = eu-west-1\n"
    ));
    let output = world.home.run(&["login", "--all"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""), "{}", output.stderr);
    assert!(output.stderr.contains("sso-session `gone`"), "{}", output.stderr);
    assert!(output.stderr.contains("sso-session `half`"), "{}", output.stderr);
    assert_eq!(signed_in(&world.home), [true, false, true]);
    assert_opened(&world, 2);
}

#[test]
fn login_all_reports_a_wrong_session_name_with_its_place() {
    let world = world();
    world.home.write_config("# mine\n[sso-session co\u{1}rp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n");
    for arguments in [&["login", "--all"][..], &["status"]] {
        let output = world.home.run(arguments);
        let hint = "hint: correct [sso-session co\\u{1}rp], ~/.aws/config line 2\n";
        assert!(output.stderr.ends_with(hint), "{arguments:?}: {}", output.stderr);
    }
}

#[test]
fn login_all_without_a_session_is_an_error() {
    let world = world();
    world.home.write_config("[profile x]\nregion = eu-west-1\n");
    let expected = "aws-sso-cred: there is no sso-session and no SSO profile in ~/.aws/config\n\
        hint: run `aws-sso-cred configure`, or `aws-sso-cred login --start-url URL --region REGION`\n";
    refused(&world.home.run(&["login", "--all"]), 2, expected);
}
