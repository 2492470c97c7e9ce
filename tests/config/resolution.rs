//! Where each value comes from, and the names of sessions in login commands.

use aws_sso_cred::context::Context;
use aws_sso_cred::error::{ConfigurationError, Error, LoginCommands, Value};
use aws_sso_cred::identifiers::SessionName;
use aws_sso_cred::request::{RoleRequest, SsoSession};
use aws_sso_cred::selection::{Selection, all_sessions, resolve_role, resolve_session, role_requests};

use crate::{CORP, Home, profile};

#[allow(clippy::unnecessary_wraps, reason = "options are optional")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn flags(start_url: &str, region: &str) -> Selection {
    Selection { start_url: some(start_url), region: some(region), ..role_flags() }
}

fn role_flags() -> Selection {
    Selection { account_id: some("000000000001"), role_name: some("Reader"), ..Selection::default() }
}

fn in_session(name: &str) -> Selection {
    Selection { sso_session: some(name), ..role_flags() }
}

fn request(context: &Context, options: &Selection) -> RoleRequest {
    resolve_role(context, options).unwrap_or_else(|error| panic!("{error}")).request
}

fn login(context: &Context, options: &Selection) -> LoginCommands {
    resolve_role(context, options).unwrap_or_else(|error| panic!("{error}")).login_commands(context)
}

fn shown(session: &SsoSession) -> (Option<&str>, &str, &str, Option<usize>) {
    (
        session.name.as_ref().map(SessionName::as_str),
        session.start_url.as_str(),
        session.region.as_str(),
        session.registration_scopes.as_ref().map(Vec::len),
    )
}

const CORP_URL: &str = "https://corp.awsapps.com/start";
const OTHER_URL: &str = "https://other.awsapps.com/start";
const LEGACY: &str = "\
[profile old]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = Developer
sso_registration_scopes = sso:account:access
";

#[test]
fn a_profile_and_its_session_make_a_request() {
    let home = Home::new(CORP);
    let resolved = resolve_role(&home.context(), &profile("dev")).unwrap();
    assert_eq!(resolved.request.account_id.as_str(), "111122223333");
    assert_eq!(resolved.request.role_name.as_str(), "Developer");
    assert_eq!(shown(&resolved.request.session), (Some("corp"), CORP_URL, "eu-west-1", Some(1)));
    assert!(!resolved.sign_in_allowed);
    assert_eq!(resolved.profile.as_deref(), Some("dev"));
}

#[test]
fn a_legacy_profile_has_no_session_and_no_scopes() {
    let home = Home::new(LEGACY);
    let request = request(&home.context(), &profile("old"));
    assert_eq!(shown(&request.session), (None, CORP_URL, "eu-west-1", None));
}

#[test]
fn an_empty_scopes_key_differs_from_an_absent_key() {
    for (line, scopes) in [
        ("", None),
        ("sso_registration_scopes =", Some(0)),
        ("sso_registration_scopes = a, b ,", Some(2)),
        ("sso_registration_scopes =\n  a,\n  b", Some(2)),
    ] {
        let home = Home::new(format!("[sso-session s]\nsso_start_url=https://x/\nsso_region=r\n{line}\n"));
        assert_eq!(shown(&request(&home.context(), &in_session("s")).session).3, scopes, "{line}");
    }
}

#[test]
fn each_value_is_taken_from_flag_then_environment_then_config() {
    let home = Home::new(CORP);
    let environment = [
        ("AWS_SSO_ACCOUNT_ID", "222222222222"),
        ("AWS_SSO_ROLE_NAME", "FromEnvironment"),
        ("AWS_SSO_REGION", "us-east-1"),
    ];
    let context = home.context_with(&environment);
    let found = request(&context, &profile("dev"));
    assert_eq!(found.account_id.as_str(), "222222222222");
    assert_eq!(found.role_name.as_str(), "FromEnvironment");
    assert_eq!(shown(&found.session), (Some("corp"), CORP_URL, "us-east-1", Some(1)));

    let options = Selection { region: some("us-west-2"), ..role_flags() };
    let found = request(&context, &Selection { profile: some("dev"), ..options });
    assert_eq!(found.account_id.as_str(), "000000000001");
    assert_eq!(found.role_name.as_str(), "Reader");
    assert_eq!(found.session.region.as_str(), "us-west-2");
}

#[test]
fn an_empty_value_counts_as_absent_everywhere() {
    let home = Home::new(CORP.replace("region = eu-central-1", "sso_start_url =\nsso_region ="));
    let context = home.context_with(&[("AWS_SSO_REGION", ""), ("AWS_SSO_START_URL", "")]);
    let empty = || some("");
    let options = Selection {
        sso_session: empty(),
        start_url: empty(),
        region: empty(),
        account_id: empty(),
        role_name: empty(),
        ..profile("dev")
    };
    assert_eq!(request(&context, &options), request(&home.context(), &profile("dev")));
    let options = Selection { profile: empty(), ..flags(CORP_URL, "eu-west-1") };
    assert_eq!(resolve_role(&context, &options).unwrap().profile, None);
}

#[test]
fn no_profile_is_read_without_the_profile_flag() {
    let home = Home::new(format!("{CORP}[default]\nsso_role_name = Wrong\n"));
    let context = home.context_with(&[("AWS_PROFILE", "broken"), ("AWS_DEFAULT_PROFILE", "broken")]);
    let request = request(&context, &in_session("corp"));
    assert_eq!(request.role_name.as_str(), "Reader");
    let missing = resolve_role(&context, &Selection::default()).unwrap_err();
    let Error::Configuration(ConfigurationError::MissingValues { missing, profile, .. }) = missing else {
        panic!("{missing}")
    };
    assert_eq!(missing, [Value::StartUrl, Value::Region, Value::RoleName, Value::AccountId]);
    assert_eq!(profile, None);
}

#[test]
fn a_complete_command_line_opens_no_config_file() {
    let home = Home::empty();
    std::fs::create_dir(home.path(".aws/config")).unwrap();
    std::fs::create_dir(home.path(".aws/credentials")).unwrap();
    let request = request(&home.context(), &flags(OTHER_URL, "us-east-1"));
    assert_eq!(shown(&request.session), (None, OTHER_URL, "us-east-1", None));
}

#[test]
fn a_start_url_that_differs_from_the_sessions_drops_the_session() {
    let home = Home::new(CORP);
    let url = |url: &str| Selection { start_url: some(url), ..profile("dev") };
    let other = request(&home.context(), &url(OTHER_URL));
    assert_eq!(shown(&other.session), (None, OTHER_URL, "eu-west-1", None));
    let same = request(&home.context(), &url(CORP_URL));
    assert_eq!(shown(&same.session), (Some("corp"), CORP_URL, "eu-west-1", Some(1)));
    // A URL with another spelling is another URL: the AWS CLI hashes it as written.
    let nearly = format!("{CORP_URL}/");
    assert_eq!(shown(&request(&home.context(), &url(&nearly)).session).0, None);
    let context = home.context_with(&[("AWS_SSO_START_URL", OTHER_URL), ("AWS_SSO_REGION", "us-east-1")]);
    let found = request(&context, &profile("dev"));
    assert_eq!(shown(&found.session), (None, OTHER_URL, "us-east-1", None));
}

#[test]
fn a_session_in_no_config_needs_start_url_and_region() {
    let home = Home::new(CORP);
    let named = Selection { sso_session: some("nowhere"), ..flags(OTHER_URL, "us-east-1") };
    let found = request(&home.context(), &named);
    assert_eq!(shown(&found.session), (Some("nowhere"), OTHER_URL, "us-east-1", None));
    let incomplete = Selection { region: None, ..named };
    let error = resolve_role(&home.context(), &incomplete).unwrap_err();
    assert!(matches!(error, Error::Configuration(ConfigurationError::SessionNotFound { .. })), "{error}");
}

#[test]
fn missing_values_of_a_session_come_from_the_profile() {
    let text =
        "[profile p]\nsso_session = s\nsso_start_url = https://p/\nsso_region = r-p\n[sso-session s]\n";
    let options = Selection { profile: some("p"), ..role_flags() };
    let home = Home::new(text);
    let found = resolve_role(&home.context(), &options).unwrap();
    assert_eq!(shown(&found.request.session), (Some("s"), "https://p/", "r-p", None));
    assert_eq!(found.login_commands(&home.context()).ours, "aws-sso-cred login --profile p");
    let home = Home::new(format!("{text}sso_region = r-s\n"));
    assert_eq!(shown(&request(&home.context(), &options).session), (Some("s"), "https://p/", "r-s", None));
}

#[test]
fn the_credentials_file_is_merged_over_the_profile() {
    let home =
        Home::new(CORP).credentials("[dev]\nsso_account_id = 999999999999\nsso_role_name =\n[other]\nx=y\n");
    let found = request(&home.context(), &profile("dev"));
    assert_eq!(found.account_id.as_str(), "999999999999");
    assert_eq!(found.role_name.as_str(), "Developer");
    let home = Home::empty().credentials(
        "[only]\nsso_start_url=https://x/\nsso_region=r\nsso_account_id=111122223333\nsso_role_name=R\n",
    );
    assert_eq!(shown(&request(&home.context(), &profile("only")).session).1, "https://x/");
}

#[test]
fn environment_variables_name_other_config_files() {
    let home = Home::empty();
    std::fs::write(home.path("elsewhere"), CORP).unwrap();
    for path in ["~/elsewhere", "$HOME/elsewhere", "${HOME}/elsewhere", "$HOME/${UNSET}elsewhere"] {
        let context =
            home.context_with(&[("AWS_CONFIG_FILE", path), ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")]);
        let outcome = resolve_role(&context, &profile("dev"));
        assert_eq!(outcome.is_ok(), !path.contains("UNSET"), "{path}");
    }
}

#[test]
fn paths_are_expanded_as_the_aws_cli_expands_them() {
    let home = Home::empty();
    std::fs::create_dir(home.path("somebody")).unwrap();
    for name in ["somebody/config", "$UNSET-${UNSET}-config"] {
        std::fs::write(home.path(name), CORP).unwrap();
    }
    let resolve = |path: &str| {
        let context = home.context_with(&[("AWS_CONFIG_FILE", path)]);
        resolve_role(&context, &profile("dev"))
    };
    assert!(resolve("$HOME/$UNSET-${UNSET}-config").is_ok(), "a variable that is not set stays as it is");
    assert!(resolve("~somebody/config").is_err(), "another user's home is not expanded");
    assert!(
        matches!(resolve("~"), Err(Error::Configuration(ConfigurationError::ConfigUnreadable { .. }))),
        "the home is not a file"
    );
}

#[test]
fn the_default_profile_does_not_replace_an_unknown_profile() {
    let plain = LEGACY.replace("[profile old]", "[default]");
    let home = Home::new(&plain);
    assert!(resolve_role(&home.context(), &profile("default")).is_ok());
    assert!(matches!(
        resolve_role(&home.context(), &profile("nobody")),
        Err(Error::Configuration(ConfigurationError::ProfileNotFound { .. }))
    ));
    // `[profile default]` replaces `[default]` as a whole.
    let home = Home::new(format!("{plain}[profile default]\nregion = eu-west-1\n"));
    assert!(matches!(
        resolve_role(&home.context(), &profile("default")),
        Err(Error::Configuration(ConfigurationError::MissingValues { .. }))
    ));
}

#[test]
fn sign_in_is_allowed_by_flag_then_variable_then_profile_then_session() {
    for (flag, variable, in_profile, in_session, allowed) in [
        (None, "", "", "", false),
        (None, "", "", "true", true),
        (None, "", "true", "", true),
        (None, "", "YES", "off", true),
        (None, "", "off", "on", false),
        (None, "0", "true", "true", false),
        (None, "1", "", "", true),
        (None, "whatever", "true", "", false),
        (Some(false), "1", "true", "true", false),
        (Some(true), "0", "false", "false", true),
    ] {
        let key = "sso_interactive_auth";
        let text =
            CORP.replace("[sso-session corp]\n", &format!("[sso-session corp]\n{key} = {in_session}\n"));
        let home =
            Home::new(text.replace("[profile dev]\n", &format!("[profile dev]\n{key} = {in_profile}\n")));
        let context = home.context_with(&[("AWS_SSO_INTERACTIVE_AUTH", variable)]);
        let options = Selection { interactive: flag, ..profile("dev") };
        let resolved = resolve_role(&context, &options).unwrap();
        assert_eq!(resolved.sign_in_allowed, allowed, "{flag:?} {variable} {in_profile} {in_session}");
    }
}

#[test]
fn login_commands_name_the_session_or_profile_of_the_config() {
    let home =
        Home::new(format!("{CORP}{LEGACY}[profile 'my old']\nsso_start_url = https://x/\nsso_region = r\n"));
    let context = home.context();
    let legacy = Selection { profile: some("my old"), ..role_flags() };
    for (options, session, ours, aws_cli) in [
        (profile("dev"), "sso-session `corp`", "--sso-session corp", Some("--sso-session corp")),
        (in_session("corp"), "sso-session `corp`", "--sso-session corp", Some("--sso-session corp")),
        (profile("old"), "profile `old`", "--profile old", Some("--profile old")),
        (
            Selection { region: some("us-east-1"), ..profile("dev") },
            "sso-session `corp`",
            "--sso-session corp --region us-east-1",
            None,
        ),
        (
            Selection { region: some("us-east-1"), ..profile("old") },
            "profile `old`",
            "--profile old --region us-east-1",
            None,
        ),
        (
            flags("https://x/start#/", "r"),
            "start URL `https://x/start#/`",
            "--start-url 'https://x/start#/' --region r",
            None,
        ),
        (
            Selection { start_url: some(OTHER_URL), ..profile("dev") },
            "start URL `https://other.awsapps.com/start`",
            "--start-url https://other.awsapps.com/start --region eu-west-1",
            None,
        ),
        (
            Selection { sso_session: some("new"), ..flags(OTHER_URL, "r") },
            "sso-session `new`",
            "--sso-session new --start-url https://other.awsapps.com/start --region r",
            None,
        ),
        (legacy, "profile `my old`", "--profile 'my old'", Some("--profile 'my old'")),
    ] {
        let login = login(&context, &options);
        assert_eq!(login.session, session);
        assert_eq!(login.ours, format!("aws-sso-cred login {ours}"));
        assert_eq!(login.aws_cli, aws_cli.map(|aws_cli| format!("aws sso login {aws_cli}")));
    }
}

#[test]
fn login_status_and_logout_use_the_default_profile() {
    let home = Home::new(format!("{CORP}{}", LEGACY.replace("[profile old]", "[default]")));
    let find = |variables: &[(&str, &str)], options: &Selection, default_profile| {
        resolve_session(&home.context_with(variables), options, default_profile)
    };
    let none = Selection::default();
    let found = find(&[], &none, true).unwrap();
    assert_eq!(
        (found.profile.as_deref(), found.login_commands().session.as_str()),
        (Some("default"), "profile `default`")
    );
    let found = find(&[("AWS_PROFILE", "dev")], &none, true).unwrap();
    assert_eq!(shown(&found.session).0, Some("corp"));
    let found = find(&[("AWS_PROFILE", "broken")], &profile("dev"), true).unwrap();
    assert_eq!(found.profile.as_deref(), Some("dev"));
    // A session named by flags needs no profile, so a broken AWS_PROFILE is ignored.
    let broken = [("AWS_PROFILE", "broken")];
    assert!(matches!(
        find(&broken, &none, true),
        Err(Error::Configuration(ConfigurationError::ProfileNotFound { .. }))
    ));
    assert_eq!(find(&broken, &in_session("corp"), true).unwrap().profile, None);
    assert_eq!(find(&broken, &flags(OTHER_URL, "r"), true).unwrap().session.start_url.as_str(), OTHER_URL);
    assert!(matches!(
        find(&broken, &none, false),
        Err(Error::Configuration(ConfigurationError::MissingValues { .. }))
    ));
}

#[test]
fn the_default_profile_completes_a_start_url_or_region_flag() {
    let home = Home::new(LEGACY.replace("[profile old]", "[default]"));
    for (start_url, region) in [(Some(CORP_URL), None), (None, Some("us-east-1"))] {
        let options = Selection {
            start_url: start_url.map(str::to_owned),
            region: region.map(str::to_owned),
            ..Selection::default()
        };
        let found = resolve_session(&home.context(), &options, true).unwrap();
        assert_eq!(found.profile.as_deref(), Some("default"));
        assert_eq!(found.session.start_url.as_str(), CORP_URL);
    }
}

#[test]
fn all_sessions_are_listed_once_in_file_order() {
    let home = Home::new(format!(
        "[profile first]\nsso_start_url = https://a/\nsso_region = r\n{CORP}{LEGACY}\
         [profile again]\nsso_start_url = https://a/\nsso_region = r2\n\
         [profile other]\nsso_session = corp\n[profile lost]\nsso_session = nowhere\n\
         [sso-session half]\nsso_region = r\n[profile static]\naws_access_key_id = x\n\
         [sso-session completed]\nsso_region = r\n[profile completing]\nsso_session = completed\nsso_start_url = https://c/\n"
    ));
    let (sessions, broken) = all_sessions(&home.context_with(&[("AWS_SSO_SESSION", "corp")])).unwrap();
    let shown: Vec<_> = sessions.iter().map(|session| session.login_commands().ours).collect();
    assert_eq!(
        shown,
        [
            "aws-sso-cred login --profile first",
            "aws-sso-cred login --sso-session corp",
            "aws-sso-cred login --profile old",
            "aws-sso-cred login --profile completing",
        ]
    );
    let broken: Vec<_> = broken.iter().map(|error| error.text().what).collect();
    assert_eq!(
        broken,
        [
            "profile `lost` refers to sso-session `nowhere`, which is not in ~/.aws/config",
            "sso-session `half` lacks sso_start_url",
        ]
    );
}

#[test]
fn every_role_of_the_config_is_listed() {
    let home = Home::new(format!(
        "{CORP}{LEGACY}[profile broken]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = R\n"
    ));
    let context = home.context_with(&[("AWS_SSO_ROLE_NAME", "Other"), ("AWS_SSO_START_URL", OTHER_URL)]);
    let roles = role_requests(&context).unwrap();
    let shown: Vec<_> =
        roles.iter().map(|role| (role.role_name.as_str(), role.session.token_cache_key())).collect();
    assert_eq!(shown, [("Developer", "corp"), ("Developer", CORP_URL)]);
}
