//! Connection settings and login commands of a session that is named without a profile: they come
//! from the profiles that use the session.

use aws_sso_cred::error::LoginCommands;
use aws_sso_cred::request::ConnectionSettings;
use aws_sso_cred::selection::{
    Selection, all_sessions, overruled, resolve_role, resolve_session, session_connection_settings,
};

use crate::{CORP, Home, profile};

fn corp() -> Selection {
    Selection { sso_session: Some("corp".to_owned()), ..Selection::default() }
}

/// The connection settings with `--sso-session corp`.
fn by_session(home: &Home) -> ConnectionSettings {
    by_session_with(home, &[])
}

fn by_session_with(home: &Home, variables: &[(&str, &str)]) -> ConnectionSettings {
    let context = home.context_with(variables);
    let found = resolve_session(&context, &corp(), false).unwrap();
    assert_eq!(found.profile, None);
    let settings = session_connection_settings(&context, &found.session).unwrap();
    let role =
        Selection { account_id: Some("111122223333".to_owned()), role_name: Some("R".to_owned()), ..corp() };
    // The credential process with the session only has the same settings.
    assert_eq!(resolve_role(&context, &role).unwrap().connection_settings(&context), Ok(settings.clone()));
    settings
}

fn login(home: &Home, options: &Selection) -> LoginCommands {
    let context = home.context();
    let by_role = resolve_role(&context, options).unwrap().login_commands(&context);
    assert_eq!(resolve_session(&context, options, false).unwrap().login_commands(), by_role);
    by_role
}

fn commands(ours: &str, aws_cli: &str) -> (String, Option<String>) {
    (format!("aws-sso-cred login {ours}"), Some(format!("aws sso login {aws_cli}")))
}

fn shown(login: LoginCommands) -> (String, Option<String>) {
    (login.ours, login.aws_cli)
}

const SETTINGS: &str = "ca_bundle = ~/corp.pem\nservices = corp\nuse_fips_endpoint = true\n";
const SERVICES: &str = "[services corp]\nsso =\n  endpoint_url = https://sso.corp\n";

/// A config with settings for `dev` and for a profile `other` of the same session.
fn two_profiles(dev: &str, other: &str) -> Home {
    let dev = CORP.replace("[profile dev]\n", &format!("[profile dev]\n{dev}"));
    Home::new(format!("[profile other]\nsso_session = corp\n{other}{dev}{SERVICES}"))
}

#[test]
fn a_session_takes_the_connection_settings_that_its_profiles_agree_on() {
    let agreed = two_profiles(
        SETTINGS,
        "services = corp\nuse_fips_endpoint=TRUE\nregion = x\nca_bundle = ~/corp.pem\n",
    );
    let settings = by_session(&agreed);
    assert_eq!(settings.ca_bundle, Some(agreed.path("corp.pem")));
    assert_eq!(settings.sso_endpoint_url.as_deref(), Some("https://sso.corp"));
    assert!(settings.use_fips_endpoint);
    assert_eq!(shown(login(&agreed, &profile("dev"))), commands("--sso-session corp", "--profile dev"));
    // The environment wins over the profiles.
    let settings =
        by_session_with(&agreed, &[("AWS_CA_BUNDLE", "/other.pem"), ("AWS_USE_FIPS_ENDPOINT", "false")]);
    assert_eq!(settings.ca_bundle.unwrap().to_str(), Some("/other.pem"));
    assert!(!settings.use_fips_endpoint);

    for other in ["", "ca_bundle = ~/else.pem\n", "services = corp\nuse_fips_endpoint = true\n"] {
        let differing = two_profiles(SETTINGS, other);
        assert_eq!(by_session(&differing), ConnectionSettings::default(), "{other}");
        assert_eq!(
            shown(login(&differing, &profile("dev"))),
            commands("--profile dev", "--profile dev"),
            "{other}"
        );
    }
}

#[test]
fn settings_unrelated_to_identity_center_do_not_count_as_disagreement() {
    let home = two_profiles("services = other\n", "");
    let text = std::fs::read_to_string(home.path(".aws/config")).unwrap();
    let home = Home::new(format!("{text}[services other]\ns3 =\n  endpoint_url = https://s3.corp\n"));
    assert_eq!(by_session(&home), ConnectionSettings::default());
    let plain = commands("--sso-session corp", "--sso-session corp");
    assert_eq!(shown(login(&home, &profile("dev"))), plain);
    let ignoring = two_profiles("services = corp\nignore_configured_endpoint_urls = true\n", "");
    assert_eq!(shown(login(&ignoring, &profile("dev"))), plain);
    // A profile of another session does not count, and neither does a profile without settings.
    let home = Home::new(format!("{CORP}[profile x]\nsso_session = other\nca_bundle = x\n"));
    assert_eq!(by_session(&home), ConnectionSettings::default());
    let home = two_profiles("", "ca_bundle = x\n");
    assert_eq!(shown(login(&home, &profile("dev"))), plain);
    // A missing services section is an error only for the profile that names it.
    let home = two_profiles("services = missing\n", "");
    assert_eq!(by_session(&home), ConnectionSettings::default());
    assert_eq!(shown(login(&home, &profile("dev"))), commands("--profile dev", "--profile dev"));
}

#[test]
fn every_session_of_the_config_has_a_command_that_works() {
    let logins = |home: &Home| -> Vec<_> {
        let (sessions, _) = all_sessions(&home.context()).unwrap();
        sessions.iter().map(|session| shown(session.login_commands())).collect()
    };
    assert_eq!(logins(&two_profiles("", "")), [commands("--sso-session corp", "--sso-session corp")]);
    assert_eq!(
        logins(&two_profiles(SETTINGS, SETTINGS)),
        [commands("--sso-session corp", "--profile other")]
    );
    assert_eq!(logins(&two_profiles(SETTINGS, "")), [commands("--profile dev", "--profile dev")]);
}

#[test]
fn profiles_with_credential_process_lines_set_the_ca_bundle_and_endpoints_of_their_session() {
    let line =
        "credential_process = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name R\n";
    let session = CORP.split_once("\n\n").unwrap().1;
    let lines = |first: &str, second: &str| {
        Home::new(format!("[profile a]\n{line}{first}[profile b]\n{line}{second}{session}{SERVICES}"))
    };
    let home = lines(SETTINGS, "ca_bundle = ~/corp.pem\nservices = corp\n");
    let settings = by_session(&home);
    assert_eq!(settings.ca_bundle, Some(home.path("corp.pem")));
    assert_eq!(settings.sso_endpoint_url.as_deref(), Some("https://sso.corp"));
    // FIPS on such a profile is meant for the services that the person's program calls.
    assert!(!settings.use_fips_endpoint);
    let both = commands("--sso-session corp", "--sso-session corp --profile a");
    assert_eq!(shown(resolve_session(&home.context(), &corp(), false).unwrap().login_commands()), both);
    let home = lines(SETTINGS, "");
    assert_eq!(by_session(&home), ConnectionSettings::default());
    let plain = commands("--sso-session corp", "--sso-session corp");
    assert_eq!(shown(resolve_session(&home.context(), &corp(), false).unwrap().login_commands()), plain);
    // A profile with the key `sso_session` wins over profiles with lines.
    let home = Home::new(format!("{CORP}[profile a]\n{line}{SETTINGS}{SERVICES}"));
    assert_eq!(by_session(&home), ConnectionSettings::default());
}

#[test]
fn the_aws_cli_command_is_offered_only_for_sessions_that_the_aws_cli_reads() {
    let corp = CORP.replace("corp]", "My Corp Ltd]").replace("= corp", "= My Corp Ltd");
    let found = login(&Home::new(&corp), &profile("dev"));
    assert_eq!(found.session, "sso-session `My Corp Ltd`");
    let quoted = if cfg!(windows) { "\"My Corp Ltd\"" } else { "'My Corp Ltd'" };
    assert_eq!(shown(found), (format!("aws-sso-cred login --sso-session {quoted}"), None));
    // The name of the profile is not needed when the session is named.
    let account = CORP.replace("[profile dev]", "[profile O'Brien]");
    let plain = commands("--sso-session corp", "--sso-session corp");
    assert_eq!(shown(login(&Home::new(&account), &profile("O'Brien"))), plain);
    let account = account.replace("region = eu-central-1", "ca_bundle = x");
    assert_eq!(login(&Home::new(&account), &profile("O'Brien")).aws_cli, None);
    let legacy = "[profile My Account:ReadOnly]\nsso_start_url = https://x/\nsso_region = r\n\
                  sso_account_id = 111122223333\nsso_role_name = R\n";
    assert_eq!(login(&Home::new(legacy), &profile("My Account:ReadOnly")).aws_cli, None);
}

#[test]
fn variables_that_overrule_a_profile_are_listed() {
    let home =
        Home::new(format!("{CORP}[profile again]\nsso_session = corp\nsso_account_id = 222222222222\n"));
    let found = |variables: &[(&str, &str)], profile: Option<&str>| -> Vec<_> {
        let found = overruled(&home.context_with(variables), profile).unwrap();
        found
            .iter()
            .map(|o| format!("{} {} {} {} {}", o.variable, o.value, o.key, o.profile, o.configured))
            .collect()
    };
    let account = [("AWS_SSO_ACCOUNT_ID", "222222222222")];
    let dev = "AWS_SSO_ACCOUNT_ID 222222222222 sso_account_id dev 111122223333";
    assert_eq!(found(&account, Some("dev")), [dev]);
    assert_eq!(found(&account, None), [dev]);
    assert_eq!(found(&account, Some("again")), [""; 0], "the same value changes nothing");
    assert_eq!(
        found(&[("AWS_SSO_REGION", "eu-west-9"), ("AWS_SSO_ROLE_NAME", "R")], None),
        [
            "AWS_SSO_REGION eu-west-9 sso_region dev eu-west-1",
            "AWS_SSO_ROLE_NAME R sso_role_name dev Developer",
            "AWS_SSO_REGION eu-west-9 sso_region again eu-west-1",
        ]
    );
    let secret = [("AWS_SSO_START_URL", "https://me:hunter2@x/")];
    let told = found(&secret, Some("dev"));
    assert_eq!(told, ["AWS_SSO_START_URL https://…@x/ sso_start_url dev https://corp.awsapps.com/start"]);
    assert_eq!(found(&[("AWS_SSO_ACCOUNT_ID", "")], None), [""; 0]);
    assert_eq!(found(&[], None), [""; 0]);
}

/// Profiles as `configure convert` writes them if they have connection settings.
fn two_converted_profiles(dev: &str, other: &str) -> Home {
    let profile = |name: &str, settings: &str| {
        let role = "--sso-session corp --account-id 111122223333 --role-name Developer";
        format!("[profile {name}]\ncredential_process = aws-sso-cred --profile {name} {role}\n{settings}")
    };
    let session = CORP.split_once("[sso-session corp]").unwrap().1;
    let (dev, other) = (profile("dev", dev), profile("other", other));
    Home::new(format!("{dev}{other}[sso-session corp]{session}{SERVICES}"))
}

#[test]
fn lines_that_name_their_own_profiles_count_with_all_connection_settings() {
    let agreed = two_converted_profiles(SETTINGS, SETTINGS);
    let settings = by_session(&agreed);
    assert_eq!(settings.ca_bundle, Some(agreed.path("corp.pem")));
    assert!(settings.use_fips_endpoint);
    let as_started = Selection {
        account_id: Some("111122223333".to_owned()),
        role_name: Some("Developer".to_owned()),
        ..Selection { profile: Some("dev".to_owned()), ..corp() }
    };
    let by_session_name = commands("--sso-session corp", "--sso-session corp --profile dev");
    assert_eq!(shown(login(&agreed, &as_started)), by_session_name);

    let differing = two_converted_profiles(SETTINGS, "");
    assert_eq!(by_session(&differing), ConnectionSettings::default());
    let by_profile = commands("--profile dev", "--sso-session corp --profile dev");
    assert_eq!(shown(login(&differing, &as_started)), by_profile);
    let context = differing.context();
    let followed = resolve_session(&context, &profile("dev"), false).unwrap();
    assert_eq!(shown(followed.login_commands()), by_profile, "the hint of `login --profile dev`");
    let settings = resolve_role(&context, &as_started).unwrap().connection_settings(&context).unwrap();
    assert!(settings.use_fips_endpoint && settings.ca_bundle.is_some());
}
