//! `logout --all`: every session of the config, and those that no config names.

use std::fs;

use serde_json::json;
use stand_in::{Fault, Operation, Times};

use crate::common::{ACCOUNT, REGION, ROLE, START_URL, World, failed};
use crate::{ALL, put, told};

#[test]
fn logout_all_reports_how_many_sessions_were_not_revoked() {
    let world = World::signed_in();
    for key in ["gone", "also gone"] {
        let token = world.aws.issue_token(&stand_in::TokenOptions::default());
        world.home.write_cli_token(key, &token, 3600);
    }
    world.aws.fault(Operation::Logout, Fault::Status(403), Times::Once);
    told(
        &world.home.run(&["logout", "--all"]),
        "signed out of 3 sessions on this computer; AWS could not be told about 1 of them, because it \
         answered with HTTP status 403; that session at AWS expires by itself\n",
    );
    assert_eq!(world.aws.count(Operation::Logout), 3);
}

#[test]
fn logout_all_signs_out_of_sessions_that_no_config_names() {
    let world = World::signed_in();
    world.cache_role(3600);
    for key in ["https://gone.awsapps.com/start", "a session that was removed", START_URL] {
        let token = world.aws.issue_token(&stand_in::TokenOptions::default());
        world.home.write_cli_token(key, &token, if key == START_URL { -5 } else { 3600 });
    }
    world.home.write_role_credentials(ACCOUNT, ROLE, "a session that was removed", 3600);
    put(&world.home.token_path("torn"), "{\"startUrl\": \"https://x/\", \"accessToken\": \"half a");
    let sso = world.home.sso_cache();
    let registration = world.home.registration_path(Some("corp"), START_URL, REGION, None);
    put(
        &registration,
        "{\"clientId\": \"a\", \"clientSecret\": \"b\", \"expiresAt\": \"2099-01-01T00:00:00Z\"}",
    );
    put(
        &sso.join("kiro-auth-token.json"),
        "{\"accessToken\": \"its own\", \"expiresAt\": \"2099-01-01T00:00:00Z\"}",
    );
    put(&sso.join("notes.json"), "not JSON at all");
    let assumed = world.home.home().join(".aws/cli/cache/assumed.json");
    put(&assumed, "{\"Credentials\": {}}");

    told(&world.home.run(&["logout", "--all"]), "signed out of 4 sessions\n");
    assert_eq!(world.aws.count(Operation::Logout), 4);
    let mut left: Vec<_> = fs::read_dir(&sso).unwrap().map(|entry| entry.unwrap().path()).collect();
    left.sort();
    let mut expected = vec![registration, sso.join("kiro-auth-token.json"), sso.join("notes.json")];
    expected.sort();
    assert_eq!(left, expected);
    let roles: Vec<_> =
        fs::read_dir(assumed.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(roles, [assumed]);
    told(&world.home.run(&["logout", "--all"]), "you were not signed in\n");
}

#[test]
fn logout_all_works_without_a_config_and_with_a_broken_config() {
    for config in
        [None, Some("[sso-session half]\nsso_region = eu-west-1\n[profile x]\nsso_session = gone\n")]
    {
        let world = World::signed_in();
        match config {
            Some(text) => world.home.write_config(text),
            None => fs::remove_file(world.home.config_path()).unwrap(),
        }
        told(&world.home.run(&["logout", "--all"]), "signed out of 1 session\n");
        assert!(!world.token_file().exists());
        assert_eq!(world.aws.count(Operation::Logout), 1);
    }
}

#[cfg(unix)]
#[test]
fn logout_all_removes_pending_sign_ins_of_sessions_that_no_config_names() {
    let world = World::new();
    let sessions = world.home.state_dir().join("sessions");
    // The program creates the state directory.
    failed(&world.run(&[]), 1);
    told(&world.home.run(&ALL), "you were not signed in\n");
    fs::create_dir_all(&sessions).unwrap();
    let gone = sessions.join("0123456789012345678901234567890123456789").join("pending.json");
    put(&gone, &json!({ "deviceCode": "secret" }).to_string());
    for directory in [world.home.state_dir(), sessions, gone.parent().unwrap().to_owned()] {
        crate::ordinary_user::set_mode(&directory, 0o700);
    }
    told(&world.home.run(&ALL), "you were not signed in\n");
    assert!(!gone.exists());
}
