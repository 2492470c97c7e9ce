//! `logout` of one session: what it removes, what it leaves, and that nothing prevents it.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::common::{ACCOUNT, CONFIG, REGION, ROLE, START_URL, World, answered, failed, whole_tree};
use crate::{LOGOUT, put, told};
use serde_json::json;
use stand_in::{Fault, Operation, Times};

/// Longer than any step of these tests takes on a busy machine.
const LONG: Duration = Duration::from_secs(30);

fn state(world: &World, name: &str) -> PathBuf {
    let session = world.token_file().file_stem().unwrap().to_owned();
    world.home.state_dir().join("sessions").join(session).join(name)
}

#[test]
fn logout_removes_the_token_and_revokes_it_at_the_portal() {
    let world = World::new();
    let token = world.sign_in(3600);
    told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    assert!(!world.token_file().exists());
    let requests = world.aws.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!((requests[0].operation, requests[0].status), (Operation::Logout, 200));
    assert_eq!(requests[0].header("x-amz-sso_bearer_token"), Some(token.access_token.as_str()));
    failed(&world.run(&[]), 1);
    // A second logout finds no sign-in, and succeeds.
    world.aws.clear_requests();
    told(&world.home.run(&LOGOUT), "sso-session `corp`: you were not signed in\n");
    assert_eq!(world.requests(), 0);
}

#[test]
fn logout_takes_the_session_from_the_profile() {
    let mut world = World::new();
    for arguments in [&["logout", "--profile", "dev"][..], &["logout"]] {
        world.sign_in(3600);
        world.home.env("AWS_PROFILE", "dev");
        told(&world.home.run(arguments), "signed out of sso-session `corp`\n");
    }
    world.home.env_remove("AWS_PROFILE");
    world.home.write_config(&CONFIG.replace(
        "corp.awsapps.com/start\nsso_region = eu-west-1\nsso_acc",
        "old.awsapps.com/start\nsso_region = eu-west-1\nsso_acc",
    ));
    failed(&world.home.run(&["logout"]), 2);
    world.home.write_config(&format!("{CONFIG}[default]\nsso_session = corp\n"));
    world.sign_in(3600);
    told(&world.home.run(&["logout"]), "signed out of sso-session `corp`\n");
    assert!(!world.token_file().exists());
}

#[test]
fn a_legacy_profile_signs_out_of_its_start_url_only() {
    let world = World::signed_in();
    let token = world.aws.issue_token(&stand_in::TokenOptions::default());
    world.home.write_cli_token(START_URL, &token, 3600);
    told(&world.home.run(&["logout", "--profile", "old"]), "signed out of profile `old`\n");
    assert!(!world.home.token_path(START_URL).exists());
    assert!(world.token_file().exists());
}

#[test]
fn logout_of_an_unknown_session_or_profile_exits_with_2_and_removes_nothing() {
    let world = World::signed_in();
    for arguments in [&["logout", "--sso-session", "crop"][..], &["logout", "--profile", "dave"]] {
        let lines = failed(&world.home.run(arguments), 2);
        assert!(lines[0].contains("is not in ~/.aws/config"), "{lines:?}");
    }
    assert!(world.token_file().exists());
}

#[test]
fn logout_removes_only_files_of_the_session() {
    let world = World::signed_in();
    world.cache_role(3600);
    // The program knows this role from its own state file.
    let other = ["--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", "ReadOnly"];
    answered(&world.home.run(&other));
    let noted = world.home.role_path(ACCOUNT, "ReadOnly", Some("corp"), "");
    let registration =
        world.home.registration_path(Some("corp"), START_URL, REGION, Some(&["sso:account:access"]));
    put(
        &registration,
        "{\"clientId\": \"a\", \"clientSecret\": \"b\", \"expiresAt\": \"2099-01-01T00:00:00Z\"}",
    );
    world.home.write_role_credentials(ACCOUNT, ROLE, "away", 3600);
    world.home.write_role_credentials(ACCOUNT, ROLE, START_URL, 3600);
    let cli = world.home.home().join(".aws/cli/cache");
    put(&cli.join("assumed.json"), "{\"Credentials\": {\"AccessKeyId\": \"ASIA\"}, \"AssumedRoleUser\": {}}");
    put(&cli.join("session.db"), "SQLite format 3");
    let foreign = world.home.sso_cache().join("aws-toolkit-vscode-client-id-eu-west-1.json");
    put(&foreign, "{\"clientId\": \"toolkit\", \"accessToken\": \"toolkit's own\"}");
    let before = whole_tree(&world.home.home().join(".aws"));

    let unknown = "1 file with role credentials in ~/.aws/cli/cache may belong to this session too; \
        `aws-sso-cred logout --all` removes it\n";
    told(&world.home.run(&LOGOUT), &format!("signed out of sso-session `corp`\n{unknown}"));
    let after = whole_tree(&world.home.home().join(".aws"));
    let gone: Vec<_> = before.keys().filter(|path| !after.contains_key(*path)).cloned().collect();
    let mut expected = vec![world.token_file(), world.role_file(), noted];
    expected.sort();
    assert_eq!(gone, expected);
    told(
        &world.home.run(&[&LOGOUT[..], &["--forget-client"]].concat()),
        &format!("sso-session `corp`: you were not signed in\n{unknown}"),
    );
    assert!(!registration.exists() && foreign.exists());
}

#[test]
fn logout_removes_pending_sign_ins_errors_and_temporary_files() {
    let world = World::signed_in();
    let names =
        ["pending.json", "prompted.json", "cool-down.json", "last-error.json", "unproved-client.json"];
    for name in names {
        put(&state(&world, name), "{\"refused\": false, \"since\": 1}");
    }
    answered(&world.run(&[]));
    // Files with the names of the program's temporary files.
    let half = |whole: PathBuf| whole.with_extension("1-2.aws-sso-cred.tmp");
    let unknown_role =
        half(world.role_file().with_file_name("0123456789012345678901234567890123456789.json"));
    let torn = [
        half(world.token_file()),
        half(world.role_file()),
        state(&world, "pending.1-2.aws-sso-cred.tmp"),
        unknown_role.clone(),
    ];
    // A file of another session may be in the middle of a write.
    let of_others = [half(world.home.sso_cache().join("0123456789012345678901234567890123456789.json"))];
    torn.iter().chain(&of_others).for_each(|path| put(path, "{\"accessToken\": \"half a secret"));
    written_a_minute_ago(&unknown_role);
    told(&world.home.run(&LOGOUT), "signed out of sso-session `corp`\n");
    assert!(names.iter().all(|name| !state(&world, name).exists()));
    assert!(torn.iter().all(|path| !path.exists()));
    assert!(of_others.iter().all(|path| path.exists()));
    // No secret is left anywhere below the home.
    let secrets: Vec<_> = world.aws.take_secrets();
    for (path, _, content) in world.home.all_files() {
        let text = String::from_utf8_lossy(&content).into_owned();
        assert!(!secrets.iter().any(|secret| text.contains(secret.as_str())), "{}", path.display());
    }
}

fn written_a_minute_ago(path: &PathBuf) {
    let then = std::time::SystemTime::now() - Duration::from_secs(61);
    fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
}

#[test]
fn logout_reports_half_written_role_credentials_of_an_unknown_session() {
    let world = World::signed_in();
    let name = "0123456789012345678901234567890123456789.1-2.aws-sso-cred.tmp";
    let half = world.role_file().with_file_name(name);
    put(&half, "{\"ProviderType\": \"sso\", \"Credentials\": {");
    told(
        &world.home.run(&LOGOUT),
        "signed out of sso-session `corp`\n1 file with role credentials in ~/.aws/cli/cache may belong to \
         this session too; `aws-sso-cred logout --all` removes it\n",
    );
    assert!(half.exists(), "another process may be writing it");
    told(&world.home.run(&["logout", "--all"]), "you were not signed in\n");
    assert!(!half.exists());
}

#[test]
fn a_fetch_removes_temporary_files_that_are_older_than_a_minute() {
    let world = World::signed_in();
    let half = |hash: &str| world.role_file().with_file_name(format!("{hash}.1-2.aws-sso-cred.tmp"));
    let old = half("0123456789012345678901234567890123456789");
    let young = half("1123456789012345678901234567890123456789");
    let anothers = half("notes");
    for path in [&old, &young, &anothers] {
        put(path, "{\"ProviderType\": \"sso\", \"Credentials\": {");
    }
    written_a_minute_ago(&old);
    written_a_minute_ago(&anothers);
    answered(&world.run(&[]));
    assert!(!old.exists() && young.exists() && anothers.exists());
}

#[test]
fn logout_removes_an_unreadable_token_file() {
    let world = World::new();
    for torn in ["", "{\"accessToken\": \"se", "[1]", "{\"accessToken\": 5, \"expiresAt\": []}"] {
        put(&world.token_file(), torn);
        world.cache_role(3600);
        let text = "sso-session `corp`: you were not signed in; removed a token file without a token\n";
        told(&world.home.run(&LOGOUT), text);
        assert!(!world.token_file().exists() && !world.role_file().exists(), "{torn}");
    }
    assert_eq!(world.requests(), 0);
}

#[test]
fn logout_succeeds_when_the_portal_refuses_the_token_or_fails() {
    let ended = Fault::Error {
        status: 401,
        code: "UnauthorizedException",
        message: "Session token not found or invalid",
    };
    for (fault, cause, most) in [
        (ended, None, 1),
        (Fault::Status(500), Some("it answered with HTTP status 500"), 3),
        (Fault::Status(403), Some("it answered with HTTP status 403"), 1),
        (Fault::Reset, Some("the connection broke"), 3),
        (Fault::HtmlPage(200), Some("the answer was not AWS's"), 1),
        (Fault::RetryAfter { status: 429, seconds: 3600 }, Some("it answered with HTTP status 429"), 1),
    ] {
        let world = World::signed_in();
        world.aws.fault(Operation::Logout, fault.clone(), Times::Always);
        told(&world.home.run(&LOGOUT), &signed_out(cause));
        assert!(!world.token_file().exists());
        let requests = world.requests();
        // On a busy machine the time may end before the third.
        assert!(requests <= most && requests > usize::from(most > 1), "{fault:?}: {requests} requests");
    }
}

#[test]
fn logout_revokes_the_token_after_a_failure_that_passes() {
    for fault in [Fault::Status(429), Fault::Status(503), Fault::Reset] {
        let world = World::signed_in();
        world.aws.fault(Operation::Logout, fault.clone(), Times::Once);
        told(&world.home.run(&LOGOUT), &signed_out(None));
        assert_eq!(world.requests(), 2, "{fault:?}");
    }
}

#[test]
fn every_session_is_revoked_once_before_a_failed_request_is_repeated() {
    let world = World::signed_in();
    sign_in_to_another(&world);
    world.aws.fault(Operation::Logout, Fault::Status(500), Times::Once);
    told(&world.home.run(&["logout", "--all"]), "signed out of 2 sessions\n");
    let requests = world.aws.requests();
    let statuses: Vec<u16> = requests.iter().map(|request| request.status).collect();
    assert_eq!(statuses, [500, 200, 200]);
    let tokens: Vec<_> = requests.iter().map(|request| request.header("x-amz-sso_bearer_token")).collect();
    assert_eq!(tokens[0], tokens[2]);
    assert_ne!(tokens[0], tokens[1]);
}

fn sign_in_to_another(world: &World) {
    let extra =
        "[sso-session away]\nsso_start_url = https://away.awsapps.com/start\nsso_region = eu-west-1\n";
    world.home.write_config(&format!("{CONFIG}{extra}"));
    let token = world.aws.issue_token(&stand_in::TokenOptions::default());
    world.home.write_cli_token("away", &token, 3600);
}

/// The text after a logout, with the reason why AWS was not told, if there is one.
fn signed_out(not_told_because: Option<&str>) -> String {
    let about_aws = not_told_because.map(|cause| {
        format!(
            " on this computer; AWS could not be told, because {cause}; the session at AWS expires by itself"
        )
    });
    format!("signed out of sso-session `corp`{}\n", about_aws.unwrap_or_default())
}

#[test]
fn logout_removes_local_files_at_once_without_a_network() {
    let run = || {
        let mut world = World::signed_in();
        world.cache_role(3600);
        // Port 1 is closed, and the system assigns it to no program.
        world.home.env("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:1");
        let output = world.home.run(&LOGOUT);
        told(&output, &signed_out(Some("it cannot be reached")));
        assert!(!world.token_file().exists() && !world.role_file().exists());
        output.elapsed
    };
    // A busy machine is slow sometimes; a program that waits is slow every time.
    let fastest = (0..4).map(|_| run()).find(|elapsed| *elapsed < Duration::from_secs(3));
    assert!(fastest.is_some());
}

#[test]
fn logout_removes_the_token_despite_a_wrong_connection_setting() {
    let mut world = World::signed_in();
    world.home.env("AWS_CA_BUNDLE", "/nowhere/ca.pem");
    world.home.env("AWS_ENDPOINT_URL_SSO", "ftp://example.com");
    told(&world.home.run(&LOGOUT), &signed_out(Some("the settings of the connection cannot be used")));
    assert!(!world.token_file().exists());
}

#[test]
fn logout_gives_a_hanging_portal_a_few_seconds_for_all_sessions_together() {
    let world = World::signed_in();
    sign_in_to_another(&world);
    world.aws.fault(Operation::Logout, Fault::Hang, Times::Always);
    let mut child = world.home.command(&["logout", "--all"]).stderr(Stdio::piped()).spawn().unwrap();
    // The portal is asked last: a person who interrupts the command is signed out on this computer
    // already.
    world.aws.wait_for_requests(Operation::Logout, 1, Duration::from_secs(40));
    assert!(!world.token_file().exists() && !world.home.token_path("away").exists());
    let started = std::time::Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    // No time is left for the request about the second session.
    assert_eq!(world.aws.count(Operation::Logout), 1);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn logout_ends_a_pending_sign_in_without_waiting_for_it() {
    let (world, login) = pending_login();
    let output = world.home.run(&LOGOUT);
    told(&output, "sso-session `corp`: the pending sign-in is cancelled\n");
    assert!(output.elapsed < Duration::from_secs(30), "{:?}", output.elapsed);
    assert_given_up(&world, login);
    assert_eq!(world.aws.count(Operation::Logout), 0, "there is no token to revoke");
}

#[test]
fn a_sign_in_that_is_approved_during_logout_is_revoked() {
    let world = waiting_world();
    // AWS has the request when the waiting sign-in is removed.
    world.aws.auto_approve(0);
    world.aws.hold(Operation::CreateToken);
    let login = start_login(&world);
    fs::remove_file(state(&world, "pending.json")).unwrap();
    world.aws.release(Operation::CreateToken);
    assert_given_up(&world, login);
    assert_eq!(world.aws.count(Operation::Logout), 1);
}

/// A sign-in whose first poll came before the approval.
fn pending_login() -> (World, Child) {
    let world = waiting_world();
    let login = start_login(&world);
    (world, login)
}

fn waiting_world() -> World {
    let mut world = World::new();
    world.home.env("AWS_SSO_DISABLE_BROWSER", "1");
    world.aws.set_device(1, 600, false);
    world
}

/// A `login` by code that has sent its first poll.
fn start_login(world: &World) -> Child {
    let mut command = world.home.command(&["login", "--sso-session", "corp", "--use-device-code"]);
    let login = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    world.aws.wait_for_requests(Operation::CreateToken, 1, LONG);
    login
}

fn assert_given_up(world: &World, login: Child) {
    let ended = login.wait_with_output().unwrap();
    let text = String::from_utf8(ended.stderr).unwrap();
    assert_eq!((ended.status.code(), ended.stdout.as_slice()), (Some(3), &b""[..]), "{text}");
    assert!(text.contains("the sign-in failed: `aws-sso-cred logout` ran while it waited"), "{text}");
    assert!(!world.token_file().exists() && !state(world, "pending.json").exists());
}

#[test]
fn logout_writes_no_secret_to_the_log() {
    let world = World::signed_in();
    let output = world.home.run(&[&LOGOUT[..], &["--debug"]].concat());
    let mut secrets = world.aws.take_secrets();
    secrets.push(json!("never").to_string());
    assert_eq!(world.home.search_for_secrets(&[&output.stderr], &secrets), Vec::<String>::new());
}
