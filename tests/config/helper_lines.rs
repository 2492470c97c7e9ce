//! Profiles with a `credential_process` line that starts aws-sso-cred, and profiles with a
//! `source_profile`.

use aws_sso_cred::error::{ConfigurationError, Error};
use aws_sso_cred::selection::{Selection, all_sessions, resolve_role, resolve_session, role_requests};

use crate::{CORP, Home, profile};

const URL: &str = "https://corp.awsapps.com/start";

/// Sessions that only lines name, one of them without a section.
const LINES: &str = "\
[profile direct]
credential_process = /opt/bin/aws-sso-cred --sso-session corp --account-id 222222222222 --role-name=Admin -i
[profile wrapped]
credential_process = aws-sso-cred --profile dev
[profile narrowed]
credential_process = aws-sso-cred --profile=dev --role-name ReadOnly
[profile addressed]
credential_process = aws-sso-cred --start-url https://lines/start --region eu-west-2 --account-id 333333333333 --role-name R
[profile named]
credential_process = aws-sso-cred --sso-session new --start-url https://new/start --region eu-west-3 --account-id 444444444444 --role-name R
[profile both]
sso_start_url = https://both/start
sso_region = eu-west-1
sso_account_id = 555555555555
sso_role_name = R
credential_process = aws-sso-cred --profile both
[profile circle]
credential_process = aws-sso-cred --profile circle
[profile ping]
credential_process = aws-sso-cred --profile pong
[profile pong]
credential_process = aws-sso-cred --profile ping
[profile twice]
credential_process = aws-sso-cred --profile wrapped
[profile thrice]
credential_process = aws-sso-cred --profile second --role-name Third
[profile second]
credential_process = aws-sso-cred --profile direct
[profile lost]
credential_process = aws-sso-cred --profile missing
[profile nowhere]
credential_process = aws-sso-cred --sso-session nowhere --account-id 111122223333 --role-name R
[profile other]
credential_process = other-tool --sso-session corp --account-id 666666666666 --role-name R
";

fn home() -> Home {
    Home::new(format!("{CORP}{LINES}"))
}

/// The account, the role and the token's cache key for a run with `--profile`.
fn role(home: &Home, options: &Selection) -> Result<(String, String, String), Error> {
    let found = resolve_role(&home.context(), options)?.request;
    let key = found.session.token_cache_key().to_owned();
    Ok((found.account_id.to_string(), found.role_name.to_string(), key))
}

fn shown(account_id: &str, role_name: &str, key: &str) -> (String, String, String) {
    (account_id.to_owned(), role_name.to_owned(), key.to_owned())
}

#[test]
fn a_profile_with_only_a_credential_process_line_takes_its_values_from_the_line() {
    let home = home();
    for (name, expected) in [
        ("direct", shown("222222222222", "Admin", "corp")),
        ("wrapped", shown("111122223333", "Developer", "corp")),
        ("narrowed", shown("111122223333", "ReadOnly", "corp")),
        ("twice", shown("111122223333", "Developer", "corp")),
        ("thrice", shown("222222222222", "Third", "corp")),
        ("addressed", shown("333333333333", "R", "https://lines/start")),
        ("named", shown("444444444444", "R", "new")),
        ("both", shown("555555555555", "R", "https://both/start")),
    ] {
        assert_eq!(role(&home, &profile(name)).unwrap(), expected, "{name}");
    }
    assert!(resolve_role(&home.context(), &profile("direct")).unwrap().sign_in_allowed);
}

#[test]
fn flags_win_over_the_credential_process_line_and_the_line_over_the_environment() {
    let home = home();
    let options = Selection {
        role_name: Some("Mine".to_owned()),
        interactive: Some(false),
        account_id: Some(String::new()),
        ..profile("direct")
    };
    assert_eq!(role(&home, &options).unwrap(), shown("222222222222", "Mine", "corp"));
    assert!(!resolve_role(&home.context(), &options).unwrap().sign_in_allowed);
    let context = home.context_with(&[("AWS_SSO_ROLE_NAME", "FromTheShell")]);
    let found = resolve_role(&context, &profile("direct")).unwrap();
    assert_eq!(found.request.role_name.as_str(), "Admin");
}

#[test]
fn circular_credential_process_lines_are_reported() {
    let home = home();
    for (name, hint) in [
        ("circle", "`credential_process` of profile `circle` names profile `circle` itself: name"),
        ("ping", "`credential_process` leads in a circle, `ping` -> `pong` -> `ping`: name"),
        ("pong", "`credential_process` leads in a circle, `pong` -> `ping` -> `pong`: name"),
        ("other", "use `--profile NAME` with the profile that has them"),
    ] {
        let outcomes = [
            role(&home, &profile(name)).map(|_| ()),
            resolve_session(&home.context(), &profile(name), true).map(|_| ()),
        ];
        for outcome in outcomes {
            let error = outcome.unwrap_err();
            assert!(
                matches!(error, Error::Configuration(ConfigurationError::MissingValues { .. })),
                "{name}: {error}"
            );
            assert!(error.to_string().contains(hint), "{error}");
        }
    }
    let error = role(&home, &profile("lost")).unwrap_err();
    assert!(error.to_string().contains("profile `missing`, which credential_process names"), "{error}");
    // The command line wins over the line of the profile.
    let given = Selection {
        sso_session: Some("corp".to_owned()),
        account_id: Some("777777777777".to_owned()),
        role_name: Some("R".to_owned()),
        ..profile("lost")
    };
    assert_eq!(role(&home, &given).unwrap(), shown("777777777777", "R", "corp"));
}

#[test]
fn roles_that_only_credential_process_lines_name_are_known() {
    let home = home();
    // The program that runs the line may have another environment, so variables do not apply.
    let context = home.context_with(&[("AWS_SSO_ROLE_NAME", "Other"), ("AWS_SSO_SESSION", "corp")]);
    let roles: Vec<_> = role_requests(&context)
        .unwrap()
        .iter()
        .map(|role| shown(role.account_id.as_str(), role.role_name.as_str(), role.session.token_cache_key()))
        .collect();
    assert_eq!(
        roles,
        [
            shown("111122223333", "Developer", "corp"),
            shown("222222222222", "Admin", "corp"),
            shown("111122223333", "Developer", "corp"),
            shown("111122223333", "ReadOnly", "corp"),
            shown("333333333333", "R", "https://lines/start"),
            shown("444444444444", "R", "new"),
            shown("555555555555", "R", "https://both/start"),
            shown("111122223333", "Developer", "corp"),
            shown("222222222222", "Third", "corp"),
            shown("222222222222", "Admin", "corp"),
        ]
    );
}

#[test]
fn a_chain_of_credential_process_lines_has_a_limit() {
    let chain = |length: usize| {
        let line =
            |at: usize| format!("[profile p{at}]\ncredential_process = aws-sso-cred --profile p{}\n", at + 1);
        let lines: String = (0..length).map(line).collect();
        let end = lines.replace(&format!("--profile p{length}\n"), "--profile dev\n");
        let home = Home::new(format!("{CORP}{end}"));
        let found = resolve_session(&home.context(), &profile("p0"), true).map(|found| found.session);
        if length > 8 {
            let hint = "hint: more than 8 `credential_process` lines lead to each other: name the profile with the sso_ keys in `credential_process` of profile `p0`";
            for error in errors(&home, "p0") {
                assert!(error.ends_with(hint), "{error}");
            }
        }
        (role(&home, &profile("p0")).is_ok(), found.is_ok(), role_requests(&home.context()).unwrap().len())
    };
    assert_eq!(chain(1), (true, true, 2));
    assert_eq!(chain(8), (true, true, 9));
    let (role, session, _) = chain(9);
    assert!(!role && !session);
}

#[test]
fn login_follows_credential_process_lines_and_source_profiles() {
    let home = Home::new(format!(
        "{CORP}[profile line]\ncredential_process = aws-sso-cred --profile assumed\n\
         [profile assumed]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = base\n\
         [profile base]\ncredential_process = aws-sso-cred --profile dev\n"
    ));
    for name in ["line", "assumed", "base"] {
        let found = resolve_session(&home.context(), &profile(name), true).unwrap();
        assert_eq!(found.session.token_cache_key(), "corp", "{name}");
    }
    // The credential process cannot assume a role, whatever the line names.
    let error = role(&home, &profile("line")).unwrap_err().to_string();
    assert!(error.contains("profile `assumed` assumes a role through profile `base`"), "{error}");
}

#[test]
fn sessions_that_only_credential_process_lines_name_are_known() {
    let (sessions, broken) = all_sessions(&home().context()).unwrap();
    let keys: Vec<_> = sessions.iter().map(|session| session.session.token_cache_key()).collect();
    assert_eq!(keys, ["corp", "https://both/start", "https://lines/start", "new"]);
    assert_eq!(broken, []);
    let logins: Vec<_> = sessions.iter().map(|session| session.login_commands().ours).collect();
    assert_eq!(
        logins[2..],
        [
            "aws-sso-cred login --start-url https://lines/start --region eu-west-2",
            "aws-sso-cred login --sso-session new --start-url https://new/start --region eu-west-3",
        ]
    );
}

#[test]
fn login_follows_the_profile_that_a_role_is_assumed_from() {
    let assumed = |name: &str, source: &str| {
        format!("[profile {name}]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = {source}\n")
    };
    let home = Home::new(format!(
        "{CORP}{LINES}{}{}{}{}{}{}{}",
        assumed("one", "dev"),
        assumed("two", "one"),
        assumed("line", "direct"),
        assumed("self", "self"),
        assumed("a", "b"),
        assumed("b", "a"),
        assumed("gone", "missing"),
    ));
    let find = |name: &str| resolve_session(&home.context(), &profile(name), true);
    for name in ["one", "two", "line"] {
        let found = find(name).unwrap();
        assert_eq!(found.session.start_url.as_str(), URL, "{name}");
        assert_eq!(found.login_commands().ours, "aws-sso-cred login --sso-session corp");
    }
    assert_eq!(find("two").unwrap().profile.as_deref(), Some("dev"));
    for (name, hint) in [
        ("self", "`source_profile` of profile `self` names profile `self`"),
        ("a", "`source_profile` leads in a circle, `a` -> `b` -> `a`"),
        ("b", "`source_profile` leads in a circle, `b` -> `a` -> `b`"),
    ] {
        let error = find(name).unwrap_err().to_string();
        assert!(error.contains(hint), "{name}: {error}");
        let error = role(&home, &profile(name)).unwrap_err().to_string();
        assert!(error.contains(hint), "{name}: {error}");
    }
    let error = find("gone").unwrap_err().to_string();
    assert!(
        error.contains("profile `missing`, which source_profile names, is not in ~/.aws/config"),
        "{error}"
    );
    // Complete flags need no other profile.
    let told = Selection {
        start_url: Some("https://x/".to_owned()),
        region: Some("eu-west-1".to_owned()),
        ..profile("gone")
    };
    assert_eq!(
        resolve_session(&home.context(), &told, true).unwrap().session.start_url.as_str(),
        "https://x/"
    );
}

#[test]
fn a_credential_process_line_may_name_the_session_by_start_url() {
    let line = "aws-sso-cred --start-url https://corp.awsapps.com/start --region eu-west-1 --account-id 1";
    let home = Home::new(format!("[profile direct]\ncredential_process = {line}\n"));
    let session = resolve_session(&home.context(), &profile("direct"), true).unwrap().session;
    assert_eq!(
        (session.start_url.as_str(), session.region.as_str()),
        ("https://corp.awsapps.com/start", "eu-west-1")
    );
    // Flags win over the line.
    let typed = Selection { region: Some("us-east-1".to_owned()), ..profile("direct") };
    let session = resolve_session(&home.context(), &typed, true).unwrap().session;
    assert_eq!(
        (session.start_url.as_str(), session.region.as_str()),
        ("https://corp.awsapps.com/start", "us-east-1")
    );
}

#[test]
fn login_accepts_a_profile_whose_credential_process_line_names_the_session() {
    let config = format!(
        "{CORP}[profile direct]\ncredential_process = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name R\n\
         [profile wrapped]\ncredential_process = aws-sso-cred --profile dev\n\
         [profile circle]\ncredential_process = aws-sso-cred --profile circle\n\
         [profile nowhere]\ncredential_process = aws-sso-cred --profile missing\n\
         [profile other]\ncredential_process = other-tool --sso-session corp\n"
    );
    let home = Home::new(config);
    let find = |name: &str| resolve_session(&home.context(), &profile(name), true);
    for name in ["direct", "wrapped"] {
        let found = find(name).unwrap();
        assert_eq!(
            found.session.name.as_ref().map(aws_sso_cred::identifiers::SessionName::as_str),
            Some("corp"),
            "{name}"
        );
        assert_eq!(found.login_commands().ours, "aws-sso-cred login --sso-session corp", "{name}");
    }
    assert!(matches!(find("circle"), Err(Error::Configuration(ConfigurationError::MissingValues { .. }))));
    assert!(
        matches!(find("nowhere"), Err(Error::Configuration(ConfigurationError::ProfileNotFound { profile, .. })) if profile == "missing")
    );
    assert!(matches!(find("other"), Err(Error::Configuration(ConfigurationError::MissingValues { .. }))));
}

/// The text of the error of `--profile NAME`: of the credential process, and of `login`.
fn errors(home: &Home, name: &str) -> [String; 2] {
    let session = resolve_session(&home.context(), &profile(name), true).map(|_| ());
    [role(home, &profile(name)).map(|_| ()), session].map(|outcome| outcome.unwrap_err().to_string())
}

#[test]
fn an_error_about_a_line_without_session_or_role_names_the_profile_that_has_the_line() {
    let home = Home::new(format!(
        "{CORP}[profile badflag]\ncredential_process = aws-sso-cred --profil target --account-id 111122223333\n\
         [profile outer]\ncredential_process = aws-sso-cred --profile badflag\n\
         [profile half]\ncredential_process = aws-sso-cred --start-url https://x/ --role-name R --account-id 111122223333\n\
         [profile roleless]\ncredential_process = aws-sso-cred --sso-session corp --account-id 111122223333\n"
    ));
    for name in ["badflag", "outer"] {
        let [role, session] = errors(&home, name);
        assert!(
            role.contains("profile `badflag` lacks sso_start_url, sso_region and sso_role_name"),
            "{role}"
        );
        assert!(session.contains("profile `badflag` lacks sso_start_url and sso_region"), "{session}");
        for error in [role, session] {
            assert!(error.contains("correct `credential_process` of profile `badflag`: "), "{error}");
        }
    }
    for error in errors(&home, "half") {
        assert!(error.contains("profile `half` lacks sso_region"), "{error}");
        assert!(error.contains("correct `credential_process` of profile `half`: "), "{error}");
    }
    let error = role(&home, &profile("roleless")).unwrap_err().to_string();
    assert!(error.contains("profile `roleless` lacks sso_role_name"), "{error}");
    assert!(error.contains("correct `credential_process` of profile `roleless`: "), "{error}");
}

#[test]
fn an_error_about_a_value_of_a_line_names_the_profile_that_has_the_line() {
    let home = Home::new(format!(
        "{CORP}[profile nosess]\ncredential_process = aws-sso-cred --sso-session nope --account-id 111122223333 --role-name R\n\
         [profile outer]\ncredential_process = aws-sso-cred --profile nosess --role-name S\n\
         [profile misspelt]\ncredential_process = env AWS_SSO_SESSION=crop aws-sso-cred --account-id 111122223333 --role-name R\n\
         [profile account]\ncredential_process = aws-sso-cred --profile dev --account-id 12345\n"
    ));
    for name in ["nosess", "outer"] {
        for error in errors(&home, name) {
            let what = "credential_process of profile `nosess` names sso-session `nope`, which is not in ~/.aws/config";
            assert!(error.contains(what), "{error}");
        }
    }
    for error in errors(&home, "misspelt") {
        let hint = "hint: did you mean `corp`? correct `credential_process` of profile `misspelt`";
        assert!(error.ends_with(hint), "{error}");
    }
    let error = role(&home, &profile("account")).unwrap_err().to_string();
    assert!(error.ends_with("hint: correct `credential_process` of profile `account`"), "{error}");
    // A value that was typed is still the command line's.
    let typed = Selection { sso_session: Some("typed".to_owned()), ..profile("nosess") };
    let error = role(&home, &typed).unwrap_err().to_string();
    assert!(error.contains("--sso-session names sso-session `typed`"), "{error}");
}

#[test]
fn a_profile_whose_line_is_followed_loses_its_own_sso_keys() {
    let home = Home::new(format!(
        "{CORP}[profile roleonly]\nsso_role_name = Own\ncredential_process = aws-sso-cred --profile dev\n\
         [profile half]\nsso_session = other\nsso_account_id = 222222222222\ncredential_process = aws-sso-cred --profile dev\n\
         [profile self]\nsso_session = corp\nsso_account_id = 222222222222\ncredential_process = aws-sso-cred --profile self --role-name Own\n\
         [profile whole]\nsso_session = corp\nsso_account_id = 222222222222\nsso_role_name = Own\ncredential_process = aws-sso-cred --profile dev\n\
         [sso-session other]\nsso_start_url = https://other/\nsso_region = eu-west-1\n"
    ));
    for (name, expected) in [
        ("roleonly", shown("111122223333", "Developer", "corp")),
        ("half", shown("111122223333", "Developer", "corp")),
        ("self", shown("222222222222", "Own", "corp")),
        ("whole", shown("222222222222", "Own", "corp")),
    ] {
        assert_eq!(role(&home, &profile(name)).unwrap(), expected, "{name}");
    }
    for (name, key) in [("roleonly", "corp"), ("half", "other")] {
        let found = resolve_session(&home.context(), &profile(name), true).unwrap();
        assert_eq!(found.session.token_cache_key(), key, "{name}");
    }
}
