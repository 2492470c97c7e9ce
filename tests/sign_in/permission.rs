//! Permission to sign in: flags, variables and config keys that allow or forbid a prompt.

use stand_in::Operation;

use crate::common::{CONFIG, DEV, LOGIN_HINT, answered, at_once, refused};
use crate::desk::{Desk, signed_in};

const NOT_SIGNED_IN: &str = "aws-sso-cred: sso-session `corp`: you are not signed in\n";

/// Runs with these arguments and variables while the person approves, and gives the prompt.
fn sign_in_with(arguments: &[&str], variables: &[(&str, &str)], config: &str) -> String {
    let mut desk = Desk::new();
    desk.world.home.write_config(config);
    for (name, value) in variables {
        desk.world.home.env(name, value);
    }
    desk.aws().auto_approve(0);
    let output = desk.run(arguments);
    let operations: Vec<_> = desk.aws().requests().iter().map(|request| request.operation).collect();
    let expected = [
        Operation::RegisterClient,
        Operation::StartDeviceAuthorization,
        Operation::CreateToken,
        Operation::GetRoleCredentials,
    ];
    assert_eq!(operations, expected, "{arguments:?} {variables:?}: {output:?}");
    desk.assert_tabs(1);
    let line = output.stdout.clone();
    let prompt = signed_in(output);
    let again = desk.run(arguments);
    answered(&again);
    assert_eq!(again.stdout, line, "the next run uses the cache");
    assert_eq!(desk.world.requests(), 4);
    prompt
}

fn with_key(section: &str, key: &str) -> String {
    CONFIG.replace(section, &format!("{section}\n{key}"))
}

#[test]
fn each_way_to_allow_a_sign_in_leads_to_credentials() {
    let in_profile = with_key("[profile dev]", "sso_interactive_auth = true");
    let in_session = with_key("[sso-session corp]", "sso_interactive_auth = yes");
    let variable = [("AWS_SSO_INTERACTIVE_AUTH", "1")];
    let prompts = at_once::<String>(vec![
        Box::new(|| sign_in_with(&["-i"], &[], CONFIG)),
        Box::new(|| sign_in_with(&["--interactive"], &[], CONFIG)),
        Box::new(|| sign_in_with(&[], &variable, CONFIG)),
        Box::new(|| sign_in_with(&[], &[], &in_profile)),
        Box::new(|| sign_in_with(&[], &[], &in_session)),
    ]);
    for prompt in prompts {
        assert!(prompt.starts_with("aws-sso-cred: please sign in to sso-session `corp`\n"), "{prompt}");
        assert!(prompt.contains("(for role `Developer` in account 111122223333)"), "{prompt}");
        assert!(prompt.contains("Your browser is opening."), "{prompt}");
        assert!(prompt.contains("/device?user_code="), "{prompt}");
    }
}

#[test]
fn without_permission_no_sign_in_starts_and_no_request_is_sent() {
    let mut desk = Desk::new();
    let text = format!("{NOT_SIGNED_IN}{LOGIN_HINT}");
    refused(&desk.run(&[]), 1, &text);
    for off in ["", "0", "false", "no", "off", "2"] {
        desk.world.home.env("AWS_SSO_INTERACTIVE_AUTH", off);
        refused(&desk.run(&[]), 1, &text);
    }
    assert_eq!(desk.world.requests(), 0);
    desk.assert_tabs(0);
    assert!(!desk.state_file("pending.json").exists());
}

#[test]
fn noninteractive_wins_over_every_permission() {
    let mut desk = Desk::new();
    desk.world.home.env("AWS_SSO_INTERACTIVE_AUTH", "1");
    let allowed = with_key("[sso-session corp]", "sso_interactive_auth = true");
    desk.world
        .home
        .write_config(&allowed.replace("[profile dev]", "[profile dev]\nsso_interactive_auth = 1"));
    for veto in ["-n", "--noninteractive"] {
        refused(&desk.run(&[veto]), 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
    }
    assert_eq!(desk.world.requests(), 0);
    desk.assert_tabs(0);
}

#[test]
fn live_role_credentials_are_handed_out_without_a_sign_in() {
    for token_is_dead in [false, true] {
        let desk = Desk::new();
        let cached = desk.world.cache_role(600);
        if token_is_dead {
            desk.world.sign_in_for_once(-60);
        }
        for _ in 0..2 {
            let output = desk.sign_in(&[]);
            answered(&output);
            assert_eq!(output.stdout, cached);
        }
        assert_eq!(desk.world.requests(), 0, "a background refresh opens no browser");
        desk.assert_tabs(0);
    }
}

#[test]
fn role_credentials_that_end_soon_lead_to_a_sign_in() {
    let desk = Desk::new();
    let cached = desk.world.cache_role(100);
    desk.aws().auto_approve(0);
    let output = desk.sign_in(&[]);
    assert_ne!(output.stdout, cached);
    signed_in(output);
}

#[test]
fn with_no_browser_a_sign_in_needs_a_terminal_for_the_prompt() {
    let mut desk = Desk::new();
    let by_flag = desk.sign_in(&["--no-browser"]);
    desk.world.home.env("AWS_SSO_DISABLE_BROWSER", "true");
    for output in [by_flag, desk.sign_in(&[])] {
        assert_eq!((output.status, output.stdout.as_str()), (3, ""), "{output:?}");
        assert!(
            output
                .stderr
                .contains("no terminal, and no browser (`--no-browser` or AWS_SSO_DISABLE_BROWSER is set)")
        );
    }
    assert_eq!(desk.world.requests(), 0);
    desk.assert_tabs(0);
}

#[test]
fn a_sign_in_that_cannot_be_shown_sends_no_request() {
    let in_a_terminal = "hint: in a terminal, run `aws-sso-cred login";
    for (name, value, told, hint) in [
        (
            "CI",
            "true",
            "this is a CI job (`CI` is set)",
            "hint: in CI, use the CI's own OIDC role; or run `aws-sso-cred login",
        ),
        ("BROWSER", "", "no terminal, and no browser", in_a_terminal),
        ("BROWSER", "lynx", "no terminal, and no browser", in_a_terminal),
    ] {
        let mut desk = Desk::new();
        desk.world.home.env(name, value);
        let output = desk.sign_in(&[]);
        let lines = crate::common::failed(&output, 3);
        assert!(lines[..lines.len() - 1].concat().contains(told), "{lines:?}");
        assert!(lines.last().unwrap().starts_with(hint), "{lines:?}");
        assert_eq!(desk.world.requests(), 0, "{name}={value}");
        desk.assert_tabs(0);
    }
}

#[test]
fn stdout_and_stderr_in_one_pipe_stay_clean() {
    let mut desk = Desk::new();
    desk.world.home.env("BROWSER", "");
    let joined = r#"exec "$0" "$@" 2>&1"#;
    let mut command = desk.world.home.command_of("/bin/sh");
    command.args(["-c", joined, crate::common::PROGRAM]).args(DEV).arg("-i");
    let output = crate::desk::Running::start(&mut command).finish();
    assert_eq!((output.status, desk.world.requests()), (3, 0), "{output:?}");
    assert!(!output.stdout.contains('{') && output.stderr.is_empty(), "{output:?}");
}
