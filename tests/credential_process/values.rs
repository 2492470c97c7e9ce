//! Which credentials are requested: where each value comes from, and which values are refused.

use std::fs;

use crate::common::{ACCOUNT, CONFIG, DEV, REGION, ROLE, START_URL, World, answered, failed, refused};
use stand_in::{IdentityCenter, Operation, TokenOptions};

/// The account and the role that the last request asked for.
fn asked_for(world: &World) -> (String, String) {
    let requests = world.aws.requests();
    let last = requests.last().unwrap();
    let value = |name| last.query_value(name).unwrap().to_owned();
    (value("account_id"), value("role_name"))
}

/// Writes a token under the name of the start URL, as the older layout has it.
fn sign_in_by_url(world: &World) {
    let token = world.aws.issue_token(&TokenOptions::default());
    world.home.write_cli_token(START_URL, &token, 3600);
}

const FLAGS: [&str; 8] =
    ["--start-url", START_URL, "--region", REGION, "--account-id", ACCOUNT, "--role-name", ROLE];

#[test]
fn a_signed_in_person_gets_role_credentials() {
    let world = World::signed_in();

    let output = world.run(&[]);

    let document = answered(&output);
    assert_eq!(document["AccountId"], ACCOUNT);
    assert_eq!(world.requests(), 1, "no other request is sent");
    let request = &world.aws.requests()[0];
    assert_eq!(request.operation, Operation::GetRoleCredentials);
    assert_eq!(request.header("x-amz-sso_bearer_token"), world.token()["accessToken"].as_str());
    assert_eq!(request.header("authorization"), None, "no request is signed");

    let again = world.run(&[]);
    assert_eq!(again.stdout, output.stdout);
    assert_eq!(world.requests(), 1, "the second run sends no request");
}

#[test]
fn a_profile_of_the_older_layout_uses_the_token_of_its_start_url() {
    let world = World::new();
    sign_in_by_url(&world);

    let output = world.home.run(&["--profile", "old"]);

    answered(&output);
    assert!(world.home.role_path(ACCOUNT, ROLE, None, START_URL).is_file());
    assert_eq!(world.home.run(&["--profile", "old"]).stdout, output.stdout);
    assert_eq!(world.requests(), 1);
}

#[test]
fn flags_are_enough_without_a_config() {
    let world = World::new();
    sign_in_by_url(&world);
    fs::remove_file(world.home.config_path()).unwrap();

    answered(&world.home.run(&FLAGS));

    assert_eq!(asked_for(&world), (ACCOUNT.into(), ROLE.into()));
}

#[test]
fn variables_are_enough_without_a_config() {
    let mut world = World::new();
    sign_in_by_url(&world);
    fs::remove_file(world.home.config_path()).unwrap();
    world.home.env("AWS_SSO_START_URL", START_URL);
    world.home.env("AWS_SSO_REGION", REGION);
    world.home.env("AWS_SSO_ACCOUNT_ID", ACCOUNT);
    world.home.env("AWS_SSO_ROLE_NAME", ROLE);

    answered(&world.home.run(&[]));

    assert_eq!(asked_for(&world), (ACCOUNT.to_owned(), ROLE.to_owned()));
}

#[test]
fn a_session_by_flag_needs_only_account_and_role() {
    let mut world = World::signed_in();
    answered(&world.home.run(&["--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", ROLE]));
    assert!(world.role_file().is_file());

    world.home.env("AWS_SSO_SESSION", "corp");
    answered(&world.home.run(&["--account-id", ACCOUNT, "--role-name", ROLE]));
    assert_eq!(world.requests(), 1, "the variable leads to the same cache file");
}

#[test]
fn each_value_comes_from_the_flag_then_the_variable_then_the_config() {
    let mut world = World::signed_in();
    for (account, role) in [("222222222222", "ByVariable"), ("333333333333", "ByFlag"), (ACCOUNT, "ByFlag")] {
        world.aws.add_role(account, role);
    }
    world.aws.add_role("222222222222", ROLE);
    world.aws.add_role("222222222222", "ByFlag");

    world.home.env("AWS_SSO_ACCOUNT_ID", "222222222222");
    answered(&world.run(&[]));
    assert_eq!(asked_for(&world), ("222222222222".into(), ROLE.into()), "the variable wins over --profile");

    answered(&world.run(&["--role-name", "ByFlag"]));
    assert_eq!(
        asked_for(&world),
        ("222222222222".into(), "ByFlag".into()),
        "each value is looked up separately"
    );

    world.home.env("AWS_SSO_ROLE_NAME", "ByVariable");
    answered(&world.run(&["--account-id", "333333333333", "--role-name", "ByFlag"]));
    assert_eq!(asked_for(&world), ("333333333333".into(), "ByFlag".into()), "flags win over variables");
    assert_eq!(world.requests(), 3);
}

#[test]
fn empty_flags_and_variables_count_as_absent() {
    let mut world = World::signed_in();
    world.aws.add_role(ACCOUNT, "ByVariable");
    for variable in [
        "AWS_SSO_START_URL",
        "AWS_SSO_REGION",
        "AWS_SSO_ACCOUNT_ID",
        "AWS_SSO_ROLE_NAME",
        "AWS_SSO_SESSION",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_SSO_INTERACTIVE_AUTH",
        "AWS_CA_BUNDLE",
        "HTTPS_PROXY",
        "http_proxy",
        "XDG_STATE_HOME",
        "AWS_SSO_CREDENTIAL_PROCESS_DEBUG",
    ] {
        world.home.env(variable, "");
    }
    let empty = ["--start-url", "", "--region=", "--account-id", "", "--role-name=", "--sso-session", ""];
    answered(&world.run(&empty));
    assert_eq!(asked_for(&world), (ACCOUNT.into(), ROLE.into()));

    world.home.env("AWS_SSO_ROLE_NAME", "ByVariable");
    answered(&world.run(&["--role-name", ""]));
    assert_eq!(asked_for(&world), (ACCOUNT.into(), "ByVariable".into()), "an empty flag is ignored");
}

#[test]
fn no_profile_is_read_unless_the_flag_names_it() {
    let mut world = World::signed_in();
    world.home.write_config(&format!("{CONFIG}[default]\nsso_session = corp\nsso_account_id = {ACCOUNT}\n"));
    world.home.env("AWS_PROFILE", "dev");
    world.home.env("AWS_DEFAULT_PROFILE", "dev");

    for arguments in [&[][..], &["--profile", ""], &["-n"]] {
        refused(
            &world.home.run(arguments),
            2,
            "aws-sso-cred: sso_start_url, sso_region, sso_role_name and sso_account_id are missing: no profile was named\n\
             each value has a key in ~/.aws/config, a flag and a variable: `aws-sso-cred --help` lists them\n\
             hint: name a profile of ~/.aws/config that has them: `aws-sso-cred --profile NAME`\n",
        );
    }
    assert_eq!(world.requests(), 0);
}

#[test]
fn an_unknown_profile_in_aws_profile_is_ignored() {
    let mut world = World::signed_in();
    for broken in ["nowhere", "a\nb", "\u{7f}", "x".repeat(5000).as_str()] {
        world.home.env("AWS_PROFILE", broken);
        answered(&world.run(&["--no-cache"]));
        answered(&world.home.run(&["--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", ROLE]));
    }
}

#[test]
fn the_aws_variables_of_the_calling_program_are_ignored() {
    let decoy = IdentityCenter::start();
    let mut world = World::new();
    let url = world.aws.url();
    world.home.env_remove("AWS_ENDPOINT_URL_SSO");
    world.home.env_remove("AWS_ENDPOINT_URL_SSO_OIDC");
    world.home.write_config(&format!(
        "{CONFIG}services = local\nendpoint_url = {0}\n\
         [profile there]\nsso_session = corp\nsso_account_id = {ACCOUNT}\nsso_role_name = {ROLE}\n\
         services = local\nendpoint_url = {0}\ncredential_process = /bin/false\n\
         [services local]\nsso =\n  endpoint_url = {url}\nsso_oidc =\n  endpoint_url = {url}\n",
        decoy.url()
    ));
    for (name, value) in [
        ("AWS_ENDPOINT_URL", decoy.url().as_str()),
        ("AWS_ENDPOINT_URL_STS", &decoy.url()),
        ("AWS_REGION", "xx-nowhere-1"),
        ("AWS_DEFAULT_REGION", "xx-nowhere-1"),
        ("AWS_ACCESS_KEY_ID", "AKIACALLERSOWN000000"),
        ("AWS_SECRET_ACCESS_KEY", "callers-own"),
        ("AWS_SESSION_TOKEN", "callers-own"),
        ("AWS_MAX_ATTEMPTS", "0"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &decoy.url()),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &decoy.url()),
        ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/x"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere"),
    ] {
        world.home.env(name, value);
    }
    world.sign_in(60);

    answered(&world.home.run(&["--profile", "there"]));

    let requests = world.aws.requests();
    let operations: Vec<_> = requests.iter().map(|request| request.operation).collect();
    assert_eq!(operations, [Operation::CreateToken, Operation::GetRoleCredentials]);
    assert!(requests.iter().all(|request| request.header("authorization").is_none()), "no request is signed");
    assert!(decoy.requests().is_empty(), "the endpoint of the caller receives no token");
}

#[test]
fn a_start_url_flag_that_differs_from_the_session_drops_the_session() {
    const OTHER: &str = "https://other.awsapps.com/start";
    let mut world = World::signed_in();
    let token = world.aws.issue_token(&TokenOptions::default());
    world.home.set_identity_center(OTHER, REGION);
    world.home.write_cli_token(OTHER, &token, 3600);

    answered(&world.run(&["--start-url", OTHER]));
    assert_eq!(
        world.aws.requests()[0].header("x-amz-sso_bearer_token"),
        Some(token.access_token.as_str()),
        "the token of that URL, not of the session"
    );
    assert!(world.home.role_path(ACCOUNT, ROLE, None, OTHER).is_file());
    assert!(!world.role_file().exists());

    world.home.env("AWS_SSO_START_URL", OTHER);
    answered(&world.run(&[]));
    assert_eq!(world.requests(), 1, "the variable leads to the same cache file");

    world.home.env("AWS_SSO_START_URL", START_URL);
    answered(&world.run(&[]));
    assert!(world.role_file().is_file(), "the session's own URL as a flag leads to the same cache file");
}

#[test]
fn the_credentials_file_is_merged_over_the_profile() {
    let world = World::signed_in();
    world.aws.add_role(ACCOUNT, "FromCredentials");
    world.home.write_credentials("[dev]\nsso_role_name = FromCredentials\n");

    answered(&world.run(&[]));

    assert_eq!(asked_for(&world), (ACCOUNT.into(), "FromCredentials".into()));
}

#[test]
fn aws_config_file_names_another_config() {
    let mut world = World::signed_in();
    let other = world.home.temporary().join("other config");
    fs::copy(world.home.config_path(), &other).unwrap();
    fs::remove_file(world.home.config_path()).unwrap();
    world.home.env("AWS_CONFIG_FILE", other.to_str().unwrap());
    answered(&world.run(&[]));
}

#[test]
fn errors_elsewhere_in_the_config_do_not_affect_a_good_profile() {
    let world = World::signed_in();
    world.home.write_config(&format!(
        "\u{feff}junk before any section\n[unclosed\nx = y\n[profile ]\n=\n{}\
         [profile dev2]\nno equals sign\n[sso-session corp2]\nsso_region\n[[[\n\u{0}\u{1}\n",
        CONFIG.replace('\n', "\r\n")
    ));
    answered(&world.run(&[]));
    let lines = failed(&world.home.run(&["--profile", "dev2"]), 2);
    assert!(
        lines[0].contains("lacks sso_start_url, sso_region, sso_role_name and sso_account_id"),
        "{lines:?}"
    );
    assert!(lines.last().unwrap().starts_with("hint: "), "{lines:?}");
}

#[test]
fn missing_values_are_named_together_in_a_fixed_order() {
    let world = World::signed_in();
    world.home.write_config("[profile dev]\nsso_region = eu-west-1\noutput = json\n");
    refused(
        &world.run(&[]),
        2,
        "aws-sso-cred: profile `dev` lacks sso_start_url, sso_role_name and sso_account_id\n\
         each value has a key in ~/.aws/config, a flag and a variable: `aws-sso-cred --help` lists them\n\
         hint: add them to [profile dev] in ~/.aws/config, or run `aws-sso-cred configure --profile dev`\n",
    );
}

#[test]
fn a_missing_profile_and_a_missing_key_have_different_errors() {
    let world = World::new();
    world.home.write_config(&CONFIG.replace("sso_session = corp", "sso_session = corpp"));
    refused(
        &world.run(&[]),
        2,
        "aws-sso-cred: profile `dev` refers to sso-session `corpp`, which is not in ~/.aws/config\n\
         hint: did you mean `corp`? correct `sso_session` in [profile dev], ~/.aws/config line 7\n",
    );
    refused(
        &world.home.run(&["--profile", "devv"]),
        2,
        "aws-sso-cred: profile `devv` is not in ~/.aws/config\nhint: did you mean `--profile dev`?\n",
    );
    assert_eq!(world.requests(), 0);
}

#[test]
fn invalid_values_are_refused_before_any_request() {
    let world = World::signed_in();
    for (flag, values) in [
        (
            "--account-id",
            &["11112222333", "1111222233334", "11112222333x", " 111122223333", "１１１１２２２２３３３３"][..],
        ),
        (
            "--region",
            &["eu-west-1/", "eu.west", "eu-west-1@evil.example", "a b", "evil.example#", "-eu", "é"],
        ),
        (
            "--start-url",
            &[
                "http://corp.awsapps.com/start",
                "corp.awsapps.com/start",
                "ftp://x/",
                "https://",
                "file:///etc",
            ],
        ),
        ("--role-name", &["a b", "a/b", "a?b", "r&account_id=999999999999", "ro\nle"]),
    ] {
        for value in values {
            let lines = failed(&world.run(&[&format!("{flag}={value}")]), 2);
            assert!(lines[0].contains("is not valid: it "), "{flag} {value:?}: {lines:?}");
            assert_eq!(lines[1], format!("hint: correct {flag}"), "{value:?}");
            assert_eq!(lines.len(), 2);
        }
    }
    assert_eq!(world.requests(), 0);
}

#[test]
fn leading_zeros_of_an_account_id_are_kept() {
    let world = World::signed_in();
    world.aws.add_role("000000000042", ROLE);
    let document = answered(&world.run(&["--account-id", "000000000042"]));
    assert_eq!(document["AccountId"], "000000000042");
}

#[test]
fn invalid_command_lines_are_refused() {
    let world = World::signed_in();
    for arguments in [
        &["-i", "-n"][..],
        &["--interactive", "--noninteractive"],
        &["--no-such-flag"],
        &["--profile"],
        &["--profile", "dev", "--profile", "old"],
        &["dev"],
        &["--debug=yes", "--profile", "dev"],
        &["--wait", "soon"],
        &["--", "--profile", "dev"],
        &["\u{1b}[2J"],
    ] {
        failed(&world.home.run(arguments), 2);
    }
    assert_eq!(world.requests(), 0);

    let version = world.home.run(&["--version"]);
    assert_eq!((version.status, version.stderr.as_str()), (0, ""));
    assert_eq!(version.stdout, format!("aws-sso-cred {}\n", env!("CARGO_PKG_VERSION")));
    let help = world.home.run(&["--help"]);
    assert_eq!((help.status, help.stderr.as_str()), (0, ""));
    assert!(help.stdout.contains("--force-refresh") && help.stdout.contains("AWS_SSO_ACCOUNT_ID"));
}

#[test]
fn only_four_words_switch_a_boolean_variable_on() {
    let mut world = World::signed_in();
    let log = world.home.home().join(".aws/sso/aws-sso-credential-process-log.txt");
    for off in ["0", "false", "no", "off", "2", "enabled", "y"] {
        world.home.env("AWS_SSO_CREDENTIAL_PROCESS_DEBUG", off);
        answered(&world.home.run(&DEV));
        assert!(!log.exists(), "{off} is off");
    }
    for on in ["1", "true", "TRUE", "Yes", "oN"] {
        world.home.env("AWS_SSO_CREDENTIAL_PROCESS_DEBUG", on);
        answered(&world.home.run(&DEV));
        fs::remove_file(&log).unwrap_or_else(|error| panic!("{on} is on: {error}"));
    }
}
