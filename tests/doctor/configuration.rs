//! Findings about profiles, sessions and environment variables.

use super::{PROGRAM, SESSION, assert_found, assert_found_for, profile, report, world};

const STATIC: &str = "aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = wJalrSECRET\n";

#[test]
fn access_keys_hide_a_profile() {
    let world = world(&format!("{SESSION}{}{}", profile("dev", ""), profile("ops", STATIC)));
    world.home.write_credentials(&format!("[dev]\n{STATIC}\n[unrelated]\n{STATIC}"));
    assert_found(
        &world,
        &["error static-keys-hide-profile profile `dev`", "error static-keys-hide-profile profile `ops`"],
    );
}

#[test]
fn access_keys_in_the_environment_hide_every_profile() {
    let mut world = world(&format!("{SESSION}{}", profile("dev", "")));
    world.home.env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE");
    world.home.env("AWS_SECRET_ACCESS_KEY", "wJalrSECRET");
    assert_found(&world, &["error environment-keys-hide-profile AWS_ACCESS_KEY_ID"]);
}

#[test]
fn variables_that_lead_elsewhere_are_told() {
    let mut world = world(&format!("{SESSION}{}", profile("dev", "")));
    world.home.env("AWS_PROFILE", "dev");
    assert_found(&world, &[]);
    world.home.env("AWS_DEFAULT_PROFILE", "default");
    world.home.env("AWS_WEB_IDENTITY_TOKEN_FILE", "/x");
    let config = world.home.config_path().display().to_string();
    world.home.env("AWS_CONFIG_FILE", &config);
    assert_found(
        &world,
        &[
            "warning environment-redirects-profiles AWS_CONFIG_FILE",
            "warning environment-redirects-profiles AWS_DEFAULT_PROFILE",
            "warning environment-redirects-profiles AWS_DEFAULT_PROFILE",
            "warning environment-redirects-profiles AWS_WEB_IDENTITY_TOKEN_FILE",
        ],
    );
}

#[test]
fn a_variable_that_overrules_a_profile_is_told() {
    let native =
        "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    let mut world = world(&format!("{SESSION}{native}"));
    world.home.env("AWS_SSO_ROLE_NAME", "Admin");
    assert_found(&world, &["warning environment-redirects-profiles AWS_SSO_ROLE_NAME"]);
}

#[test]
fn sso_keys_beside_a_line_are_an_error_only_if_they_lack_something() {
    let whole = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    let world =
        world(&format!("{SESSION}{}{}", profile("dev", whole), profile("ops", "sso_session = corp\n")));
    assert_found(
        &world,
        &[
            "error sso-keys-beside-credential-process profile `ops`",
            "warning sso-keys-beside-credential-process profile `dev`",
        ],
    );
}

#[test]
fn keys_that_the_line_contradicts_are_told() {
    let other = "sso_session = corp\nsso_account_id = 444455556666\nsso_role_name = Developer\n";
    let world = world(&format!("{SESSION}{}", profile("dev", other)));
    assert_found(
        &world,
        &[
            "warning sso-keys-beside-credential-process profile `dev`",
            "warning helper-ignores-profile profile `dev`",
        ],
    );
}

#[test]
fn choices_that_no_run_reads_or_understands_are_told() {
    let keys = "aws_sso_cred_sign_in = comand\naws_sso_cred_redirect_port = 0\naws_sso_cred_audit = yess\n";
    let fine =
        "aws_sso_cred_sign_in = Terminal\naws_sso_cred_redirect_port = 8400\naws_sso_cred_audit = off\n";
    let session = SESSION.replacen("sso_region", &format!("{keys}sso_region"), 1);
    let by_keys = format!(
        "[profile keys]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n{fine}"
    );
    let itself = profile("itself", fine).replacen("--sso-session", "--profile itself --sso-session", 1);
    let other = format!(
        "[profile other]\ncredential_process = {PROGRAM} --profile keys\naws_sso_cred_sign_in = Terminal\n"
    );
    let dev = profile("dev", "aws_sso_cred_audit = on\n");
    let stray = "[profile corp]\naws_sso_cred_sign_in = command\n";
    let world = world(&format!("{session}{dev}{itself}{by_keys}{other}{stray}"));
    assert_found(
        &world,
        &[
            "error broken-config-line sso-session `corp`",
            "error broken-config-line sso-session `corp`",
            "error broken-config-line sso-session `corp`",
            "warning broken-config-line profile `corp`",
            "warning helper-ignores-profile profile `dev`",
        ],
    );
}

#[test]
fn a_line_that_leads_back_to_its_profile_is_an_error() {
    let own = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    let world = world(&format!(
        "{SESSION}[profile a]\ncredential_process = {PROGRAM} --profile b\n\
         [profile b]\ncredential_process = {PROGRAM} --profile a\n\
         [profile c]\ncredential_process = {PROGRAM} --profile c\n{own}"
    ));
    assert_found(
        &world,
        &[
            "error recursive-profile profile `a`",
            "error recursive-profile profile `b`",
            "warning sso-keys-beside-credential-process profile `c`",
        ],
    );
}

#[test]
fn a_program_that_is_not_there_is_an_error() {
    let line = |name: &str, program: &str| {
        format!(
            "[profile {name}]\ncredential_process = {program} --sso-session corp --account-id 111122223333 --role-name Developer\n"
        )
    };
    let world = world(&format!(
        "{SESSION}{}{}{}",
        line("a", "aws-sso-cred"),
        line("b", "/nowhere/aws-sso-cred"),
        line("c", &format!("'{PROGRAM}'")),
    ));
    assert_found(
        &world,
        &[
            "error helper-not-found profile `a`",
            "error helper-not-found profile `b`",
            "warning helper-path-unsafe profile `c`",
        ],
    );
}

#[test]
fn profiles_that_lack_values_or_name_what_is_not_there_are_errors() {
    let world = world(&format!(
        "{SESSION}[profile a]\nsso_session = corq\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
         [profile b]\nsso_session = corp\nsso_role_name = Developer\n\
         [profile c]\ncredential_process = {PROGRAM} --profile x\n\
         [profile d]\nsso_session = corp\nsso_account_id = 1234\nsso_role_name = Developer\n"
    ));
    assert_found(
        &world,
        &[
            "error broken-config-line profile `a`",
            "error broken-config-line profile `b`",
            "error broken-config-line profile `c`",
            "error broken-config-line profile `d`",
        ],
    );
    assert_found_for(&world, &["--offline", "--profile", "b"], &["error broken-config-line profile `b`"]);
    assert_found_for(&world, &["--offline", "--profile", "a"], &["error broken-config-line profile `a`"]);
}

#[test]
fn a_line_that_names_a_role_and_a_profile_that_is_not_there_is_an_error() {
    let line = profile("a", "").replacen("--sso-session", "--profile gone --sso-session", 1);
    let world = world(&format!("{SESSION}{line}"));
    assert_found(&world, &["error broken-config-line profile `a`"]);
}

#[test]
fn sessions_are_checked_without_asking() {
    let world = world(
        "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n\
         [sso-session corp2]\nsso_start_url = https://corp.awsapps.com/start/\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n\
         [sso-session near]\nsso_start_url = https://ssoins-1.portal.us-east-2.app.aws\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n",
    );
    assert_found(
        &world,
        &[
            "error token-expired sso-session `corp2`",
            "error wrong-region sso-session `near`",
            "error token-expired sso-session `near`",
            "warning start-url-differs-by-slash sso-session `corp2`",
            "note no-registration-scopes sso-session `corp`",
        ],
    );
    assert_found_for(
        &world,
        &["--offline", "--sso-session", "corp"],
        &["note no-registration-scopes sso-session `corp`"],
    );
}

#[test]
fn a_line_that_fails_whenever_it_is_run_is_an_error() {
    for (arguments, told) in [
        ("", "sso_start_url, sso_region, sso_role_name and sso_account_id are missing"),
        ("--sso-session corp", "sso_role_name and sso_account_id are missing"),
        ("--sso-session corp --account-id 111122223333", "sso_role_name is missing"),
        ("--sso-session corp --account-id 111122223333 --role-name Dev --regoin x", "--regoin"),
        ("--sso-session corp --account-id 111122223333 --role-name Dev -i -n", "--noninteractive"),
        ("--sso-session corp --account-id 111122223333 --role-name", "--role-name"),
        ("--start-url https://x --region EU_WEST --account-id 111122223333 --role-name Dev", "EU_WEST"),
        ("--start-url http://x --region eu-west-1 --account-id 111122223333 --role-name Dev", "https://"),
        ("--profile half", "`half` lacks sso_role_name"),
        ("--sso-session \"corp --account-id 111122223333 --role-name Dev", "quote"),
    ] {
        let world = world(&format!(
            "{SESSION}[profile dev]\ncredential_process = {PROGRAM} {arguments}\n\n[profile half]\n\
             sso_session = corp\nsso_account_id = 111122223333\n"
        ));
        assert_found_for(
            &world,
            &["--offline", "--profile", "dev"],
            &["error broken-config-line profile `dev`"],
        );
        let (_, told_of_all) = report(&world, &["--offline"]);
        let of_dev = |finding: &&serde_json::Value| finding["subject"] == "profile `dev`";
        let finding = told_of_all["findings"].as_array().unwrap().iter().find(of_dev).unwrap();
        let text = finding["text"].as_str().unwrap();
        assert!(text.contains(told) && text.contains("~/.aws/config line 7"), "{arguments}: {text}");
    }
}

#[test]
fn access_keys_do_not_silence_the_error_about_a_line() {
    let world = world(&format!(
        "{SESSION}[profile dev]\ncredential_process = {PROGRAM} --sso-session corp\n{STATIC}"
    ));
    assert_found(
        &world,
        &["error static-keys-hide-profile profile `dev`", "error broken-config-line profile `dev`"],
    );
}

#[test]
fn a_line_whose_values_come_from_variables_or_a_shell_is_no_finding() {
    let mut with_variable = world(&format!(
        "{SESSION}[profile dev]\ncredential_process = {PROGRAM} --sso-session corp --account-id 111122223333\n"
    ));
    with_variable.home.env("AWS_SSO_ROLE_NAME", "Developer");
    assert_found(&with_variable, &[]);
    let by_shell =
        world(&format!("{SESSION}{}", profile("dev", "").replace("Developer", "Developer 2>/dev/null")));
    assert_found(&by_shell, &["warning helper-path-unsafe profile `dev`"]);
}

#[test]
fn a_variable_at_the_start_of_a_line_is_told_without_its_value() {
    let world = world(&format!(
        "{SESSION}{}[profile dev]\ncredential_process = TOKEN=wJalrSECRET /opt/other\n",
        profile("ours", "").replace(PROGRAM, &format!("AWS_X=wJalrSECRET {PROGRAM}"))
    ));
    assert_found(&world, &["warning helper-path-unsafe profile `ours`"]);
    assert_found_for(
        &world,
        &["--offline", "--profile", "dev"],
        &["warning helper-path-unsafe profile `dev`"],
    );
}

#[test]
fn sources_are_not_followed_without_end() {
    let role = |n| {
        format!("[profile p{n}]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = p{}\n", n + 1)
    };
    let world = world(&(0..50_000).map(role).collect::<String>());
    let (status, report) = report(&world, &["--offline", "--profile", "p0"]);
    let provider = report["profiles"][0]["providers"][0]["provider"].as_str().unwrap();
    assert_eq!((status, provider.contains("more than 50 profiles")), (0, true), "{provider}");
}

#[test]
fn the_hint_to_convert_says_what_convert_needs_first() {
    let hint = |config: &str, credentials: &str| {
        let world = world(&format!("{SESSION}{config}"));
        world.home.write_credentials(credentials);
        let (_, report) = report(&world, &["--offline"]);
        let findings = report["findings"].as_array().unwrap();
        let found =
            findings.iter().find(|found| found["id"] == "sso-keys-beside-credential-process").unwrap();
        found["hint"].as_str().unwrap().to_owned()
    };
    let convert = "run `aws-sso-cred configure convert dev`";
    let whole = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n";
    assert_eq!(hint(&profile("dev", whole), ""), convert);
    assert_eq!(
        hint(&profile("dev", ""), "[dev]\nsso_session = corp\n"),
        format!("remove `sso_session` from ~/.aws/credentials, then {convert}")
    );
    assert_eq!(
        hint(&profile("dev", &whole.replace("1111", "4444")), ""),
        format!("let the keys and the line name the same role, then {convert}")
    );
    let half = format!("[profile dev]\ncredential_process = {PROGRAM} --profile dev\nsso_session = corp\n");
    assert_eq!(hint(&half, ""), "run `aws-sso-cred configure --profile dev`");
    assert_eq!(hint(&profile("-x", whole), ""), "run `aws-sso-cred configure convert -- '-x'`");
}
