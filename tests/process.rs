//! The credential process end to end: the real program, real files, a stand-in AWS.

use std::time::Duration;

use stand_in::{IdentityCenter, Operation, Sandbox, TokenOptions};

const CONFIG: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Developer
region = eu-west-1
";

fn sandbox(aws: &IdentityCenter) -> Sandbox {
    let mut sandbox = Sandbox::new(env!("CARGO_BIN_EXE_aws-sso-cred"));
    sandbox.write_config(CONFIG);
    sandbox.point_at(aws);
    sandbox
}

#[test]
fn a_signed_in_person_gets_role_credentials() {
    let aws = IdentityCenter::start();
    let sandbox = sandbox(&aws);
    let token = aws.issue_token(&TokenOptions::default());
    sandbox.write_cli_token("corp", &token, 3600);

    let output = sandbox.run(&["--profile", "dev"]);

    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{}", output.stdout);
    let document = output.json();
    assert_eq!(document["Version"], 1);
    assert_eq!(document["AccountId"], "111122223333");
    assert_eq!(aws.count(Operation::GetRoleCredentials), 1);
    assert_eq!(aws.requests().len(), 1, "nothing else is asked");

    let again = sandbox.run(&["--profile", "dev"]);
    assert_eq!(again.stdout, output.stdout);
    assert_eq!(aws.requests().len(), 1, "the second run asks nobody");
    let _ = Duration::ZERO;
}
