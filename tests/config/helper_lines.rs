//! What profiles say by a `credential_process` line of ours, and by `source_profile`.

use aws_sso_cred::config::{all_sessions, resolve_role, resolve_session, role_requests};
use aws_sso_cred::error::{ConfigurationError, Error};
use aws_sso_cred::options::Options;

use crate::{CORP, Home, profile};

const URL: &str = "https://corp.awsapps.com/start";

/// Sessions by line only, one of them in no section at all.
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

/// Account, role and what the token is named by, of a run with `--profile`.
fn role(home: &Home, options: &Options) -> Result<(String, String, String), Error> {
    let found = resolve_role(&home.context(), options)?.request;
    let key = found.session.token_cache_key().to_owned();
    Ok((found.account_id.to_string(), found.role_name.to_string(), key))
}

fn shown(account_id: &str, role_name: &str, key: &str) -> (String, String, String) {
    (account_id.to_owned(), role_name.to_owned(), key.to_owned())
}

#[test]
fn a_profile_that_has_only_a_line_of_ours_means_what_the_line_says() {
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
fn flags_win_over_the_line_and_the_line_over_the_environment() {
    let home = home();
    let options = Options {
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
fn lines_in_a_circle_are_told_of_and_followed_once() {
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
    // A line is no obstacle to what the command line says.
    let given = Options {
        sso_session: Some("corp".to_owned()),
        account_id: Some("777777777777".to_owned()),
        role_name: Some("R".to_owned()),
        ..profile("lost")
    };
    assert_eq!(role(&home, &given).unwrap(), shown("777777777777", "R", "corp"));
}

#[test]
fn the_roles_that_lines_name_are_known() {
    let home = home();
    // The environment of whoever asks is not that of whoever runs the line.
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
fn a_chain_of_lines_has_an_end_for_all() {
    let chain = |length: usize| {
        let line =
            |at: usize| format!("[profile p{at}]\ncredential_process = aws-sso-cred --profile p{}\n", at + 1);
        let lines: String = (0..length).map(line).collect();
        let end = lines.replace(&format!("--profile p{length}\n"), "--profile dev\n");
        let home = Home::new(format!("{CORP}{end}"));
        let found = resolve_session(&home.context(), &profile("p0"), true).map(|found| found.session);
        (role(&home, &profile("p0")).is_ok(), found.is_ok(), role_requests(&home.context()).unwrap().len())
    };
    assert_eq!(chain(1), (true, true, 2));
    assert_eq!(chain(8), (true, true, 9));
    let (role, session, _) = chain(9);
    assert!(!role && !session);
}

#[test]
fn login_follows_lines_and_source_profiles_in_turn() {
    let home = Home::new(format!(
        "{CORP}[profile line]\ncredential_process = aws-sso-cred --profile assumed\n\
         [profile assumed]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = base\n\
         [profile base]\ncredential_process = aws-sso-cred --profile dev\n"
    ));
    for name in ["line", "assumed", "base"] {
        let found = resolve_session(&home.context(), &profile(name), true).unwrap();
        assert_eq!(found.session.token_cache_key(), "corp", "{name}");
    }
    // A role cannot be assumed by the credential process, wherever the line leads.
    let error = role(&home, &profile("line")).unwrap_err().to_string();
    assert!(error.contains("profile `assumed` assumes a role through profile `base`"), "{error}");
}

#[test]
fn the_sessions_that_lines_alone_name_are_known() {
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
    // What flags say whole needs no other profile.
    let told = Options {
        start_url: Some("https://x/".to_owned()),
        region: Some("eu-west-1".to_owned()),
        ..profile("gone")
    };
    assert_eq!(
        resolve_session(&home.context(), &told, true).unwrap().session.start_url.as_str(),
        "https://x/"
    );
}
