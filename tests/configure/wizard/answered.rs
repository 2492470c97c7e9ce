//! Questions that are answered, to the end.

use stand_in::{Fault, Operation, Times};

use super::person::{
    CLIENT_REGION, NAME, PROFILE, QUESTIONS, REGION, ROLE, START_URL, WRITE, signed_in_without_config, start,
    with_browser,
};
use crate::base::{SESSION, config, developer_line, line, new_home, with_config};
use crate::common::{World, answered};

fn read_only_line() -> String {
    line("--sso-session corp --account-id 111122223333 --role-name ReadOnly")
}

#[test]
fn the_first_start_leads_from_nothing_to_credentials() {
    let mut world = new_home();
    with_browser(&mut world);
    let mut person = start(&world, &[]);
    person.answers(&[START_URL, REGION, NAME]);
    let list = person.sees("Role:");
    assert!(list.contains("signed in to sso-session `corp`"), "{list}");
    assert!(list.contains("> Production  Developer  111122223333"), "{list}");
    person.types("read");
    assert!(person.sees("1 of 2").contains("> Production  ReadOnly   111122223333"));
    person.types("\r").answers(&[("[Production.ReadOnly]:", "ro\r"), CLIENT_REGION]);
    let diff = person.sees(WRITE.0);
    let section = format!("+[profile ro]\n+region = us-west-2\n+{}", &read_only_line()[..60]);
    assert!(diff.contains(&section) && diff.contains("+[sso-session corp]"), "{diff}");
    assert!(!world.home.config_path().exists(), "nothing is written before the person agrees");
    person.types("y\r");
    let ended = person.ends(0);
    let end = "wrote sso-session `corp` and profile `ro` to ~/.aws/config\n\
               to try it:  aws sts get-caller-identity --profile ro\n";
    assert!(ended.text.ends_with(end), "{}", ended.text);
    assert_eq!(config(&world), format!("{SESSION}\n[profile ro]\nregion = us-west-2\n{}", read_only_line()));
    answered(&world.home.run(&["--profile", "ro"]));
    assert_eq!(world.aws.count(Operation::CreateToken), 1, "one sign-in");
}

#[test]
fn a_second_role_needs_no_session_and_no_sign_in() {
    let before = format!("{SESSION}\n[profile dev]\nregion = us-west-2\n{}", developer_line());
    let world = with_config(&before);
    world.sign_in(3600);
    let mut person = start(&world, &[]);
    let list = person.sees("Session:");
    assert!(list.contains("> corp             https://corp.awsapps.com/start"), "{list}");
    assert!(list.contains("  another session"), "{list}");
    person.types("\r");
    // With the profile that stands for it.
    person.sees("> Production  Developer  111122223333  dev");
    person.answers(&[ROLE, PROFILE, CLIENT_REGION, WRITE]);
    let _ = person.ends(0);
    let section = format!("[profile Production.ReadOnly]\nregion = us-west-2\n{}", read_only_line());
    assert_eq!(config(&world), format!("{before}\n{section}"));
    assert_eq!(world.aws.count(Operation::RegisterClient), 0);
}

#[test]
fn another_session_is_added_beside_a_known_one() {
    let world = with_config(SESSION);
    world.aws.allow_start_url("https://other.awsapps.com/start");
    let mut person = start(&world, &["--session-only"]);
    person.answers(&[
        ("Session:", "another\r"),
        (START_URL.0, "https://other.awsapps.com/start\r"),
        (REGION.0, "us-east-1\r"),
    ]);
    person.answers(&[("Name of the session [other]:", "corp\r")]);
    person.sees("sso-session `corp` is in the config file");
    person.types("\u{15}my corp\r");
    person.sees("it must have no blanks");
    person.types("\u{15}\r").answers(&[WRITE]);
    let _ = person.ends(0);
    let other = SESSION.replace("corp", "other").replace("eu-west-1", "us-east-1");
    assert_eq!(config(&world), format!("{SESSION}\n{other}"));
}

#[test]
fn the_name_of_a_sign_in_to_another_start_url_is_not_free() {
    let world = signed_in_without_config();
    world.aws.allow_start_url("https://other.awsapps.com/start");
    let mut person = start(&world, &["--session-only"]);
    person.answers(&[(START_URL.0, "https://other.awsapps.com/start\r"), REGION]);
    person.answers(&[("Name of the session [other]:", "corp\r")]);
    person.sees("under this name, you are signed in to https://corp.awsapps.com/start in");
    person.types("\u{15}\r").answers(&[WRITE]);
    let _ = person.ends(0);
    assert!(config(&world).starts_with("[sso-session other]\n"), "{}", config(&world));
}

#[test]
fn a_session_that_no_line_can_name_is_refused_before_the_other_questions() {
    let session =
        "[sso-session 'my corp']\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
    let world = with_config(session);
    let mut person = start(&world, &[]);
    person.answers(&[("Session:", "\r")]);
    let ended = person.ends(2);
    assert!(ended.text.contains("cannot hold --sso-session `my corp`"), "{}", ended.text);
    assert_eq!(world.requests(), 0);
}

#[test]
fn options_are_not_asked_for_again() {
    let world = signed_in_without_config();
    let all = [
        (&["--start-url", "https://corp.awsapps.com/start"][..], START_URL),
        (&["--region", "eu-west-1"], REGION),
        (&["--sso-session", "corp"], NAME),
        (&["--role-name", "ReadOnly"], ROLE),
        (&["--profile", "Production.ReadOnly"], PROFILE),
        (&["--client-region", "us-west-2"], CLIENT_REGION),
        (&["--yes"], WRITE),
    ];
    let (session, profile) = (SESSION, read_only_line());
    for (options, question) in all {
        let mut person = start(&world, options);
        let asked: Vec<_> = QUESTIONS.into_iter().filter(|other| *other != question).collect();
        person.answers(&asked);
        let ended = person.ends(0);
        assert!(!ended.output.contains(question.0), "{options:?}: {}", ended.output);
        let written = format!("{session}\n[profile Production.ReadOnly]\nregion = us-west-2\n{profile}");
        assert_eq!(config(&world), written, "{options:?}");
        std::fs::remove_file(world.home.config_path()).unwrap();
    }
    let options: Vec<&str> = all.iter().flat_map(|(options, _)| *options).copied().collect();
    let person = start(&world, &options);
    assert!(person.ends(0).text.contains("using ReadOnly in Production (111122223333), the only role"));
}

#[test]
fn variables_are_proposals() {
    let mut world = signed_in_without_config();
    world.home.env("AWS_CONFIGURE_SSO_DEFAULT_SSO_START_URL", "https://corp.awsapps.com/start");
    world.home.env("AWS_CONFIGURE_SSO_DEFAULT_SSO_REGION", "eu-west-1");
    world.home.env("AWS_CONFIGURE_DEFAULT_REGION", "ap-south-1");
    let mut person = start(&world, &[]);
    person.answers(&[
        ("Start URL of the AWS access portal [https://corp.awsapps.com/start]:", "\r"),
        ("Region of Identity Center [eu-west-1]:", "\r"),
        NAME,
        ROLE,
        PROFILE,
        ("Region of your workload [ap-south-1]:", "\r"),
        WRITE,
    ]);
    let _ = person.ends(0);
    assert!(config(&world).contains("[profile Production.ReadOnly]\nregion = ap-south-1\n"));
}

#[test]
fn a_wrong_start_url_or_region_is_told_at_once_and_asked_for_again() {
    let world = signed_in_without_config();
    let mut person = start(&world, &[]);
    person.answers(&[(START_URL.0, "corp\r")]);
    person.sees("it must start with https://");
    person.types("\u{15}https://crop.awsapps.com/start\r");
    person.answers(&[(REGION.0, "eu west\r")]);
    person.sees("it must be a region name such as `eu-west-1`");
    person.types("\u{15}eu-west-1\r");
    person.sees("AWS does not accept start URL `https://crop.awsapps.com/start`");
    let again = "Start URL of the AWS access portal [https://crop.awsapps.com/start]:";
    person.answers(&[
        (again, "https://corp.awsapps.com/start\r"),
        ("Region of Identity Center [eu-west-1]:", "\r"),
        NAME,
        ROLE,
        PROFILE,
        CLIENT_REGION,
        WRITE,
    ]);
    let _ = person.ends(0);
    assert!(config(&world).starts_with(SESSION));
    assert!(!config(&world).contains("crop"));
}

#[test]
fn a_region_that_aws_refuses_can_be_corrected() {
    let world = signed_in_without_config();
    let refusal = Fault::Error { status: 400, code: "invalid_request", message: "wrong region" };
    world.aws.fault(Operation::StartDeviceAuthorization, refusal, Times::Once);
    let mut person =
        start(&world, &["--start-url", "https://corp.awsapps.com/start", "--region", "us-east-1"]);
    let told = person.sees("AWS says: wrong region");
    assert!(!told.contains("hint"), "the questions are the hint: {told}");
    person.answers(&[
        ("Start URL of the AWS access portal [https://corp.awsapps.com/start]:", "\r"),
        ("Region of Identity Center [us-east-1]:", "eu-west-1\r"),
        NAME,
        ROLE,
        PROFILE,
        CLIENT_REGION,
        WRITE,
    ]);
    let _ = person.ends(0);
    assert!(config(&world).starts_with(SESSION));
}

#[test]
fn the_region_that_the_host_names_is_proposed_and_no_other_is_taken() {
    let world = new_home();
    let url = "https://ssoins-1.portal.us-east-2.app.aws";
    world.aws.allow_start_url(url);
    let mut person = start(&world, &["--session-only", "--start-url", url]);
    person.answers(&[("Region of Identity Center [us-east-2]:", "eu-west-1\r")]);
    person.sees("the start URL is in region us-east-2");
    person.types("\u{15}\r").answers(&[("Name of the session [ssoins-1]:", "corp\r"), WRITE]);
    let _ = person.ends(0);
    assert!(config(&world).contains(&format!("sso_start_url = {url}\nsso_region = us-east-2\n")));
}

#[test]
fn an_account_alone_leaves_its_roles_to_choose_from() {
    let world = World::signed_in();
    world.aws.add_role("222233334444", "Admin");
    let mut person = start(&world, &["--sso-session", "corp", "--account-id", "111122223333"]);
    let roles = person.sees("2 of 2");
    assert!(!roles.contains("222233334444"), "{roles}");
    person.answers(&[ROLE, PROFILE, CLIENT_REGION, WRITE]);
    let _ = person.ends(0);
    assert!(config(&world).contains(&read_only_line()));
}

#[test]
fn the_only_role_is_taken_and_told() {
    let world = World::signed_in();
    world.aws.remove_role("111122223333", "Developer");
    let mut person = start(&world, &["--sso-session", "corp"]);
    let told = person.sees(PROFILE.0);
    assert!(told.starts_with("using ReadOnly in Production (111122223333), the only role\n"), "{told}");
    person.answers(&[PROFILE, CLIENT_REGION, WRITE]);
    let _ = person.ends(0);
    assert!(config(&world).contains(&read_only_line()));
}

#[test]
fn a_role_that_is_not_there_is_never_replaced_by_another_one_unasked() {
    let world = World::signed_in();
    world.aws.remove_role("111122223333", "Developer");
    let mut person = start(&world, &["--sso-session", "corp", "--role-name", "Admin"]);
    person.sees("you have no such role; these are your roles");
    person.sees("Role:");
    person.types("\u{3}");
    let _ = person.ends(130);
}

#[test]
fn without_any_role_the_end_is_an_error() {
    let world = World::signed_in();
    world.aws.remove_account("111122223333");
    let before = config(&world);
    let ended = start(&world, &["--sso-session", "corp"]).ends(4);
    let text = "aws-sso-cred: you have no role in any account (signed in through sso-session `co\nrp`)\n";
    assert!(ended.text.starts_with(text), "{}", ended.text);
    assert_eq!(config(&world), before);
}

#[test]
fn other_values_are_replaced_only_after_a_yes() {
    let before = format!("{SESSION}\n[profile dev]\nregion = us-west-2\n{}", developer_line());
    let world = with_config(&before);
    let options =
        ["--profile", "dev", "--sso-session", "corp", "--account-id", "111122223333", "--role-name"];
    let options = [&options[..], &["ReadOnly", "--client-region", "us-west-2"]].concat();
    let mut person = start(&world, &options);
    let text = person.sees("Replace these values? [y/N]");
    assert!(text.contains("profile `dev` is in ~/.aws/config with other values"), "{text}");
    person.types("\r");
    let _ = person.ends(130);
    assert_eq!(config(&world), before);
    let _ = start(&world, &[&options[..], &["--yes"]].concat()).ends(2);
    assert_eq!(config(&world), before);
    let mut person = start(&world, &options);
    person.answers(&[("Replace these values? [y/N]", "y\r")]);
    let _ = person.ends(0);
    assert_eq!(config(&world), before.replace("Developer", "ReadOnly"));
    let mut person =
        start(&world, &[&options[..7], &["Developer", "--client-region", "us-west-2", "--force"]].concat());
    person.answers(&[WRITE]);
    let _ = person.ends(0);
    assert_eq!(config(&world), before);
    let again =
        start(&world, &[&options[..7], &["Developer", "--client-region", "us-west-2"]].concat()).ends(0);
    assert!(again.text.contains("in ~/.aws/config as asked; nothing was changed"), "{}", again.text);
}

#[test]
fn a_known_session_with_another_region_keeps_its_other_values() {
    let world = with_config(SESSION);
    let mut person = start(&world, &["--session-only", "--sso-session", "corp", "--region", "us-east-1"]);
    person.answers(&[("Replace these values? [y/N]", "y\r")]);
    let _ = person.ends(0);
    assert_eq!(config(&world), SESSION.replace("eu-west-1", "us-east-1"));
}

#[test]
fn dry_run_asks_everything_and_writes_nothing() {
    let world = signed_in_without_config();
    let mut person = start(&world, &["--dry-run"]);
    person.answers(&QUESTIONS[..6]);
    let (_, diff) = person.ends_with_data(0);
    assert!(diff.starts_with("--- /dev/null\n+++ ~/.aws/config\n"), "{diff}");
    assert!(!world.home.config_path().exists());
}
