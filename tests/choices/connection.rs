//! Connection settings in an `[sso-session]`: `login --sso-session` reaches what its profiles reach.

use aws_sso_cred::context::Context;
use aws_sso_cred::selection::{Selection, resolve_role, resolve_session};
use aws_sso_cred::timestamp::Timestamp;
use stand_in::{IdentityCenter, Sandbox};

use crate::common::{CONFIG, PROGRAM, World, failed};
use crate::desk::SOON;
use crate::{PERSON, config_with};

fn by_session() -> Selection {
    Selection { sso_session: Some("corp".to_owned()), ..Selection::default() }
}

fn by_profile() -> Selection {
    Selection { profile: Some("dev".to_owned()), ..Selection::default() }
}

fn context(world: &Sandbox) -> Context {
    Context::fake(&[("HOME", world.home().to_str().unwrap())], Timestamp::from_unix(1_800_000_000))
}

/// The bundle with which a profile and a session are reached, and the command in hints.
fn reached(config: &str) -> ([Option<String>; 2], String) {
    let home = Sandbox::new(PROGRAM);
    home.write_config(config);
    let context = context(&home);
    let dev = resolve_role(&context, &by_profile()).unwrap();
    let role = Selection {
        account_id: Some("111122223333".to_owned()),
        role_name: Some("Developer".to_owned()),
        ..by_session()
    };
    let corp = resolve_role(&context, &role).unwrap();
    let bundles = [&dev, &corp].map(|resolved| {
        let settings = resolved.connection_settings(&context).unwrap();
        settings.ca_bundle.map(|path| path.display().to_string())
    });
    let commands = dev.login_commands(&context);
    let session = resolve_session(&context, &by_session(), false).unwrap();
    assert_eq!(session.login_commands().aws_cli.is_some(), commands.aws_cli.is_some());
    (bundles, commands.aws_cli.unwrap_or(commands.ours))
}

#[test]
fn a_key_of_the_profile_wins_and_others_come_from_the_session() {
    let in_dev = |config: String| config.replacen("[profile dev]", "[profile dev]\nca_bundle = /dev.pem", 1);
    let some = |path: &str| Some(path.to_owned());
    let aws_cli = |command: &str| command.to_owned();
    assert_eq!(reached(CONFIG), ([None, None], aws_cli("aws sso login --sso-session corp")));
    // The AWS CLI does not read the bundle of the session, so no command of it is named.
    let in_session = config_with("ca_bundle = /corp.pem");
    let ours = "aws-sso-cred login --sso-session corp".to_owned();
    assert_eq!(reached(&in_session), ([some("/corp.pem"), some("/corp.pem")], ours.clone()));
    assert_eq!(reached(&in_dev(in_session)), ([some("/dev.pem"), some("/dev.pem")], ours.clone()));
    // With the same bundle in both, the session alone is enough.
    let same = in_dev(config_with("ca_bundle = /dev.pem"));
    assert_eq!(reached(&same), ([some("/dev.pem"), some("/dev.pem")], ours));
}

#[test]
fn profiles_that_differ_from_the_session_are_named_in_hints() {
    let two = config_with("ca_bundle = /corp.pem")
        + "\n[profile other]\nsso_session = corp\nca_bundle = /other.pem\n\
           sso_account_id = 111122223333\nsso_role_name = Developer\n";
    let home = Sandbox::new(PROGRAM);
    home.write_config(&two);
    let context = context(&home);
    let other = Selection { profile: Some("other".to_owned()), ..Selection::default() };
    let commands = |selection| resolve_role(&context, &selection).unwrap().login_commands(&context).ours;
    assert_eq!(commands(other), "aws-sso-cred login --profile other");
    assert_eq!(commands(by_profile()), "aws-sso-cred login --sso-session corp");
}

#[test]
fn switches_and_services_of_the_session_count() {
    let home = Sandbox::new(PROGRAM);
    let services = "\n[services ours]\nsso_oidc =\n  endpoint_url = https://oidc.corp.example\n";
    home.write_config(
        &(config_with("use_fips_endpoint = true\nuse_dualstack_endpoint = true\nservices = ours") + services),
    );
    let context = context(&home);
    let dev = resolve_role(&context, &by_profile()).unwrap();
    let settings = dev.connection_settings(&context).unwrap();
    assert!(settings.use_fips_endpoint && settings.use_dualstack_endpoint);
    assert_eq!(settings.sso_oidc_endpoint_url.as_deref(), Some("https://oidc.corp.example"));
}

#[test]
fn login_to_a_session_trusts_the_bundle_of_its_section() {
    let mut world = World::of(IdentityCenter::builder().tls().start());
    let bundle = world.home.temporary().join("ca.pem");
    world.home.env_remove("AWS_CA_BUNDLE");
    let login = ["login", "--sso-session", "corp", "--use-device-code"];
    failed(&world.home.run(&login), 4);
    world.home.write_config(&config_with(&format!("ca_bundle = {}", bundle.display())));
    let running = PERSON.start(&world.home.command(&login));
    assert!(world.aws.approve(&world.aws.wait_for_user_code(SOON)));
    let seen = running.finish();
    assert_eq!(seen.output.status, 0, "{}", seen.screen);
}
