//! Role credentials in the AWS CLI's cache that no state file names.

use std::fs;
use std::os::unix::fs::symlink;

use crate::common::{ACCOUNT, CONFIG, ROLE, START_URL, World, answered, failed};
use crate::{ALL, LOGOUT, NOT_SIGNED_IN, cli_cache, put, told};

/// The recommended layout, and a profile of another session that names the same role.
const HELPER_LINE: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[profile dev]
credential_process = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer

[sso-session away]
sso_start_url = https://away.awsapps.com/start
sso_region = eu-west-1

[profile elsewhere]
sso_session = away
sso_account_id = 999988887777
sso_role_name = Developer
";

const LINE: [&str; 6] = ["--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", ROLE];

#[test]
fn logout_removes_role_credentials_without_the_state_directory() {
    let mut world = World::signed_in();
    world.home.write_config(HELPER_LINE);
    answered(&world.home.run(&LINE));
    fs::remove_dir_all(world.home.state_dir()).unwrap();
    told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    failed(&world.home.run(&LINE), 1);

    // A container that shares only `.aws` of the home.
    world.sign_in(3600);
    answered(&world.home.run(&LINE));
    let elsewhere = world.home.temporary().join("state of the container");
    world.home.env("XDG_STATE_HOME", elsewhere.to_str().unwrap());
    told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    failed(&world.home.run(&LINE), 1);
}

#[test]
fn login_by_another_person_removes_role_credentials_without_the_state_directory() {
    let mut world = World::signed_in();
    world.home.write_config(HELPER_LINE);
    world.home.env("AWS_SSO_DISABLE_BROWSER", "1");
    answered(&world.home.run(&LINE));
    fs::remove_dir_all(world.home.state_dir()).unwrap();
    world.aws.auto_approve(0);
    let output = world.home.run(&["login", "--sso-session", "corp", "--use-device-code"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(!world.role_file().exists());
}

#[test]
fn logout_removes_role_credentials_without_an_account_id() {
    let world = World::signed_in();
    let other = "[profile admin]\nsso_session = away\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
        [sso-session away]\nsso_start_url = https://away.awsapps.com/start\nsso_region = eu-west-1\n";
    world.home.write_config(&format!("{CONFIG}{other}"));
    world.home.write_role_credentials(ACCOUNT, "Admin", "corp", 3600);
    let path = world.home.role_path(ACCOUNT, "Admin", Some("corp"), "");
    let mut document = crate::common::read_json(&path);
    document["Credentials"].as_object_mut().unwrap().remove("AccountId");
    fs::write(&path, document.to_string()).unwrap();
    told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    assert!(!path.exists());
}

#[test]
fn logout_reports_unexplained_role_credentials_and_logout_all_removes_them() {
    let world = World::signed_in();
    // Credentials of another session, expired credentials, and a file that is not from SSO.
    world.home.write_role_credentials(ACCOUNT, ROLE, START_URL, 3600);
    world.home.write_role_credentials(ACCOUNT, "Unheard", "corp", -60);
    put(&cli_cache(&world).join("assumed.json"), "{\"Credentials\": {}, \"AssumedRoleUser\": {}}");
    symlink("/nonexistent/file", cli_cache(&world).join("linked.json")).unwrap();
    told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    for (role, told_of) in [("Unheard", "1 file"), ("Unknown", "2 files")] {
        world.home.write_role_credentials(ACCOUNT, role, "corp", 3600);
        let output = world.home.run(&LOGOUT);
        let them = if told_of == "1 file" { "it" } else { "them" };
        told(
            &output,
            &format!(
                "{NOT_SIGNED_IN}{told_of} with role credentials in ~/.aws/cli/cache may belong to this \
                 session too; `aws-sso-cred logout --all` removes {them}\n"
            ),
        );
    }
    told(&world.home.run(&ALL), "you were not signed in\n");
    let mut left: Vec<_> =
        fs::read_dir(cli_cache(&world)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["assumed.json", "linked.json"]);
}
