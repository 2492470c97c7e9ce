//! The examples and tables of `docs/configuration.md` match the program.

use aws_sso_cred::cli::{self, Command};
use aws_sso_cred::config::everything;
use aws_sso_cred::selection::{Selection, connection_settings, resolve_role};

use crate::{Home, profile};

const DOCUMENT: &str = include_str!("../../docs/configuration.md");

fn blocks(language: &str) -> Vec<&'static str> {
    let begin = format!("```{language}\n");
    DOCUMENT.split(&begin).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// The options of a `credential_process = aws-sso-cred …` line, as far as the examples use them.
fn options_of(command: &str) -> Selection {
    let words: Vec<&str> = command.split_whitespace().collect();
    assert_eq!(words[0], "aws-sso-cred", "{command}");
    let mut options = Selection::default();
    for pair in words[1..].chunks(2) {
        let value = Some(pair[1].to_owned());
        match pair[0] {
            "--profile" => options.profile = value,
            "--sso-session" => options.sso_session = value,
            "--account-id" => options.account_id = value,
            "--role-name" => options.role_name = value,
            other => panic!("{other} in {command}"),
        }
    }
    options
}

#[test]
fn every_profile_of_every_example_resolves() {
    let blocks = blocks("ini");
    assert_eq!(blocks.len(), 5);
    for block in blocks {
        let home = Home::new(block);
        let context = home.context();
        let mut resolved = 0;
        for section in everything(&context).unwrap() {
            let find =
                |key: &str| section.settings.iter().find(|(name, _)| name == key).map(|(_, value)| value);
            let options = match (find("credential_process"), find("sso_account_id")) {
                (Some(command), _) => options_of(command),
                (None, Some(_)) => profile(&section.name),
                (None, None) => continue,
            };
            let found = resolve_role(&context, &options).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(found.request.account_id.as_str(), "111122223333");
            assert_eq!(found.request.role_name.as_str(), "Developer");
            assert_eq!(found.sign_in_allowed, block.contains("sso_interactive_auth"));
            resolved += 1;
        }
        assert!(resolved > 0, "{block}");
        if block.contains("[services") {
            let settings = connection_settings(&context, Some("private"), None).unwrap();
            assert_eq!(settings.sso_endpoint_url.as_deref(), Some("https://portal.sso.corp.example"));
            assert_eq!(settings.sso_oidc_endpoint_url.as_deref(), Some("https://oidc.corp.example"));
            assert_eq!(settings.ca_bundle, Some(home.path("corp-ca.pem")));
        }
    }
}

#[test]
fn the_documented_errors_are_the_errors_of_the_program() {
    let sso = "sso_start_url = https://x/\nsso_region = r\n";
    let mut given = Vec::new();
    for config in [
        "[profile dev]\nsso_session = corp\nsso_account_id = 12345\nsso_role_name = R\n[sso-session corp]\nSSO".to_owned(),
        "[profile dev]\nSSO".to_owned(),
    ] {
        let home = Home::new(config.replace("SSO", sso));
        given.push(format!("{}\n", resolve_role(&home.context(), &profile("dev")).unwrap_err()));
    }
    let shown: Vec<&str> = DOCUMENT.split("\n```\naws-sso-cred: ").skip(1).collect();
    assert_eq!(shown.len(), given.len());
    for (shown, given) in shown.into_iter().zip(given) {
        assert_eq!(format!("aws-sso-cred: {}", shown.split("```").next().unwrap()), given);
    }
}

/// The table of values names exactly the flags, variables and keys of the program.
#[test]
fn flags_variables_and_keys_are_those_of_the_help() {
    let Ok(Command::Print(help)) = cli::parse(&["--help".into()]) else { panic!("no help") };
    let (_, values) = help.split_once("Each value comes from its flag").unwrap();
    let names = values.split([' ', '\n']);
    let names: Vec<_> = names
        .filter(|name| name.starts_with("sso_") || name.starts_with("--") || name.starts_with("AWS_"))
        .collect();
    assert!(names.len() >= 24, "{names:?}");
    for name in names {
        assert!(DOCUMENT.contains(&format!("`{name}`")), "{name}");
    }
}
