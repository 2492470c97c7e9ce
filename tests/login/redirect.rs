//! `login` by redirect: its requests, its cache files, and how it ends.

use std::fs;
use std::time::Duration;

use aws_sso_cred::cli::LoginOptions;
use aws_sso_cred::commands::login;
use aws_sso_cred::context::Context;
use aws_sso_cred::timestamp::Timestamp;
use rustix::process::Signal;
use serde_json::json;
use stand_in::{AuthorizeBehaviour, Fault, Operation, Request, Times};

use crate::common::{
    ACCOUNT, REGION, ROLE, START_URL, World, answered, in_seconds, now, read_json, seconds_left,
};
use crate::support::{LONG, Running, field, leftovers, mode, opened, page, parameter, told, with_browser};

const LOGIN: [&str; 3] = ["login", "--sso-session", "corp"];

pub const SIGNED_IN: &str = "signed in to sso-session `corp` at https://corp.awsapps.com/start: \
    good for 1 profile until TIME (in SPAN), then refreshed automatically\n";

pub fn registration_path(world: &World) -> std::path::PathBuf {
    world.home.registration_path(Some("corp"), START_URL, REGION, Some(&["sso:account:access"]))
}

fn of(world: &World, operation: Operation) -> Vec<Request> {
    world.aws.requests().into_iter().filter(|request| request.operation == operation).collect()
}

#[test]
fn login_by_redirect_reports_session_profiles_and_expiry() {
    let world = with_browser();
    let text = told(&world.home.run(&LOGIN));
    let expected = "\
signing in to sso-session `corp`
your browser is opening; if no page appears, open this address on this computer:

    AUTHORIZE

if this computer has no browser: aws-sso-cred login --sso-session corp --use-device-code
";
    assert_eq!(text, format!("{expected}{SIGNED_IN}"));
    let asked: Vec<_> = world.aws.requests().iter().map(|request| request.operation).collect();
    assert_eq!(asked, [Operation::RegisterClient, Operation::Authorize, Operation::CreateToken]);
    assert_eq!(opened(&world).len(), 1);
    let page = page(&world);
    assert!(page.contains("corp") && !page.contains("code="), "{page}");
    answered(&world.run(&[]));
}

#[test]
fn login_by_redirect_sends_the_requests_of_the_aws_cli() {
    let world = with_browser();
    told(&world.home.run(&LOGIN));
    let register = of(&world, Operation::RegisterClient).remove(0);
    let expected = json!({
        "clientName": "botocore-client-corp",
        "clientType": "public",
        "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": START_URL,
        "scopes": ["sso:account:access"],
    });
    assert_eq!(register.body, expected);
    let url = opened(&world).remove(0);
    let registration = read_json(&registration_path(&world));
    let client_id = registration["clientId"].as_str().unwrap();
    let (state, challenge) = (parameter(&url, "state"), parameter(&url, "code_challenge"));
    let redirect_uri = parameter(&url, "redirect_uri");
    let port = redirect_uri.strip_prefix("http%3A%2F%2F127.0.0.1%3A").unwrap();
    let port = port.strip_suffix("%2Foauth%2Fcallback").unwrap();
    assert!(port.parse::<u16>().unwrap() >= 1024, "{port}");
    let aws = world.aws.url();
    assert_eq!(
        url,
        format!(
            "{aws}/authorize?response_type=code&client_id={client_id}&redirect_uri={redirect_uri}&state={state}\
             &code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge={challenge}"
        )
    );
    assert!(state.len() >= 22 && challenge.len() == 43, "{state} {challenge}");
    let token = of(&world, Operation::CreateToken).remove(0);
    assert_eq!(field(&token, "grantType"), "authorization_code");
    assert_eq!(field(&token, "redirectUri"), format!("http://127.0.0.1:{port}/oauth/callback"));
    assert_eq!(field(&token, "clientId"), client_id);
    assert_eq!(field(&token, "codeVerifier").len(), 64);
    assert_eq!(token.body.as_object().unwrap().len(), 6, "{}", token.body);
    assert!(token.header("authorization").is_none());
}

#[test]
fn login_by_redirect_writes_the_cache_files_of_the_aws_cli() {
    let world = with_browser();
    told(&world.home.run(&LOGIN));
    let text = fs::read_to_string(world.token_file()).unwrap();
    let token = world.token();
    let value = |name: &str| token[name].to_string();
    let expected = format!(
        "{{\"startUrl\": \"{START_URL}\", \"region\": \"{REGION}\", \"accessToken\": {}, \"expiresAt\": {}, \
         \"clientId\": {}, \"clientSecret\": {}, \"registrationExpiresAt\": {}, \"refreshToken\": {}}}",
        value("accessToken"),
        value("expiresAt"),
        value("clientId"),
        value("clientSecret"),
        value("registrationExpiresAt"),
        value("refreshToken"),
    );
    assert_eq!(text, expected);
    assert!((3500..=3600).contains(&seconds_left(&token["expiresAt"])));
    let path = registration_path(&world);
    let registration = read_json(&path);
    let expected = format!(
        "{{\"clientId\": {}, \"clientSecret\": {}, \"expiresAt\": {}, \"scopes\": [\"sso:account:access\"], \
         \"grantTypes\": [\"authorization_code\", \"refresh_token\"]}}",
        registration["clientId"], registration["clientSecret"], registration["expiresAt"],
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    assert_eq!(registration["expiresAt"], token["registrationExpiresAt"]);
    assert_eq!((mode(&path), mode(&world.token_file())), (0o600, 0o600));
    assert_eq!(leftovers(&world), Vec::<String>::new());
}

#[test]
fn a_registration_is_reused_only_by_the_same_kind_of_sign_in() {
    let world = with_browser();
    world.aws.auto_approve(0);
    let client = || read_json(&registration_path(&world))["clientId"].clone();
    told(&world.home.run(&LOGIN));
    let by_redirect = client();
    told(&world.home.run(&LOGIN));
    assert_eq!((client(), world.aws.count(Operation::RegisterClient)), (by_redirect.clone(), 1));
    // The AWS CLI keeps both kinds of registration in one file, so each replaces the other.
    let by_code = ["login", "--sso-session", "corp", "--use-device-code"];
    told(&world.home.run(&by_code));
    assert_ne!(client(), by_redirect);
    assert!(read_json(&registration_path(&world)).get("grantTypes").is_none());
    told(&world.home.run(&by_code));
    assert_eq!(world.aws.count(Operation::RegisterClient), 2);
    told(&world.home.run(&LOGIN));
    assert_eq!(world.aws.count(Operation::RegisterClient), 3);
}

#[test]
fn a_registration_that_expires_soon_or_is_torn_is_replaced() {
    let world = with_browser();
    told(&world.home.run(&LOGIN));
    let path = registration_path(&world);
    let mut registration = read_json(&path);
    registration["expiresAt"] = in_seconds(14 * 60).into();
    fs::write(&path, registration.to_string()).unwrap();
    told(&world.home.run(&LOGIN));
    assert_eq!(world.aws.count(Operation::RegisterClient), 2);
    for torn in ["", "{\"clientId\": \"x", "[]", "{\"clientId\": \"x\", \"clientSecret\": \"y\"}"] {
        fs::write(&path, torn).unwrap();
        world.aws.clear_requests();
        told(&world.home.run(&LOGIN));
        assert_eq!(world.aws.count(Operation::RegisterClient), 1, "{torn}");
    }
}

#[test]
fn a_client_that_aws_rejects_is_replaced_once() {
    let world = with_browser();
    told(&world.home.run(&LOGIN));
    world.aws.clear_requests();
    let fault = || Fault::Error { status: 401, code: "invalid_client", message: "Invalid client provided" };
    world.aws.fault(Operation::CreateToken, fault(), Times::Once);
    let text = told(&world.home.run(&LOGIN));
    assert!(
        text.contains("\nAWS no longer knows this client registration; please sign in once more\n"),
        "{text}"
    );
    assert!(text.ends_with(SIGNED_IN), "{text}");
    assert_eq!(world.aws.count(Operation::RegisterClient), 1);
    world.aws.clear_requests();
    world.aws.fault(Operation::CreateToken, fault(), Times::Always);
    let output = world.home.run(&LOGIN);
    assert_eq!(output.status, 4, "{}", output.stderr);
    assert_eq!(world.aws.count(Operation::RegisterClient), 1);
    assert_eq!(world.aws.count(Operation::CreateToken), 2);
}

/// AWS shows its own page for a client that it has forgotten and does not redirect, so the person
/// stops the login. The next login must not use that client again.
#[test]
fn a_client_whose_redirect_never_came_is_replaced_by_the_next_login() {
    let world = with_browser();
    told(&world.home.run(&LOGIN));
    let forgotten = read_json(&registration_path(&world))["clientId"].as_str().unwrap().to_owned();
    world.aws.expire_client(&forgotten);
    world.aws.clear_requests();
    let running = Running::start(&world, &LOGIN);
    world.aws.wait_for_requests(Operation::Authorize, 1, LONG);
    running.signal(Signal::INT);
    assert_eq!(running.finish().0, -2);
    assert!(told(&world.home.run(&LOGIN)).ends_with(SIGNED_IN));
    assert_eq!(world.aws.count(Operation::RegisterClient), 1);
}

/// The same after the ten minutes in which `login` waits for the redirect.
#[test]
fn a_client_without_an_answer_in_ten_minutes_is_replaced() {
    let world = World::new();
    let (home, url) = (world.home.home(), world.aws.url());
    let variables = [
        ("HOME", home.to_str().unwrap()),
        ("PATH", "/usr/bin:/bin"),
        ("BROWSER", "/bin/true"),
        ("AWS_ENDPOINT_URL_SSO", &url),
        ("AWS_ENDPOINT_URL_SSO_OIDC", &url),
    ];
    let options = LoginOptions { sso_session: Some("corp".to_owned()), ..LoginOptions::default() };
    for registrations in [1, 2] {
        let context = Context::fake(&variables, Timestamp::from_unix(now()));
        assert_eq!(login(&context, &options).unwrap_err().exit_code(), 3);
        assert_eq!(world.aws.count(Operation::RegisterClient), registrations);
    }
}

#[test]
fn a_refusal_in_the_browser_exits_with_3_and_keeps_the_old_sign_in() {
    let world = with_browser();
    world.sign_in(60);
    let before = world.token();
    world.aws.authorize_behaviour(AuthorizeBehaviour::Deny);
    let output = world.home.run(&LOGIN);
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    let expected = "\
aws-sso-cred: sso-session `corp`: the sign-in was refused in the browser
hint: to try again, run `aws-sso-cred login --sso-session corp` (or `aws sso login --sso-session corp`)
";
    assert!(output.stderr.ends_with(expected), "{}", output.stderr);
    assert!(page(&world).contains("refused"), "{}", page(&world));
    assert_eq!(world.token(), before);
    assert_eq!(world.aws.count(Operation::CreateToken), 0);
}

#[test]
fn an_exchange_that_aws_rejects_exits_with_4_and_is_shown_in_the_browser() {
    let world = with_browser();
    world.aws.fault(
        Operation::CreateToken,
        Fault::Error { status: 400, code: "invalid_grant", message: "Invalid grant provided" },
        Times::Once,
    );
    let output = world.home.run(&LOGIN);
    assert_eq!((output.status, output.stdout.as_str()), (4, ""));
    let told = output.stderr.split("--use-device-code\n").nth(1).unwrap();
    let endpoint = world.aws.url().replace("http://", "");
    let expected = format!(
        "aws-sso-cred: AWS did not accept CreateToken at {endpoint}\ninvalid_grant: Invalid grant provided\n\
         hint: check that `sso_region` (`eu-west-1`) is the region of this start URL\n"
    );
    assert_eq!(told.replace("InvalidGrantException", "invalid_grant"), expected);
    assert!(page(&world).contains("did not accept CreateToken"), "{}", page(&world));
    assert!(!world.token_file().exists());
}

/// AWS refuses the code when it is asked again. The region is right then.
#[test]
fn an_answer_with_the_token_that_is_lost_is_reported_as_lost() {
    let world = with_browser();
    world.aws.fault(Operation::CreateToken, Fault::CutMidBody, Times::Once);
    let output = world.home.run(&LOGIN);
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    let told = output.stderr.split("--use-device-code\n").nth(1).unwrap();
    let expected = "\
aws-sso-cred: sso-session `corp`: the sign-in failed: the answer with the token may have been lost on the way
hint: to try again, run `aws-sso-cred login --sso-session corp` (or `aws sso login --sso-session corp`)
";
    assert_eq!(told, expected);
    assert_eq!(world.aws.count(Operation::CreateToken), 2);
}

#[test]
fn a_start_url_of_another_region_is_reported_before_a_browser_opens() {
    let mut world = with_browser();
    world.home.write_config(
        "[sso-session corp]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n",
    );
    world.home.env("AWS_PROFILE", "no-such-profile");
    let output = world.home.run(&LOGIN);
    assert_eq!(output.status, 4);
    let expected = "aws-sso-cred: AWS does not accept start URL `https://other.awsapps.com/start` in region `eu-west-1`\n";
    assert!(output.stderr.starts_with(expected), "{}", output.stderr);
    assert!(
        output.stderr.contains("or set `sso_region` to the region of Identity Center\n"),
        "{}",
        output.stderr
    );
    assert_eq!(opened(&world), Vec::<String>::new());
}

#[test]
fn login_removes_role_credentials_of_the_previous_sign_in() {
    let world = with_browser();
    world.cache_role(3600);
    // The program knows this role only from its own state file.
    world.sign_in(3600);
    let by_command_line = ["--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", "ReadOnly"];
    answered(&world.home.run(&by_command_line));
    let noted = world.home.role_path(ACCOUNT, "ReadOnly", Some("corp"), "");
    let others = world.home.role_path(ACCOUNT, ROLE, Some("other"), "");
    world.home.write_role_credentials(ACCOUNT, ROLE, "other", 3600);
    assert!(noted.exists() && world.role_file().exists() && others.exists());
    told(&world.home.run(&LOGIN));
    assert!(!noted.exists() && !world.role_file().exists());
    assert!(others.exists());
}

#[test]
fn login_by_redirect_prints_and_logs_no_secret() {
    let world = with_browser();
    let output = world.home.run(&["login", "--sso-session", "corp", "--debug"]);
    told(&output);
    let secrets = world.aws.take_secrets();
    assert!(secrets.len() >= 4);
    let page = page(&world);
    assert_eq!(world.home.search_for_secrets(&[&output.stderr, &page], &secrets), Vec::<String>::new());
}

#[test]
fn a_slow_aws_is_waited_for() {
    let world = with_browser();
    world.aws.delay(Operation::CreateToken, Duration::from_secs(2));
    world.aws.fault(Operation::CreateToken, Fault::Status(503), Times::Once);
    assert!(told(&world.home.run(&LOGIN)).ends_with(SIGNED_IN));
}

/// Asserts that a `login` has ended because of a logout, and left no files.
#[track_caller]
fn assert_given_up(world: &World, login: Running) {
    let (status, text) = login.finish();
    assert_eq!(status, 3, "{text}");
    let told =
        "aws-sso-cred: sso-session `corp`: the sign-in failed: `aws-sso-cred logout` ran while it waited\n";
    assert!(text.contains(told), "{text}");
    assert!(!world.token_file().exists());
}

#[test]
fn logout_ends_a_login_that_waits_for_its_redirect() {
    for logout in [&["logout", "--sso-session", "corp"][..], &["logout", "--all"]] {
        let world = with_browser();
        let mut login = Running::start(&world, &[&LOGIN[..], &["--no-browser"]].concat());
        login.line("/authorize?");
        let text = told(&world.home.run(logout));
        assert_eq!(text, "sso-session `corp`: the pending sign-in is cancelled\n");
        assert_given_up(&world, login);
        // No sign-in is pending.
        let text = told(&world.home.run(logout));
        assert!(text.ends_with("you were not signed in\n"), "{text}");
    }
}

#[test]
fn logout_ends_a_login_whose_redirect_has_arrived() {
    let world = with_browser();
    world.aws.hold(Operation::CreateToken);
    let login = Running::start(&world, &LOGIN);
    world.aws.wait_for_requests(Operation::CreateToken, 1, LONG);
    told(&world.home.run(&["logout", "--sso-session", "corp"]));
    world.aws.release(Operation::CreateToken);
    assert_given_up(&world, login);
    assert_eq!(world.aws.count(Operation::Logout), 1, "the approved sign-in is revoked");
    let page = page(&world);
    assert!(!page.contains("Signed in") && page.contains("ran while it waited"), "{page}");
}
